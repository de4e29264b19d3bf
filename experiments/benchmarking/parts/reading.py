"""How reading grows with the number of photos: a folder of files beside tar shards.

Any number of photos are the same few rendered bowls over and over, under other names: in the folder
they are hard links, in the shards copies. What is counted is time of a processor, which does not
depend on what else runs, and files are in the system's cache: a disk's time comes on top.
"""

import json
import os
import time

from benchmarking.bench import SCRIPT
from benchmarking.parts import memory
from benchmarking.timing import row

KINDS = ('folder', 'shards')
BATCH = 32


def measure(bench, size, bowls, numbers, photos):
    """Rows: start, reading and memory for each number of photos; columns: folder and shards.

    Args:
        bench (Bench): Has the folder for the photos.
        size (int): Pixels along a side.
        bowls (int): How many different ones are rendered.
        numbers (tuple): How many photos there are.
        photos (int): How many are read after the start.
    """
    from chainer_foodgan.datasets.bowls import RenderedBowls

    drawn = RenderedBowls(bowls, size)
    for index in range(bowls):
        path = bench.folder / 'drawn' / f'{index}.jpg'
        path.parent.mkdir(exist_ok=True)
        drawn.image(index).save(path, quality=90)
    found = {}
    for number in numbers:
        spent = _write(bench, drawn, number)
        for kind in KINDS:
            order = {'form': bench.form, 'folder': str(bench.folder), 'device': bench.device,
                     'part': 'reading', 'work': kind, 'name': [number, photos]}
            found[number, kind] = json.loads(bench.python(
                SCRIPT, '--threads', bench.threads, '--worker', json.dumps(order)).splitlines()[-1])
        found[number, 'shards']['write'] = spent
    return [row(f'{what}, {number:,} photos', unit, {
        kind: {'median': found[number, kind][key], 'repeats': 1}
        for kind in KINDS if key in found[number, kind]}, note=note)
        for key, unit, what, note in (
            ('start', 's', 'start', 'of a processor, to the first batch'),
            ('memory', 'MB', 'memory', 'peak of the process, modules included'),
            ('rate', 'photos/s', 'reading', f'of one processor, in a random order, {size} px'),
            ('write', 's', '`foodgan shard`', 'of a processor, listing the folder included'))
        for number in numbers]


def _write(bench, drawn, number):
    """Writes the photos in both forms; the processor seconds of the shards."""
    from chainer_foodgan.datasets.opening import open_all
    from chainer_foodgan.datasets.sharding import write_shards

    for label, name in enumerate(drawn.categories):
        folder = bench.folder / f'folder_{number}' / name
        folder.mkdir(parents=True)
        for index in range(label, number, len(drawn.categories)):
            os.link(bench.folder / 'drawn' / f'{index % len(drawn)}.jpg', folder / f'{index}.jpg')
    start = time.process_time()
    write_shards(*open_all(bench.folder / f'folder_{number}', skip_bad=False),
                 bench.folder / f'shards_{number}')
    return time.process_time() - start


def worker(bench, kind, sizes):
    """What a process does: opens a data set and reads some of it as a training does.

    Args:
        bench (Bench): Its photos are written.
        kind (str): ``'folder'`` or ``'shards'``.
        sizes (tuple): How many photos there are, and how many to read.

    Returns:
        dict: ``start`` (s), ``rate`` (photos/s of a processor), ``memory`` (MB).
    """
    from chainer_foodgan.datasets.iterators import make_iterator
    from chainer_foodgan.datasets.opening import open_dataset
    from chainer_foodgan.datasets.sampling import SeededOrder
    from chainer_foodgan.datasets.transforms import TrainTransform

    number, photos = sizes
    batch, size = min(BATCH, number), bench.form['reading']['size']
    start = time.process_time()
    dataset = open_dataset(bench.folder / f'{kind}_{number}', transform=TrainTransform(size, size))
    iterator = make_iterator(dataset, batch, SeededOrder(0, batch), 1)
    iterator.next()
    started = time.process_time()
    for _ in range(-(-photos // batch)):
        iterator.next()
    spent = time.process_time() - started
    iterator.finalize()
    return {'start': started - start, 'rate': -(-photos // batch) * batch / spent,
            'memory': memory.resident('VmHWM') / 1e6}
