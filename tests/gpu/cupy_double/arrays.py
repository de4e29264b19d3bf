"""Arrays that lie on a device, and what computes with them."""

import operator
import types

import numpy

DEVICES = 2  # so that an array can be on the wrong one


class Device:
    """A GPU, by its number."""

    current = 0
    compute_capability = '80'

    def __init__(self, device=None):
        self.id = Device.current if device is None else int(device)
        if not 0 <= self.id < DEVICES:
            raise CUDARuntimeError('cudaErrorInvalidDevice: invalid device ordinal')

    def __eq__(self, other):
        return isinstance(other, Device) and self.id == other.id

    def __hash__(self):
        return self.id

    def __int__(self):
        return self.id

    def __enter__(self):
        self.before, Device.current = Device.current, self.id
        return self

    def __exit__(self, *error):
        Device.current = self.before

    def use(self):
        Device.current = self.id

    def synchronize(self):
        """Everything is done at once."""


class CUDARuntimeError(RuntimeError):
    pass


class ndarray:
    """An array on the current device."""

    __array_ufunc__ = None  # NumPy's operators leave the work to those below

    def __init__(self, array):
        self._array, self.device = array, Device()

    def __array__(self, *arguments, **options):
        raise TypeError('Implicit conversion to a NumPy array is not allowed: use .get()')

    __array_function__ = __array__

    def __getattr__(self, name):
        if name.startswith('_') or name in ('ctypes', 'tobytes', 'tofile'):
            raise AttributeError(name)
        value = getattr(self._array, name)
        return boxed_function(value, self.device) if callable(value) else boxed(value)

    @property
    def data(self):
        return types.SimpleNamespace(ptr=self._array.ctypes.data, device=self.device)

    def get(self, stream=None, order='C', out=None):
        return self._array.copy()

    def set(self, array, stream=None):
        if not isinstance(array, numpy.ndarray) or array.dtype != self._array.dtype:
            raise TypeError('only a NumPy array of the same type can be set')
        self._array[...] = array

    def reduced_view(self, dtype=None):
        return self

    def scatter_add(self, key, value):
        numpy.add.at(self._array, index(key), bare(value, self.device))

    def __getitem__(self, key):
        with self.device:
            return boxed(self._array[index(key)])

    def __setitem__(self, key, value):
        self._array[index(key)] = bare(value, self.device)

    def __iter__(self):
        return (self[index] for index in range(len(self)))

    def __repr__(self):
        return f'array on device {self.device.id}: {self._array!r}'

    __hash__ = None


def _operators():
    def make(function, swapped=False):
        def operate(self, *others):
            if any(getattr(other, '__array_priority__', 0) > 100 for other in others):
                return NotImplemented  # Chainer's Variable does it
            arrays = self._array, *bare(others, self.device)
            with self.device:
                return boxed(function(*reversed(arrays) if swapped else arrays))
        return operate

    def in_place(function):
        def operate(self, other):
            function(self._array, bare(other, self.device))
            return self
        return operate

    for name in ('add', 'sub', 'mul', 'truediv', 'floordiv', 'mod', 'pow', 'matmul', 'and_', 'or_',
                 'xor'):
        function, plain = getattr(operator, name), name.rstrip('_')
        setattr(ndarray, f'__{plain}__', make(function))
        setattr(ndarray, f'__r{plain}__', make(function, swapped=True))
        setattr(ndarray, f'__i{plain}__', in_place(getattr(operator, 'i' + plain)))
    for name in ('neg', 'pos', 'abs', 'invert', 'eq', 'ne', 'lt', 'le', 'gt', 'ge'):
        setattr(ndarray, f'__{name}__', make(getattr(operator, name)))
    for kind in bool, int, float, complex, len:  # the host waits for these
        name = kind.__name__
        setattr(ndarray, f'__{name}__', lambda self, kind=kind: kind(self._array))


_operators()


def bare(value, device=None):
    """What is in the box; inside of tuples, lists and dicts as well.

    Raises:
        TypeError: A NumPy array, which a kernel cannot read.
        ValueError: An array of another device.
    """
    if isinstance(value, numpy.ndarray):
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")
    if isinstance(value, ndarray):
        if value.device != (device or Device()):
            raise ValueError(f'an array of device {value.device.id} on device {Device.current}')
        return value._array
    if isinstance(value, (tuple, list)):
        return type(value)(bare(each, device) for each in value)
    return {name: bare(each, device) for name, each in value.items()} if isinstance(
        value, dict) else value


def index(key):
    """An index as NumPy takes it; one of NumPy's arrays is brought to the device."""
    if isinstance(key, tuple):
        return tuple(map(index, key))
    return key if isinstance(key, numpy.ndarray) else bare(key)


def boxed(value):
    """A result on the current device; inside of tuples and lists as well."""
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return ndarray(numpy.asarray(value))
    return type(value)(map(boxed, value)) if type(value) in (tuple, list) else value


def boxed_function(function, device=None):
    """A function of NumPy's, or a method, for arrays in boxes."""
    def call(*arguments, **options):
        with device or Device():
            return boxed(function(*bare(arguments), **bare(options)))
    return call


def from_host(*arguments, **options):
    """``cupy.array`` and the like, which take NumPy's arrays, too."""
    given, *rest = arguments
    given = bare(given) if isinstance(given, (ndarray, list, tuple)) else given
    return boxed(numpy.array(given, *rest, **options))


def as_device(given, dtype=None, **options):
    same = isinstance(given, ndarray) and given.device == Device() and dtype in (None, given.dtype)
    return given if same else from_host(given, dtype)
