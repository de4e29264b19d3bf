"""A whole video: decoding, translating and encoding go on at the same time.

However long it is, no more than some frames are in memory.
"""

import collections
import itertools
import os

import numpy
from PIL import Image, ImageChops, ImageFilter

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.progress import Progress
from chainer_foodgan.translation.pipeline import ahead, threads
from chainer_foodgan.translation.sizes import PIXELS
from chainer_foodgan.video.opening import open_video
from chainer_foodgan.video.reading import Piece, pieces
from chainer_foodgan.video.writing import Writer, container_of

_BEHIND = 8  # frames and packets of sound that wait to be encoded
_END = Piece([], None)

# Of :class:`Smoother`.
_KEPT = 0.8  # of the picture before, where nothing moves
_MOVING = 8.0  # grey levels between two frames, of 255
_AROUND = ImageFilter.BoxBlur(2)  # the noise of a camera is no movement


def translate_video(translator, source, target, dish, find_mask=None, every=1, smooth=False):
    """Changes the dish in a video.

    Its sound is carried over as it is, packet by packet, and frames keep their times (which the
    container may round: Matroska to milliseconds, AVI to a constant rate). Frames are turned
    upright and their pixels made square, since that is what the network knows. Progress is told on
    standard error.

    Args:
        translator (Translator): What changes the dish, and scales the frames.
        source (path): The video, in any container and codec that FFmpeg reads.
        target (path): The file to write, see :data:`chainer_foodgan.video.writing.CONTAINERS`. It
            has its name once it is complete.
        dish (str): One of the translator's categories.
        find_mask (callable): From a frame (PIL.Image.Image) to where it may change, see
            :func:`chainer_foodgan.masks.blend`. None: everywhere.
        every (int): Of so many frames the first is kept, and shown for the time of all, for a
            quick look.
        smooth (bool): Average pictures over frames where the video stands still, see
            :class:`Smoother`; also outside of masks.

    Raises:
        FoodganError: The dish is unknown, the video cannot be read, or the result not be written.
    """
    translator.check(dish)
    container_of(target)
    if os.path.exists(source) and os.path.exists(target) and os.path.samefile(source, target):
        raise FoodganError(f'{target} would replace the video itself; choose another name')
    with open_video(source) as video:
        _, H, W = translator.prepare(video.first).shape
        with Progress(-(-video.frames // every), 'frame') as progress, replacing(target) as file, \
                Writer(file.name, target, (W, H), video, every) as writer, \
                threads(1) as writing, threads(1) as reading:
            behind, done = _Behind(writing), 0
            read = _read_ahead(reading, pieces(
                video, source, translator.prepare, find_mask, every))
            for sounds, shown in _translated(translator, dish, read, PIXELS // (H * W), smooth):
                behind(writer.sounds, sounds)
                for frame, picture in shown:
                    behind(writer.frame, picture, frame.start, frame.end)
                    done += 1
                    progress(done)
            behind.finish()
            writer.finish()


def _translated(translator, dish, read, together, smooth):
    """Translates the frames of pieces, some at once.

    Yields:
        tuple: Packets of sound, and an iterable of tuples of a Frame and its picture, or nothing.
    """
    smoother, waiting = Smoother() if smooth else None, []

    def translate(frames):
        pictures = translator.translate(
            [frame.photo for frame in frames], [dish], [frame.mask for frame in frames])
        for frame, picture in zip(frames, pictures):
            if smoother is not None:
                picture = smoother(images.to_image(frame.photo), picture)
            yield frame, picture

    for sounds, frame in read:
        waiting += [] if frame is None else [frame]
        if waiting and len(waiting) >= together:
            yield sounds, translate(waiting)
            waiting = []
        else:
            yield sounds, ()
    if waiting:
        yield [], translate(waiting)


def _read_ahead(pool, items):
    """Takes the next of some items on the one thread of a pool while the caller works."""
    for item in ahead(pool, lambda _: next(items, _END), itertools.repeat(None)):
        if item is _END:
            return
        yield item


class _Behind:
    """Does one thing after the other on the one thread of a pool, some calls behind the caller."""

    def __init__(self, pool):
        self._pool, self._pending = pool, collections.deque()

    def __call__(self, function, *args):
        self._pending.append(self._pool.submit(function, *args))
        self.finish(_BEHIND)

    def finish(self, left=0):
        """Waits until at most so many calls are left, and raises what one of them raised."""
        while len(self._pending) > left:
            self._pending.popleft().result()


class Smoother:
    """Averages translated frames, pixel by pixel, where the video stands still.

    The average is exponential: 0.8 of the picture before are kept where the frame is as the one
    before, and nothing where it moves or is cut. It is the pictures that are averaged rather than
    their differences from the frames: the network takes out noise, which the latter would bring
    back.
    """

    def __init__(self):
        self._photo = self._picture = None

    def __call__(self, photo, changed):
        """Smooths one frame.

        Args:
            photo (PIL.Image.Image): Mode RGB: the frame.
            changed (PIL.Image.Image): Mode RGB, of its size: what became of it.

        Returns:
            PIL.Image.Image: Mode RGB.
        """
        photo, picture = photo.filter(_AROUND), numpy.asarray(changed, numpy.float32)
        if self._photo is not None:
            kept = _KEPT * _stillness(photo, self._photo)[..., None]
            picture = picture + kept * (self._picture - picture)
        self._photo, self._picture = photo, picture
        return Image.fromarray(numpy.rint(picture).astype(numpy.uint8))


def _stillness(photo, last):
    """1 where two pictures are the same, towards 0 where they differ: float32 (H, W)."""
    red, green, blue = ImageChops.difference(photo, last).split()
    moved = numpy.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue), numpy.float32)
    return numpy.exp(-(moved / _MOVING) ** 2)
