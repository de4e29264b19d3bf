"""Reading a video that may come from anybody: its frames, ready to be translated, and its sound."""

import collections
import contextlib
import fractions
import itertools

import av

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.video.upright import MOST_PIXELS, Upright, check

# Playlists and the like name other files and addresses, none of which may be opened. Frames of
# twice what is allowed are looked at, so that it can be said of them that they are too large.
_OPTIONS = {'protocol_whitelist': 'none', 'max_pixels': str(2 * MOST_PIXELS)}

# FFmpeg makes videos of drawings and of plain text, too.
_NO_VIDEO = ('svg_pipe', 'tty')

_USUAL_RATE = fractions.Fraction(25)  # where nothing is known of it
_MICROSECONDS = fractions.Fraction(1, 10 ** 6)


class Video:
    """A video file (a container of PyAV) that is open for reading. A FoodganError says that it
    holds no moving pictures, or too large ones.

    Attributes:
        container, stream: The file, and its first picture track that is no cover of music.
        sounds (list of av.audio.stream.AudioStream): All sound tracks. Subtitles and further
            pictures are left out.
        rate (fractions.Fraction): Frames a second, on average.
        start (fractions.Fraction): The time in seconds that becomes 0: a recorded broadcast may
            start at any.
        frames (int), first (PIL.Image.Image), upright (Upright): How many frames there are, as far
            as can be known without decoding them, the first one, and what makes pictures of them.
    """

    def __init__(self, container):
        pictures = [] if container.format.name in _NO_VIDEO else [
            stream for stream in container.streams.video
            if stream.codec_context is not None and not _is_cover(stream)]
        if not pictures:
            raise FoodganError('there are no moving pictures in it; name a video')
        self.container, self.stream = container, pictures[0]
        self.sounds = [stream for stream in container.streams.audio
                       if stream.codec_context is not None]
        check(self.stream.codec_context.width, self.stream.codec_context.height)
        self.stream.codec_context.options = {'max_pixels': str(MOST_PIXELS)}
        self.stream.thread_type = 'AUTO'
        self.rate = self.stream.guessed_rate or self.stream.average_rate or _USUAL_RATE
        self.start = max(0, (container.start_time or 0) * _MICROSECONDS)
        self.frames, self.first, self.upright = 0, None, None

    def packets(self):
        """Encoded frames and sound, in the order of the file; empty ones at its end."""
        return self.container.demux([self.stream] + self.sounds)

    def look_through(self):
        """Counts the frames, decodes the first, and sees whether the end is where it should be; a
        FoodganError where no frame can be decoded, or the file is cut off.
        """
        last = longest = end = 0
        for packet in self.packets():
            time = _seconds(packet.dts if packet.pts is None else packet.pts, packet.time_base)
            end = max(end, time + _seconds(packet.duration, packet.time_base))
            if packet.stream is not self.stream:
                continue
            longest, last = max(longest, time - last), time
            self.frames += packet.size > 0
            if self.first is None:
                for frame in itertools.islice(decoded(packet), 1):
                    self.upright = Upright(frame, self.stream)
                    self.first = self.upright(frame)
        if self.first is None:
            raise FoodganError('no frame in it can be decoded; get a whole copy')
        announced = max(_seconds(self.container.duration, _MICROSECONDS),
                        _seconds(self.stream.duration, self.stream.time_base))
        if self.container.format.name == 'avi':  # whose durations FFmpeg takes from what is there
            announced = self.stream.frames / self.rate
        # How long the last frame is shown may be unknown, and heads are not exact.
        end += longest - self.start
        if end < min(announced - 0.1, announced * 19 / 20):
            raise FoodganError(f'it ends after {float(end):.1f} of {float(announced):.1f} seconds, '
                               'so it is cut off; get a whole copy')


@contextlib.contextmanager
def open_video(path):
    """Opens a video of any container and codec that FFmpeg reads, looks through it, and yields a
    Video to be read from its start.

    Raises a FoodganError where it does not exist, is no video, has no frame, is cut off or broken,
    has too many pixels, or names other files.
    """
    with explained(path), _opened(path) as seen:
        seen.look_through()
    # Not all containers can be wound back.
    with contextlib.ExitStack() as stack:
        with explained(path):
            video = stack.enter_context(_opened(path))
        video.frames, video.first, video.upright = seen.frames, seen.first, seen.upright
        yield video


@contextlib.contextmanager
def explained(path):
    """Makes a FoodganError that names the file of whatever reading it raises."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:  # FFmpeg has an error for everything
        raise FoodganError(f'cannot read {path}: {_reason(error)}') from error


def decoded(packet):
    """The frames of a packet; none where it is broken, as in any player."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []


@contextlib.contextmanager
def _opened(path):
    with open(path, 'rb') as file, av.open(file, options=_OPTIONS) as container:
        yield Video(container)


def _reason(error):
    if isinstance(error, FoodganError):
        return error
    if isinstance(error, FileNotFoundError):
        return 'it does not exist; check the name'
    if isinstance(error, IsADirectoryError):
        return 'it is a folder; name a video in it'
    if isinstance(error, PermissionError) and not isinstance(error, av.error.FFmpegError):
        return 'you may not read it; ask its owner'
    return ('it is no video that FFmpeg knows, is cut off or broken, or has far too many pixels; '
            'get a whole copy')


def _seconds(ticks, time_base):
    return 0 if ticks is None else ticks * time_base


def _is_cover(stream):
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


_SOUNDS = 64  # packets of sound that are handed on together, at most

_Shown = collections.namedtuple('_Shown', 'start end picture')


class Frame(collections.namedtuple('Frame', 'start end photo mask')):
    """A frame: shown from ``start`` to ``end`` (excluded) in ticks of the video; ``photo`` is
    float32 (3, H, W) in [-1, 1], ``mask`` what was made of it, or None.
    """


class Piece(collections.namedtuple('Piece', 'sounds frame')):
    """Packets of sound (list of av.Packet) and the Frame that follows them, or None."""

    nbytes = property(lambda self: self.frame.photo.nbytes if self.frame else 0)


def pieces(video, path, prepare, find_mask=None, every=1):
    """Reads a video: yields each Piece in the order of the file; times start at 0.

    Args:
        video (Video): What :func:`open_video` yielded.
        path (path): Its file, to name it where it turns out to be broken (FoodganError).
        prepare (callable): From a picture (PIL.Image.Image) to float32 (3, H, W).
        find_mask (callable): From a picture to its mask, or None.
        every (int): Of so many frames the first is kept, and shown until the next one that is.
    """
    for sounds, shown in _read(video, path, every):
        yield Piece(sounds, shown and Frame(shown.start, shown.end, prepare(shown.picture),
                                            find_mask and find_mask(shown.picture)))


def _read(video, path, every):
    clock, sounds, kept, number = _Clock(video), [], None, 0
    with explained(path):
        for packet in video.packets():
            if packet.stream is video.stream:
                for frame in decoded(packet):
                    start, end = clock(frame)
                    if number % every:
                        kept = kept._replace(end=end)
                    else:
                        if kept is not None:
                            yield sounds, kept
                            sounds = []
                        kept = _Shown(start, end, video.upright(frame))
                    number += 1
            elif packet.size:
                sounds.append(_moved(packet, video.start))
                if len(sounds) == _SOUNDS:
                    yield sounds, None
                    sounds = []
    yield sounds, kept


class _Clock:
    """When frames are shown: as the file says, and where it does not, after the one before."""

    def __init__(self, video):
        ticks = 1 / video.stream.time_base
        self._start = round(video.start * ticks)
        self._usual = max(1, round(ticks / video.rate))
        self._last, self._end = -1, 0

    def __call__(self, frame):
        start = self._end if frame.pts is None else frame.pts - self._start
        self._last = start = max(start, self._last + 1)
        self._end = start + (frame.duration or self._usual)
        return start, self._end


def _moved(packet, start):
    ticks = round(start / packet.time_base)
    for name in 'pts', 'dts':
        time = getattr(packet, name)
        if time is not None:
            setattr(packet, name, time - ticks)
    return packet
