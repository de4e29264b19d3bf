"""What networks see in pictures: names, features and probabilities.

An extractor is called with a batch of pictures, float32 (B, 3, H, W) in [-1, 1], and returns
features, float32 (B, D), and probabilities, float32 (B, K) whose rows sum to 1. It has

- ``name``: ``'classifier'`` (:class:`ClassifierFeatures`) or ``'inception'``
  (:class:`InceptionFeatures`). Every figure that is made of
  its features bears it: FID, KID and Inception score are defined for InceptionV3, and those of a
  classifier of our own compare with nothing but each other;
- ``facts``: what else is to be known of it, for JSON.
"""

import contextlib
import importlib.util
import os
import sys
import types

import numpy
from PIL import Image

from chainer_foodgan import images, kernels
from chainer_foodgan.categories import NONE
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import sha256
from chainer_foodgan.weights import pth

import chainer


class ClassifierFeatures:
    """The features of a classifier of ours: its last layer but one, averaged over the pixels.

    Args:
        classifier (Classifier): With ``image_size``; pictures of another are scaled to it.
    """

    name = 'classifier'

    def __init__(self, classifier):
        self._classifier = classifier
        self.facts = {
            'network': 'the classifier', 'dimension': classifier.head.W.shape[1],
            'resizing': f'bilinear to {classifier.image_size} x {classifier.image_size} pixels, 8 '
                        'bits, where they have another size'}

    def __call__(self, x):
        return tuple(kernels.see(self._classifier, self._see,
                                 scaled(x, self._classifier.image_size)))

    def _see(self, x):
        features = self._classifier.pooled(x)
        return features, chainer.functions.softmax(self._classifier.head(features))


class Collector:
    """What a classifier and extractors see in pictures that come batch by batch.

    The classifier has the same categories, in whatever order (a FoodganError says where not);
    pictures of another size than its own are shown to it in 8 bits, scaled. None: nobody is asked
    for names.
    """

    def __init__(self, categories, classifier=None, extractors=()):
        self._classifier, self._extractors = classifier, extractors
        self._called = []
        self._seen = {extractor.name: [] for extractor in extractors}
        if classifier is not None:
            check_classifier(categories, classifier)
            self._renamed = numpy.array([
                -1 if name == NONE else tuple(categories).index(name)
                for name in classifier.categories])

    def add(self, x):
        """Looks at a batch, float32 (B, 3, H, W) in [-1, 1]."""
        if self._classifier is not None:
            found = self._classifier.predict(scaled(x, self._classifier.image_size))
            self._called.append(self._renamed[found])
        for extractor in self._extractors:
            self._seen[extractor.name].append(extractor(x))

    @property
    def called(self):
        """What the classifier takes them for, int (N,), -1 for no dish; None: no classifier."""
        return None if self._classifier is None else joined(self._called)

    @property
    def features(self):
        """Extractor's name to (features, probabilities), float32 (N, D) and (N, K)."""
        return {name: tuple(map(joined, zip(*batches))) or (joined([]), joined([]))
                for name, batches in self._seen.items()}


def joined(arrays):
    """Arrays one behind the other; none of them: an empty one, int."""
    return numpy.concatenate(arrays) if len(arrays) else numpy.empty(0, int)


def scaled(x, size):
    """A batch of pictures, float32 (B, 3, H, W) in [-1, 1], as squares of another size."""
    if x.shape[2:] == (size, size):
        return x
    return numpy.stack([
        images.to_array(images.to_image(array).resize((size, size), Image.Resampling.BILINEAR))
        for array in x])


def check_classifier(categories, classifier):
    """Raises a FoodganError unless a classifier has these categories, fakes apart."""
    check_categories(categories, [name for name in classifier.categories if name != NONE],
                     'the classifier')


def check_categories(wanted, found, owner):
    """Raises a FoodganError that says how categories differ, whatever their order."""
    lacks = [name for name in wanted if name not in found]
    more = [name for name in found if name not in wanted]
    if lacks or more:
        raise FoodganError('{} {}; the categories are {}: use weights, pictures and a classifier '
                           'of the same categories'.format(owner, ' and '.join(filter(None, (
                               lacks and 'lacks ' + ', '.join(lacks),
                               more and 'has {} besides'.format(', '.join(more))))),
                               ', '.join(wanted)))


MODULE = 'torch_fidelity.feature_extractor_inceptionv3'


class InceptionFeatures:
    """The features that FID, KID and Inception score are defined by: 2048, and 1008 classes.

    ``torch_fidelity.calculate_metrics`` is not used: it looks at all pictures again for every
    target and control, where one pass serves all of them here; it would make PyTorch and
    torchvision necessary for the classifier's features, too; and it takes the root of the
    covariances' product in float32. The tests compare the figures with its own.

    Args:
        path (str or os.PathLike): The weights as torch-fidelity distributes them; None: it fetches
            them and keeps them in PyTorch's cache.

    Raises:
        FoodganError: torch-fidelity or PyTorch is not installed, or the weights cannot be fetched
            or are others.
    """

    name = 'inception'

    def __init__(self, path=None):
        for package, name in ('torch', 'torch'), ('torch_fidelity', 'torch-fidelity'):
            if importlib.util.find_spec(package) is None:
                raise FoodganError(f'features of Inception need {name}: pip install {name}, or '
                                   'take those of the classifier')
        module = _module()
        if path is not None:
            _check(path)
        try:
            with contextlib.redirect_stdout(sys.stderr):
                self._network = module.FeatureExtractorInceptionV3(
                    'inception-v3-compat', ['2048', 'logits_unbiased'],
                    None if path is None else os.fspath(path))
        except (OSError, RuntimeError, ValueError) as error:
            raise FoodganError(
                'the weights of Inception cannot be {} ({}): download {} and name the file by '
                '--inception'.format(
                    'fetched' if path is None else f'read from {path}',
                    ' '.join(str(error).split())[:200], module.URL_INCEPTION_V3)) from error
        self.facts = {
            'network': 'InceptionV3 of torch-fidelity', 'dimension': 2048,
            'weights': 'fetched by torch-fidelity' if path is None else 'SHA-256 ' + sha256(path),
            'resizing': 'bilinear to 299 x 299 pixels as TensorFlow 1 does it, 8 bits'}

    def __call__(self, x):
        import torch
        pixels = numpy.stack([
            numpy.asarray(images.to_image(picture)).transpose(2, 0, 1) for picture in x])
        with torch.no_grad():
            features, logits = self._network(torch.from_numpy(pixels))
            return features.numpy(), logits.softmax(1).numpy()


def _module():
    """torch-fidelity's module of the network, without the rest of the package.

    Its ``__init__`` imports torchvision, which nothing here needs and which does not load beside a
    PyTorch of another build, as that for CPUs is.
    """
    if MODULE in sys.modules:
        return sys.modules[MODULE]
    spec = importlib.util.find_spec('torch_fidelity')
    package = types.ModuleType('torch_fidelity')
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules['torch_fidelity'] = package
    try:
        return importlib.import_module(MODULE)
    finally:
        # Whoever imports the package afterwards gets the whole of it.
        for name in [name for name in sys.modules if name.split('.')[0] == 'torch_fidelity']:
            del sys.modules[name]


def _check(path):
    """Refuses files that are no plain tensors: torch-fidelity runs the code of those it reads.

    Raises:
        FoodganError: The file is absent, of another kind or damaged, or asks for code.
    """
    arrays, _ = pth.read(path)
    if 'Mixed_7c.branch_pool.conv.weight' not in arrays:
        raise FoodganError(f"{path}: not the weights of torch-fidelity's Inception; leave "
                           '--inception out and they are fetched')
