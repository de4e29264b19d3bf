"""GPUs that are not there: a driver, CuPy and MPI made up for each case."""

import ctypes
import sys
import types

import pytest

from chainer_foodgan import gpus
from chainer_foodgan.errors import FoodganError


class Libcuda:
    """The functions of libcuda that are asked, of some GPUs; ``broken`` fails with that status."""

    def __init__(self, gpus, version=12040, broken=None):
        self._gpus, self._version, self._broken = gpus, version, broken

    def _set(self, pointer, value):
        if self._broken:
            return self._broken
        ctypes.cast(pointer, ctypes.POINTER(ctypes.c_int))[0] = value
        return 0

    def cuInit(self, flags):
        return 0 if self._gpus else 100

    def cuDeviceGetCount(self, pointer):
        return self._set(pointer, len(self._gpus))

    def cuDeviceGet(self, pointer, number):
        return self._set(pointer, number)

    def cuDriverGetVersion(self, pointer):
        return self._set(pointer, self._version)

    def cuDeviceGetName(self, buffer, size, handle):
        buffer.value = self._gpus[handle.value][0]

    def cuDeviceGetAttribute(self, pointer, which, handle):
        return self._set(pointer, self._gpus[handle.value][1][which - 75])

    def cuDeviceTotalMem_v2(self, pointer, handle):
        ctypes.cast(pointer, ctypes.POINTER(ctypes.c_size_t))[0] = self._gpus[handle.value][2]
        return 0


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """``machine(Libcuda(...), release)``: with this driver; None: without any."""
    def have(libcuda, release=None):
        def load(name, *arguments, **more):
            if libcuda is None:
                raise OSError(f'{name}: cannot open shared object file')
            return libcuda
        monkeypatch.setattr(gpus.ctypes, 'CDLL', load)
        monkeypatch.setenv('PATH', str(tmp_path))
        if release is not None:
            (tmp_path / 'nvidia-smi').write_text(f'#!/bin/sh\necho {release}\necho {release}\n')
            (tmp_path / 'nvidia-smi').chmod(0o755)
    return have


GPUS = ((b'NVIDIA A100', (8, 0), 40 * 2 ** 30), (b'Tesla T4', (7, 5), 15 * 2 ** 30))


def test_no_driver(machine):
    machine(None)
    assert gpus.driver() is None


@pytest.mark.skipif(sys.platform == 'win32', reason='a made-up nvidia-smi is a shell script')
def test_what_the_driver_says(machine):
    machine(Libcuda(GPUS), '550.54.15')
    assert gpus.driver() == ('550.54.15', (12, 4), (
        'NVIDIA A100 (8.0, 40 GB)', 'Tesla T4 (7.5, 15 GB)'))


def test_a_driver_without_gpus_and_one_that_is_broken(machine):
    machine(Libcuda(()))
    assert gpus.driver() == (None, (12, 4), ())
    machine(Libcuda(GPUS, broken=803))
    with pytest.raises(OSError, match='failed with the error 803 of CUDA'):
        gpus.driver()


@pytest.fixture
def cupy(monkeypatch):
    """``cupy(count)``: Chainer finds a CuPy with so many GPUs, or with the error of asking."""
    import chainer
    from chainer.backends import cuda

    def have(count):
        def getDeviceCount():
            if isinstance(count, Exception):
                raise count
            return count
        module = types.SimpleNamespace(cuda=types.SimpleNamespace(
            runtime=types.SimpleNamespace(getDeviceCount=getDeviceCount)))
        monkeypatch.setattr(cuda, 'cupy', module)
        monkeypatch.setattr(cuda, 'available', True)
        monkeypatch.setattr(chainer, 'get_device', lambda name: types.SimpleNamespace(
            xp=module, device=types.SimpleNamespace(id=int(name.partition(':')[2])), name=name))
    return have


def test_a_device_that_is_there(cupy):
    assert gpus.device('@numpy').name == '@numpy'
    cupy(2)
    assert gpus.device('@cupy:1').name == '@cupy:1'
    assert gpus.device('@cupy').name == '@cupy:0'


def test_a_number_too_high(cupy):
    cupy(2)
    with pytest.raises(FoodganError, match=r'^@cupy:99: the GPUs of this machine are @cupy:0, '
                                           '@cupy:1; choose one of them, or @numpy$'):
        gpus.device('@cupy:99')


def test_cupy_without_a_driver(cupy):
    cupy(type('CUDARuntimeError', (RuntimeError,), {})(
        'cudaErrorInsufficientDriver: CUDA driver version is insufficient'))
    with pytest.raises(FoodganError, match=r'^CuPy finds no GPU '
                       r'\(cudaErrorInsufficientDriver: .*\); choose @numpy; `foodgan doctor`'):
        gpus.device('@cupy:0')


def test_no_cupy(monkeypatch):
    from chainer.backends import cuda
    monkeypatch.setattr(cuda, 'available', False)
    monkeypatch.setattr(cuda, '_resolution_error', ImportError('libcublas.so.12: cannot open'),
                        raising=False)
    with pytest.raises(FoodganError, match=r'^CuPy cannot be used \(libcublas.so.12: '):
        gpus.device('@cupy')
    with pytest.raises(FoodganError, match='^@gpu: there is no such device here'):
        gpus.device('@gpu')


CUPY_MEMORY = 'Out of memory allocating 26,306,674,688 bytes (allocated so far: 1,024 bytes).'
TORCH_MEMORY = ('CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of '
                '7.79 GiB of which 1.2 GiB is free.')


@pytest.mark.parametrize('name, text, line', [
    ('OutOfMemoryError', CUPY_MEMORY, 'allocating 26,306,674,688 bytes'),
    ('OutOfMemoryError', TORCH_MEMORY, r'\(CUDA out of memory\): choose a smaller --batch-size'),
    ('CUDARuntimeError', 'cudaErrorIllegalAddress: an illegal memory access was encountered',
     'go on from what was saved last'),
    ('RuntimeError', 'CUDA error: an illegal memory access was encountered\nCUDA kernel errors',
     'go on from what was saved last'),
    ('CUDARuntimeError', 'cudaErrorNoDevice: no CUDA-capable device is detected',
     r'^the GPU cannot be used \(cudaErrorNoDevice: .*\): `foodgan doctor`')])
def test_errors_of_cuda_have_a_line(name, text, line):
    import re
    said = gpus.explanation(type(name, (RuntimeError,), {})(text))
    assert re.search(line, said) and '\n' not in said


def test_other_errors_have_none():
    assert gpus.explanation(RuntimeError('shapes do not fit')) is None
    assert gpus.explanation(ValueError('memory')) is None


@pytest.mark.parametrize('function, expected', [
    (lambda: 1, True), (lambda: 0, False), (None, None)])
def test_whether_mpi_takes_memory_of_gpus(monkeypatch, function, expected):
    library = types.SimpleNamespace(**({'MPIX_Query_cuda_support': function} if function else {}))
    monkeypatch.setitem(sys.modules, 'mpi4py.MPI', types.SimpleNamespace(__file__='MPI.so'))
    monkeypatch.setattr(gpus.ctypes, 'CDLL', {'MPI.so': library}.__getitem__)
    assert gpus.mpi_takes_gpu_arrays() is expected


def test_what_is_explained_is_an_error_of_the_user():
    with pytest.raises(FoodganError, match='the GPU has not enough memory'), gpus.explained():
        raise type('OutOfMemoryError', (Exception,), {})(CUPY_MEMORY)
    with pytest.raises(ZeroDivisionError), gpus.explained():
        raise ZeroDivisionError


def test_a_command_says_so(monkeypatch, capsys):
    from chainer_foodgan import commands, doctor

    def findings():
        raise type('OutOfMemoryError', (MemoryError,), {})(TORCH_MEMORY)
    monkeypatch.setattr(doctor, 'findings', findings)
    monkeypatch.setenv('LANGUAGE', 'en')
    assert commands.main(['doctor']) == 1
    assert capsys.readouterr().err.startswith('foodgan: the GPU has not enough memory (CUDA out')
