"""From a photo to the same photo with another dish."""

from chainer_foodgan.translation.translator import Translator, translate

__all__ = ['Translator', 'translate']
