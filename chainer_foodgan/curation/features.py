"""What photos are clustered by: features of VGG16, as in the article, or of a classifier of ours.

A network has

- ``words``: what it is, for people; every file and picture that is made of its features says it;
- ``made_of``: the same, for machines (dict of JSON values);
- ``image_size`` (pixels) and ``dimension`` (D);
- ``load()``, which has to be called first, and raises a FoodganError where weights cannot be had;
- and is called with photos, float32 (B, 3, H, W) in [-1, 1], for features, float32 (B, D).

They are kept on disk, batch by batch as they come:

====================  =======================================================================
``features.npy``      float32 (N, D), a row per photo; ``numpy.load(path, mmap_mode='r')``
``features.json``     what they are made of
``features.journal``  a line per batch that is kept: its number and the CRC-32 of its bytes
====================  =======================================================================

The process may end anywhere. A batch is kept once its line is whole and its bytes are those that
the line tells of, so nothing has to be forced to the disk in between.
"""

import concurrent.futures
import contextlib
import functools
import hashlib
import json
import math
import os
import zlib

import numpy

from chainer_foodgan import files, images, kernels
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import imagenet
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.evaluations.features import ClassifierFeatures
from chainer_foodgan.parallel import ALONE


class VGG16Features:
    """The article's: layer fc6 of VGG16, before its ReLU, in ChainerCV's weights of ImageNet, which
    it fetches (``start`` is ``'imagenet'``) or which a ``.npz`` file has. They are for 224 pixels.
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
    """Those of a classifier of ours, see ``foodgan train-classifier``: its last layer but one,
    averaged over the pixels. A FoodganError says that the file holds none.
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


@contextlib.contextmanager
def squares(dataset, size):
    """Gives a function that reads photos (sequence of int): the largest centred square of each,
    float32 (B, 3, size, size).
    """
    transform = EvalTransform(size, math.inf)

    def read(index):
        return images.to_array(transform(dataset.image(index, enough=size)))

    # Pillow decodes outside Python's lock, so threads use all cores.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield lambda places: numpy.stack(list(pool.map(read, places)))


def compute(store, pending, network, dataset, indices, batch_size, comm=ALONE, progress=None):
    """Computes the features that a store lacks, of photos of a data set (``indices``), whose
    largest centred squares are seen.

    Ranks of ``comm`` take turns, a batch each, and hand it to rank 0, which keeps it (``store`` is
    None on the others, ``pending`` is the same on all): batches are the same for any number of
    ranks. Each is in memory alone. The network is loaded, unless nothing is lacking; ``progress``
    is called on rank 0 with the numbers of photos that are done and of all.
    """
    done = len(indices) - sum(len(indices[batch * batch_size:][:batch_size]) for batch in pending)
    with squares(dataset, network.image_size) as read:
        for turn in range(0, len(pending), comm.size):
            found = None
            for batch in pending[turn:turn + comm.size][comm.rank:comm.rank + 1]:
                found = batch, network(read(indices[batch * batch_size:][:batch_size]))
            for batch, features in filter(None, comm.gather(found)):
                done += len(features)
                if store is not None:
                    store.add(batch, features)
            if progress is not None:
                progress(done, len(indices))


class FeatureStore:
    """Features in a folder: started, or gone on with where it holds some of the same already.

    Args:
        folder (str or os.PathLike): The folder; it is made where it is missing.
        made_of (dict): What the features depend on, JSON values; among them ``photos`` (N),
            ``dimension`` (D) and ``batch_size``.

    Attributes:
        pending (list of int): Batches that are missing, in order. Batch b is of the photos from
            ``b * batch_size`` on.

    Raises:
        FoodganError: The folder holds a batch or more of something else, or it cannot be read or
            written.
    """

    def __init__(self, folder, made_of):
        self._folder = files.make_folder(folder)
        self._shape = made_of['photos'], made_of['dimension']
        self._batch_size = made_of['batch_size']
        self.path = self._folder / 'features.npy'
        self._journal = self._folder / 'features.journal'
        record = self._folder / 'features.json'
        with _explained(self._folder):
            if record.exists() and self.path.exists() and self._lines():  # else nothing to lose
                self._check_same(record, made_of)
            else:
                self._start(record, made_of)
            header = numpy.load(self.path, mmap_mode='r')
            if (header.shape, header.dtype) != (self._shape, numpy.float32):
                raise ValueError('its features have another shape')
            self._offset = header.offset
            kept = self._read_journal()
        self.pending = [batch for batch in range(-(-self._shape[0] // self._batch_size))
                        if batch not in kept]

    def rows(self, batch):
        """The photos of a batch (range)."""
        start = batch * self._batch_size
        return range(start, min(start + self._batch_size, self._shape[0]))

    def add(self, batch, features):
        """Keeps a batch, float32 (len(rows(batch)), D).

        Raises:
            FoodganError: A feature is not finite, or the disk is full.
        """
        if not numpy.isfinite(features).all():
            raise FoodganError('the network gives no finite features: use other weights')
        data = numpy.ascontiguousarray(features, numpy.float32).tobytes()
        with _explained(self._folder):
            # Not through a memory map: a full disk would end the process without a word.
            with open(self.path, 'r+b') as file:
                file.seek(self._place(self.rows(batch).start))
                file.write(data)
            with open(self._journal, 'a', encoding='ascii') as file:
                file.write(f'{batch} {zlib.crc32(data):08x}\n')
        self.pending.remove(batch)

    def read(self, start, stop):
        """Rows of the features, float32 (stop - start, D), as a copy.

        Read rather than mapped, so that a pass over all of them leaves nothing in memory.

        Raises:
            FoodganError: They cannot be read.
        """
        width = self._shape[1]
        with _explained(self._folder):
            return numpy.fromfile(self.path, numpy.float32, (stop - start) * width,
                                  offset=self._place(start)).reshape(stop - start, width)

    def _place(self, row):
        return self._offset + 4 * self._shape[1] * row

    def _start(self, record, made_of):
        record.unlink(missing_ok=True)
        numpy.lib.format.open_memmap(self.path, 'w+', numpy.float32, self._shape)
        self._journal.write_bytes(b'')
        with files.replacing(record, 'w') as file:  # last: without it, all starts anew
            json.dump(made_of, file, indent=2)
            file.write('\n')

    def _check_same(self, record, made_of):
        there = json.loads(record.read_text('utf-8'))
        others = ['{}: {:.60}, not {:.60}'.format(
            key.replace('_', ' '), str(there.get(key)), str(value))
                  for key, value in made_of.items() if there.get(key) != value]
        if others:
            raise FoodganError(
                '{} holds features of something else ({}): choose another --out, or delete {} to '
                'start afresh'.format(self._folder, '; '.join(others), record.name))

    def _read_journal(self):
        """The numbers of the batches that are kept."""
        whole = self._lines()
        if len(whole) < self._journal.stat().st_size:  # a line that was being written
            os.truncate(self._journal, len(whole))
        sums = {}
        for line in whole.split(b'\n'):
            with contextlib.suppress(ValueError):  # a damaged line vouches for nothing
                batch, crc = line.split()
                sums[int(batch)] = int(crc, 16)
        return {batch for batch, crc in sums.items()
                if batch >= 0 and self.rows(batch) and self._crc(batch) == crc}

    def _lines(self):
        """The whole lines of the journal (bytes)."""
        journal = self._journal.read_bytes() if self._journal.exists() else b''
        return journal[:journal.rfind(b'\n') + 1]

    def _crc(self, batch):
        return zlib.crc32(self.read(self.rows(batch).start, self.rows(batch).stop).tobytes())


@contextlib.contextmanager
def _explained(folder):
    """Says of an error of the disk, or of damaged files, what it is about."""
    try:
        yield
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise FoodganError('cannot use the features in {}: {}; make room, or delete features.json '
                           'there to start afresh'.format(
                               folder, getattr(error, 'strerror', None) or error)) from error
