"""Telling which network arrays belong to, from their keys and shapes alone; Chainer stays out.

A network that a file claims is made only once every one of its arrays is there: a few bytes can
claim any number of channels. What leaves no trace in the arrays, a U-Net's dropout and the patch
discriminators' sigmoid, is not told.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Optional

from chainer_foodgan.links import architectures
from chainer_foodgan.links.layers import Shapes, shapes_of

#: Those that translate: StarGAN's, and that of students, whose label picks scales and shifts.
GENERATORS = ('generator', 'conditional_generator')

_LAYERS = 16  # no network halves a picture more often
_CLASSES = {'nlayer_discriminator': 'NLayerDiscriminator'}


class Network(NamedTuple):
    """A network of this package.

    Attributes:
        kind: The name of its function in :mod:`chainer_foodgan.links.architectures`.
        sizes: The arguments that make it: ``conv_dim``, ``c_dim``, ``repeat_num``, ...
    """

    kind: str
    sizes: dict[str, Any]

    @property
    def class_name(self) -> str:
        """The name of its link and of its PyTorch module: ``'UnetGenerator'``."""
        return _CLASSES.get(self.kind, self.kind.title().replace('_', ''))

    @property
    def noun(self) -> str:
        """What it is called in a sentence: ``'unet generator'``."""
        return self.kind.replace('_', ' ')

    @property
    def label_is_map(self) -> bool:
        """Whether its label joins the picture as channels of constants."""
        return self.kind == 'generator'

    @property
    def translates_by_onnx(self) -> bool:
        """Whether it is a generator with a form as ONNX nodes: its label joins at the input, or
        picks scales and shifts."""
        return self.kind in GENERATORS and 'label_position' not in self.sizes

    @property
    def finds_food(self) -> bool:
        """Whether it is the network of a mask: a U-Net from three channels to one."""
        return self.kind == 'unet_generator' and tuple(
            self.sizes[name] for name in ('in_channels', 'out_channels', 'norm')) == (3, 1, 'batch')

    def layers(self) -> dict[str, Any]:
        """See :mod:`chainer_foodgan.links.architectures`."""
        return getattr(architectures, self.kind)(**self.sizes)

    def shapes(self) -> Shapes:
        """Chainer's keys to the shapes of all its arrays, in the order of the layers."""
        return shapes_of(self.layers())

    def __str__(self) -> str:
        sizes = ', '.join(f'{name}={size!r}' for name, size in self.sizes.items())
        return f'{self.class_name}({sizes})'


def recognise(arrays: dict[str, Any]) -> Optional[Network]:
    """Recognises a network by arrays, or whatever has a shape, under Chainer's keys; None for
    anything else. Whether every single array fits is told by :meth:`Network.shapes`."""
    shapes = _Shapes({key: array.shape for key, array in arrays.items()})
    for kind, sizes_of in _SIZES.items():
        sizes = sizes_of(shapes)
        if sizes is not None:
            return Network(kind, sizes)
    return None


class _Shapes(dict):
    """Chainer's keys to shapes."""

    def filters(self, key, *ksize):
        """The first two sizes of filters of such a kernel; None where there are none."""
        shape = self.get(key + '/W', ())
        return shape[:2] if len(shape) == 4 and shape[2:] == ksize else None

    def count(self, pattern):
        return sum(re.fullmatch(pattern, key) is not None for key in self)

    def norm(self, place):
        # The original's instance normalisation has no scale, so it has no arrays.
        return 'batch' if place + '/gamma' in self else 'instance'


def _translator(shapes):
    """The first filters of a generator, (conv_dim, in_channels); None for anything else."""
    first = shapes.filters('main/0', 7, 7)
    if first and shapes.get('main/3/W', ())[:2] == (2 * first[0], first[0]) and first[0] > 0:
        return first
    return None


def _generator(shapes):
    first = _translator(shapes)
    if first is None:
        return None
    conv_dim, in_channels = first
    c_dim, position = in_channels - 3, {}  # the label joins the three colours as channels
    if in_channels == 3:  # or, in the middle, those of a convolution of its own
        join = shapes.filters('main/9', 3, 3)
        c_dim, position = join[1] - 4 * conv_dim if join else 0, {'label_position': 'middle'}
    repeat_num = shapes.count(r'main/\d+/main/0/W')
    return {'conv_dim': conv_dim, 'c_dim': c_dim, 'repeat_num': repeat_num,
            **position} if c_dim > 0 else None


def _conditional_generator(shapes):
    first, scales = _translator(shapes), shapes.get('main/1/gamma', ())
    if first is None or first[1] != 3 or len(scales) != 2 or scales[0] < 1:
        return None
    separable = shapes.count(r'main/\d+/main/0/depth/W')
    return {'conv_dim': first[0], 'c_dim': scales[0],
            'repeat_num': separable or shapes.count(r'main/\d+/main/0/W'),
            **({'separable': True} if separable else {})}


def _discriminator(shapes):
    first, classes = shapes.filters('main/0', 4, 4), shapes.get('conv2/W', ())
    layers = shapes.count(r'main/\d+/W')
    if (first is None or first[1] != 3 or len(classes) != 4 or 'conv1/W' not in shapes
            or layers > _LAYERS):
        return None
    # The classifying convolution spans what `layers` halvings leave of the image.
    return {'image_size': classes[2] * 2 ** layers, 'conv_dim': first[0], 'c_dim': classes[0],
            'repeat_num': layers}


def _resnet_generator(shapes):
    first = shapes.filters('model/1', 7, 7)
    blocks = shapes.count(r'model/\d+/conv_block/1/W')
    last = shapes.filters(f'model/{17 + blocks}', 7, 7)
    if first is None or last is None or shapes.filters('model/4', 3, 3) is None:
        return None
    return {'in_channels': first[1], 'out_channels': last[0], 'conv_dim': first[0],
            'repeat_num': blocks, 'norm': shapes.norm('model/2'),
            'dropout': 'model/10/conv_block/6/W' in shapes}


def _unet_generator(shapes):
    first, last = (shapes.filters(f'model/model/{index}', 4, 4) for index in (0, 3))
    num_downs, odd = divmod(shapes.count(r'model/.*/W'), 2)
    if first is None or last is None or odd or not 5 <= num_downs <= _LAYERS:
        return None
    return {'in_channels': first[1], 'out_channels': last[1], 'num_downs': num_downs,
            'conv_dim': first[0], 'norm': shapes.norm('model/model/1/model/2')}


def _nlayer_discriminator(shapes):
    first, layers = shapes.filters('model/0', 4, 4), shapes.count(r'model/.*/W') - 2
    if first is None or not 1 <= layers <= _LAYERS:
        return None
    return {'in_channels': first[1], 'conv_dim': first[0], 'layers': layers,
            'norm': shapes.norm('model/3')}


def _pixel_discriminator(shapes):
    first = shapes.filters('net/0', 1, 1)
    if first is None or shapes.filters('net/2', 1, 1) is None:
        return None
    return {'in_channels': first[1], 'conv_dim': first[0], 'norm': shapes.norm('net/3')}


# The conditional generator comes first: it has all that tells a generator, and its scales besides.
_SIZES = {'conditional_generator': _conditional_generator, 'generator': _generator,
          'discriminator': _discriminator, 'resnet_generator': _resnet_generator,
          'unet_generator': _unet_generator, 'nlayer_discriminator': _nlayer_discriminator,
          'pixel_discriminator': _pixel_discriminator}
