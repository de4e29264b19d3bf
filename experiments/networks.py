"""Prints the networks' layers, from the code, next to those of the paper's code.

Examples:
  python experiments/networks.py
  python experiments/networks.py --out runs/networks

A line per layer; what differs from the paper's code is marked. Leaves the tables in OUT/results.
"""

import sys

import numpy

import scripts
from chainer_foodgan.functions import relu
from chainer_foodgan.links import Discriminator, Generator, InstanceNormalization
from chainer_foodgan.links.sequential import Block
from lib import results

import chainer
import chainer.links as L

HEAD = ('kernel/stride/pad', 'channels', 'norm', 'activation', 'output')

_ACTIVATIONS = {relu: 'ReLU', chainer.functions.tanh: 'tanh'}


class _Shapes(chainer.LinkHook):
    """Notes the side of what every link puts out."""

    def __init__(self):
        self.sides = {}

    def forward_postprocess(self, args):
        self.sides[id(args.link)] = getattr(args.out, 'shape', (None,))[-1]


def layers(network, *inputs):
    """Runs a network once and tells its layers.

    Args:
        network (Generator or Discriminator): The network.
        inputs (numpy.ndarray): What it takes.

    Returns:
        list of list of str: A row per convolution or residual block: its kind, and :data:`HEAD`.
    """
    with _Shapes() as hook, chainer.no_backprop_mode():
        network(*inputs)
    rows = _rows(network.main, hook.sides)
    for head in ('conv1', 'conv2'):  # a discriminator's
        if hasattr(network, head):
            rows.append(_row(getattr(network, head), hook.sides))
    return rows


def _rows(sequential, sides):
    rows = []
    for layer in sequential.layers():
        if isinstance(layer, Block):
            inside = _rows(layer.main, sides)
            rows.append(['block', *inside[0][1:5], str(sides[id(layer)])])
        elif isinstance(layer, (L.Convolution2D, L.Deconvolution2D)):
            rows.append(_row(layer, sides))
        elif isinstance(layer, InstanceNormalization):
            rows[-1][3] = 'IN'
        else:
            rows[-1][4] = _ACTIVATIONS.get(layer) or f'leaky ReLU {layer.keywords["slope"]}'
    return rows


def _row(layer, sides):
    transposed = isinstance(layer, L.Deconvolution2D)
    channels = layer.W.shape[:2] if transposed else layer.W.shape[1::-1]
    kind = 'deconv' if transposed else 'conv'
    geometry = (layer.W.shape[2], *(value if isinstance(value, int) else value[0]
                                    for value in (layer.stride, layer.pad)))
    return [kind if layer.b is None else kind + ', bias', '{}/{}/{}'.format(*geometry),
            '{} -> {}'.format(*channels), '-', '-', str(sides[id(layer)])]


def beside(name, rows, parameters, theirs):
    """The layers next to those of another implementation.

    Args:
        name (str): Of the network.
        rows (list of list of str): See :func:`layers`.
        parameters (int): How many there are.
        theirs (dict): ``layers`` and ``parameters`` of the other one, or None.

    Returns:
        list of list of str: A table; its last column says what differs.
    """
    found = [[name, *HEAD, "the paper's code"]]
    others = [[str(cell) for cell in row] for row in theirs['layers']] if theirs else []
    for n, row in enumerate(rows):
        other = others[n] if n < len(others) else None
        found.append([*row, _verdict(row, other, ' '.join)])
    found += [[*['-'] * 6, ' '.join(other)] for other in others[len(rows):]]
    found.append(['parameters', *[''] * 4, f'{parameters:,}', _verdict(
        parameters, theirs and theirs['parameters'], '{:,}'.format)])
    return found


def _verdict(ours, theirs, written):
    if theirs is None:
        return '-'
    return 'the same' if ours == theirs else written(theirs)


def parse():
    parser = scripts.parser_of('networks', __doc__, 'paper')
    return parser.parse_args()


def run(args):
    config = scripts.read('networks', args.config)
    size, dim, c_dim, repeat_num = (
        config[key] for key in ('image-size', 'conv-dim', 'c-dim', 'repeat-num'))
    x = numpy.zeros((1, 3, size, size), numpy.float32)
    rng = numpy.random.default_rng(0)
    networks = {
        'generator': (Generator(dim, c_dim, repeat_num, rng=rng),
                      (x, numpy.zeros((1, c_dim), numpy.float32))),
        'discriminator': (Discriminator(size, dim, c_dim, repeat_num, rng=rng), (x,))}
    tables, record = [], {}
    for name, (network, inputs) in networks.items():
        rows, parameters = layers(network, *inputs), network.count_params()
        tables.append(beside(name, rows, parameters, config.get(name)))
        record[name] = {'layers': rows, 'parameters': parameters}
    results.Results(args.out, args).figures('networks', record, tables)


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
