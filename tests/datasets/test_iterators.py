"""A sample is the same whatever iterator and however many workers read it."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images  # before chainer, which it makes importable
import chainer
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.folder import FolderDataset
from chainer_foodgan.datasets.order import SeededOrder

BATCH, EPOCHS = 3, 4


@pytest.fixture
def dataset(tmp_path):
    rng = numpy.random.default_rng(0)
    for name, count in (('pho', 5), ('ramen', 3)):
        (tmp_path / name).mkdir()
        for number in range(count):
            pixels = rng.integers(0, 256, (20, 24, 3)).astype(numpy.uint8)
            Image.fromarray(pixels).save(str(tmp_path / name / '{}.png'.format(number)))
    transform = transforms.Train(12, random_resized_crop=(0.3, 1.))
    return FolderDataset(tmp_path, transform, seed=7)


def serial(dataset, order):
    return chainer.iterators.SerialIterator(dataset, BATCH, order_sampler=order)


def threads(dataset, order):
    return chainer.iterators.MultithreadIterator(
        dataset, BATCH, order_sampler=order, n_threads=3)


def processes(number, shared_mem):
    def make(dataset, order):
        return chainer.iterators.MultiprocessIterator(
            dataset, BATCH, order_sampler=order, n_processes=number, n_prefetch=3,
            shared_mem=shared_mem)
    return make


def batches(make, dataset, seed=1):
    # An epoch has two full batches of the eight photos.
    iterator = make(dataset, SeededOrder(seed, BATCH))
    try:
        examples = [chainer.dataset.concat_examples(next(iterator)) for _ in range(2 * EPOCHS)]
        assert iterator.epoch == EPOCHS
    finally:
        iterator.finalize()
    return numpy.stack([x for x, _ in examples]), numpy.stack([label for _, label in examples])


@pytest.fixture
def expected(dataset):
    """The batches from the promise itself: photo, transform and default_rng((seed, epoch, i))."""
    transform = transforms.Train(12, random_resized_crop=(0.3, 1.))
    xs, labels = [], []
    for epoch in range(1, EPOCHS + 1):
        order = numpy.random.default_rng((1, epoch)).permutation(8)[:6]
        for index in order.tolist():
            rng = numpy.random.default_rng((7, epoch, index))
            xs.append(images.to_array(transform(dataset.image(index), rng)))
            labels.append(0 if index < 5 else 1)
    return numpy.reshape(xs, (-1, BATCH, 3, 12, 12)), numpy.reshape(labels, (-1, BATCH))


@pytest.mark.parametrize('make', [
    serial, threads, processes(1, None), processes(3, None), processes(2, 100000)])
def test_batches(dataset, expected, make):
    x, label = batches(make, dataset)
    assert x.dtype == numpy.float32 and label.dtype == numpy.int32
    assert (x == expected[0]).all() and (label == expected[1]).all()


def test_another_seed_gives_other_batches(dataset, expected):
    assert (batches(serial, dataset, seed=2)[0] != expected[0]).any()
