"""ChainerCV's ImageNet networks: bodies, and with a new head classifiers to fine-tune."""

import contextlib
import sys

import numpy

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import BaseClassifier
from chainer_foodgan.links import Convolution2D
from chainer_foodgan.weights.naming import arrays_of
from chainer_foodgan.weights.reading import check_shapes

import chainer
import chainer.functions as F
import chainer.links as L

#: Channels of the features.
CHANNELS = {'vgg16': 512, 'resnet50': 2048}


class FineTuned(BaseClassifier):
    """VGG16 or ResNet50 (He's) up to the last pooling, the mean over the pixels, a new head.

    VGG16 without its three fully connected layers, then, which fit photos of 224 pixels alone.

    Args:
        categories, image_size: See :class:`~chainer_foodgan.evaluations.classifier.BaseClassifier`.
        network (str): ``'vgg16'`` or ``'resnet50'``.
        start (str or os.PathLike): ``'imagenet'``: weights that ChainerCV fetches; a ``.npz`` file
            of them; None: random numbers.
        rng (numpy.random.Generator): Where random numbers come from; None for fresh ones.

    Attributes:
        network (str): As given.

    Raises:
        FoodganError: The weights cannot be fetched or read.
    """

    def __init__(self, categories, image_size, network, start=None, *, rng=None):
        super().__init__(categories, image_size)
        self.network = network
        with self.init_scope():
            self.body = body(network, start, numpy.random.default_rng() if rng is None else rng)
            self.head = L.Linear(CHANNELS[network], len(self.categories), initialW=0)

    def pooled(self, x):
        """Photos, float32 (B, 3, H, W) in [-1, 1], to features, float32 (B, D)."""
        h = see(self.body, x)
        return F.mean(h, axis=(2, 3)) if h.ndim == 4 else h


def body(network, start=None, rng=None, pick='pool5', image_size=32):
    """ChainerCV's network up to one of its layers (``pick``), a Chain whose convolutions are
    computed by this package's kernels.

    ``network``, ``start`` and ``rng`` are those of :class:`FineTuned`; photos have ``image_size``
    pixels along a side, where layers up to the last pooling see any size. A FoodganError says that
    the weights cannot be fetched or read.
    """
    if start == 'imagenet':
        link = _fetched(network)
    else:  # zeros, where they are to be replaced, do without the memory that random numbers take
        link = _make(network, n_class=2, initialW=(
            chainer.initializers.HeNormal(rng=rng) if start is None else 0))
    link.pick = pick
    link.remove_unused()
    with chainer.using_config('train', False), chainer.no_backprop_mode():
        # ChainerCV leaves in_channels open.
        link(numpy.zeros((1, 3, image_size, image_size), numpy.float32))
    link.cleargrads()  # as large as the weights, 0.4 GB for fc6 alone
    for layer in link.links():
        if type(layer) is L.Convolution2D:
            # The same layer on this package's kernels: neither network dilates or groups.
            layer.__class__ = Convolution2D
    if start not in ('imagenet', None):
        arrays, _ = weights.read_npz(start)
        wanted = {key: array.shape for key, array in arrays_of(link).items()}
        # A file of ChainerCV's has the layers behind, too, which are of no use here.
        arrays = {key: array for key, array in arrays.items() if key in wanted}
        check_shapes(start, arrays, wanted, network)
        chainer.serializers.NpzDeserializer(arrays).load(link)
    return link


def see(link, x):
    """What a network of ChainerCV's makes of photos, float32 (B, 3, H, W) in [-1, 1]."""
    return link((x + 1) * 127.5 - link.xp.asarray(link.mean))


def _make(network, **options):
    from chainercv.links import VGG16, ResNet50
    return VGG16(**options) if network == 'vgg16' else ResNet50(arch='he', **options)


def _fetched(network):
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return _make(network, pretrained_model='imagenet')
    except OSError as error:
        raise FoodganError(
            'the ImageNet weights of {} cannot be fetched ({}): download them elsewhere and name '
            'the file by --start'.format(network, ' '.join(str(error).split()))) from error
