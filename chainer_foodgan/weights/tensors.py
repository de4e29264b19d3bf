"""What the pickle of a PyTorch file is made of: storages, and tensors, which are views of them."""

import collections

import numpy as np

from chainer_foodgan.weights.pickles import Constructor, Refused, ordered_dict

StorageType = collections.namedtuple('StorageType', 'dtype convert')
StorageType.__doc__ = """How the elements of a storage are stored, and how they are read.

Attributes:
    dtype (str): NumPy's name of what is in the file.
    convert (callable or None): From the array of that to the one that is wanted.
"""

_DIMENSIONS = 32  # as many as every version of NumPy has


def widened(array):
    """bfloat16, which is the upper half of a float32: uint16 -> float32."""
    wide = array.astype('<u4')
    wide <<= 16
    return wide.view('<f4')


TYPES = {
    'Float': StorageType('<f4', None), 'Double': StorageType('<f8', None),
    'Half': StorageType('<f2', None), 'BFloat16': StorageType('<u2', widened),
    'Long': StorageType('<i8', None), 'Int': StorageType('<i4', None),
    'Short': StorageType('<i2', None), 'Char': StorageType('i1', None),
    'Byte': StorageType('u1', None), 'Bool': StorageType('u1', lambda array: array != 0)}


class Storage:
    """A run of numbers in a file: of which StorageType, how many, and the numbers, once they are
    read.
    """

    def __init__(self, kind, numel):
        self.kind, self.numel, self.array = kind, numel, None

    def part(self, offset, numel):
        """A part of it (Part); PyTorch 0.3 had storages within storages."""
        if natural(offset) + natural(numel) > self.numel:
            raise Refused('has a storage that reaches outside another')
        return Part(self, offset, numel)

    @property
    def nbytes(self):
        return self.numel * np.dtype(self.kind.dtype).itemsize

    def fill(self, data):
        """Takes the bytes that were read, uint8 (nbytes,)."""
        array = data.view(self.kind.dtype)
        self.array = array if self.kind.convert is None else self.kind.convert(array)


Part = collections.namedtuple('Part', 'storage offset numel')
Part.__doc__ = 'So many elements of a :class:`Storage` from an offset on.'


class Tensor:
    """A view of a storage (a Part): elements before the first, and size and stride of each
    dimension, in elements (tuples of int). Refused where it would reach outside its storage, or
    repeat elements.
    """

    __slots__ = ('storage', 'offset', 'size', 'stride', 'numel')

    def __init__(self, storage, offset, size, stride):
        if (type(storage) is not Part or type(size) is not tuple or type(stride) is not tuple
                or len(size) != len(stride) or len(size) > _DIMENSIONS):
            raise ValueError('a tensor is not made as tensors are')
        self.storage, self.size = storage.storage, size
        self.stride = tuple(map(natural, stride))
        self.numel = 1
        for length in size:
            self.numel *= natural(length)
        last = natural(offset) + sum((length - 1) * step for length, step in zip(size, stride))
        if self.numel > storage.numel or self.numel and last >= storage.numel:
            raise Refused(f'has a tensor of {self.numel} elements that reach outside the '
                          f'{storage.numel} stored')
        self.offset = storage.offset + offset

    @property
    def nbytes(self):
        return self.numel * np.dtype(self.storage.kind.dtype).itemsize

    def array(self):
        """The tensor as a view of its storage, which has been read (numpy.ndarray)."""
        data = self.storage.array
        if not self.numel:
            return np.empty(self.size, data.dtype)
        item = data.dtype.itemsize
        return np.ndarray(self.size, data.dtype, data, self.offset * item,
                          [step * item for step in self.stride])


def natural(number):
    """Checks that a number of a pickle is an integer not below 0 that a machine can index by."""
    if type(number) is not int or not 0 <= number < 2 ** 62:
        raise ValueError('no size where one should be')
    return number


def _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, metadata=None):
    if metadata:
        raise Refused('has a tensor that is to be negated or conjugated')
    return Tensor(storage, offset, size, stride)


#: What a state dict asks for by name.
NAMES = {
    'collections.OrderedDict': Constructor(ordered_dict),
    'torch._utils._rebuild_tensor': Constructor(Tensor),
    'torch._utils._rebuild_tensor_v2': Constructor(_rebuild_tensor_v2),
    'torch._utils._rebuild_parameter': Constructor(lambda data, requires_grad, hooks: data),
    **{f'torch.{name}Storage': kind for name, kind in TYPES.items()}}


class Storages(dict):
    """Finds the storages that persistent ids stand for: key to :class:`Storage`."""

    def find(self, persistent_id):
        """Part of a storage, by ``('storage', type, key, location, numel)``; any location will do.

        PyTorch 0.3 adds ``(key, offset, numel)``, of the part that is meant, or None for all.
        """
        if type(persistent_id) is not tuple or len(persistent_id) not in (5, 6):
            raise ValueError('a storage is not named as storages are')
        word, kind, key, _, numel = persistent_id[:5]
        if word != 'storage':
            raise Refused('holds something else than arrays')
        if type(kind) is not StorageType or type(key) is not str:
            raise ValueError('a storage is not named as storages are')
        storage = self.setdefault(key, Storage(kind, natural(numel)))
        if (storage.kind, storage.numel) != (kind, numel):
            raise ValueError(f'storage {ascii(key[:50])} is of two kinds')
        if persistent_id[5:] in ((), (None,)):
            return storage.part(0, numel)
        _, offset, length = persistent_id[5]
        return storage.part(offset, length)
