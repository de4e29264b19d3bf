"""What this machine and this installation have for translating and training, and what they lack.

Each probe looks at one thing and is on its own: what fails in it becomes its finding. Libraries
that are slow to import are imported only where the answer needs it: Chainer where CuPy is
installed, PyTorch where it is built for CUDA and there is a driver.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import pathlib
import platform
import sys
from typing import Callable, NamedTuple, Optional

import chainer_foodgan
from chainer_foodgan import gpus, memory
from chainer_foodgan.errors import one_line

_GIB = 2 ** 30


class Finding(NamedTuple):
    """What a probe found.

    Attributes:
        name: Of the thing.
        found: A sentence about it.
        cure: The command that installs what lacks; None: nothing lacks.
    """

    name: str
    found: str
    cure: Optional[str] = None


def findings() -> list[Finding]:
    """Looks at everything, which takes one to three seconds."""
    return [_probed(name, probe) for name, probe in _PROBES.items()]


def _probed(name: str, probe: Callable[[], tuple]) -> Finding:
    try:
        return Finding(name, *probe())
    except (Exception, SystemExit) as error:  # a broken library fails in any way
        return Finding(name, f'cannot be looked at: {type(error).__name__}: {one_line(error)}')


def _extra(name):
    """The command that installs an extra."""
    return f'pip install "chainer_foodgan[{name}]"'


def _version(distribution):
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _python():
    return f'{platform.python_version()}, {sys.executable}',


def _package():
    return f'{chainer_foodgan.__version__}, {pathlib.Path(__file__).parent}',


def _machine():
    usable = (len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity')
              else os.cpu_count())
    left = memory.available()
    threads = os.environ.get('OMP_NUM_THREADS')
    return '{} {}, {} of {} cores, {} of memory free{}'.format(
        platform.system(), platform.machine(), usable, os.cpu_count(),
        'an unknown amount' if left is None else f'{left / _GIB:.1f} GB',
        f', OMP_NUM_THREADS={threads}' if threads else ''),


def _chainer():
    found = _version('chainer')
    if found is None:
        return ('not installed; training, measuring and --device need it',
                'python -m chainer_foodgan.bootstrap')
    return found + ('' if _version('chainercv') else ', without ChainerCV (VGG16 and ResNet50)'),


def _driver():
    found = gpus.driver()
    if found is None:
        return 'none: no NVIDIA GPU can be used here',
    return '{}, up to CUDA {}.{}; {}'.format(
        found.release or 'of unknown release', *found.cuda,
        ', '.join(found.gpus) or 'it finds no GPU'),


def _cupy():
    found, driver = gpus.package(), gpus.driver()
    cure = _extra('gpu') if driver is None or driver.cuda >= (13,) else (
        'pip install "cupy-cuda12x[ctk]==14.*"')
    if found is None:
        return 'not installed; --device @cupy needs it', cure
    name = ' '.join(found)
    from chainer.backends import cuda
    if not cuda.available:
        return f'{name} cannot be used: {one_line(cuda._resolution_error)}', cure
    try:
        count = cuda.cupy.cuda.runtime.getDeviceCount()
    except Exception as error:  # CUDARuntimeError where there is no driver
        return f'{name} finds no GPU: {one_line(error)}',
    return f'{name}, {count} GPU' + ('' if count == 1 else 's'),


def _cudnn():
    package = gpus.package()
    if package is None:
        return 'not looked for: there is no CuPy',
    from chainer.backends import cuda
    found = gpus.cudnn()
    if found is not None:
        return f'{found // 1000}.{found % 1000 // 100}.{found % 100}',
    reason = one_line(getattr(cuda, '_resolution_error', 'it is switched off'))
    if not package[1].startswith('13.'):
        return f'none for Chainer, by this CuPy ({reason}): a PyTorch for CUDA takes its place',
    return f'Chainer finds none ({reason})', 'pip install nvidia-cudnn-cu12==8.9.7.29'


def _torch():
    spec = importlib.util.find_spec('torch')
    if spec is None:
        return ('not installed; training takes 3 to 6 times as long on a CPU without it',
                _extra('torch'))
    kind = importlib.util.spec_from_file_location(
        'torch_version', pathlib.Path(spec.origin).parent / 'version.py')
    version = importlib.util.module_from_spec(kind)
    kind.loader.exec_module(version)  # PyTorch itself takes seconds
    if version.cuda is None:
        return (f'{version.__version__}, built for the CPU',
                'pip install --force-reinstall torch==2.13.0' if gpus.driver() else None)
    if gpus.driver() is None:
        return f'{version.__version__}, built for CUDA {version.cuda}; there is no driver',
    torch = importlib.import_module('torch')
    if not torch.cuda.is_available():
        return (f'{version.__version__}, built for CUDA {version.cuda}, finds no GPU: the driver '
                'may be too old for it',)
    return '{}, CUDA {}, cuDNN {}, {} GPU{}'.format(
        version.__version__, version.cuda, torch.backends.cudnn.version(),
        torch.cuda.device_count(), '' if torch.cuda.device_count() == 1 else 's'),


def _nccl():
    if gpus.package() is None:
        return 'not looked for: there is no CuPy',
    found = gpus.nccl()
    if found is None:
        return ('CuPy has none; training on several GPUs needs it',
                'pip install nvidia-nccl-cu12')
    return f'{found // 10000}.{found % 10000 // 100}.{found % 100}',


def _mpi():
    if importlib.util.find_spec('mpi4py') is None:
        return 'not installed; training by several processes needs it', _extra('mpi')
    mpi4py = importlib.import_module('mpi4py')
    mpi4py.rc.initialize = False  # which is for processes of mpiexec
    try:
        MPI = importlib.import_module('mpi4py.MPI')
    except (ImportError, RuntimeError) as error:
        return (f'mpi4py {mpi4py.__version__} finds no MPI library: {one_line(error)}',
                _extra('mpi'))
    aware = {True: 'takes memory of GPUs', False: 'takes no memory of GPUs',
             None: 'does not say whether it takes memory of GPUs'}[gpus.mpi_takes_gpu_arrays()]
    vendor, version = MPI.get_vendor()
    return '{} {} by mpi4py {}, {}'.format(
        vendor, '.'.join(map(str, version)), mpi4py.__version__, aware),


def _engines():
    from chainer_foodgan.translation.engines import library
    found, failed = [], []
    for name in 'openvino', 'onnxruntime':
        if importlib.util.find_spec(name) is None:
            continue
        try:
            found.append(f'{name} {library(name).__version__.partition("-")[0]}')
        except (Exception, SystemExit) as error:
            failed.append(f'{name} cannot be imported: {one_line(error)}')
    lacks = importlib.util.find_spec('openvino') is None
    return ('; '.join([', '.join(found) or 'none works', *failed]),
            _extra('openvino') if lacks else None)


def _library(modules, extra, purpose):
    """A probe of optional libraries, each imported: they bring C libraries that may not fit."""
    def probe():
        lacking = [name for name in modules if importlib.util.find_spec(name) is None]
        if lacking:
            return f'not installed; {purpose} needs it', _extra(extra)
        return ', '.join(f'{name} {importlib.import_module(name).__version__}'
                         for name in modules),
    return probe


def _installed(distribution, extra, purpose):
    """A probe of an optional library that is slow to import."""
    def probe():
        found = _version(distribution)
        return ((f'{distribution} {found}',) if found else
                (f'not installed; {purpose} needs it', _extra(extra)))
    return probe


def _caches():
    from chainer_foodgan.weights.cache import root
    folders = {'weights': root() / 'chainer_foodgan',
               'kernels of CuPy': pathlib.Path(
                   os.environ.get('CUPY_CACHE_DIR', '~/.cupy/kernel_cache')).expanduser()}
    return '; '.join(f'{name} in {path} ({_size(path)})' for name, path in folders.items()),


def _size(folder):
    if not folder.is_dir():
        return 'empty'
    return '{:.0f} MB'.format(sum(
        path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 2 ** 20)


_PROBES: dict[str, Callable[[], tuple]] = {
    'Python': _python, 'foodgan': _package, 'machine': _machine, 'Chainer': _chainer,
    'driver': _driver, 'CuPy': _cupy, 'cuDNN': _cudnn, 'PyTorch': _torch, 'NCCL': _nccl,
    'MPI': _mpi, 'engines': _engines,
    'HEIC': _library(['pillow_heif'], 'heif', 'reading photos of iPhones'),
    'video': _library(['av', 'cv2'], 'video', '`foodgan video`'),
    'camera': _installed('pygame-ce', 'live', '`foodgan live`'),
    'page': _installed('gradio', 'web', '`foodgan serve`'),
    'caches': _caches}
