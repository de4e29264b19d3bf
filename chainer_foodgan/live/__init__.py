"""The dish changes while one looks: a camera, a stream or a video in a window."""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {'Frames': 'streams', 'show': 'window'})
