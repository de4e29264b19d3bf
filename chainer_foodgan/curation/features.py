"""What photos are clustered by: features of VGG16, as in the article, or of a classifier of ours.

A network has

- ``words``: what it is, for people; every file and picture that is made of its features says it;
- ``made_of``: the same, for machines (dict of JSON values);
- ``image_size`` (pixels) and ``dimension`` (D);
- ``load()``, which has to be called first, and raises a FoodganError where weights cannot be had;
- and is called with photos, float32 (B, 3, H, W) in [-1, 1], for features, float32 (B, D).
"""

import concurrent.futures
import functools
import hashlib
import math
import os

import numpy

from chainer_foodgan import files, images, kernels
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import imagenet
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.evaluations.features import ClassifierFeatures
from chainer_foodgan.parallel import ALONE


class VGG16Features:
    """The article's: layer fc6 of VGG16, before its ReLU, in ChainerCV's weights of ImageNet.

    Args:
        start (str or os.PathLike): ``'imagenet'``: weights that ChainerCV fetches; or a ``.npz``
            file of them.
        image_size (int): Pixels; the weights of ImageNet are for 224.
        device (str): Where to compute, see :func:`chainer_foodgan.kernels.to_device`.
    """

    dimension = 4096

    def __init__(self, start='imagenet', image_size=224, device='@numpy'):
        self.image_size = image_size
        self._start, self._device = start, device
        fetched = start == 'imagenet'
        self.words = 'VGG16 (layer fc6), weights {}'.format(
            'of ImageNet' if fetched else os.path.basename(start))
        self.made_of = {'network': 'VGG16, layer fc6',
                        'weights': start if fetched else 'SHA-256 ' + _hash(start)}

    def load(self):
        self._body = kernels.to_device(
            imagenet.body('vgg16', self._start, None, 'fc6', self.image_size), self._device)

    def __call__(self, x):
        return kernels.see(self._body, functools.partial(imagenet.see, self._body), x)


class OfClassifier:
    """Those of a classifier of ours: its last layer but one, averaged over the pixels.

    Args:
        path (str or os.PathLike): Its file, see ``foodgan train-classifier``.
        device (str): Where to compute.

    Raises:
        FoodganError: The file holds no classifier, or there is no such device.
    """

    def __init__(self, path, device='@numpy'):
        classifier, meta = load_classifier(path)
        self._features = ClassifierFeatures(kernels.to_device(classifier, device))
        self.image_size, self.dimension = classifier.image_size, classifier.head.W.shape[1]
        self.words = 'the classifier {} (trained on {}), not of VGG16'.format(
            os.path.basename(path), meta.get('trained_on', 'photos that it does not name'))
        self.made_of = {'network': 'classifier', 'weights': 'SHA-256 ' + _hash(path)}

    def load(self):
        """It is loaded: what it is, is in its file."""

    def __call__(self, x):
        return self._features(x)[0]


def _hash(path):
    try:
        return files.sha256(path)
    except OSError as error:
        raise FoodganError(f'cannot read {path}: {error.strerror or error}; check the '
                           'name') from error


def made_of(network, root, photos, batch_size):
    """What features of photos depend on (dict of JSON values), see :class:`FeatureStore`.

    Photos are told by their paths below ``root``, their boxes and the sizes of their files.
    """
    digest = hashlib.sha256()
    for photo in photos:
        digest.update(repr((os.path.relpath(photo.file, root), photo.box,
                            files.size(photo.file))).encode())
    return {**network.made_of, 'dimension': network.dimension, 'image_size': network.image_size,
            'batch_size': batch_size, 'photos': len(photos), 'photos_sha256': digest.hexdigest()}


def compute(store, pending, network, dataset, indices, batch_size, comm=ALONE, progress=None):
    """Computes the features that a store lacks.

    Ranks take turns, a batch each, and hand it to rank 0, which keeps it: batches are the same for
    any number of ranks. Each is in memory alone.

    Args:
        store (FeatureStore): Where they are kept; None on ranks other than 0.
        pending (list of int): The batches that it lacks, on every rank.
        network: See above; loaded, unless nothing is lacking.
        dataset (ImageDataset): The photos; of each the largest centred square is seen.
        indices (sequence of int): Which of them.
        batch_size (int): That of the store.
        comm (Communicator): Who shares the work.
        progress (callable): Called on rank 0 with the numbers of photos that are done and of all.

    Raises:
        FoodganError: A photo cannot be read any more, or the features cannot be kept.
    """
    transform = EvalTransform(network.image_size, math.inf)

    def read(index):
        return images.to_array(transform(dataset.image(index, enough=network.image_size)))

    done = len(indices) - sum(len(indices[batch * batch_size:][:batch_size]) for batch in pending)
    # Pillow decodes outside Python's lock, so threads use all cores.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for turn in range(0, len(pending), comm.size):
            found = None
            for batch in pending[turn:turn + comm.size][comm.rank:comm.rank + 1]:
                chosen = indices[batch * batch_size:][:batch_size]
                found = batch, network(numpy.stack(list(pool.map(read, chosen))))
            for batch, features in filter(None, comm.gather(found)):
                done += len(features)
                if store is not None:
                    store.add(batch, features)
            if progress is not None:
                progress(done, len(indices))
