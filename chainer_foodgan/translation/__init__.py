"""From a photo to the same photo with another dish."""

from chainer_foodgan.translation.one import translate
from chainer_foodgan.translation.translator import Translator

__all__ = ['Translator', 'translate']
