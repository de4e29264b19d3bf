"""The networks of pix2pix and CycleGAN (upstream: network.py), told from keys and shapes alone.

What leaves no trace in the arrays, U-Net's dropout and the discriminators' sigmoid, is not told.
"""

#: What the original's files and ours call them: kind of network to the class of its link.
KINDS = {'resnet_generator': 'ResnetGenerator', 'unet_generator': 'UnetGenerator',
         'nlayer_discriminator': 'NLayerDiscriminator', 'pixel_discriminator': 'PixelDiscriminator'}

_LEVELS = 16  # no network halves a picture more often


def recognise(shapes):
    """Recognises one of the four.

    Args:
        shapes (dict): Chainer's keys to shapes.

    Returns:
        tuple or None: ``(kind, sizes)``, the sizes being the arguments that make it.
    """
    def first(key, *ksize):
        shape = shapes.get(key, ())
        return shape[:2] if len(shape) == 4 and shape[2:] == ksize else None

    if first('model/1/W', 7, 7) and first('model/4/W', 3, 3):
        return _resnet(shapes, *first('model/1/W', 7, 7))
    if first('model/model/0/W', 4, 4) and first('model/model/3/W', 4, 4):
        return _unet(shapes, *first('model/model/0/W', 4, 4))
    if first('model/0/W', 4, 4):
        return _nlayer(shapes, *first('model/0/W', 4, 4))
    if first('net/0/W', 1, 1) and first('net/2/W', 1, 1):
        conv_dim, in_channels = first('net/0/W', 1, 1)
        return 'pixel_discriminator', {'in_channels': in_channels, 'conv_dim': conv_dim,
                                       'norm': _norm(shapes, 'net/3')}
    return None


def _norm(shapes, place):
    # The original's instance normalisation has no scale, so it has no arrays.
    return 'batch' if place + '/gamma' in shapes else 'instance'


def _count(shapes, prefix, suffix):
    return sum(key.startswith(prefix) and key.endswith(suffix) for key in shapes)


def _resnet(shapes, conv_dim, in_channels):
    blocks = _count(shapes, 'model/', '/conv_block/1/W')
    last = shapes.get('model/{}/W'.format(17 + blocks), ())
    if len(last) != 4:
        return None
    return 'resnet_generator', {
        'in_channels': in_channels, 'out_channels': last[0], 'conv_dim': conv_dim,
        'repeat_num': blocks, 'norm': _norm(shapes, 'model/2'),
        'dropout': 'model/10/conv_block/6/W' in shapes}


def _unet(shapes, conv_dim, in_channels):
    num_downs, odd = divmod(_count(shapes, 'model/', '/W'), 2)
    if odd or not 5 <= num_downs <= _LEVELS:
        return None
    return 'unet_generator', {
        'in_channels': in_channels, 'out_channels': shapes['model/model/3/W'][1],
        'num_downs': num_downs, 'conv_dim': conv_dim,
        'norm': _norm(shapes, 'model/model/1/model/2')}


def _nlayer(shapes, conv_dim, in_channels):
    layers = _count(shapes, 'model/', '/W') - 2
    if not 1 <= layers <= _LEVELS:
        return None
    return 'nlayer_discriminator', {'in_channels': in_channels, 'conv_dim': conv_dim,
                                    'layers': layers, 'norm': _norm(shapes, 'model/3')}


def shapes_of(kind, sizes):
    """The shapes of all arrays of one of the four, without making it (dict)."""
    make = {'resnet_generator': _resnet_shapes, 'unet_generator': _unet_shapes,
            'nlayer_discriminator': _nlayer_shapes, 'pixel_discriminator': _pixel_shapes}
    return make[kind](**sizes)


class _Shapes(dict):
    """Shapes by key, added layer by layer."""

    def __init__(self, norm):
        super().__init__()
        self._batch = norm == 'batch'

    def convolution(self, key, shape, transposed=False, bias=True):
        self[key + '/W'] = shape
        if bias:
            self[key + '/b'] = (shape[1 if transposed else 0],)

    def normalised(self, place, index, shape, transposed=False):
        """A convolution and its normalisation, which comes next."""
        # Batch normalisation would take a bias out again.
        self.convolution('{}/{}'.format(place, index), shape, transposed, not self._batch)
        if self._batch:
            for leaf in ('gamma', 'beta', 'avg_mean', 'avg_var'):
                self['{}/{}/{}'.format(place, index + 1, leaf)] = (
                    shape[1 if transposed else 0],)


def _resnet_shapes(in_channels, out_channels, conv_dim, repeat_num, norm, dropout=False):
    shapes, d = _Shapes(norm), conv_dim
    shapes.normalised('model', 1, (d, in_channels, 7, 7))
    shapes.normalised('model', 4, (2 * d, d, 3, 3))
    shapes.normalised('model', 7, (4 * d, 2 * d, 3, 3))
    for block in range(10, 10 + repeat_num):
        for index in (1, 6 if dropout else 5):
            shapes.normalised('model/{}/conv_block'.format(block), index, (4 * d, 4 * d, 3, 3))
    shapes.normalised('model', 10 + repeat_num, (4 * d, 2 * d, 3, 3), transposed=True)
    shapes.normalised('model', 13 + repeat_num, (2 * d, d, 3, 3), transposed=True)
    shapes.convolution('model/{}'.format(17 + repeat_num), (out_channels, d, 7, 7))
    return dict(shapes)


def _unet_shapes(in_channels, out_channels, num_downs, conv_dim, norm):
    shapes = _Shapes(norm)
    widths = [conv_dim * min(2 ** level, 8) for level in range(num_downs)]
    shapes.convolution('model/model/0', (widths[0], in_channels, 4, 4), bias=norm != 'batch')
    place = 'model/model/1/model'
    for level, (outer, inner) in enumerate(zip(widths, widths[1:]), start=2):
        if level < num_downs:
            shapes.normalised(place, 1, (inner, outer, 4, 4))
            shapes.normalised(place, 5, (2 * inner, outer, 4, 4), transposed=True)
        else:  # the innermost has neither a normalisation before its end nor a level below
            shapes.convolution(place + '/1', (inner, outer, 4, 4), bias=norm != 'batch')
            shapes.normalised(place, 3, (inner, outer, 4, 4), transposed=True)
        place += '/3/model'
    shapes.convolution('model/model/3', (2 * widths[0], out_channels, 4, 4), transposed=True)
    return dict(shapes)


def _nlayer_shapes(in_channels, conv_dim, layers, norm):
    shapes, below = _Shapes(norm), conv_dim
    shapes.convolution('model/0', (conv_dim, in_channels, 4, 4))
    for layer in range(1, layers + 1):
        channels = conv_dim * min(2 ** layer, 8)
        shapes.normalised('model', 3 * layer - 1, (channels, below, 4, 4))
        below = channels
    shapes.convolution('model/{}'.format(3 * layers + 2), (1, below, 4, 4))
    return dict(shapes)


def _pixel_shapes(in_channels, conv_dim, norm):
    shapes = _Shapes(norm)
    shapes.convolution('net/0', (conv_dim, in_channels, 1, 1))
    shapes.normalised('net', 2, (2 * conv_dim, conv_dim, 1, 1))
    shapes.convolution('net/5', (1, 2 * conv_dim, 1, 1), bias=norm != 'batch')
    return dict(shapes)
