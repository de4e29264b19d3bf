"""A run folder: what a training was started with and what it left.

==============  =============================================================================
run.json        arguments, seed, versions, git commit, machine, ranks, what computes
models/         ``{epoch}_{iteration}_G.npz`` and ``_D.npz``, for use
samples/        ``{epoch}_{iteration}_fake.png``
logs/           ``log`` (JSON) and ``loss.png``
snapshots/      the whole training, for resuming
results/        whatever is made with the weights afterwards
==============  =============================================================================
"""

import contextlib
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import re
import subprocess

import numpy

from chainer_foodgan import files, gpus, kernels
from chainer_foodgan.config import SYSTEMS
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.parallel import ALONE

import chainer

_MOST_BYTES = 2 ** 26  # of a log: that of a million iterations, every hundredth logged, has 4 MB
_LARGEST = 1e30  # of a loss, beyond which curves have no axes
_NAME = re.compile(r'[\w./ -]{1,100}')  # of what a log reports; curves would read $ as mathematics
FOLDERS = ('models', 'samples', 'logs', 'snapshots', 'results')


class Run:
    """The paths of a run folder.

    Args:
        path (str or os.PathLike): The folder.

    Attributes:
        path, models, samples, logs, snapshots, results (pathlib.Path): Its folders.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        for name in FOLDERS:
            setattr(self, name, self.path / name)

    @property
    def record_path(self):
        return self.path / 'run.json'

    @contextlib.contextmanager
    def held(self):
        """Around a training: no other process trains in this folder meanwhile, or a FoodganError
        says so. What a process that was killed left half written is removed."""
        files.make_folder(self.path)
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):  # Windows opens no folders
                folder = os.open(self.path, os.O_RDONLY)
                stack.callback(os.close, folder)
                if files.lock(folder) is False:
                    raise FoodganError(f'another process is training in {self.path}: wait until it '
                                       'has ended, or choose another --out')
            for place in (self.path, *(self.path / name for name in FOLDERS)):
                files.remove_abandoned(place)
            yield

    def start(self, arguments, comm=ALONE, device='@numpy'):
        """Makes the folders and writes the record: arguments (dict of JSON values), who trains
        together, the Chainer device. A FoodganError where there is a run that saved something, or
        the folder cannot be written."""
        if self.record_path.exists() and (self.saved() or self.weights()):
            raise FoodganError(f'{self.path} holds a run already: go on with it by --resume, or '
                               'choose another --out')
        for name in FOLDERS:
            files.make_folder(self.path / name)
        record = {'arguments': arguments, 'versions': versions(), 'commit': commit(),
                  'machine': {'platform': platform.platform(), 'processor': platform.machine()},
                  'ranks': comm.size, 'communicator': comm.name, 'device': device,
                  'kernels': chosen_kernels(device), 'threads': kernels.threads()}
        with files.replacing(self.record_path, 'w') as file:
            json.dump(record, file, indent=2)
            file.write('\n')

    def arguments(self):
        """What the run was started with (dict); a FoodganError where there is no run, or its record
        is damaged."""
        return self.record()['arguments']

    def config(self):
        """What the run was started with, as a configuration; errors as of :meth:`arguments`, and
        one where it is no training of a system."""
        arguments = self.arguments()
        if arguments.get('system') not in SYSTEMS:
            raise FoodganError('{}: {} is no system; it is not the record of a training'.format(
                self.record_path, arguments.get('system')))
        return SYSTEMS[arguments['system']].given(arguments, out=self.path)

    def record(self):
        """All that ``run.json`` says (dict): ``arguments``, ``versions``, ...; errors as of
        :meth:`arguments`."""
        with _reading(
                self.record_path, 'cannot read {}: {}; it is not the record of a training'):
            try:
                record = json.loads(self.record_path.read_text('utf-8'))
            except FileNotFoundError:
                raise FoodganError(f'{self.path} holds no run: name the --out of a training, or '
                                   'leave out --resume to start one') from None
            return {**record, 'arguments': dict(record['arguments']), 'ranks': int(record['ranks'])}

    def log(self):
        """The entries of the log so far (list of dict), in the order of iterations.

        Whoever wrote it: names are plain, values finite numbers or NaN, or it raises a
        FoodganError.
        """
        path = self.logs / 'log'
        if not path.exists():
            return []
        with _reading(path, 'cannot read {}: {}; it is not the log of a training'):
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError(f'it has more than {_MOST_BYTES:,} bytes')
            return sorted(map(_entry, json.loads(path.read_text('utf-8'))),
                          key=lambda entry: entry['iteration'])

    def saved(self):
        """The snapshots of the whole training (list of pathlib.Path), oldest first."""
        return files.by_place(self.snapshots, '.npz')

    def weights(self):
        """The newest weights (dict of pathlib.Path) by what the names end in: ``G``, ``D``."""
        names = {path.stem.split('_', 2)[-1] for path in self.models.glob('*_*_*.npz')}
        saved = {name: files.by_place(self.models, f'_{name}.npz') for name in sorted(names)}
        return {name: paths[-1] for name, paths in saved.items() if paths}


@contextlib.contextmanager
def _reading(path, message):
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise FoodganError(message.format(path, error)) from error


def _entry(found):
    entry = {}
    for name, value in dict(found).items():
        if not _NAME.fullmatch(name):
            raise ValueError(f'{name[:100]!r} is no name of a figure')
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(f'{name} is no number')
        entry[name] = float(value) if abs(value) < _LARGEST else math.inf * (1 if value > 0 else -1)
    for name in 'iteration', 'epoch', 'elapsed_time':
        if not 0 <= entry.get(name, 0) < 1e12:
            raise ValueError(f'{name} is no length of a training')
    return {**entry, 'iteration': int(entry['iteration'])}


def chosen_kernels(device):
    """What computes convolutions and the like on a device, and the settings that chose it."""
    xp = chainer.get_device(device).xp
    found = {'torch_computes': kernels.enabled(xp.empty(1, numpy.float32)),
             'use_torch': chainer.config.use_torch,
             'torch_precision': chainer.config.torch_precision}
    if xp is not numpy:
        driver = gpus.driver()
        found.update({'driver': driver and driver.release, 'gpus': driver and driver.gpus,
                      'cupy': gpus.package(), 'cudnn': gpus.cudnn(), 'nccl': gpus.nccl(),
                      'deterministic': chainer.config.cudnn_deterministic})
    return found


def versions():
    """Versions of what the numbers depend on."""
    found = {'python': platform.python_version()}
    for name in ('chainer_foodgan', 'chainer', 'numpy', 'pillow', 'torch', *gpus.PACKAGES,
                 'mpi4py'):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def commit():
    """The git commit of the package's checkout, ``+`` behind it where files differ; or None."""
    def git(*arguments):
        return subprocess.run(('git', '-C', str(pathlib.Path(__file__).parent)) + arguments,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                              text=True).stdout.strip()
    try:
        return git('rev-parse', 'HEAD') + ('+' if git('status', '--porcelain', '-uno') else '')
    except (OSError, subprocess.CalledProcessError):
        return None
