"""Decoding: a video as frames that are ready to be translated, and its sound."""

import collections

from chainer_foodgan.video.opening import decoded, explained

_SOUNDS = 64  # packets of sound that are handed on together, at most

_Shown = collections.namedtuple('_Shown', 'start end picture')


class Frame(collections.namedtuple('Frame', 'start end photo mask')):
    """A frame.

    Attributes:
        start (int), end (int): When it is shown, in ticks of the video, ``end`` excluded.
        photo (numpy.ndarray): float32 (3, H, W) in [-1, 1].
        mask (PIL.Image.Image): What was made of it, or None.
    """


class Piece(collections.namedtuple('Piece', 'sounds frame')):
    """Packets of sound (list of av.Packet) and the Frame that follows them, or None."""

    nbytes = property(lambda self: self.frame.photo.nbytes if self.frame else 0)


def pieces(video, path, prepare, find_mask=None, every=1):
    """Reads a video.

    Args:
        video (Video): What :func:`chainer_foodgan.video.opening.open_video` yielded.
        path (path): Its file, to name it where it turns out to be broken.
        prepare (callable): From a picture (PIL.Image.Image) to float32 (3, H, W).
        find_mask (callable): From a picture to its mask, or None.
        every (int): Of so many frames the first is kept, and shown until the next one that is.

    Yields:
        Piece: In the order of the file. Times start at 0.

    Raises:
        FoodganError: The file cannot be read any further.
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
