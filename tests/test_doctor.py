"""What ``foodgan doctor`` says of installations that are made up, broken ones among them."""

import importlib.machinery
import importlib.util
import sys
import types

import pytest

from chainer_foodgan import doctor, gpus, i18n
from chainer_foodgan.commands import main
from chainer_foodgan.commands.doctor import lines

DRIVER = gpus.Driver('550.54.15', (12, 4), ('NVIDIA A100 (8.0, 40 GB)',))


def found(name):
    return doctor._probed(name, doctor._PROBES[name])


@pytest.fixture
def have(monkeypatch):
    """``have(package, driver, **what Chainer's cuda module has)``."""
    def make(package=None, driver=None, **cuda):
        from chainer.backends import cuda as real
        monkeypatch.setattr(gpus, 'package', lambda: package)
        monkeypatch.setattr(gpus, 'driver', lambda: driver)
        for key, value in cuda.items():
            monkeypatch.setattr(real, key, value, raising=False)
    return make


def cupy(count):
    def getDeviceCount():
        if isinstance(count, Exception):
            raise count
        return count
    return types.SimpleNamespace(cuda=types.SimpleNamespace(
        runtime=types.SimpleNamespace(getDeviceCount=getDeviceCount)))


@pytest.mark.parametrize('driver, cure', [
    (None, 'pip install "chainer_foodgan[gpu]"'), (DRIVER, 'pip install "cupy-cuda12x[ctk]==14.*"'),
    (DRIVER._replace(cuda=(13, 0)), 'pip install "chainer_foodgan[gpu]"')])
def test_the_cupy_to_install_fits_the_driver(have, driver, cure):
    have(None, driver)
    assert found('CuPy') == ('CuPy', 'not installed; --device @cupy needs it', cure)
    have(('cupy-cuda12x', '13.6.0'), driver, available=False,
         _resolution_error=ImportError('libcublas.so.12: cannot open shared\nobject file'))
    assert found('CuPy') == ('CuPy', 'cupy-cuda12x 13.6.0 cannot be used: libcublas.so.12: cannot '
                             'open shared object file', cure)


def test_cupy_without_a_gpu_and_with_two(have):
    have(('cupy-cuda13x', '14.2.0'), None, available=True,
         cupy=cupy(RuntimeError('cudaErrorNoDevice: none')))
    assert found('CuPy').found == 'cupy-cuda13x 14.2.0 finds no GPU: cudaErrorNoDevice: none'
    have(('cupy-cuda13x', '14.2.0'), None, available=True, cupy=cupy(2))
    assert found('CuPy') == ('CuPy', 'cupy-cuda13x 14.2.0, 2 GPUs', None)


def test_cudnn(have):
    have(('cupy-cuda12x', '13.6.0'), available=True, cudnn_enabled=True,
         libcudnn=types.SimpleNamespace(getVersion=lambda: 8907))
    assert found('cuDNN') == ('cuDNN', '8.9.7', None)
    have(('cupy-cuda12x', '13.6.0'), available=True, cudnn_enabled=False,
         _resolution_error=ImportError('libcudnn.so.8: cannot open'))
    assert found('cuDNN') == ('cuDNN', 'Chainer finds none (libcudnn.so.8: cannot open)',
                              'pip install nvidia-cudnn-cu12==8.9.7.29')
    have(('cupy-cuda13x', '14.2.0'), available=True, cudnn_enabled=False,
         _resolution_error=ImportError("No module named 'cupy.cuda.cudnn'"))
    assert 'a PyTorch for CUDA takes its place' in found('cuDNN').found
    assert found('cuDNN').cure is None


@pytest.fixture
def torch(monkeypatch, tmp_path):
    """``torch(cuda, available)``: a PyTorch built for that CUDA, in place of any real one."""
    def make(cuda, available=True):
        (tmp_path / 'version.py').write_text(f"__version__ = '2.99.0'\ncuda = {cuda!r}\n")
        module = types.ModuleType('torch')
        module.__spec__ = importlib.machinery.ModuleSpec(
            'torch', None, origin=str(tmp_path / '__init__.py'))
        module.cuda = types.SimpleNamespace(is_available=lambda: available, device_count=lambda: 1)
        module.backends = types.SimpleNamespace(cudnn=types.SimpleNamespace(version=lambda: 91002))
        monkeypatch.setitem(sys.modules, 'torch', module)
    return make


@pytest.mark.parametrize('cuda, available, driver, text, cure', [
    (None, False, None, '2.99.0, built for the CPU', None),
    (None, False, DRIVER, '2.99.0, built for the CPU',
     'pip install --force-reinstall torch==2.13.0'),
    ('13.0', False, None, '2.99.0, built for CUDA 13.0; there is no driver', None),
    ('13.0', False, DRIVER, '2.99.0, built for CUDA 13.0, finds no GPU: the driver may be too old '
     'for it', None),
    ('12.6', True, DRIVER, '2.99.0, CUDA 12.6, cuDNN 91002, 1 GPU', None)])
def test_pytorch(have, torch, cuda, available, driver, text, cure):
    have(None, driver)
    torch(cuda, available)
    assert found('PyTorch') == ('PyTorch', text, cure)


def test_the_driver(have):
    have(driver=DRIVER)
    assert found('driver').found == '550.54.15, up to CUDA 12.4; NVIDIA A100 (8.0, 40 GB)'


@pytest.mark.parametrize('error', [
    OSError('libx265.so.199: cannot open\nshared object file'), SystemExit('no display'),
    AttributeError("module 'numpy' has no attribute 'sctypes'")])
def test_a_broken_library_is_a_line(monkeypatch, error):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            return importlib.machinery.ModuleSpec(name, self) if name == 'pillow_heif' else None

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            raise error

    monkeypatch.delitem(sys.modules, 'pillow_heif', raising=False)
    monkeypatch.setattr(sys, 'meta_path', [Broken(), *sys.meta_path])
    assert found('HEIC') == ('HEIC', 'cannot be looked at: {}: {}'.format(
        type(error).__name__, ' '.join(str(error).split())), None)


def test_nothing_is_installed(monkeypatch):
    monkeypatch.setattr(doctor, '_version', lambda name: None)
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    monkeypatch.setattr(gpus, 'package', lambda: None)
    cures = {finding.name: finding.cure for finding in doctor.findings()}
    assert {name for name, cure in cures.items() if cure} == {
        'Chainer', 'CuPy', 'PyTorch', 'MPI', 'engines', 'HEIC', 'video', 'camera', 'page'}
    assert cures['camera'] == 'pip install "chainer_foodgan[live]"'


@pytest.mark.parametrize('width', [40, 80])
def test_lines_fit_and_commands_stay_in_one_piece(width):
    cure = 'pip install "chainer_foodgan[openvino]"'
    said = lines(doctor.Finding('engines', 'none works; ' * 8 + '料理を変える' * 8, cure), width)
    assert said[0].startswith('engines  none works;') and said[-1].strip() == cure
    assert max(map(i18n.cells, said)) <= width and len(said) > 3
    assert lines(doctor.Finding('cuDNN', '8.9.7'), width) == ['cuDNN    8.9.7']


def test_the_command(monkeypatch, capsys):
    monkeypatch.setattr(doctor, '_PROBES', {'a': lambda: ('fine',), 'b': lambda: 1 / 0})
    assert main(['doctor']) == 0
    assert capsys.readouterr().out == (
        'a        fine\nb        cannot be looked at: ZeroDivisionError: division by zero\n')
