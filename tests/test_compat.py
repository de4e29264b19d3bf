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

# compat is loaded by itself, as a package of its own: chainer_foodgan would apply every cure.
PRELUDE = '''
import sys
sys.path.insert(0, {folder!r})
import compat
sys.path.remove({folder!r})
for cures in compat.BEFORE, compat.AFTER:
    for name in cures:
        cures[name] = [cure for cure in cures[name] if cure.__name__ != {without!r}]
compat.apply()
'''

CHAINERCV = 'cures ChainerCV: python -m chainer_foodgan.bootstrap chainercv'
NUMPY = tuple(int(part) for part in numpy.__version__.split('.')[:2])


def run(script, without=None, cwd=None):
    """Runs a script with all cures, or with all but one. Returns the finished process."""
    prelude = PRELUDE.format(folder=PACKAGE, without=without)
    return subprocess.run([sys.executable, '-c', prelude + script], cwd=cwd,
                          capture_output=True, text=True)


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
def test_numpy_aliases_float():
    check('numpy_aliases', "has no attribute 'float'", '''
import chainer, numpy
y = chainer.functions.resize_images(numpy.arange(4, dtype='f').reshape(1, 1, 1, 4), (1, 7))
numpy.testing.assert_allclose(y.array[0, 0, 0], numpy.arange(7) / 2, rtol=1e-6)
''')


@pytest.mark.skipif(NUMPY < (1, 24), reason='NumPy < 1.24 has numpy.int')
def test_numpy_aliases_int():
    # One region of the whole photo, whose object is masked in the left half.
    pytest.importorskip('chainercv', reason=CHAINERCV)
    check('numpy_aliases', "has no attribute 'int'", '''
import chainer, numpy
numpy.float = float  # the cure in question is also that of importing Chainer's resize_images
from chainercv.experimental.links.model.fcis.utils.proposal_target_creator import (
    ProposalTargetCreator)
box = numpy.array([[0, 0, 8, 8]], 'f')
mask = numpy.zeros((1, 8, 8), bool)
mask[:, :, :4] = True
_, masks, labels, _ = ProposalTargetCreator(pos_ratio=1)(
    roi=box[:0], mask=mask, label=numpy.array([4], 'i'), bbox=box, mask_size=(4, 4))
numpy.testing.assert_array_equal(masks, [[[1, 1, 0, 0]] * 4])
numpy.testing.assert_array_equal(labels, [5])
''')


def test_numpy_aliases_bool():
    # NumPy 1.24 to 1.26 have no numpy.bool: any other is made to look like them.
    pytest.importorskip('chainercv', reason=CHAINERCV)
    check('numpy_aliases', "has no attribute 'bool'", '''
import chainer, numpy
vars(numpy).pop('bool', None)
import chainercv
mask = numpy.zeros((1, 4, 4), bool)
mask[0, :2] = True
scaled = chainercv.utils.scale_mask(mask, numpy.array([[0, 0, 2, 4]], 'f'), 8)
assert scaled.dtype == numpy.bool_
numpy.testing.assert_array_equal(scaled[0], mask[0].repeat(2, 0).repeat(2, 1))
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
        pytest.importorskip('chainercv', reason=CHAINERCV)
    check('pkg_resources', 'pkg_resources', f'''
import importlib.metadata
sys.modules['pkg_resources'] = None
import {module}
assert {module}.__version__ == importlib.metadata.version('{module}')
''')


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
    pytest.importorskip('chainercv', reason=CHAINERCV)
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


@pytest.mark.skipif(NUMPY < (2, 0), reason='numpy.meshgrid of NumPy < 2 answers a list')
def test_categorical_log_prob():
    check('categorical_log_prob', 'can only concatenate tuple', '''
import chainer, numpy
p = numpy.random.default_rng(0).dirichlet([1] * 5, (2, 3)).astype('f')
x = numpy.arange(12).reshape(2, 2, 3) % 5  # two samples of a batch of (2, 3)
expected = numpy.log(numpy.take_along_axis(p[None], x[..., None], -1)[..., 0])
distribution = chainer.distributions.Categorical(p=p)
for value in x, chainer.Variable(x):
    numpy.testing.assert_allclose(distribution.log_prob(value).array, expected, rtol=1e-5)
''')


@pytest.mark.parametrize('cure, since, call', [
    ('pad_sequence_of_unsigned', (2, 0),
     'chainer.functions.pad_sequence(arrays, padding=-1).array'),
    ('concat_examples_of_unsigned', (2, 1),
     'chainer.dataset.concat_examples(arrays, padding=-1)')])
def test_padding_of_unsigned(cure, since, call):
    if since > NUMPY:
        pytest.skip('this NumPy stores -1 in an unsigned array')
    check(cure, 'out of bounds for uint8', f'''
import chainer, numpy
for dtype, stored in ('uint8', 255), ('uint32', 2 ** 32 - 1), ('int8', -1), ('float32', -1):
    arrays = [numpy.array([1, 2, 3], dtype), numpy.array([4], dtype)]
    padded = {call}
    assert padded.dtype == dtype
    numpy.testing.assert_array_equal(padded, [[1, 2, 3], [4, stored, stored]])
''')


@pytest.mark.skipif(NUMPY < (2, 0), reason='arrays of NumPy < 2 have no device')
def test_debug_print_device():
    check('debug_print_device', 'AssertionError', '''
import chainer, numpy
assert '- device: CPU\\n' in chainer.Variable(numpy.ones(2, 'f')).debug_print()
''')


def test_sparse_matmul_of_float16():
    pytest.importorskip('scipy', reason='sparse_matmul needs it')
    check('sparse_matmul_of_float16', 'float16', '''
import chainer, numpy
rng = numpy.random.default_rng(0)
for batch in (), (3,):
    a, b = (rng.integers(-2, 3, batch + shape).astype('e') for shape in ((4, 5), (5, 2)))
    sparse = chainer.utils.to_coo(a, requires_grad=True)
    dense = chainer.Variable(b)
    y = chainer.functions.sparse_matmul(sparse, dense)
    assert y.dtype == numpy.float16
    numpy.testing.assert_array_equal(y.array, numpy.matmul(a, b))
    y.grad = gy = rng.integers(-2, 3, y.shape).astype('e')
    y.backward()
    numpy.testing.assert_array_equal(dense.grad, numpy.matmul(a.swapaxes(-1, -2), gy))
''')


def test_caffe_messages(tmp_path):
    protobuf = pytest.importorskip('google.protobuf', reason='caffe models: pip install protobuf')
    if int(protobuf.__version__.split('.')[0]) < 4:
        pytest.skip('protobuf < 4 takes the generated code as it is')
    check('caffe_messages', 'Descriptors cannot be created directly', '''
import chainer, numpy
from chainer.exporters import caffe
from chainer.links.caffe import CaffeFunction
numpy.random.seed(0)
link = chainer.Sequential(chainer.links.Convolution2D(3, 4, 3, pad=1), chainer.functions.relu)
x = numpy.random.rand(2, 3, 5, 5).astype('f')
caffe.export(link, [chainer.Variable(x)], {0!r}, True)
read = CaffeFunction({0!r} + '/chainer_model.caffemodel')
blob, = read(inputs={{'data': x}}, outputs=[read.layers[-1][0]])
numpy.testing.assert_allclose(blob.array, link(x).array, rtol=1e-6)
'''.format(str(tmp_path)))


BOXES = '''
import chainer, numpy
from chainercv.links.model.fpn import bbox_head, mask_head
box = numpy.array([[0, 0, 8, 8]], 'f')
rois = [box, numpy.array([[0, 0, 8, 7], [20, 20, 28, 28]], 'f')]  # of two levels
indices = [numpy.zeros(1, 'i'), numpy.zeros(2, 'i')]
labels = [numpy.array([3], 'i'), numpy.array([3, 0], 'i')]
mask = numpy.zeros((1, 32, 32), bool)
mask[0, :8, :4] = True
'''


@pytest.mark.parametrize('losses', ['''
_, where, locs, found = bbox_head.bbox_head_loss_pre(
    rois, indices, (0.1, 0.2), [box], [numpy.array([2], 'i')])
for one, other in zip(found, labels):
    numpy.testing.assert_array_equal(one, other)
numpy.testing.assert_allclose(locs[0], 0 * box, atol=1e-6)
# The second is as high as its object and 7/8 as wide: half a pixel to the left, log(8/7) narrower.
numpy.testing.assert_allclose(locs[1][0], [
    0, 0.5 / 7 / 0.1, 0, numpy.log(8 / 7) / 0.2], atol=1e-6)
''', '''
chosen, where, segms, found = mask_head.mask_head_loss_pre(
    rois, indices, [mask], [box], labels, 4)
assert [len(level) for level in chosen] == [1, 1]  # the background has no mask
numpy.testing.assert_array_equal(segms[0], [[[1, 1, 0, 0]] * 4])
numpy.testing.assert_array_equal(numpy.hstack(found), [3, 3])
'''])
@pytest.mark.skipif(NUMPY < (1, 24), reason='hstack of NumPy < 1.24 takes a generator')
def test_fpn_stack_of_generator(losses):
    pytest.importorskip('chainercv', reason=CHAINERCV)
    if 'segms' in losses:
        pytest.importorskip('cv2', reason='ChainerCV resizes masks by OpenCV')
    check('fpn_stack_of_generator', 'arrays to stack must be passed as a "sequence"',
          BOXES + losses)


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


@pytest.mark.skipif(NUMPY < (2, 0), reason='NumPy < 2 copies where it has to')
def test_unpack_params_of_another_dtype():
    pytest.importorskip('mpi4py', reason='ChainerMN needs it: pip install "chainer_foodgan[mpi]"')
    check('unpack_params_of_another_dtype', 'Unable to avoid copy', '''
import chainer, numpy
from chainermn.communicators import _memory_utility
class Buffer:  # of the numbers 0, 1, ... in single precision
    def to_device(self, array, size, offset, stream):
        assert array.dtype == numpy.float32 and size == 4 * array.size
        array.ravel()[:] = numpy.arange(offset // 4, (offset + size) // 4)
params = [chainer.Parameter(numpy.zeros(shape, dtype)) for shape, dtype in (
    ((2, 2), 'f2'), (3, 'f4'), (1, 'f8'))]
_memory_utility.unpack_params(params, 'data', Buffer(), numpy.dtype('f4'), False)
assert [param.array.ravel().tolist() for param in params] == [[0, 1, 2, 3], [4, 5, 6], [7]]
assert [param.array.dtype.char for param in params] == list('efd')
''')


WHEEL = '''
import ctypes, importlib.metadata
loaded = []
def load(path, mode=0):  # each needs the next one
    name = path.rpartition('/')[2]
    if name in ('libcudnn.so.8', 'libcudnn_cnn.so.8') and not loaded or name == 'libbroken.so':
        raise OSError('cannot open shared object file')
    loaded.append(name)
def files(name):
    if name != 'nvidia-cudnn-cu12':
        raise importlib.metadata.PackageNotFoundError(name)
    found = [importlib.metadata.PackagePath('nvidia/cudnn/' + path) for path in (
        'include/cudnn.h', 'lib/libcudnn.so.8', 'lib/libcudnn_cnn.so.8', 'lib/libbroken.so',
        'lib/libcudnn_ops.so.8')]
    for path in found:
        path.dist = importlib.metadata.distribution('numpy')
    return found
installed = importlib.metadata.version
importlib.metadata.files = files
importlib.metadata.version = lambda name: (
    VERSION if name == 'cupy-cuda12x' else installed(name))
ctypes.CDLL = load
compat.removed.cuda_wheels()
print(*loaded)
'''


@pytest.mark.parametrize('version, loaded', [
    ('13.6.0', 'libcudnn_ops.so.8 libcudnn.so.8 libcudnn_cnn.so.8'), ('14.2.0', '')])
def test_cuda_wheels(version, loaded):
    """What needs another library of the wheel is loaded after it; what cannot be is left out."""
    done = run(f'VERSION = {version!r}\n' + WHEEL)
    assert done.stdout.strip() == loaded, done.stderr


def test_chainer_imported_first_is_cured_at_once():
    result = run('''
sys.meta_path = [finder for finder in sys.meta_path if not isinstance(finder, compat._Finder)]
for cures in compat.BEFORE.values():
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


def test_what_is_not_installed_is_named_with_the_next_step(tmp_path):
    # -S: no site-packages, so neither Chainer nor anything else is installed.
    prelude = PRELUDE.format(folder=PACKAGE, without=None)
    result = subprocess.run([sys.executable, '-S', '-c', prelude + 'import chainer'],
                            cwd=str(tmp_path), stderr=subprocess.PIPE, text=True)
    assert result.stderr.splitlines()[-1] == (
        'ModuleNotFoundError: chainer is not installed; to build and install it: '
        'python -m chainer_foodgan.bootstrap chainer')


def test_nothing_is_patched_before_chainer_is_imported():
    result = subprocess.run(
        [sys.executable, '-c', 'import chainer_foodgan.compat, sys; print(*sys.modules)'],
        cwd=os.path.dirname(PACKAGE), stdout=subprocess.PIPE, text=True, check=True)
    assert not {'numpy', 'chainer', 'pkg_resources'} & set(result.stdout.split())
