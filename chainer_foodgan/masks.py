"""Where the food is in a photo, so that nothing else is changed.

A mask is a PIL image of mode ``'L'``: 255 where the food is, 0 where the photo stays, and between
the two along a soft border.
"""

from __future__ import annotations

import importlib
import logging
import os
from typing import Union

import numpy
from PIL import Image, ImageFilter

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import read_network

__all__ = ['FoodMask', 'blend', 'note']

#: The weights that ship.
MASK_WEIGHTS = 'mask_food'

#: The shorter side of what the network sees, in pixels; the longer one has at most the double.
SIDE = 128

# Shares of food below and above which a pixel is what the network says, whatever its colour.
_SURELY_NOT, _SURELY = 0.15, 0.9

_ROUNDS = 2  # of GrabCut

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
                self._cv2 = _opencv()
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
        food = share > 0.5 if self._cv2 is None else refine(self._cv2, small, share)
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


def _opencv():
    try:
        return importlib.import_module('cv2')
    except ImportError as error:
        raise FoodganError(f'refining a mask needs OpenCV ({error}): pip install '
                           '"chainer_foodgan[mask]"') from error


def refine(cv2, picture, share):
    """Decides which pixels are food by their colours, where the network is not sure.

    GrabCut (Rother et al. 2004) draws a mask's border where the picture has one, as FoodChangeLens,
    the paper's sibling, does it. The same picture and shares give the same mask.

    Args:
        cv2 (module): OpenCV.
        picture (PIL.Image.Image): Mode RGB.
        share (numpy.ndarray): The share of food of each pixel, float32 (H, W) in [0, 1].

    Returns:
        numpy.ndarray: bool (H, W). What the network says where it is sure of all or of nothing.
    """
    food = share > 0.5
    labels = numpy.where(food, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(numpy.uint8)
    labels[share < _SURELY_NOT] = cv2.GC_BGD
    labels[share > _SURELY] = cv2.GC_FGD
    if food.all() or not food.any():  # GrabCut takes some of both
        return food
    cv2.setRNGSeed(0)  # of this thread, for its first guess at the colours
    cv2.grabCut(numpy.asarray(picture)[..., ::-1].copy(), labels, None, numpy.zeros((1, 65)),
                numpy.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


def _soft(food):
    """A mask with a soft border, black outside it and white inside, of food, bool (H, W)."""
    # A margin that goes on as the picture ends: else its edge would count as a border.
    margin = int(4 * _SOFT)
    food = numpy.pad(food.astype(numpy.uint8) * 255, margin, mode='edge')
    mask = Image.fromarray(food).filter(ImageFilter.MedianFilter(7))  # specks are errors
    mask = mask.filter(ImageFilter.GaussianBlur(_SOFT))
    return mask.crop((margin, margin, mask.width - margin, mask.height - margin)).point(
        lambda value: min(255, max(0, round((value - 26) * 255 / 204))))


def blend(photo, changed, mask):
    """A photo with its change, where a mask lets it through.

    Args:
        photo (PIL.Image.Image): Mode RGB.
        changed (PIL.Image.Image): Mode RGB, of the photo's size.
        mask (PIL.Image.Image): Any mode and size; it is made grey, and scaled to the photo's size.

    Returns:
        PIL.Image.Image: Mode RGB: the photo's very pixels where the mask is 0, the changed ones
        where it is 255, a share of both between.
    """
    if mask.mode != 'L':
        mask = images.to_rgb(mask).convert('L')
    if mask.size != photo.size:
        mask = mask.resize(photo.size, Image.BILINEAR)
    return Image.composite(changed, photo, mask)


def note(mask):
    """What is to be said of a mask that keeps nothing, or all.

    Args:
        mask (PIL.Image.Image): Mode L.

    Returns:
        str or None: ``'black all over, so nothing is changed'``, or the like for white.
    """
    darkest, brightest = mask.getextrema()  # 128 or more lets a change through
    if brightest < 128:
        return 'black all over, so nothing is changed'
    if darkest >= 128:
        return 'white all over, so nothing is kept'
    return None


def open_mask(text):
    """What the option ``--mask`` names.

    Args:
        text (str or None): ``'auto'``: the food is looked for in each photo. Anything else is a
            picture file, white where photos may change, black where they stay; it is scaled to
            each of them.

    Returns:
        callable or None: From a photo (PIL.Image.Image) to its mask (mode L); None for None.

    Raises:
        FoodganError: The file cannot be read, or is black or white all over.
    """
    if text is None:
        return None
    if text == 'auto':
        return FoodMask()
    mask = images.read_image(text).convert('L')
    fault = note(mask)
    if fault is not None:
        raise FoodganError(f'{text}: no mask, it is {fault}; '
                           'draw the food white and all else black')
    return lambda photo: mask
