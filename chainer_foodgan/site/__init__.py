"""A page that needs no server: weights, ONNX Runtime Web and a camera, in a folder of files."""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {'write_site': 'folder', 'serve_site': 'server'})
