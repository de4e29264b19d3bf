"""Peak memory of each contender, each in a process of its own.

The peak is what Linux calls the high-water mark of the resident size, ``VmHWM``. ``ru_maxrss`` is
the same but for one thing: in a child it starts at its parent's. It is what other systems have.
On a GPU it is the memory there that is reserved in the end, which is the most that was.
"""

import gc
import json
import pathlib
import resource
import sys

from benchmarking import contenders
from benchmarking.bench import SCRIPT
from benchmarking.timing import row
from chainer_foodgan.errors import FoodganError

STATUS = pathlib.Path('/proc/self/status')

AIM = '0.90'


def measure(bench, translating, training):
    """Rows: peak, and resident size before the work, of translating and of training."""
    rows = []
    for work, names, what in (
            ('translate', contenders.translators(bench),
             f'translating a photo of {translating} px'),
            ('train', contenders.trainers(bench),
             'training, {} px, batch {}, two iterations with G'.format(*training))):
        found = {name: _in_a_process(bench, work, name) for name in names}
        rows.append(row('peak: ' + what, 'MB', _column(found, 'peak'),
                        AIM if work == 'train' else None))
        rows.append(row('before: ' + what, 'MB', _column(found, 'before'),
                        note='modules, weights and photos, but no work yet'))
    return rows


def _column(found, key):
    return {name: result if 'note' in result else {'median': result[key] / 1e6, 'repeats': 1}
            for name, result in found.items()}


def _in_a_process(bench, work, name):
    order = {'form': bench.form, 'folder': str(bench.folder), 'device': bench.device,
             'part': 'memory', 'work': work, 'name': name}
    try:
        return json.loads(bench.python(SCRIPT, '--threads', bench.threads,
                                       '--worker', json.dumps(order)).splitlines()[-1])
    except FoodganError as error:
        return {'note': str(error)}


def worker(bench, work, name):
    """What the process of one contender does.

    Args:
        bench (Bench): Its weights are written.
        work (str): ``'translate'`` or ``'train'``.
        name (str): The contender.

    Returns:
        dict: ``before`` and ``peak`` in bytes.
    """
    if work == 'translate':
        from benchmarking.parts.translate import dishes, photo
        translate = contenders.make_translator(name, bench)
        x, c = photo(bench.form['memory']['translating']), dishes(1)

        def run():
            translate(x, c)
    else:
        step = contenders.make_trainer(name, bench, *bench.form['memory']['training'])

        def run():
            step(True)
            step(True)  # with the moments of G in place
    if bench.device is not None:
        return _on_the_gpu(bench, run)
    gc.collect()
    _forget_peak()
    before = resident('VmRSS')
    run()
    return {'before': before, 'peak': resident('VmHWM')}


def _on_the_gpu(bench, run):
    before = _reserved(bench)
    run()
    bench.synchronise()
    return {'before': before, 'peak': _reserved(bench)}


def _reserved(bench):
    """Bytes of the GPU that are not free; nobody else is supposed to use it."""
    if bench.has_torch:
        import torch
        free, total = torch.cuda.mem_get_info(bench.device)
    else:
        import cupy
        with cupy.cuda.Device(bench.device):
            free, total = cupy.cuda.runtime.memGetInfo()
    return total - free


def _forget_peak():
    """Making the networks takes memory for a moment, which is not the work's."""
    if STATUS.exists():
        STATUS.with_name('clear_refs').write_text('5')


def resident(key):
    """Bytes of this process, ``'VmRSS'`` now or ``'VmHWM'`` at most."""
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith(key))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == 'darwin' else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
