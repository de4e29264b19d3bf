"""The features of InceptionV3 that FID, KID and Inception score are defined by (torch-fidelity).

``torch_fidelity.calculate_metrics`` is not used: it looks at all pictures again for every target
and control, where one pass serves all of them here; it would make PyTorch and torchvision
necessary for the classifier's features, too; and it takes the root of the covariances' product in
float32. The tests compare the figures of :mod:`chainer_foodgan.evaluations.distances` with its own.
"""

import contextlib
import importlib.util
import os
import sys
import types

import numpy

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import sha256
from chainer_foodgan.weights import pth

MODULE = 'torch_fidelity.feature_extractor_inceptionv3'


class InceptionFeatures:
    """An extractor (see :mod:`chainer_foodgan.evaluations.features`): 2048 features, 1008 classes.

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
