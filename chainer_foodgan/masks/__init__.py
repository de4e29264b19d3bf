"""Where the food is in a photo, so that nothing else is changed.

A mask is a PIL image of mode ``'L'``: 255 where the food is, 0 where the photo stays, and between
the two along a soft border.
"""

from chainer_foodgan.masks.blending import blend, note
from chainer_foodgan.masks.food import FoodMask

__all__ = ['FoodMask', 'blend', 'note']
