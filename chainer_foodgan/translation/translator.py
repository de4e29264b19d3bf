"""Translating photos with a trained generator."""

import chainer
import numpy as np
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.nearest import nearest
from chainer_foodgan.translation.padding import crop, pad
from chainer_foodgan.weights import load

BACKENDS = ('auto', 'chainer', 'onnxruntime', 'openvino')


class Translator:
    """Changes the dish in a photo.

    Args:
        weights (str, os.PathLike or Generator): A name that `foodgan weights` lists, a file, or a
            generator; a generator is moved to ``device`` where one is given.
        size (int): The photo is scaled so that its shorter side has that many pixels (the paper's
            test has 512); its aspect is kept and nothing is cut off. None: it keeps its size.
        backend (str): ``'auto'`` or ``'chainer'``.
        device: What ``chainer.get_device`` takes, such as ``'@cupy:0'``. None: the CPU, or
            wherever a given generator is.
        categories (sequence of str): The network's categories in label order, in place of those
            stored with the weights. Where neither is there, a network of ten has the paper's, any
            other the numbers from 0.

    Raises:
        FoodganError: Weights, backend, device or categories that cannot be used.
    """

    def __init__(self, weights, size=None, backend='auto', device=None, categories=None):
        if size is not None and size < 1:
            raise FoodganError('size {}: the shorter side needs at least one pixel'.format(size))
        _check_backend(backend)
        self.size = size
        if isinstance(weights, Generator):
            self.gen = weights
        else:
            known = {} if categories is None else {'categories': list(categories)}
            self.gen = load(weights, **known)
        if categories is None:
            categories = getattr(self.gen, 'categories', None) or _default(self.gen.c_dim)
        #: Names in label order (list of str).
        self.categories = list(categories)
        if len(self.categories) != self.gen.c_dim:
            raise FoodganError('the generator has {} categories, but {} are named: {}'.format(
                self.gen.c_dim, len(self.categories), ', '.join(self.categories)))
        if device is not None:
            self.gen.to_device(_device(device))

    def __call__(self, image, name):
        """Changes the dish to a category.

        Args:
            image (PIL.Image.Image): Any mode and size.
            name (str): One of :attr:`categories`.

        Returns:
            PIL.Image.Image: RGB, of the image's size, or scaled to ``size``.

        Raises:
            FoodganError: The name is unknown (the message lists those there are), the image is of
                no use, or there is not enough memory for its size.
        """
        self.check(name)
        return self._translate(self._array(image), name)

    def all(self, image):
        """Changes the dish to every category.

        Args:
            image (PIL.Image.Image): Any mode and size.

        Returns:
            dict: Category name to PIL image, in label order.
        """
        array = self._array(image)
        return {name: self._translate(array, name) for name in self.categories}

    def check(self, name):
        """Raises a FoodganError unless ``name`` is one of :attr:`categories`."""
        if name not in self.categories:
            raise FoodganError('{}: the weights know no such dish; {}'.format(
                name, nearest(name, self.categories)))

    def _array(self, image):
        """float32 (3, H, W) in [-1, 1], scaled to ``size``."""
        try:
            rgb = images.to_rgb(image)
        except (OSError, ValueError) as error:
            raise FoodganError('the photo cannot be made RGB: {}'.format(error)) from error
        if self.size is not None:
            scale = self.size / min(rgb.size)
            rgb = rgb.resize([max(1, round(side * scale)) for side in rgb.size], Image.BILINEAR)
        return images.to_array(rgb)

    def _translate(self, array, name):
        _, H, W = array.shape
        c = np.zeros((1, len(self.categories)), np.float32)
        c[0, self.categories.index(name)] = 1
        xp = self.gen.xp
        try:
            with chainer.using_config('train', False), chainer.no_backprop_mode(), \
                    chainer.using_device(self.gen.device):
                y = self.gen(xp.asarray(pad(array)[None]), xp.asarray(c))
        except (MemoryError, RuntimeError) as error:
            # PyTorch's kernels say it with a RuntimeError, whose text alone tells.
            if isinstance(error, RuntimeError) and 'memory' not in str(error):
                raise
            raise FoodganError('a photo of {} x {} pixels needs more memory than there is; '
                               'translate it at a smaller size, such as 512'.format(
                                   W, H)) from error
        return images.to_image(crop(chainer.backends.cuda.to_cpu(y.array)[0], H, W))


def _default(c_dim):
    return NAMES if c_dim == len(NAMES) else [str(index) for index in range(c_dim)]


def _check_backend(backend):
    if backend not in BACKENDS:
        raise FoodganError('{}: no such backend; {}'.format(backend, nearest(backend, BACKENDS)))
    if backend not in ('auto', 'chainer'):
        raise FoodganError('{}: this version translates with Chainer alone; leave the backend '
                           'out'.format(backend))


def _device(device):
    try:
        return chainer.get_device(device)
    except (RuntimeError, ValueError, TypeError) as error:
        raise FoodganError('{}: no such device here ({}); leave it out to compute on the '
                           'CPU'.format(device, ' '.join(str(error).split()))) from error
