"""Clips made with PyAV, what is in a clip, and a translator whose result is known."""

import collections
import fractions
import types

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.images import to_array, to_image

_CODECS = {'.mp4': 'libx264', '.mov': 'libx264', '.ts': 'libx264', '.mkv': 'libx264',
           '.webm': 'libvpx-vp9', '.avi': 'mpeg4'}

Clip = collections.namedtuple('Clip', 'times end pictures sound sound_start length')


class Negative:
    """Stands in for a Translator: ``'negative'`` is the frame with its colours inverted."""

    categories, size = ['negative', 'same'], None

    def __init__(self):
        self.prepared, self.groups = 0, []

    def check(self, name):
        if name not in self.categories:
            raise FoodganError(f'{name}: unknown')

    def prepare(self, image):
        self.prepared += 1
        return to_array(image.convert('RGB'))

    def translate(self, photos, names, masks):
        self.groups.append(len(photos))
        for photo, mask in zip(photos, masks):
            changed = to_image(-photo if names == ['negative'] else photo)
            yield changed if mask is None else Image.composite(changed, to_image(photo), mask)


@pytest.fixture
def negative():
    return Negative()


@pytest.fixture
def clips():
    """The functions of this file: ``clips.make``, ``clips.look`` and ``clips.draw``."""
    pytest.importorskip('av', reason='makes and reads videos: pip install av')
    return types.SimpleNamespace(make=make_clip, look=look, draw=draw)


def draw(number, size):
    """A frame that tells its number by its grey, and up from down and left from right."""
    frame = np.full((size[1], size[0], 3), 10 + 20 * (number % 11), np.uint8)
    frame[:size[1] // 2, :size[0] // 2] = 255, 0, 0  # red at the upper left
    frame[:size[1] // 2, size[0] // 2:] = 0, 0, 255  # blue at the upper right
    return frame


def make_clip(path, times=range(10), time_base=fractions.Fraction(1, 10), size=(64, 48), sound=None,
              codec=None, draw=draw, pix_fmt='yuv420p', options=None, **context):
    """Writes a clip.

    Args:
        path (pathlib.Path): The ending names the container.
        times (list of int): When frames are shown, in ticks of the time base.
        sound (str): The codec of a track of noise as long as the pictures, or None.
        draw (callable): From a frame's number and size to its pixels, uint8 (H, W, 3).
        context: Further settings of the encoder.

    Returns:
        pathlib.Path: The path.
    """
    import av

    from chainer_foodgan.video.upright import reformat
    times = list(times)
    with av.open(str(path), 'w') as container:
        stream = container.add_stream(codec or _CODECS[path.suffix], 1 / time_base, options or {})
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = time_base
        for name, value in context.items():
            setattr(stream.codec_context, name, value)
        track = None if sound is None else container.add_stream(sound, 48000)
        for number, time in enumerate(times):
            frame = reformat(av.VideoFrame.from_ndarray(draw(number, size), 'rgb24'),
                             format=pix_fmt)
            frame.pts, frame.time_base = time, time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track is not None:
            seconds = float((times[-1] + 1 - times[0]) * time_base)
            noise = np.random.default_rng(0).integers(-2000, 2000, (1, round(48000 * seconds)))
            frame = av.AudioFrame.from_ndarray(noise.astype(np.int16), 's16', 'mono')
            frame.sample_rate, frame.pts = 48000, round(48000 * times[0] * time_base)
            resampler = av.AudioResampler(track.codec_context.format, 'mono', 48000)
            for part in resampler.resample(frame):
                container.mux(track.encode(part))
            container.mux(track.encode(None))
    return path


def look(path):
    """What is in a clip: times of frames and (of MP4) the end of the last one in seconds, their
    pixels, and packets of sound."""
    import av

    from chainer_foodgan.video.upright import reformat
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux() if packet.size]
        sound = [packet for packet in packets if packet.stream.type == 'audio']
        stream = container.streams.video[0]
        end = stream.duration and (stream.start_time + stream.duration) * stream.time_base
        length = container.duration / 10 ** 6
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        times = [frame.pts * frame.time_base for frame in frames]
        pictures = [np.int16(reformat(frame, format='rgb24').to_ndarray()) for frame in frames]
    return Clip(times, end, pictures, [bytes(packet) for packet in sound],
                sound[0].pts * sound[0].time_base if sound else None, length)
