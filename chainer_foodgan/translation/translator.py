"""Translating photos with a trained generator."""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any, Callable, Optional, Union

import numpy as np
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.masks import blend
from chainer_foodgan.translation import engines, labels, sizes
from chainer_foodgan.translation.photo import Photo, scale
from chainer_foodgan.translation.sizes import PIXELS, crop, pad
from chainer_foodgan.weights import read_generator

__all__ = ['PIXELS', 'Translator']

_USUAL_CHANNELS = 64  # of a link that does not say how many it has

OUTPUT_SIZES = ('photo', 'network')

Mask = Union[Image.Image, Callable[[Image.Image], Image.Image], None]


class Translator:
    """Changes the dish in a photo.

    Args:
        weights (str, os.PathLike or Generator): A name that `foodgan weights` lists, a file, or a
            generator; a generator is moved to ``device`` where one is given.
        size (int or str): The network sees the photo scaled so that its shorter side has that many
            pixels (the paper's test has 512); its aspect is kept and nothing is cut off. None: as
            many as those of the photos that the weights were trained on; 256 where they do not
            say. ``'photo'``: the photo's own size.
        backend (str): What computes: ``'openvino'``, ``'onnxruntime'`` or ``'chainer'``.
            ``'auto'`` is the first of them that is installed; but Chainer, where a generator or a
            device is given, or where the label does not join at the input.
        device: What ``chainer.get_device`` takes, such as ``'@cupy:0'``. None: the CPU, or
            wherever a given generator is.
        categories (sequence of str): The network's categories in label order, in place of those
            stored with the weights. Where neither is there, a network of ten has the paper's, any
            other the numbers from 0.
        precision (str): ``'float32'``; ``'bf16'``: OpenVINO rounds what it multiplies to
            bfloat16, which is about twice as fast on processors that have it; or ``'int8'``: most
            convolutions in eight bits, see :mod:`chainer_foodgan.translation.quantizing`. Weights
            that `foodgan quantize` wrote are computed in eight bits whatever is asked for.
        label_strength (float or str): What label vectors are multiplied by, above 0. ``'auto'``:
            the shorter side of what is translated over ``image_size`` of the weights (1 where it
            is not known). The released form loses its label as pictures grow; this undoes it.
        output_size (str): ``'photo'``: results have the photo's own size, and the detail that the
            network did not see, see :mod:`chainer_foodgan.translation.photo`; with a mask, the
            network sees the part that shows the food. ``'network'``: results are the network's
            own pictures, of the size that it saw.

    Raises:
        FoodganError: Weights, size, backend, device, categories, precision, label strength or
            output size that cannot be used.

    Attributes:
        backend (str): What computes.
        name (str): That of the weights, or of their file; of a generator, of its class.
        categories (list of str): Names in label order.
        precision (str): What is computed in.
        output_size (str): As given.
        size (int or str): Pixels of the shorter side that the network sees, or ``'photo'``.
        label_strength (float or str): As given; 1 where the generator's label never gets weaker.
    """

    def __init__(self, weights: Any, size: Union[int, str, None] = None, backend: str = 'auto',
                 device: Any = None, categories: Optional[Sequence[str]] = None,
                 precision: str = 'float32', label_strength: Union[float, str] = 1,
                 output_size: str = 'photo'):
        if output_size not in OUTPUT_SIZES:
            raise FoodganError(f'{output_size}: no such output size; '
                               f'{nearest(output_size, OUTPUT_SIZES)}')
        link = not isinstance(weights, (str, os.PathLike))
        self.output_size = output_size
        self.name = type(weights).__name__ if link else pathlib.Path(weights).name
        if link:
            c_dim, known = weights.c_dim, getattr(weights, 'categories', None)
            conv_dim = getattr(weights, 'conv_dim', _USUAL_CHANNELS)
        else:
            weights = read_generator(
                weights, **({} if categories is None else {'categories': list(categories)}))
            c_dim, known = weights.network.sizes['c_dim'], weights.categories
            conv_dim = weights.network.sizes['conv_dim']
            if weights.ranges is not None and precision in engines.PRECISIONS:
                precision = 'int8'
        self._image_size = getattr(weights, 'image_size', None)
        self.size = sizes.parse(size, self._image_size)
        self.label_strength = labels.check_strength(label_strength, weights)
        for_chainer = link or device is not None or not weights.network.translates_by_onnx
        self.precision = precision
        self.backend = engines.choose(backend, precision, for_chainer)
        self.categories = list((known or labels.default(c_dim)) if categories is None
                               else categories)
        if len(self.categories) != c_dim:
            raise FoodganError('the generator has {} categories, but {} are named: {}'.format(
                c_dim, len(self.categories), ', '.join(self.categories)))
        self._engine = engines.make(self.backend, weights, precision, device)
        self._cost = None if device is not None else functools.partial(
            sizes.bytes_of, self.backend, conv_dim)

    @property
    def enough(self) -> Optional[int]:
        """Pixels of a photo's shorter side from which on more are of no use (int); None: all are.
        """
        whole = self.output_size == 'photo' or self.size == sizes.PHOTO
        return None if whole else self.size

    @property
    def engine(self) -> str:
        """What computes, for a person (str): ``'openvino 2026.4.1, float32'``."""
        return f'{self._engine.name}, {self.precision}'

    def __call__(self, image: Image.Image, name: str, mask: Mask = None) -> Image.Image:
        """Changes the dish to a category.

        Args:
            image (PIL.Image.Image): Any mode and size.
            name (str): One of :attr:`categories`, or what else the dish is called.
            mask (PIL.Image.Image or callable): Where it may change, white; elsewhere the pixels
                are those of the image, exactly. See :func:`chainer_foodgan.masks.blend`. What
                makes such a mask of a photo can be given too:
                :class:`chainer_foodgan.masks.FoodMask`. None: all of it may change.

        Returns:
            PIL.Image.Image: RGB, of the image's size, or of what the network saw: see
            ``output_size``.

        Raises:
            FoodganError: The name is unknown (the message lists those there are), the image is of
                no use, or there is not enough memory for its size.
        """
        self.check(name)  # before anything is computed
        return next(self.all_of(image, [name], mask))

    def all(self, image: Image.Image, mask: Mask = None) -> dict[str, Image.Image]:
        """Changes the dish to every category.

        Args:
            image (PIL.Image.Image): Any mode and size.
            mask (PIL.Image.Image or callable): As for a single category.

        Returns:
            dict: Category name to PIL image, in label order.
        """
        return dict(zip(self.categories, self.all_of(image, self.categories, mask)))

    def all_of(self, image, names, mask=None):
        """Changes the dish to some categories: yields pictures as :meth:`all` has them."""
        photo = self.open(image, mask)
        return map(photo.finish, self.translate([photo.array], names))

    def open(self, image: Image.Image, mask: Mask = None) -> Photo:
        """Makes a photo ready. Threads may call it at the same time.

        Args:
            image (PIL.Image.Image), mask: As for a single category.

        Returns:
            Photo: Its ``array`` is for :meth:`translate`, and its ``finish`` makes results of what
            that gives.

        Raises:
            FoodganError: The image is of no use, or there is not enough memory for its size.
        """
        rgb = self._rgb(image)
        if callable(mask):
            mask = mask(rgb)
        elif mask is not None:
            mask = mask if mask.mode == 'L' else images.to_rgb(mask).convert('L')
        kind = Photo.whole if self.output_size == 'photo' else Photo.scaled
        return kind(rgb, self.size, mask)

    def check_size(self, width: int, height: int) -> None:
        """Raises a FoodganError unless a photo of that size can be translated."""
        sizes.check(width, height, self.size, self._cost)

    def check(self, name: str) -> str:
        """Which of :attr:`categories` is meant by a name, as people write it: ``'Beef bowl'``,
        ``'牛丼'``. See :func:`chainer_foodgan.categories.meant`.

        Raises:
            FoodganError: None of them; the message names the weights that ship and know it, or
                what was likely meant.
        """
        return labels.find(name, self.categories)

    def prepare(self, image: Image.Image) -> np.ndarray:
        """What the network sees of a whole photo. Threads may call it at the same time.

        Args:
            image (PIL.Image.Image): Any mode and size.

        Returns:
            numpy.ndarray: float32 (3, H, W) in [-1, 1], scaled to ``size``.

        Raises:
            FoodganError: The image is of no use, or there is not enough memory for its size.
        """
        return images.to_array(scale(self._rgb(image), self.size))

    def _rgb(self, image):
        self.check_size(*image.size)
        try:
            return images.to_rgb(image, srgb=True)
        except (OSError, ValueError) as error:
            raise FoodganError(f'the photo cannot be made RGB: {error}') from error

    def translate(self, photos: list[np.ndarray], names: list[str],
                  masks: Optional[list[Optional[Image.Image]]] = None) -> Iterator[Image.Image]:
        """The network's own pictures: of photos of one size, for each of some categories.

        As many pictures as :data:`PIXELS` allows are computed at once.

        Args:
            photos (list of numpy.ndarray): What the network is to see (:meth:`prepare`), all of
                one shape.
            names (list of str or dict): As :meth:`check` takes them; a mixture is a dict of name
                to share.
            masks (list of PIL.Image.Image or None): Where each photo may change; None, for one or
                for all of them: everywhere.

        Yields:
            PIL.Image.Image: RGB; those of the first photo in the order of the names, then those of
            the next, each once it is asked for.

        Raises:
            FoodganError: There is not enough memory for the size.
        """
        _, H, W = photos[0].shape
        padded = [pad(photo) for photo in photos]
        factor = labels.factor(self.label_strength, min(H, W), self._image_size)
        c = np.float32(factor) * np.array(list(map(self._label, names)) * len(photos), np.float32)
        photo = np.repeat(range(len(photos)), len(names))  # of each picture
        together = max(1, PIXELS // padded[0][0].size)
        for start in range(0, len(c), together):
            part = slice(start, start + together)
            # One photo is given once, however many dishes it becomes.
            alone = len(set(photo[part])) == 1
            x = np.stack([padded[index] for index in photo[part][:1 if alone else None]])
            try:
                y = self._engine(x, c[part])
            except Exception as error:
                if not engines.out_of_memory(error):
                    raise
                raise FoodganError(f'a photo of {W} x {H} pixels needs more memory than there is; '
                                   'translate it at a smaller size, such as 512') from error
            for index, picture in zip(photo[part], y):
                changed = images.to_image(crop(picture, H, W))
                mask = masks and masks[index]
                yield changed if mask is None else blend(
                    images.to_image(photos[index]), changed, mask)

    def _label(self, name):
        shares = name if isinstance(name, dict) else {self.check(name): 1}
        return [shares.get(category, 0) for category in self.categories]
