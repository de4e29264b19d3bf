"""What Chainer and ChainerCV ask of Python, NumPy, setuptools and protobuf, and is gone from there.

Each function puts a stand-in where something is missing and changes nothing where it is there. It
runs before the module that needs it (:data:`BEFORE`).
"""

import contextlib
import ctypes
import importlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import types
import warnings

# NVIDIA's wheels in the order in which they need each other; the last is cuDNN 8.
_WHEELS = ('cuda-runtime', 'cuda-nvrtc', 'nvjitlink', 'cublas', 'cufft', 'curand', 'cusparse',
           'cusolver', 'cudnn')
_loaded = []


def _imports(name):
    try:
        with warnings.catch_warnings():  # the modules asked for announce their own end
            warnings.simplefilter('ignore')
            importlib.import_module(name)
    except Exception:  # half-removed modules fail in any way: AttributeError, AssertionError, ...
        return False
    return True


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


def numpy_aliases():
    """NumPy 1.24 has no ``numpy.float``, ``numpy.int``, ``numpy.bool``; NumPy 2 has only the last.

    ``F.resize_images`` calls for the first; ChainerCV for ``int`` in FCIS, for ``bool`` wherever a
    mask is made: ``vis_point``, ``scale_mask``, the data sets of VOC and COCO, FPN.
    """
    import numpy
    for name, meaning in ('float', float), ('int', int), ('bool', numpy.bool_):
        if not hasattr(numpy, name):
            setattr(numpy, name, meaning)


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


def caffe_messages():
    """protobuf 4 and newer refuse the generated ``caffe_pb2.py`` of Chainer's caffe links.

    It holds the description of the messages in one string, of which protobuf makes the same classes
    itself.
    """
    from google import protobuf
    if int(protobuf.__version__.split('.')[0]) < 4:
        return
    import ast

    from google.protobuf import descriptor_pool
    from google.protobuf.internal import builder
    name = 'chainer.links.caffe.protobuf3.caffe_pb2'
    if name in sys.modules:
        return
    chainer, = importlib.util.find_spec('chainer').submodule_search_locations
    path = os.path.join(chainer, 'links', 'caffe', 'protobuf3', 'caffe_pb2.py')
    with open(path, encoding='utf-8') as file:
        call = next(node for node in ast.walk(ast.parse(file.read()))
                    if isinstance(node, ast.keyword) and node.arg == 'serialized_pb')
    description = ast.literal_eval(call.value.args[0]).encode('latin1')
    descriptor = descriptor_pool.Default().AddSerializedFile(description)
    module = types.ModuleType(name)
    builder.BuildMessageAndEnumDescriptors(descriptor, vars(module))
    builder.BuildTopDescriptorsAndMessages(descriptor, name, vars(module))
    sys.modules[name] = module


def cuda_wheels():
    """CuPy 13 finds neither CUDA 12 nor cuDNN 8 in the wheels of these names.

    Loaded before it is imported, they are found. CuPy 14 finds them itself, but for cuDNN, which it
    has no use for.
    """
    try:
        if not importlib.metadata.version('cupy-cuda12x').startswith('13.'):
            return
    except importlib.metadata.PackageNotFoundError:
        return
    for name in _WHEELS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            paths = [str(file.locate()) for file in importlib.metadata.files(f'nvidia-{name}-cu12')
                     if file.parent.name == 'lib' and '.so' in file.name]
            # Those of one wheel need each other: again, as long as one more is loaded.
            while paths:
                failed = [path for path in paths if not _load(path)]
                paths = failed if len(failed) < len(paths) else []


def _load(path):
    with contextlib.suppress(OSError):
        _loaded.append(ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL))
        return True
    return False


BEFORE = {
    'chainer._environment_check': [numpy_distutils, pkg_resources, cupy_version_warning],
    'chainer.backends.cuda': [cuda_wheels],
    'chainer.exporters.caffe': [caffe_messages],
    'chainer.functions.array.as_strided': [numpy_sctypes],
    'chainer.functions.array.resize_images': [numpy_aliases],
    'chainer.links.caffe.caffe_function': [caffe_messages],
    'chainercv': [numpy_aliases, pkg_resources],
    'chainercv.utils.download': [distutils_strtobool],
}
