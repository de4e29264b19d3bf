"""Telling which network an array file holds, from its keys and shapes alone.

A network that a file claims is made only once every one of its arrays is there: a few bytes can
claim any number of channels.
"""

import collections
import re

from chainer_foodgan.weights import zoo

#: Those that translate: StarGAN's, and that of students, whose label picks scales and shifts.
GENERATORS = ('generator', 'conditional_generator')

Network = collections.namedtuple('Network', 'kind sizes')
Network.__str__ = lambda self: '{}({})'.format(
    zoo.KINDS.get(self.kind, self.kind.title().replace('_', '')),
    ', '.join('{}={!r}'.format(*size) for size in self.sizes.items()))
Network.__doc__ = """A network of this package.

Attributes:
    kind (str): One of :data:`GENERATORS`, ``'discriminator'``, or one of :data:`zoo.KINDS`.
    sizes (dict): The arguments that make it: ``conv_dim``, ``c_dim``, ``repeat_num``, and
        ``image_size`` for a discriminator, ``label_position`` for a generator whose label joins
        in the middle, ``separable`` for a conditional generator whose blocks are.
"""

_LAYERS = 16  # of a discriminator; each doubles the channels and halves the photo


def recognise(arrays):
    """Recognises a network.

    Args:
        arrays (dict): Arrays, or whatever has a shape, under Chainer's keys.

    Returns:
        Network or None: What it is; None for anything else. Whether every single array fits is
        told by :func:`shapes_of`.
    """
    shapes = {key: array.shape for key, array in arrays.items()}
    first, second = shapes.get('main/0/W', ()), shapes.get('main/3/W', ())
    if len(first) == 4 and first[2:] == (7, 7) and second[:2] == (2 * first[0], first[0]):
        scales = shapes.get('main/1/gamma', ())
        if len(scales) == 2 and first[1] == 3:
            return _conditional_generator(shapes, first[0], scales[0])
        return _generator(shapes, *first[:2])
    if 'main/0/W' not in shapes:
        found = zoo.recognise(shapes)
        return None if found is None else Network(*found)
    classes = shapes.get('conv2/W', ())
    if len(first) == 4 and first[1:] == (3, 4, 4) and len(classes) == 4 and 'conv1/W' in shapes:
        return _discriminator(shapes, first[0], classes)
    return None


def _generator(shapes, conv_dim, in_channels):
    blocks = _count(r'main/\d+/main/0/W', shapes)
    c_dim = in_channels - 3  # the label joins the three colours as further channels
    position = {}
    if in_channels == 3:  # or, in the middle, those of a convolution of its own
        join = shapes.get('main/9/W', ())
        c_dim = join[1] - 4 * conv_dim if len(join) == 4 and join[2:] == (3, 3) else 0
        position = {'label_position': 'middle'}
    if c_dim < 1 or conv_dim < 1:
        return None
    return Network('generator', {'conv_dim': conv_dim, 'c_dim': c_dim, 'repeat_num': blocks,
                                 **position})


def _conditional_generator(shapes, conv_dim, c_dim):
    separable = _count(r'main/\d+/main/0/depth/W', shapes)
    blocks = separable or _count(r'main/\d+/main/0/W', shapes)
    if c_dim < 1 or conv_dim < 1:
        return None
    return Network('conditional_generator', {
        'conv_dim': conv_dim, 'c_dim': c_dim, 'repeat_num': blocks,
        **({'separable': True} if separable else {})})


def _discriminator(shapes, conv_dim, classes):
    layers = _count(r'main/\d+/W', shapes)
    if layers > _LAYERS:
        return None
    # The classifying convolution spans what `layers` halvings leave of the image.
    return Network('discriminator', {'image_size': classes[2] * 2 ** layers, 'conv_dim': conv_dim,
                                     'c_dim': classes[0], 'repeat_num': layers})


def _count(pattern, shapes):
    return sum(re.fullmatch(pattern, key) is not None for key in shapes)


def is_released(network):
    """Whether a network is the released generator, of any sizes: its label joins at the input."""
    return (network is not None and network.kind == 'generator'
            and 'label_position' not in network.sizes)


def has_graph(network):
    """Whether a network has a form as ONNX nodes: the released generator, or a conditional one."""
    return is_released(network) or (
        network is not None and network.kind == 'conditional_generator')


def shapes_of(network):
    """The shapes of all arrays of a network, without making it.

    Args:
        network (Network): Which.

    Returns:
        dict: Chainer's keys to tuples of int, in the order of the layers.
    """
    if network.kind in zoo.KINDS:
        return zoo.shapes_of(*network)
    make = {'generator': _generator_shapes, 'discriminator': _discriminator_shapes,
            'conditional_generator': _conditional_generator_shapes}[network.kind]
    return make(**network.sizes)


def _generator_shapes(conv_dim, c_dim, repeat_num, label_position='input'):
    wide, widest = 2 * conv_dim, 4 * conv_dim
    shapes = {}

    def normalised(place, index, channels, shape):
        shapes['{}/{}/W'.format(place, index)] = shape
        for leaf in ('gamma', 'beta'):
            shapes['{}/{}/{}'.format(place, index + 1, leaf)] = (channels,)

    at_input, further = (c_dim, 0) if label_position == 'input' else (0, 3)
    normalised('main', 0, conv_dim, (conv_dim, 3 + at_input, 7, 7))
    normalised('main', 3, wide, (wide, conv_dim, 4, 4))
    normalised('main', 6, widest, (widest, wide, 4, 4))
    if further:
        normalised('main', 9, widest, (widest, widest + c_dim, 3, 3))
    up = 9 + further + repeat_num
    for block in range(9 + further, up):
        for index in (0, 3):
            normalised('main/{}/main'.format(block), index, widest, (widest, widest, 3, 3))
    # Transposed convolutions have their input's channels first.
    normalised('main', up, wide, (widest, wide, 4, 4))
    normalised('main', up + 3, conv_dim, (wide, conv_dim, 4, 4))
    shapes['main/{}/W'.format(up + 6)] = (3, conv_dim, 7, 7)
    return shapes


def _conditional_generator_shapes(conv_dim, c_dim, repeat_num, separable=False):
    # The released generator's, but for the ends and for a scale and a shift of every category.
    shapes = _generator_shapes(conv_dim, c_dim, repeat_num)
    shapes['main/0/W'] = (conv_dim, 3, 7, 7)
    for key in [key for key in shapes if key.endswith(('/gamma', '/beta'))]:
        shapes[key] = (c_dim,) + shapes[key]
    last = 'main/{}'.format(15 + repeat_num)
    shapes[last + '/W'], shapes[last + '/b'] = (4, conv_dim, 7, 7), (4,)
    if separable:
        for key in [key for key in shapes if re.fullmatch(r'main/\d+/main/\d/W', key)]:
            out_channels, channels, *ksize = shapes.pop(key)
            shapes[key[:-1] + 'depth/W'] = (channels, 1, *ksize)
            shapes[key[:-1] + 'point/W'] = (out_channels, channels, 1, 1)
    return shapes


def _discriminator_shapes(image_size, conv_dim, c_dim, repeat_num):
    shapes = {}
    below = 3
    for layer in range(repeat_num):
        channels = conv_dim * 2 ** layer
        shapes['main/{}/W'.format(2 * layer)] = (channels, below, 4, 4)
        shapes['main/{}/b'.format(2 * layer)] = (channels,)
        below = channels
    side = image_size // 2 ** repeat_num
    shapes['conv1/W'] = (1, below, 3, 3)
    shapes['conv2/W'] = (c_dim, below, side, side)
    return shapes
