"""Reads pickles of plain data and of what a caller knows by name; runs nothing that they say.

Python's own unpickler can be told which names to look up. Even so a pickle can make it allocate
gigabytes (one large memo index is enough) or compute for years (a key of nested tuples is hashed
branch by branch). This reader has the instructions that a state dict is made of and no other:

- a name is looked up in the table of the caller, never imported;
- the only thing called is a :class:`Constructor` of that table;
- ``BUILD``, which sets attributes, is read and forgotten, and that on dicts only;
- keys are strings and small integers, whose hashes take no time and do not collide;
- memory and time are paid out of a budget.
"""

from __future__ import annotations

import collections
import pickletools
import struct
from typing import Any, BinaryIO, Callable, Optional

__all__ = ['Reader', 'Refused', 'ordered_dict']

Constructor = collections.namedtuple('Constructor', 'call')
Constructor.__doc__ = 'A function that a pickle may call.'


class Refused(Exception):
    """A pickle wants what is not granted. Its text follows ``"{path}: not read, it "``."""


def ordered_dict(items: Any = ()) -> dict:
    """``collections.OrderedDict``; Python 2 gives it a list of pairs."""
    return {_key(key): value for key, value in items}


_CONSTANTS = {b'N': None, b'\x88': True, b'\x89': False}
_EMPTY = {b'}': dict, b']': list, b')': tuple}
_NUMBERS = {b'K': '<B', b'M': '<H', b'J': '<i', b'G': '>d'}
_STRINGS = {b'X': ('<I', 'utf-8'), b'\x8c': ('<B', 'utf-8'),
            b'U': ('<B', 'latin-1'), b'T': ('<I', 'latin-1')}
_TUPLES = {b'\x85': 1, b'\x86': 2, b'\x87': 3}
_PUT = {b'q': '<B', b'r': '<I'}
_GET = {b'h': '<B', b'j': '<I'}
_LONG = 16  # bytes of the longest integer; PyTorch's magic number has 10
_NAME = 256  # characters of the longest name
_CELL = 16  # characters of a string that are as dear as an instruction


class Reader:
    """Reads one pickle after the other.

    Args:
        file: A binary file, buffered.
        size (int): Bytes left in it.
        budget (int): Instructions in all. Each takes up to about 100 bytes of memory.
        names (dict): ``'module.name'`` to whatever stands for it.
        persistent (callable): Takes a persistent id, returns what stands for it.
    """

    def __init__(self, file: BinaryIO, size: int, budget: int,
                 names: Optional[dict[str, Any]] = None,
                 persistent: Optional[Callable[[Any], Any]] = None):
        self._file, self._left, self._budget = file, size, budget
        self._names, self._persistent = names or {}, persistent

    def read(self, size: int) -> bytes:
        """The next bytes, none fewer (bytes). Raises EOFError where the file has not so many."""
        if size > self._left:
            raise EOFError('it ends too early')
        data = self._file.read(size)
        if len(data) != size:
            raise EOFError('it ends too early')
        self._left -= size
        return data

    def load(self) -> Any:
        """Reads a pickle and what it stands for: dicts, lists, tuples, strings, numbers, names.
        Refused where it wants something else; an EOFError or ValueError where it is damaged.
        """
        self._stack, self._outer, self._memo = [], [], {}
        try:
            while True:
                self._pay(1)
                instruction = self.read(1)
                if instruction == b'.':
                    return self._stack.pop()
                self._step(instruction)
        except (IndexError, KeyError, TypeError, AttributeError, struct.error) as error:
            raise ValueError(f'its pickle makes no sense: {error!r}') from error

    def _step(self, op):
        stack = self._stack
        if op in _NUMBERS:
            stack.append(self._number(_NUMBERS[op]))
        elif op in _PUT:
            self._memo[self._number(_PUT[op])] = stack[-1]
        elif op in _GET:
            stack.append(self._memo[self._number(_GET[op])])
        elif op in _STRINGS:
            stack.append(self._string(*_STRINGS[op]))
        elif op in _CONSTANTS:
            stack.append(_CONSTANTS[op])
        elif op in _EMPTY:
            stack.append(_EMPTY[op]())
        elif op in _TUPLES:
            items = [stack.pop() for _ in range(_TUPLES[op])]
            stack.append(tuple(reversed(items)))
        elif op == b'(':
            self._outer.append(stack)
            self._stack = []
        elif op == b't':
            items = self._since_mark()
            self._stack.append(tuple(items))
        elif op in (b'e', b'a'):
            items = self._since_mark() if op == b'e' else [stack.pop()]
            _of_type(self._stack[-1], list).extend(items)
        elif op in (b'u', b's'):
            items = self._since_mark() if op == b'u' else [stack.pop(-2), stack.pop()]
            target = _of_type(self._stack[-1], dict)
            for key, value in zip(items[::2], items[1::2]):
                target[_key(key)] = value
        elif op == b'c':
            stack.append(self._find(self._line(), self._line()))
        elif op == b'\x93':
            name = stack.pop()
            stack.append(self._find(_of_type(stack.pop(), str), _of_type(name, str)))
        elif op == b'R':
            args = _of_type(stack.pop(), tuple)
            # One list, given again and again, would be copied each time.
            self._pay(sum(len(arg) for arg in args if type(arg) in (dict, list, tuple)))
            stack.append(_of_type(stack.pop(), Constructor).call(*args))
        elif op == b'b':
            stack.pop()
            _of_type(stack[-1], dict)
        elif op == b'Q' and self._persistent:
            stack.append(self._persistent(stack.pop()))
        elif op == b'\x8a':
            stack.append(self._long())
        elif op == b'\x94':
            self._memo[len(self._memo)] = stack[-1]
        elif op == b'\x80':
            self.read(1)  # the protocol
        elif op == b'\x95':
            self.read(8)  # the length of a frame
        else:
            self._refuse(op)

    def _pay(self, price):
        self._budget -= price
        if self._budget < 0:
            raise Refused('holds far more than names, sizes and arrays')

    def _number(self, kind):
        return struct.unpack(kind, self.read(struct.calcsize(kind)))[0]

    def _string(self, kind, encoding):
        length = self._number(kind)
        self._pay(length // _CELL)
        return self.read(length).decode(encoding)

    def _long(self):
        length = self._number('<B')
        if length > _LONG:
            raise Refused(f'holds an integer of {length} bytes')
        return int.from_bytes(self.read(length), 'little', signed=True)

    def _line(self):
        """Text up to the end of the line, which must come soon."""
        text = b''
        while not text.endswith(b'\n'):
            if len(text) > _NAME:
                raise ValueError('a name has no end')
            text += self.read(1)
        return text[:-1].decode('utf-8')

    def _find(self, module, name):
        full = f'{module}.{name}'
        if full not in self._names:
            raise Refused(f'asks for {ascii(full)[1:-1][:_NAME]}, which weights do not need')
        return self._names[full]

    def _since_mark(self):
        items, self._stack = self._stack, self._outer.pop()
        return items

    def _refuse(self, op):
        if op == b'i':
            self._find(self._line(), self._line())
        known = pickletools.code2op.get(op.decode('latin-1'))
        if known is None:
            raise ValueError(f'its pickle has an instruction {op!r}')
        raise Refused(f'uses the pickle instruction {known.name}, which weights do not need')


def _key(key):
    if type(key) is str or type(key) is int and 0 <= key < 2 ** 60:
        return key
    raise Refused(f'has a key that is no name but of type {type(key).__name__}')


def _of_type(value, kind):
    if type(value) is not kind:
        raise TypeError(f'{type(value).__name__} in the place of {kind.__name__}')
    return value
