"""From what somebody names - a file, or ``auto`` - to what gives a photo its mask."""

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.masks.blending import note
from chainer_foodgan.masks.food import FoodMask


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
