"""Every upstream defect is there without its cure and gone with it.

Each case is a script for a fresh interpreter, in which all cures but the one in question act.
"""

import importlib.machinery
import os
import subprocess
import sys

import numpy
import pytest

import chainer_foodgan

PACKAGE = os.path.dirname(chainer_foodgan.__file__)

# compat.py is loaded by itself: the package would apply every cure.
PRELUDE = '''
import importlib.util, sys
spec = importlib.util.spec_from_file_location('compat', {path!r})
compat = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compat)
for cures in compat._before, compat._after:
    for name in cures:
        cures[name] = [cure for cure in cures[name] if cure.__name__ != {without!r}]
compat.apply()
'''

NUMPY = tuple(int(part) for part in numpy.__version__.split('.')[:2])


def run(script, without=None, cwd=None):
    """Runs a script with all cures, or with all but one. Returns the finished process."""
    prelude = PRELUDE.format(path=os.path.join(PACKAGE, 'compat.py'), without=without)
    return subprocess.run([sys.executable, '-c', prelude + script], cwd=cwd,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check(cure, error, script):
    """Asserts that the script ends in the error without the cure and runs with it."""
    broken = run(script, without=cure)
    assert broken.returncode == 1
    assert error in broken.stderr
    cured = run(script)
    assert cured.returncode == 0, cured.stderr


@pytest.mark.skipif(NUMPY < (2, 0), reason='NumPy < 2 has numpy.sctypes')
def test_numpy_sctypes():
    check('numpy_sctypes', '`np.sctypes` was removed', '''
import chainer, numpy
assert chainer.functions.array.as_strided.index_dtype[4] is numpy.int32
''')


@pytest.mark.skipif(NUMPY < (1, 24), reason='NumPy < 1.24 has numpy.float')
def test_numpy_float():
    check('numpy_float', "has no attribute 'float'", '''
import chainer, numpy
y = chainer.functions.resize_images(numpy.arange(4, dtype='f').reshape(1, 1, 1, 4), (1, 7))
numpy.testing.assert_allclose(y.array[0, 0, 0], numpy.arange(7) / 2, rtol=1e-6)
''')


# None in sys.modules is how Python marks a module that cannot be imported: the tests below show
# the defects beside any setuptools.

def test_numpy_distutils():
    check('numpy_distutils', 'numpy.distutils', '''
sys.modules['numpy.distutils'] = None
import chainer
''')


@pytest.mark.parametrize('module', ['chainer', 'chainercv'])
def test_pkg_resources(module):
    if module == 'chainercv':
        pytest.importorskip('chainercv')
    check('pkg_resources', 'pkg_resources', '''
import importlib.metadata
sys.modules['pkg_resources'] = None
import {0}
assert {0}.__version__ == importlib.metadata.version('{0}')
'''.format(module))


def test_pkg_resources_stand_in_answers_what_is_installed():
    result = run('''
sys.modules['pkg_resources'] = None
import chainer.testing
skip = chainer.testing.with_requires('chainer>=7.0', 'no-such-thing')(lambda: None)
assert skip.__unittest_skip__
keep = chainer.testing.with_requires('chainer>=7.0')(lambda: None)
assert not hasattr(keep, '__unittest_skip__')
''')
    assert result.returncode == 0, result.stderr


def test_distutils_strtobool():
    pytest.importorskip('chainercv')
    check('distutils_strtobool', 'from distutils.util import strtobool', '''
import chainer  # with what distutils there is: NumPy's asks for more of it
for name in [name for name in sys.modules if name.split('.')[0] == 'distutils']:
    del sys.modules[name]
sys.modules['distutils'] = None
import chainercv
assert chainercv.utils.download.strtobool('ON')
''')


@pytest.mark.skipif(importlib.machinery.PathFinder.find_spec('pkg_resources') is None,
                    reason='only pkg_resources of setuptools < 81 compares versions')
def test_cupy_version_warning(tmp_path):
    metadata = tmp_path / 'cupy-13.6.0.dist-info' / 'METADATA'
    metadata.parent.mkdir()
    metadata.write_text('Metadata-Version: 2.1\nName: cupy\nVersion: 13.6.0\n')
    script = 'import chainer'
    warning = 'CuPy (cupy) version 13.6.0 may not be compatible'
    assert warning in run(script, without='cupy_version_warning', cwd=str(tmp_path)).stderr
    assert warning not in run(script, cwd=str(tmp_path)).stderr


def test_deconvolution_2d_backward():
    # The gradient penalty of a critic of one convolution: sum(dy/dx ** 2), differentiated by W.
    check('deconvolution_2d_backward', 'values to unpack', '''
import chainer, numpy
import chainer.functions as F
x = chainer.Variable(numpy.ones((1, 1, 4, 4), 'f'))
W = chainer.Variable(numpy.arange(4, dtype='f').reshape(1, 1, 2, 2))
gx, = chainer.grad([F.sum(F.convolution_2d(x, W, stride=2))], [x], enable_double_backprop=True)
F.sum(gx ** 2).backward()
numpy.testing.assert_array_equal(W.grad, 4 * 2 * W.array)  # each weight is dy/dx of 4 pixels
''')


def test_group_normalization_second_derivative():
    # Of x = (-a, a) with eps = 1: y = gamma x (1 + a^2)^-1/2, so a change of both numbers moves
    # y2 - y1 by gamma (1 + a^2)^-3/2 for each; that is differentiated by gamma and by a.
    check('group_normalization_second_derivative', 'not subscriptable', '''
import chainer, numpy
x = chainer.Variable(numpy.array([[[-1., 1.]]]))
gamma = chainer.Variable(numpy.array([3.]))
y = chainer.functions.group_normalization(x, 1, gamma, numpy.zeros(1), eps=1.)
gx, = chainer.grad([y[0, 0, 1] - y[0, 0, 0]], [x], enable_double_backprop=True)
numpy.testing.assert_allclose(gx.array, [[[-3 * 2 ** -1.5, 3 * 2 ** -1.5]]])
gx[0, 0, 1].backward()
numpy.testing.assert_allclose(gamma.grad, 2 ** -1.5)
numpy.testing.assert_allclose(x.grad, [[[3 * 1.5 * 2 ** -2.5, -3 * 1.5 * 2 ** -2.5]]])
''')


def test_mean_of_strided_gradients():
    # Two ranks with the same gradient, which is a transposed one: the mean is that gradient.
    pytest.importorskip('mpi4py', reason='ChainerMN needs it: pip install "chainer_foodgan[mpi]"')
    check('mean_of_strided_gradients', 'Not equal', '''
import chainer, numpy, types
import chainer.functions as F
from chainermn.communicators.naive_communicator import NaiveCommunicator
class TwoRanks(NaiveCommunicator):
    def __init__(self):
        self.mpi_comm = types.SimpleNamespace(size=2, Allreduce=self.allreduce_in_place)
    def allreduce_in_place(self, sent, received):
        received *= 2
link = chainer.Link()
with link.init_scope():
    link.W = chainer.Parameter(numpy.zeros((2, 3), 'f'))
F.sum(F.transpose(link.W) * numpy.arange(6, dtype='f').reshape(3, 2)).backward()
assert not link.W.grad.flags.c_contiguous
TwoRanks().multi_node_mean_grad(link)
numpy.testing.assert_array_equal(link.W.grad, [[0, 2, 4], [1, 3, 5]], 'Not equal')
''')


def test_chainer_imported_first_is_cured_at_once():
    result = run('''
sys.meta_path = [finder for finder in sys.meta_path if not isinstance(finder, compat._Finder)]
for cures in compat._before.values():
    for cure in cures:
        cure()
import chainer
function = chainer.functions.connection.deconvolution_2d.Deconvolution2DFunction
before = function._set_cover_all
compat.apply()
assert function._set_cover_all is not before
after = function._set_cover_all
compat.apply()
assert function._set_cover_all is after
''')
    assert result.returncode == 0, result.stderr


def test_nothing_is_patched_before_chainer_is_imported():
    result = subprocess.run(
        [sys.executable, '-c', 'import chainer_foodgan, sys; print(*sys.modules)'],
        cwd=os.path.dirname(PACKAGE), stdout=subprocess.PIPE, text=True, check=True)
    assert not {'numpy', 'chainer', 'pkg_resources'} & set(result.stdout.split())
