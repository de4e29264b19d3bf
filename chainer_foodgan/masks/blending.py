"""Keeping a change inside a mask."""

from PIL import Image

from chainer_foodgan import images

# A mask says something where it is neither darker nor brighter than this all over.
_HALF = 128


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
    darkest, brightest = mask.getextrema()
    if brightest < _HALF:
        return 'black all over, so nothing is changed'
    if darkest >= _HALF:
        return 'white all over, so nothing is kept'
    return None
