"""Encoding: frames and untouched sound into a file."""

import contextlib
import fractions
import pathlib

import av
import numpy

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.video.upright import BT601, BT709, reformat, usual_matrix

#: What a written video may end in: FFmpeg's name of the container, and codecs, of which the first
#: that FFmpeg was built with is taken.
CONTAINERS = {
    '.mp4': ('mp4', ('libx264', 'mpeg4')),
    '.m4v': ('mp4', ('libx264', 'mpeg4')),
    '.mov': ('mov', ('libx264', 'mpeg4')),
    '.mkv': ('matroska', ('libx264', 'libvpx-vp9', 'mpeg4')),
    '.webm': ('webm', ('libvpx-vp9',)),
    '.avi': ('avi', ('mpeg4',)),
}

# The eye hardly tells the result from the frames, and each is far faster than the translator.
_CODECS = {
    'libx264': {'preset': 'veryfast', 'crf': '18'},
    'libvpx-vp9': {'b': '0', 'crf': '24', 'cpu-used': '5', 'row-mt': '1'},
    'mpeg4': {'qmin': '2', 'qmax': '4'},
}

_OPTIONS = {
    # Sound has no times in AVI: what starts before 0, as MP3 does, must not put off the frames.
    'avi': {'avoid_negative_ts': 'disabled'},
    # A browser shows it before it has all of it.
    'mp4': {'movflags': '+faststart'},
    'mov': {'movflags': '+faststart'},
}

_FASTEST = fractions.Fraction(1000)  # frames a second that an encoder is told of, at most

_EQUAL_TIMES = ('avi',)  # containers that show each frame for the same time
_FINEST = 2 ** 16 - 1  # ticks of a second: MPEG-4 part 2 counts them in 16 bits

_COLOURS = {BT709: ('ITU709', 1), BT601: ('ITU601', 6)}  # the scaler's name; ITU-T H.273
_LIMITED = 1


class Writer:
    """Writes a video, as a context: its encoder is gone afterwards, whatever happened.

    The ending of ``target``, which the file at ``path`` will be called, chooses the container.
    ``size`` is width and height of the frames; odd ones get one more column or row, a copy of the
    last, since colours are stored for two by two pixels. Times and sound are those of a Video, of
    whose frames so many become one. A FoodganError says that the container cannot hold the sound,
    or the file cannot be written.
    """

    def __init__(self, path, target, size, video, every=1):
        name, codec = container_of(target)
        rate = min(max((video.rate / every).limit_denominator(1001), 1 / _FASTEST), _FASTEST)
        time_base = 1 / rate if name in _EQUAL_TIMES else video.stream.time_base
        if codec == 'mpeg4' and time_base.denominator > _FINEST:
            time_base = fractions.Fraction(1, _FINEST)
        self._target, self._time_base, self._last = target, time_base, -1
        self._ticks, self._durations = video.stream.time_base / time_base, {}
        matrix, tag = _COLOURS[usual_matrix(size[1])]
        self._format = {'format': 'yuv420p', 'dst_colorspace': matrix, 'dst_color_range': 'MPEG'}
        with self._explained():
            self._container = av.open(path, 'w', format=name, container_options=_OPTIONS.get(name))
            self._stream = self._container.add_stream(codec, rate, dict(_CODECS[codec]))
            context = self._stream.codec_context
            context.width, context.height = (side + side % 2 for side in size)
            context.pix_fmt, context.time_base = 'yuv420p', time_base
            context.colorspace = context.color_primaries = context.color_trc = tag
            context.color_range = _LIMITED
            context.open()
            try:
                self._sounds = {sound.index: self._container.add_stream_from_template(sound)
                                for sound in video.sounds}
                self._container.start_encoding()
            except ValueError as error:
                self._close()
                raise FoodganError(
                    'cannot write {}: it cannot hold the sound of the video ({}) as it is; choose '
                    '.mkv'.format(target, ', '.join(
                        sound.codec_context.name for sound in video.sounds))) from error

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._close()

    def sounds(self, packets):
        """Writes packets of sound (list of av.Packet) as they are."""
        with self._explained():
            for packet in packets:
                packet.stream = self._sounds[packet.stream.index]
                self._container.mux(packet)

    def frame(self, picture, start, end):
        """Encodes a frame (PIL.Image.Image, RGB) that is shown from start to end, in ticks of the
        video.
        """
        pixels = numpy.asarray(picture)
        H, W, _ = pixels.shape
        pixels = numpy.pad(pixels, [(0, H % 2), (0, W % 2), (0, 0)], 'edge')
        frame = reformat(av.VideoFrame.from_ndarray(pixels, 'rgb24'), **self._format)
        frame.pts = self._last = max(round(start * self._ticks), self._last + 1)
        frame.time_base = self._time_base
        self._durations[frame.pts] = max(1, round(end * self._ticks) - frame.pts)
        self._encode(frame)

    def finish(self):
        """Writes what the encoder holds back, and the end of the file."""
        self._encode(None)
        with self._explained():
            self._container.close()

    def _encode(self, frame):
        with self._explained():
            for packet in self._stream.encode(frame):
                # The encoder takes all frames for equally long; the last one may not be.
                packet.duration = self._durations.pop(packet.pts, packet.duration)
                self._container.mux(packet)

    def _close(self):
        with contextlib.suppress(Exception):  # what is half written is of no use
            self._container.close()

    @contextlib.contextmanager
    def _explained(self):
        try:
            yield
        except (av.error.FFmpegError, OSError) as error:
            raise FoodganError(f'cannot write {self._target}: {error.strerror or error}; there may '
                               'be too little space, or the frames are too large, too many a '
                               'second or too far apart') from error


def container_of(target):
    """FFmpeg's names of the container and the codec for a file's ending. A FoodganError says that
    no video is written with it, or that PyAV lacks the codec.
    """
    known = CONTAINERS.get(pathlib.Path(target).suffix.lower())
    if known is None:
        raise FoodganError('cannot write {}: name a file that ends in one of {}'.format(
            target, ', '.join(CONTAINERS)))
    name, codecs = known
    there = [codec for codec in codecs if codec in av.codecs_available]
    if not there:
        raise FoodganError('cannot write {}: this PyAV cannot encode with {}; choose .mkv'.format(
            target, ' or '.join(codecs)))
    return name, there[0]
