"""NVIDIA GPUs: which there are, what the installed libraries make of them, and why they fail.

Importing this module loads none of the libraries.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.metadata
import subprocess
import sys
from typing import Any, NamedTuple, Optional

from chainer_foodgan.errors import FoodganError, one_line

#: CuPy's distributions. With CUDA 13 there is no cuDNN for Chainer.
PACKAGES = ('cupy-cuda12x', 'cupy-cuda11x', 'cupy-cuda13x', 'cupy')
#: The end of messages.
ADVICE = '`foodgan doctor` says what is missing'


class Driver(NamedTuple):
    """What the driver of NVIDIA's GPUs says.

    Attributes:
        release: Such as ``'550.54.15'``; None where ``nvidia-smi`` is not there to ask.
        cuda: The newest CUDA that it runs, ``(12, 4)``.
        gpus: A name for each, ``'NVIDIA A100 (8.0, 40 GB)'``: compute capability, memory.
    """

    release: Optional[str]
    cuda: tuple[int, int]
    gpus: tuple[str, ...]


def driver() -> Optional[Driver]:
    """The driver, asked without CuPy and PyTorch; None where there is none, an OSError where there
    is one that does not work."""
    try:
        cuda = ctypes.CDLL('nvcuda.dll' if sys.platform == 'win32' else 'libcuda.so.1')
    except OSError:
        return None

    def ask(name, *arguments):
        value = ctypes.c_size_t()  # of an int as well: numbers begin with their low bytes
        status = getattr(cuda, name)(ctypes.byref(value), *arguments)
        if status:
            raise OSError(f'{name} of the driver failed with the error {status} of CUDA')
        return value.value

    if cuda.cuInit(0) == 100:  # CUDA_ERROR_NO_DEVICE
        count = 0
    else:
        count = ask('cuDeviceGetCount')
    gpus = []
    for number in range(count):
        handle = ctypes.c_int(ask('cuDeviceGet', number))
        name = ctypes.create_string_buffer(96)
        cuda.cuDeviceGetName(name, len(name), handle)
        major, minor = (ask('cuDeviceGetAttribute', which, handle) for which in (75, 76))
        gpus.append('{} ({}.{}, {:.0f} GB)'.format(
            name.value.decode('utf-8', 'replace'), major, minor,
            ask('cuDeviceTotalMem_v2', handle) / 2 ** 30))
    version = ask('cuDriverGetVersion')
    return Driver(_release(), (version // 1000, version % 1000 // 10), tuple(gpus))


def _release():
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(
            ['nvidia-smi', '--query-gpu=driver_version', '--format=csv,noheader'], timeout=5,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout.split()
        return said[0] if said else None
    return None


def package() -> Optional[tuple[str, str]]:
    """The distribution that CuPy comes from, and its version; None where there is none."""
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return name, importlib.metadata.version(name)
    return None


def cudnn() -> Optional[int]:
    """The version of the cuDNN that Chainer computes with, 8907 for 8.9.7; None: it has none."""
    from chainer.backends import cuda
    return cuda.libcudnn.getVersion() if cuda.available and cuda.cudnn_enabled else None


def nccl() -> Optional[int]:
    """The version of the NCCL that CuPy has, 22501 for 2.25.1; None: it has none."""
    try:
        from cupy.cuda import nccl
    except ImportError:
        return None
    return nccl.get_version() if nccl.available else None


def count() -> int:
    """How many GPUs CuPy finds; a FoodganError where CuPy cannot be used, or finds no driver."""
    from chainer.backends import cuda
    if not cuda.available:
        raise FoodganError(f'CuPy cannot be used ({one_line(cuda._resolution_error)}); choose '
                           f'@numpy; {ADVICE}')
    try:
        return cuda.cupy.cuda.runtime.getDeviceCount()
    except Exception as error:  # CUDARuntimeError
        raise FoodganError(f'CuPy finds no GPU ({one_line(error)}); choose @numpy; '
                           f'{ADVICE}') from error


def device(name: Any) -> Any:
    """The device (chainer.backend.Device) of what ``chainer.get_device`` takes, or of ``'@cupy'``
    for the first GPU; a FoodganError where this machine has no such device."""
    import chainer
    name = '@cupy:0' if name == '@cupy' else name
    numbers = range(count()) if str(name).startswith('@cupy:') else None
    try:
        found = chainer.get_device(name)
    except (RuntimeError, TypeError, ValueError) as error:
        raise FoodganError(f'{name}: there is no such device here ({one_line(error)}); choose '
                           '@numpy, or @cupy for a GPU') from error
    if numbers is not None and found.device.id not in numbers:
        raise FoodganError('{}: the GPUs of this machine are {}; choose one of them, or '
                           '@numpy'.format(name, ', '.join(f'@cupy:{n}' for n in numbers)))
    return found


def explanation(error: BaseException) -> Optional[str]:
    """A line for what CUDA's libraries raise; None for any other error."""
    text = one_line(error)
    if type(error).__name__ == 'OutOfMemoryError':  # of CuPy and of PyTorch, which may be missing
        return (f'the GPU has not enough memory ({text.split(". ")[0].rstrip(".")}): choose a '
                'smaller --batch-size or --image-size, or end what else computes on it')
    if 'cudaErrorIllegalAddress' in text or 'illegal memory access' in text:
        return ('the GPU stopped because a kernel left its memory (illegal memory access), which '
                'is a defect of a library or of the GPU: go on from what was saved last; '
                f'CUDA_LAUNCH_BLOCKING=1 before the command shows where, {ADVICE}')
    if type(error).__name__ == 'CUDARuntimeError':
        return f'the GPU cannot be used ({text}): {ADVICE}'
    return None


@contextlib.contextmanager
def explained():
    """Within it, what :func:`explanation` knows is raised as a FoodganError."""
    try:
        yield
    except Exception as error:
        said = explanation(error)
        if said is None:
            raise
        raise FoodganError(said) from error


def mpi_takes_gpu_arrays() -> Optional[bool]:
    """Whether MPI can be handed memory of GPUs; None: it does not say, as MPICH does not.

    Open MPI and those made of it say so. ``mpi4py.MPI`` has to be imported.
    """
    library = ctypes.CDLL(sys.modules['mpi4py.MPI'].__file__)  # and whatever it has loaded
    try:
        return bool(library.MPIX_Query_cuda_support())
    except AttributeError:
        return None
