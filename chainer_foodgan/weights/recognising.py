"""Telling which network an array file holds, from its keys and shapes alone."""

import collections
import re

Network = collections.namedtuple('Network', 'kind sizes')
Network.__doc__ = """A network of this package.

Attributes:
    kind (str): ``'generator'`` or ``'discriminator'``.
    sizes (dict): The arguments that make it: ``conv_dim``, ``c_dim``, ``repeat_num``, and
        ``image_size`` for a discriminator.
"""


def recognise(arrays):
    """Recognises a generator or a discriminator.

    Args:
        arrays (dict): Arrays under Chainer's keys.

    Returns:
        Network or None: What it is; None for anything else. That every single array fits is for
        the strict loading to say.
    """
    shapes = {key: array.shape for key, array in arrays.items()}
    first, second = shapes.get('main/0/W', ()), shapes.get('main/3/W', ())
    if len(first) == 4 and first[2:] == (7, 7) and second[:2] == (2 * first[0], first[0]):
        return _generator(shapes, *first[:2])
    classes = shapes.get('conv2/W', ())
    if len(first) == 4 and first[1:] == (3, 4, 4) and len(classes) == 4 and 'conv1/W' in shapes:
        return _discriminator(shapes, first[0], classes)
    return None


def _generator(shapes, conv_dim, in_channels):
    blocks = _count(r'main/\d+/main/0/W', shapes)
    c_dim = in_channels - 3  # the label joins the three colours as further channels
    if c_dim < 1 or conv_dim < 1:
        return None
    return Network('generator', {'conv_dim': conv_dim, 'c_dim': c_dim, 'repeat_num': blocks})


def _discriminator(shapes, conv_dim, classes):
    layers = _count(r'main/\d+/W', shapes)
    # The classifying convolution spans what `layers` halvings leave of the image.
    return Network('discriminator', {'image_size': classes[2] * 2 ** layers, 'conv_dim': conv_dim,
                                     'c_dim': classes[0], 'repeat_num': layers})


def _count(pattern, shapes):
    return sum(re.fullmatch(pattern, key) is not None for key in shapes)
