"""Chainer 7.8.1 and ChainerCV 0.13.1 on today's Python and NumPy.

One function per upstream defect. Each looks first whether its defect is there and changes nothing
where it isn't. They run at the moment when the module that needs them is imported, so that
importing this package stays light: it loads neither Chainer nor NumPy.
"""

import collections
import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import os
import re
import sys
import types
import warnings

_before = collections.defaultdict(list)
_after = collections.defaultdict(list)


def _cure(*modules, when=_before):
    """Registers a cure to run before (or after) the named upstream modules are executed."""
    def register(function):
        for module in modules:
            when[module].append(function)
        return function
    return register


def _imports(name):
    try:
        with warnings.catch_warnings():  # the modules asked for announce their own end
            warnings.simplefilter('ignore')
            importlib.import_module(name)
    except Exception:  # half-removed modules fail in any way: AttributeError, AssertionError, ...
        return False
    return True


@_cure('chainer.functions.array.as_strided')
def numpy_sctypes():
    """NumPy 2 has no ``numpy.sctypes``, which as_strided.py reads when it is imported."""
    import numpy
    if not hasattr(numpy, 'sctypes'):
        numpy.sctypes = {
            'int': [numpy.int8, numpy.int16, numpy.int32, numpy.int64],
            'uint': [numpy.uint8, numpy.uint16, numpy.uint32, numpy.uint64],
            'float': [numpy.float16, numpy.float32, numpy.float64, numpy.longdouble],
            'complex': [numpy.complex64, numpy.complex128, numpy.clongdouble],
            'others': [bool, object, bytes, str, numpy.void],
        }


@_cure('chainer.functions.array.resize_images')
def numpy_float():
    """NumPy 1.24 and newer have no ``numpy.float``, which ``F.resize_images`` calls for."""
    import numpy
    if not hasattr(numpy, 'float'):
        numpy.float = float


@_cure('chainer._environment_check')
def numpy_distutils():
    """_environment_check.py asks ``numpy.distutils`` which BLAS a Mac has.

    That package is gone with Python 3.12, and NumPy < 2 cannot import it beside setuptools 74 and
    newer. An empty answer means "not the Accelerate of old", the only thing that is looked for.
    """
    if not _imports('numpy.distutils.system_info'):
        import numpy
        distutils = types.ModuleType('numpy.distutils')
        distutils.system_info = types.ModuleType('numpy.distutils.system_info')
        distutils.system_info.get_info = lambda name: {}
        numpy.distutils = distutils
        sys.modules['numpy.distutils'] = distutils
        sys.modules['numpy.distutils.system_info'] = distutils.system_info


@_cure('chainer._environment_check', 'chainercv')
def pkg_resources():
    """setuptools 81 and newer have no ``pkg_resources``, and no Python needs setuptools to run.

    _environment_check.py, chainer/testing/helper.py and chainercv/__init__.py use it to look up
    distributions. The stand-in answers whether they are installed, and leaves versions to pip.
    """
    if _imports('pkg_resources'):
        return

    class ResolutionError(Exception):
        pass

    class DistributionNotFound(ResolutionError):
        pass

    class VersionConflict(ResolutionError):
        pass

    def get_distribution(requirement):
        name = re.match(r'[\w.-]+', requirement).group()
        try:
            return importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise DistributionNotFound(requirement) from None

    def require(*requirements):
        return [get_distribution(requirement) for requirement in requirements]

    stand_in = types.ModuleType('pkg_resources')
    stand_in.ResolutionError = ResolutionError
    stand_in.DistributionNotFound = DistributionNotFound
    stand_in.VersionConflict = VersionConflict
    stand_in.get_distribution = get_distribution
    stand_in.require = require
    stand_in.WorkingSet = lambda: stand_in
    sys.modules['pkg_resources'] = stand_in


@_cure('chainercv.utils.download')
def distutils_strtobool():
    """chainercv/utils/download.py takes ``strtobool`` from ``distutils``, gone with Python 3.12.

    (setuptools brings a distutils of its own, where it is installed.)
    """
    if not _imports('distutils.util'):
        distutils = types.ModuleType('distutils')
        distutils.util = types.ModuleType('distutils.util')
        distutils.util.strtobool = lambda text: text.lower() in ('y', 'yes', 't', 'true', 'on', '1')
        sys.modules['distutils'] = distutils
        sys.modules['distutils.util'] = distutils.util


@_cure('chainer._environment_check')
def cupy_version_warning():
    """_environment_check.py warns of every ``cupy`` newer than 7, though 13.6 works.

    The wheels ``cupy-cuda11x`` and ``cupy-cuda12x`` are not on its list: only a CuPy built from
    source is concerned.
    """
    try:
        version = importlib.metadata.version('cupy')
    except importlib.metadata.PackageNotFoundError:
        return
    if int(version.split('.')[0]) > 7:
        os.environ.setdefault('CHAINER_WARN_VERSION_MISMATCH', '0')


@_cure('chainer.functions.connection.deconvolution_2d', when=_after)
def deconvolution_2d_backward():
    """``Deconvolution2DFunction.backward`` calls ``_set_cover_all(x, W)`` where shapes are due.

    Every 7.x: deconvolution_2d.py, on the path where W alone needs a gradient. That is where the
    gradient penalty of WGAN-GP takes the last convolutions of a critic.
    """
    import numpy
    cls = sys.modules['chainer.functions.connection.deconvolution_2d'].Deconvolution2DFunction
    set_cover_all = cls._set_cover_all
    try:
        set_cover_all(cls(outsize=(2, 2)), *2 * [numpy.empty((1, 1, 2, 2))])
    except ValueError:
        cls._set_cover_all = lambda self, x, W: set_cover_all(
            self, getattr(x, 'shape', x), getattr(W, 'shape', W))


@_cure('chainer.functions.normalization.group_normalization', when=_after)
def group_normalization_second_derivative():
    """``_ScaleShiftGrad.backward`` takes a gradient that is None for an array.

    Every 7.x: where nothing used the first derivatives of the scale and the shift, as in the
    gradient penalty of a critic with instance normalisation.
    """
    import numpy
    cls = sys.modules['chainer.functions.normalization.group_normalization']._ScaleShiftGrad
    backward = cls.backward
    ones = numpy.ones((1, 1))
    inputs = types.SimpleNamespace(get_retained_inputs=lambda: (ones, ones[0], ones))
    try:
        backward(inputs, (0,), (ones, None, None))
    except TypeError:
        def _backward(self, indexes, grad_outputs):
            x_hat, gamma, _ = self.get_retained_inputs()
            return backward(self, indexes, tuple(
                0 * array if grad is None else grad
                for grad, array in zip(grad_outputs, (x_hat, gamma, gamma))))

        cls.backward = _backward


@_cure('chainermn.communicators.mpi_communicator_base', when=_after)
def mean_of_strided_gradients():
    """ChainerMN averages a copy of a gradient that is not contiguous, and drops it.

    Every 7.x: ``array_to_buffer_object`` hands MPI a contiguous copy to write the sum into. The
    gradient of a transposed parameter is such a one: with ``naive``, every rank goes on with its
    own.
    """
    import chainer
    import numpy
    cls = sys.modules['chainermn.communicators.mpi_communicator_base'].MpiCommunicatorBase
    multi_node_mean = cls._multi_node_mean
    mpi = types.SimpleNamespace(size=1, Allreduce=lambda sent, received: received.fill(1))
    strided = numpy.zeros((2, 2)).T
    with chainer.using_config('debug', False):
        multi_node_mean(types.SimpleNamespace(mpi_comm=mpi), None, strided)
    if strided.all():
        return

    def _multi_node_mean(self, sendbuf, recvbuf):
        contiguous = recvbuf if recvbuf.flags.c_contiguous else recvbuf.copy(order='C')
        multi_node_mean(self, sendbuf, contiguous)
        if contiguous is not recvbuf:
            recvbuf[...] = contiguous

    cls._multi_node_mean = _multi_node_mean


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that have cures as ever, and runs the cures around their execution."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in _before and fullname not in _after:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module = _with_cures(fullname, spec.loader.exec_module)
        return spec


def _with_cures(name, execute):
    def exec_module(module):
        for cure in _before.get(name, ()):
            cure()
        execute(module)
        for cure in _after.get(name, ()):
            cure()
    return exec_module


def apply():
    """Makes ``import chainer`` and ``import chainercv`` work from here on.

    Where Chainer is imported already, its cures run at once. Calling it again changes nothing.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    for cures in _before, _after:
        for name in sys.modules.keys() & cures.keys():
            for cure in cures[name]:
                cure()
