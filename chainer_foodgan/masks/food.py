"""Finding the food in a photo."""

from __future__ import annotations

import logging
import os
from typing import Union

import numpy
from PIL import Image, ImageFilter

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.masks import refining
from chainer_foodgan.weights import read_network

__all__ = ['FoodMask', 'MASK_WEIGHTS', 'SIDE']

#: The weights that ship.
MASK_WEIGHTS = 'mask_food'

#: The shorter side of what the network sees, in pixels; the longer one has at most the double.
SIDE = 128

# Of the border's softness, in pixels of what the network sees.
_SOFT = 1.5

_log = logging.getLogger('chainer_foodgan')


class FoodMask:
    """Gives photos their masks.

    A small U-Net finds the food in a photo that is scaled down; GrabCut then moves the border to
    where the colours change. The fastest engine that is installed computes the network, see
    :mod:`chainer_foodgan.translation.engines`. Calls may come from several threads.

    Args:
        refine (str): ``'grabcut'``; ``'none'``: the network alone, whose borders are rounder;
            ``'auto'``: GrabCut where OpenCV is installed (the logger ``chainer_foodgan`` says once
            where it is not).
        weights (str or os.PathLike): The network's: a name that `foodgan weights` lists, or a file
            that experiments/train_mask.py wrote.

    Raises:
        FoodganError: OpenCV is missing, or weights that cannot be used.
    """

    def __init__(self, refine: str = 'auto', weights: Union[str, os.PathLike] = MASK_WEIGHTS):
        if refine not in ('auto', 'grabcut', 'none'):
            raise FoodganError(f'{refine}: no way to refine a mask; '
                               'there are auto, grabcut and none')
        from chainer_foodgan.translation import engines  # translating imports this package

        network = read_network(weights, lambda network: network.finds_food,
                               'a mask takes a U-Net from three channels to one, as '
                               'experiments/train_mask.py makes it')
        self._multiple = 2 ** network.network.sizes['num_downs']
        self._engine, self._cv2 = engines.make(engines.choose('auto'), network), None
        if refine != 'none':
            try:
                self._cv2 = refining.library()
            except FoodganError as error:
                if refine == 'grabcut':
                    raise
                _log.warning('masks are those of the network alone: %s', error)

    def __call__(self, photo: Image.Image) -> Image.Image:
        """The mask of a photo.

        Args:
            photo (PIL.Image.Image): Any mode and size.

        Returns:
            PIL.Image.Image: Mode L, of the photo's size (upright, where it says that it is
            turned); 255 is food. Black all over where there seems to be none.
        """
        photo = images.to_rgb(photo)
        small = photo.resize(self._small(photo.size), Image.BILINEAR, reducing_gap=2.0)
        share = self.shares(images.to_array(small))
        food = share > 0.5 if self._cv2 is None else refining.refine(self._cv2, small, share)
        return _soft(food).resize(photo.size, Image.BILINEAR)

    def shares(self, x: numpy.ndarray) -> numpy.ndarray:
        """What the network says of a picture.

        Args:
            x (numpy.ndarray): float32 (3, H, W) in [-1, 1]; H and W are multiples of what the
                network halves.

        Returns:
            numpy.ndarray: The share of food of each pixel, float32 (H, W) in [0, 1].
        """
        return (self._engine(x[None])[0, 0] + 1) / 2

    def _small(self, size):
        """A size of nearly the same aspect that the network takes."""
        multiple, scale = self._multiple, SIDE / min(size)
        return tuple(int(numpy.clip(round(side * scale / multiple) * multiple,
                                    multiple, 2 * SIDE)) for side in size)


def _soft(food):
    """A mask with a soft border, black outside it and white inside, of food, bool (H, W)."""
    # A margin that goes on as the picture ends: else its edge would count as a border.
    margin = int(4 * _SOFT)
    food = numpy.pad(food.astype(numpy.uint8) * 255, margin, mode='edge')
    mask = Image.fromarray(food).filter(ImageFilter.MedianFilter(7))  # specks are errors
    mask = mask.filter(ImageFilter.GaussianBlur(_SOFT))
    return mask.crop((margin, margin, mask.width - margin, mask.height - margin)).point(
        lambda value: min(255, max(0, round((value - 26) * 255 / 204))))
