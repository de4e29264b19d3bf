"""Drawing a mask's border where the picture has one, by GrabCut (Rother et al. 2004).

The library is OpenCV (the extra ``mask``), which is imported when it is used. FoodChangeLens, the
paper's sibling, refines its U-Net's masks in the same way.
"""

import importlib

import numpy

from chainer_foodgan.errors import FoodganError

# Shares of food below and above which a pixel is what the network says, whatever its colour.
_SURELY_NOT, _SURELY = 0.15, 0.9

_ROUNDS = 2


def library():
    """OpenCV.

    Raises:
        FoodganError: It cannot be imported.
    """
    try:
        return importlib.import_module('cv2')
    except ImportError as error:
        raise FoodganError(f'refining a mask needs OpenCV ({error}): pip install '
                           '"chainer_foodgan[mask]"') from error


def refine(cv2, picture, share):
    """Decides which pixels are food by their colours, where the network is not sure.

    The same picture and shares give the same mask.

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
