"""The modules ``cupy`` and ``cupyx``, as far as Chainer and this package use them."""

import functools
import importlib.machinery
import json
import sys
import types

import numpy

from cupy_double.arrays import (
    DEVICES,
    CUDARuntimeError,
    Device,
    as_device,
    bare,
    boxed,
    boxed_function,
    from_host,
    ndarray,
)
from cupy_double.tensors import from_tensor

#: Kernels as they were called: dicts of JSON values, each once.
LAUNCHES = {}


class Kernel:
    """A kernel that computes nothing: it makes its outputs and is noted down."""

    def __init__(self, *code, **options):
        self.code, self.options = code, options

    def __call__(self, *arguments, axis=None, size=None, **_):
        *code, name = self.code
        parameters = [[each.split() for each in text.split(',') if each.strip()]
                      for text in code[:2]]
        typed, dtypes = {}, []
        for (*_raw, kind, _), given in zip(sum(parameters, []), arguments):
            bare(given)
            dtypes.append(str(getattr(given, 'dtype', '')))
            if len(kind) == 1 and dtypes[-1]:
                typed[kind] = dtypes[-1]
        note = {'class': type(self).__name__, 'name': name, 'code': code, 'types': typed,
                'options': {key: str(value) for key, value in self.options.items()}}
        LAUNCHES[json.dumps(note, sort_keys=True)] = note
        ins, outs = (arguments[:len(parameters[0])], arguments[len(parameters[0]):])
        if not outs:
            whole = numpy.broadcast(*(each._array for each, (*raw, _, _) in zip(ins, parameters[0])
                                      if isinstance(each, ndarray) and 'raw' not in raw)).shape
            if axis is not None:
                whole = numpy.empty(whole).sum(axis=axis).shape
            outs = [boxed(numpy.zeros(whole, typed.get(kind, kind)))
                    for *_, kind, _ in parameters[1]]
        return outs[0] if len(outs) == 1 else tuple(outs)


def module(name, twin=None, **contents):
    """A module in ``sys.modules`` of these contents, the rest of it that of NumPy's ``twin``."""
    made = types.ModuleType(name)
    made.__spec__ = importlib.machinery.ModuleSpec(name, None)
    vars(made).update(contents)
    parent, _, last = name.rpartition('.')
    if parent:
        setattr(sys.modules[parent], last, made)

    def find(attribute):
        if twin is None or attribute.startswith('_'):
            raise AttributeError(f'module {name!r} has no attribute {attribute!r}')
        value = getattr(importlib.import_module(twin), attribute)
        function = callable(value) and not isinstance(value, type)
        return boxed_function(value) if function else value
    made.__getattr__ = find
    sys.modules[name] = made


def plant():
    """Puts ``cupy`` and ``cupyx`` where an import finds them."""
    pool = types.SimpleNamespace(
        free_all_blocks=lambda: None, used_bytes=lambda: 0, free_bytes=lambda: 0)
    kernels = {name: type(name, (Kernel,), {})
               for name in ('ElementwiseKernel', 'ReductionKernel', 'RawKernel')}
    module('cupy', 'numpy', __version__='14.0.0', ndarray=ndarray, array=from_host,
           asarray=as_device, ascontiguousarray=as_device, asanyarray=as_device,
           split=lambda array, *place: boxed(numpy.split(bare(array), *place)),
           asnumpy=lambda array: array.get() if isinstance(array, ndarray) else array,
           memoize=lambda for_each_device=False: functools.lru_cache(None),
           fuse=lambda *arguments, **options: lambda function: function,
           get_default_memory_pool=lambda: pool, get_default_pinned_memory_pool=lambda: pool,
           get_array_module=lambda *arrays: sys.modules['cupy'] if any(
               isinstance(array, ndarray) for array in arrays) else numpy,
           from_dlpack=from_tensor, is_available=lambda: True, **kernels)
    module('cupy._util', PerformanceWarning=type('PerformanceWarning', (Warning,), {}))
    module('cupy.linalg', 'numpy.linalg')
    module('cupy.random')
    module('cupy.cuda', Device=Device, Event=type('Event', (), {}), Stream=type('Stream', (), {}),
           is_available=lambda: True)
    module('cupy.cuda.cublas')
    module('cupy.cuda.nccl', available=False)
    module('cupy.cuda.memory', OutOfMemoryError=type('OutOfMemoryError', (MemoryError,), {}))
    module('cupy.cuda.runtime', CUDARuntimeError=CUDARuntimeError, getDeviceCount=lambda: DEVICES,
           memGetInfo=lambda: (2 ** 34, 2 ** 34),
           driverGetVersion=lambda: 12080, runtimeGetVersion=lambda: 12080,
           getDeviceProperties=lambda device: {'name': b'Double', 'totalGlobalMem': 2 ** 34,
                                               'major': 8, 'minor': 0})
    module('cupyx', rsqrt=boxed_function(lambda x, dtype=None: 1 / numpy.sqrt(x, dtype=dtype)),
           scatter_add=ndarray.scatter_add, get_runtime_info=lambda: 'the double')
    module('cupyx.scipy')
    for name in 'linalg', 'special':
        module('cupyx.scipy.' + name, 'scipy.' + name)
