"""A sequence of layers whose links are numbered as PyTorch numbers them."""

import chainer


class Sequential(chainer.Chain):
    """Applies layers one after the other.

    ``chainer.Sequential`` counts its links only; PyTorch's counts activations too, and so does
    this one: the second convolution of (conv, norm, ReLU, conv) is ``3``, so that npz keys are
    those of the released state dict by renaming alone.

    Args:
        layers: Links and functions of one array.
    """

    def __init__(self, *layers):
        super().__init__()
        self._layers = []
        for index, layer in enumerate(layers):
            if isinstance(layer, chainer.Link):
                self.add_link(str(index), layer)
                layer = str(index)  # by name, so that copies of the chain use their own links
            self._layers.append(layer)

    def layers(self):
        """The links and functions, in order (list)."""
        return [self[layer] if isinstance(layer, str) else layer for layer in self._layers]

    def forward(self, x, start=0, stop=None):
        """Applies the layers from number ``start`` on, up to but without number ``stop``."""
        for layer in self.layers()[start:stop]:
            x = layer(x)
        return x


class ConditionalSequential(Sequential):
    """A sequence of layers some of which take a label besides.

    Args: As of :class:`Sequential`. A link says by its attribute ``conditional`` that it is called
        with a label vector besides.
    """

    def forward(self, x, c):
        """Applies all layers: (B, C, H, W) and label vectors (B, c_dim)."""
        for layer in self.layers():
            x = layer(x, c) if getattr(layer, 'conditional', False) else layer(x)
        return x
