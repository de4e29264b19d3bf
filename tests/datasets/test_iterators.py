"""A sample is the same whatever iterator and however many workers read it, and workers end."""

import os
import pickle
import signal
import subprocess
import sys
import threading

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.datasets import RenderedBowls, transforms
from chainer_foodgan.datasets.iterators import AHEAD, make_iterator
from chainer_foodgan.datasets.lists import ListDataset, ManifestDataset
from chainer_foodgan.datasets.opening import FolderDataset
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.errors import FoodganError

import chainer

BATCH, EPOCHS = 3, 4


@pytest.fixture
def dataset(tmp_path):
    rng = numpy.random.default_rng(0)
    for name, count in (('pho', 5), ('ramen', 3)):
        (tmp_path / name).mkdir()
        for number in range(count):
            pixels = rng.integers(0, 256, (20, 24, 3)).astype(numpy.uint8)
            Image.fromarray(pixels).save(str(tmp_path / name / f'{number}.png'))
    transform = transforms.TrainTransform(12, random_resized_crop=(0.3, 1.))
    return FolderDataset(tmp_path, transform, seed=7)


def serial(dataset, order):
    return chainer.iterators.SerialIterator(dataset, BATCH, order_sampler=order)


def threads(dataset, order):
    return chainer.iterators.MultithreadIterator(
        dataset, BATCH, order_sampler=order, n_threads=3)


def ours(number, processes):
    def make(dataset, order):
        return make_iterator(dataset, BATCH, order, number, processes)
    return make


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
    transform = transforms.TrainTransform(12, random_resized_crop=(0.3, 1.))
    xs, labels = [], []
    for epoch in range(1, EPOCHS + 1):
        order = numpy.random.default_rng((1, epoch)).permutation(8)[:6]
        for index in order.tolist():
            rng = numpy.random.default_rng((7, epoch, index))
            xs.append(images.to_array(transform(dataset.image(index), rng)))
            labels.append(0 if index < 5 else 1)
    return numpy.reshape(xs, (-1, BATCH, 3, 12, 12)), numpy.reshape(labels, (-1, BATCH))


@pytest.mark.parametrize('make', [
    serial, threads, processes(1, None), processes(3, None), processes(2, 100000),
    ours(1, False), ours(3, False), ours(1, True), ours(2, True)])
def test_batches(dataset, expected, make):
    x, label = batches(make, dataset)
    assert x.dtype == numpy.float32 and label.dtype == numpy.int32
    assert (x == expected[0]).all() and (label == expected[1]).all()


def test_another_seed_gives_other_batches(dataset, expected):
    assert (batches(serial, dataset, seed=2)[0] != expected[0]).any()


@pytest.fixture(autouse=True)
def timely():
    """What would wait for ever is an error after a minute."""
    def ring(number, frame):
        raise TimeoutError('a minute has gone by')

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 60, 10)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize('first, second, stop', [
    (threads, ours(2, False), 1), (ours(2, False), ours(3, False), 2),
    (ours(2, False), ours(2, True), 5), (ours(2, True), ours(1, False), 2)])
def test_goes_on_from_a_snapshot(dataset, expected, first, second, stop):
    before = first(dataset, SeededOrder(1, BATCH))
    for _ in range(stop):
        next(before)
    saved = chainer.serializers.DictionarySerializer()
    saved.save(before)
    # Saving disturbs nothing.
    assert (chainer.dataset.concat_examples(next(before))[0] == expected[0][stop]).all()
    before.finalize()

    after = second(dataset, SeededOrder(1, BATCH))
    next(after)  # and what it reads ahead is of no account any more
    chainer.serializers.NpzDeserializer(saved.target).load(after)
    assert after.epoch_detail == stop / 2
    for batch in expected[0][stop:]:
        assert (chainer.dataset.concat_examples(next(after))[0] == batch).all()
    after.finalize()


def test_reads_ahead_and_no_further():
    class Recorder(list):
        def __len__(self):
            return 12

        def __getitem__(self, index):
            self.append(index)
            if list.__len__(self) == BATCH * (1 + AHEAD):
                enough.set()
            return index

    enough = threading.Event()
    recorder = Recorder()
    iterator = make_iterator(recorder, BATCH, SeededOrder(0, BATCH), 2)
    next(iterator)
    assert enough.wait(30)
    iterator.finalize()
    assert list.__len__(recorder) == BATCH * (1 + AHEAD)


@pytest.mark.parametrize('processes, times', [(False, 2), (True, 1)])
def test_a_broken_photo_is_the_callers_error(dataset, processes, times):
    with open(dataset.photos[4].file, 'wb') as file:
        file.write(b'no picture')
    iterator = make_iterator(dataset, 8, SeededOrder(0, 8), 2, processes)
    for _ in range(times):
        with pytest.raises(FoodganError, match='4.png.*no picture.*--skip-bad') as info:
            next(iterator)
        assert '\n' not in str(info.value)
    iterator.finalize()


@pytest.fixture
def examples(tmp_path, monkeypatch):
    """A module that worker processes can import."""
    folder = tmp_path / 'module'
    folder.mkdir()
    (folder / 'examples_of_workers.py').write_text("""
import os, signal

class Awkward(Exception):
    def __init__(self, first, second):
        super().__init__(first + second)

class Examples:
    def __init__(self, make):
        self.make = make
    def __len__(self):
        return 8
    def __getitem__(self, index):
        return self.make(index)
    def __getstate__(self):
        print('starting', flush=True)
        return vars(self)

def key_error(index):
    raise KeyError('the key')
def awkward(index):
    raise Awkward('the ', 'reason')
def killed(index):
    os.kill(os.getpid(), signal.SIGKILL)
def pid(index):
    return os.getpid()
""")
    monkeypatch.syspath_prepend(str(folder))
    import examples_of_workers
    yield examples_of_workers
    del sys.modules['examples_of_workers']


@pytest.mark.parametrize('name, error, text', [
    ('key_error', KeyError, 'the key'),
    ('awkward', RuntimeError, 'Awkward: the reason'),  # it cannot be sent as it is
    ('killed', FoodganError, 'was ended.*--num-workers.*--processes')])
def test_errors_of_processes(examples, name, error, text):
    iterator = make_iterator(
        examples.Examples(getattr(examples, name)), 2, SeededOrder(0, 2), 2, processes=True)
    with pytest.raises(error, match=text):
        next(iterator)
    iterator.finalize()


def test_finalize_ends_the_processes(examples):
    iterator = make_iterator(
        examples.Examples(examples.pid), 4, SeededOrder(0, 4), 2, processes=True)
    pids = {pid for _ in range(10) for pid in next(iterator)}
    assert os.getpid() not in pids
    iterator.finalize()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


SCRIPT = """
from chainer_foodgan.datasets.iterators import make_iterator
from chainer_foodgan.datasets.sampling import SeededOrder
from examples_of_workers import Examples, pid

if __name__ == '__main__':
    iterator = make_iterator(Examples(pid), 2, SeededOrder(0, 2), 2, processes=True)
    try:
        while True:
            print('reading', next(iterator), flush=True)
    finally:
        iterator.finalize()
"""


@pytest.mark.parametrize('what, when', [
    (signal.SIGINT, 'starting'), (signal.SIGINT, 'reading'), (signal.SIGKILL, 'reading')])
def test_processes_end_with_the_program(examples, tmp_path, what, when):
    script = tmp_path / 'script.py'
    script.write_text(SCRIPT)
    # The workers inherit the pipes, which are at their end when the last of them has ended.
    with subprocess.Popen(
            [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True, start_new_session=True,
            env={**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path))}) as program:
        for line in program.stdout:
            if line.startswith(when):
                break
        if what == signal.SIGINT:
            os.killpg(program.pid, what)  # what a terminal does
        else:
            program.send_signal(what)
        try:
            _, errors = program.communicate(timeout=50)
        except BaseException:
            os.killpg(program.pid, signal.SIGKILL)
            raise
    count = 1 if what == signal.SIGINT else 0
    assert errors.count('KeyboardInterrupt') == errors.count('Traceback') == count


def test_all_data_sets_reach_a_process(tmp_path):
    for name in ('pho', 'ramen'):
        (tmp_path / name).mkdir()
        Image.new('RGB', (20, 16), (10, 200, 30)).save(str(tmp_path / name / '0.png'))
    (tmp_path / 'list.txt').write_text('2\npho ramen\npho/0.png 1 -1\nramen/0.png -1 1\n')
    (tmp_path / 'table.csv').write_text(
        'file,category,split\npho/0.png,pho,train\nramen/0.png,ramen,train\n')
    transform = transforms.TrainTransform(8, random_resized_crop=(0.5, 1.))
    for dataset in (FolderDataset(tmp_path, transform), RenderedBowls(4, 16),
                    ListDataset(tmp_path, tmp_path / 'list.txt', transform, test=0),
                    ManifestDataset(tmp_path, tmp_path / 'table.csv', transform)):
        copy = pickle.loads(pickle.dumps(dataset))
        for example, expected in zip(copy[1], dataset[1]):
            numpy.testing.assert_array_equal(example, expected)
