"""A whole video: decoding, translating and encoding go on at the same time.

However long it is, no more than some frames are in memory.
"""

import collections
import itertools
import os

import numpy
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.masks import blend
from chainer_foodgan.printing import Progress
from chainer_foodgan.translation.pipeline import ahead, threads
from chainer_foodgan.translation.sizes import PIXELS
from chainer_foodgan.video.motion import Motion, Still
from chainer_foodgan.video.reading import Piece, open_video, pieces
from chainer_foodgan.video.writing import Writer, container_of

_BEHIND = 8  # frames and packets of sound that wait to be encoded
_END = Piece([], None)

_KEPT = 0.6  # of the translation before, where pictures are averaged along the motion


def translate_video(translator, source, target, dish, find_mask=None, every=1, smooth=False,
                    keyframes=1):
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
        smooth (bool): Average translations along the motion, against flicker.
        keyframes (int): The network translates one frame of so many, and those that the motion
            does not explain (cuts); the others are carried along the motion from the translated
            ones before and after them, see :mod:`chainer_foodgan.video.motion`. 1: it translates
            all.

    Raises:
        FoodganError: The dish is unknown, the video cannot be read, the result not be written, or
            OpenCV, which finds motion, is missing.
    """
    translator.check(dish)
    container_of(target)
    if os.path.exists(source) and os.path.exists(target) and os.path.samefile(source, target):
        raise FoodganError(f'{target} would replace the video itself; choose another name')
    frames = _Frames(translator, dish, keyframes, smooth)
    with open_video(source) as video:
        _, H, W = translator.prepare(video.first).shape
        with Progress(-(-video.frames // every), 'frame') as progress, replacing(target) as file, \
                Writer(file.name, target, (W, H), video, every) as writer, \
                threads(1) as writing, threads(1) as reading:
            behind, done = _Behind(writing), 0
            read = _read_ahead(reading, pieces(
                video, source, translator.prepare, find_mask, every))
            for sounds, shown in _translated(frames, read, max(1, PIXELS // (H * W)) * keyframes):
                behind(writer.sounds, sounds)
                for frame, picture in shown:
                    behind(writer.frame, picture, frame.start, frame.end)
                    done += 1
                    progress(done)
            behind.finish()
            writer.finish()


def _translated(frames, read, together):
    """Translates the frames of pieces, so many at once: yields packets of sound, and an iterable of
    tuples of a Frame and its picture, or nothing.
    """
    waiting = []
    for sounds, frame in read:
        waiting += [] if frame is None else [frame]
        if len(waiting) >= together:
            yield sounds, frames(waiting)
            waiting = []
        else:
            yield sounds, ()
    if waiting:
        yield [], frames(waiting)


class _Frames:
    """Translates one frame of a few and the last one of each call, and carries the change between.
    """

    def __init__(self, translator, dish, keyframes, smooth):
        self._translator, self._dish, self._keyframes = translator, dish, keyframes
        self._motion = Motion() if smooth or keyframes > 1 else None
        self._kept = _KEPT if smooth else 0
        self._last = None  # the newest Still

    def __call__(self, frames):
        """Yields tuples of each Frame and its picture (PIL.Image.Image)."""
        first = 1 if self._last is None else self._keyframes  # nothing leads to the very first one
        groups = [frames[:first]] + [frames[start:start + self._keyframes]
                                     for start in range(first, len(frames), self._keyframes)]
        for group, still in zip(groups, self._stills([group[-1] for group in groups])):
            if self._kept and self._last is not None:
                still = self._motion.smooth(self._last, still, self._kept)
            for number, frame in enumerate(group[:-1], 1):
                picture = self._motion.between(
                    self._last, still, _pixels(frame), number / len(group))
                if picture is None:
                    picture = next(self._stills([frame])).picture
                yield frame, _finished(frame, picture)
            yield group[-1], _finished(group[-1], still.picture)
            self._last = still

    def _stills(self, frames):
        pictures = self._translator.translate(
            [frame.photo for frame in frames], [self._dish], [None] * len(frames))
        for frame, picture in zip(frames, pictures):
            yield Still(_pixels(frame), numpy.asarray(picture, numpy.float32))


def _pixels(frame):
    return numpy.asarray(images.to_image(frame.photo))


def _finished(frame, picture):
    changed = Image.fromarray(numpy.rint(picture).clip(0, 255).astype(numpy.uint8))
    return changed if frame.mask is None else blend(
        images.to_image(frame.photo), changed, frame.mask)


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
