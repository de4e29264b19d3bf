"""Networks as programs of other libraries, written layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainer_foodgan.links.recognising import Network

__all__ = ['EPS', 'Program']

#: What instance and batch normalisation add to the variance.
EPS = 1e-5


class Program:
    """A program of a network; a picture within it, ``h``, is whatever the library calls one.

    Subclasses have a method for each kind of layer, ``_conv(h, layer, place)`` for
    :class:`~chainer_foodgan.links.layers.Conv`, which adds the layer and returns its output, and:

    - ``_op(name, *inputs)``: ``'add'``, ``'sub'``, ``'mul'``, ``'tanh'``, ``'sigmoid'``, or
      ``'concat'`` of channels;
    - ``_split(h)``: the first three channels, and the fourth.

    Args:
        network: What it is.
        arrays: Its arrays under Chainer's keys.

    Attributes:
        network (Network): As given.
        weights (dict): The arrays as float32.
    """

    def __init__(self, network: Network, arrays: dict[str, np.ndarray]):
        self.network = network
        self.weights = {key: np.asarray(array, np.float32, order='C')
                        for key, array in arrays.items()}

    def sequence(self, h: Any, layers: Any, place: str, start: int = 0) -> Any:
        """Adds layers, a list whose first has the number ``start``, or a dict."""
        named = layers.items() if isinstance(layers, dict) else enumerate(layers, start)
        for name, layer in named:
            key = f'{place}/{name}' if place else name
            if isinstance(layer, (dict, list)):
                h = self.sequence(h, layer, key)
            else:
                h = getattr(self, '_' + type(layer).__name__.lower())(h, layer, key)
        return h

    def generator(self, x: Any, c: Any) -> Any:
        """Adds a whole generator of photos ``x`` and label vectors ``c``.

        It takes a further method of the subclass, ``_map(c)``: the vectors as maps.
        """
        main = self.network.layers()['main']
        if self.network.label_is_map:
            return self.sequence(self._op('concat', x, self._map(c)), main, 'main')
        return self.blended(x, self.sequence(x, main, 'main'))

    def blended(self, x: Any, h: Any) -> Any:
        """Adds the end of a student: the photo ``x``, as far as the mask says the picture."""
        picture, mask = self._split(h)
        change = self._op('sub', self._op('tanh', picture), x)
        return self._op('add', x, self._op('mul', self._op('sigmoid', mask), change))

    def _block(self, h, layer, place):
        y = self.sequence(h, layer.layers, f'{place}/{layer.name}')
        return y if layer.join is None else self._op(layer.join, h, y)
