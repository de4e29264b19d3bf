"""Prints the networks' layers, from the code, next to those of the paper's code.

Examples:
  python experiments/networks.py
  python experiments/networks.py --out runs/networks

A line per layer; what differs from the paper's code is marked. Leaves the tables in OUT/results.
"""

import sys

import scripts


def parse():
    parser = scripts.parser_of('networks', __doc__, 'paper')
    parser.add_argument('--out', default='runs/networks', metavar='DIR', help='(%(default)s)')
    return parser.parse_args()


def run(args):
    import numpy

    import results
    from chainer_foodgan.links import Discriminator, Generator
    from comparing import layers

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
        rows, parameters = layers.layers(network, *inputs), network.count_params()
        tables.append(layers.beside(name, rows, parameters, config.get(name)))
        record[name] = {'layers': rows, 'parameters': parameters}
    results.Results(args.out, args).figures('networks', record, tables)


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
