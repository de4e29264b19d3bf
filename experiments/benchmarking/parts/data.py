"""Photos a second that the training's iterator delivers from JPEG files."""

import time

import numpy
from PIL import Image

from benchmarking.timing import row
from chainer_foodgan.datasets.iterators import make_iterator
from chainer_foodgan.datasets.opening import FolderDataset
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.datasets.transforms import TrainTransform

#: Photos a second of the paper's configuration, batches of 32, on a GPU of ten iterations.
WANTED = 320


def measure(bench, size, batch, seconds, pictures):
    """Rows: a kind of photo and of preparing it each; columns: workers.

    Args:
        bench (Bench): Has the folder for the photos.
        size (int): Side of the photos that the networks see.
        batch (int): Photos in a batch.
        seconds (float): How long each is measured.
        pictures (tuple): (width, height, number of files) of the photos.
    """
    crops = {"the original's centre crop": None, 'random resized crop': (0.5, 1.)}
    rows = []
    for width, height, number in pictures:
        folder = bench.folder / f'photos_{width}'
        mean = write_photos(folder, width, height, number)
        for crop, share in crops.items():
            dataset = FolderDataset(folder, TrainTransform(size, size, random_resized_crop=share))
            rows.append(_row(f'{width} x {height} JPEG ({mean / 1e3:.0f} kB) to {size} px, '
                             f'{crop}', dataset, batch, seconds, bench.threads))
    return rows


def _row(what, dataset, batch, seconds, cores):
    results, cost = {}, None
    for processes in (False, True):
        for workers in (1, 2):
            rate, spent, photos = _rate(dataset, batch, workers, processes, seconds)
            name = '{} {}{}'.format(workers, 'process' if processes else 'thread',
                                    '' if workers == 1 else 'es' if processes else 's')
            results[name] = {'median': rate, 'repeats': photos}
            if cost is None:  # the one thread: all that is done is done in this process
                cost = spent
    return row(what, 'photos/s', results, note=f'{cost * 1e3:.1f} ms of a core each: {WANTED} '
                                               f'photos/s take {cost * WANTED:.1f} cores; here '
                                               f'there are {cores}')


def _rate(dataset, batch, workers, processes, seconds):
    """Photos a second, this process's processor seconds a photo, and number of photos."""
    iterator = make_iterator(dataset, batch, SeededOrder(0, batch), workers, processes)
    try:
        for _ in range(2):  # until all workers are at it
            iterator.next()
        start, used, photos = time.perf_counter(), time.process_time(), 0
        while not photos or time.perf_counter() - start < seconds:
            photos += len(iterator.next())
        return (photos / (time.perf_counter() - start), (time.process_time() - used) / photos,
                photos)
    finally:
        iterator.finalize()


def write_photos(root, width, height, number):
    """Writes JPEG files, in the folders of two categories, that are as large as photos' are.

    Smooth shapes with the grain of a camera: 640 x 480 pixels come to about 75 kB, 4000 x 3000 to
    2.4 MB.

    Returns:
        float: Mean size of a file in bytes.
    """
    rng = numpy.random.default_rng(0)
    sizes = []
    for index in range(number):
        path = root / 'ab'[index % 2] / f'{index}.jpg'
        path.parent.mkdir(parents=True, exist_ok=True)
        smooth = Image.fromarray(rng.integers(0, 256, (12, 16, 3), numpy.uint8)).resize(
            (width, height), Image.Resampling.BICUBIC)
        grain = rng.normal(0, 6, (height, width, 1)).astype(numpy.float32)
        pixels = (numpy.asarray(smooth) + grain).clip(0, 255).astype(numpy.uint8)
        Image.fromarray(pixels).save(path, quality=85)
        sizes.append(path.stat().st_size)
    return sum(sizes) / number
