"""Prints how far Chainer's numbers are from PyTorch's: networks, gradients, training iterations.

Examples:
  python experiments/check_parity.py
  python experiments/check_parity.py --weights bowls_64 --image-size 64
  python experiments/check_parity.py --use-torch always --cls-loss sigmoid --batch-size 1

Both sides start from the same weights, see the same rendered bowls and draw the same random
numbers. The generator has the weights named, or random ones; the discriminator has random ones.
"""

import argparse
import sys

import numpy as np

from chainer_foodgan import weights
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Discriminator, Generator

import chainer


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--weights', metavar='NAME|FILE', help="a generator's (random ones)")
    parser.add_argument('--image-size', type=int, default=32, metavar='N',
                        help='pixels, a multiple of 16 (%(default)s)')
    parser.add_argument('--batch-size', type=int, default=3, metavar='N', help='(%(default)s)')
    parser.add_argument('--iterations', type=int, default=10, metavar='N', help='(%(default)s)')
    parser.add_argument('--conv-dim', type=int, default=8, metavar='N',
                        help='channels of the first convolutions, where random (%(default)s)')
    parser.add_argument('--cls-loss', choices=('softmax', 'sigmoid'), default='softmax')
    parser.add_argument('--use-torch', choices=('never', 'always'), default='never',
                        help="Chainer's side computes by its own kernels or by PyTorch's "
                        '(%(default)s)')
    parser.add_argument('--seed', type=int, default=0, metavar='N', help='(%(default)s)')
    args = parser.parse_args()
    if args.image_size < 16 or args.image_size % 16:
        parser.error('--image-size has to be a multiple of 16')
    return args


def rows_of(dtype, args):
    """The comparison in one dtype (list of Row)."""
    try:
        from lib import parity
    except ImportError as error:
        raise FoodganError(f'the comparison needs PyTorch ({error}): pip install '
                           '"chainer_foodgan[torch]"') from error

    rng = np.random.default_rng(args.seed)
    with chainer.using_config('dtype', np.dtype(dtype)), \
            chainer.using_config('use_torch', args.use_torch):
        gen = Generator(args.conv_dim, c_dim=10, repeat_num=2, rng=rng)
        if args.weights is not None:
            gen = weights.load(args.weights)
        dis = Discriminator(args.image_size, args.conv_dim, gen.c_dim, repeat_num=4, rng=rng)
        bowls = RenderedBowls(args.batch_size * args.iterations, args.image_size, args.seed)
        photos = np.stack([bowls[index][0] for index in range(len(bowls))]).astype(dtype)
        labels = rng.integers(0, gen.c_dim, len(photos)).astype(np.int32)
        if args.cls_loss == 'sigmoid':
            labels = rng.integers(0, 2, (len(photos), gen.c_dim)).astype(dtype)
        return parity.compare(gen, dis, photos, labels, args.cls_loss, args.iterations)


def main():
    args = parse()
    doubles, singles = rows_of('float64', args), rows_of('float32', args)
    print('{} px, batches of {}, {}, use_torch {}, generator: {}'.format(
        args.image_size, args.batch_size, args.cls_loss, args.use_torch,
        args.weights or 'random weights'))
    print('\n{:38}{:>20}{:>20}'.format('greatest difference', 'float64', 'float32'))
    print('{:38}{:>10}{:>10}{:>10}{:>10}'.format('', *2 * ('absolute', 'relative')))
    for double, single in zip(doubles, singles):
        figures = double.absolute, double.relative, single.absolute, single.relative
        print(f'{double.what:38}' + ''.join(f'{figure:10.1e}' for figure in figures))


if __name__ == '__main__':
    try:
        main()
    except FoodganError as error:
        sys.exit(f'check_parity: {error}')
