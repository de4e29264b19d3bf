"""Goes from one dish to another in the same bowl: label vectors are mixed in equal steps.

Examples:
  python experiments/interpolate.py --out runs/interpolate
  python experiments/interpolate.py --dishes rice,curry --format webp --out runs/interpolate
  python experiments/interpolate.py --weights photos_96 --photo lunch.jpg --dishes pho,ramen

The weights have seen vectors of a single 1 and zeros alone, so what lies between is up to them.
Writes a strip (a row per picture), an animation that goes there and back, and how far each step
moves, into OUT/results.
"""

import argparse
import math
import sys

import scripts
from chainer_foodgan.commands.options import names, natural, positive
from chainer_foodgan.errors import FoodganError, nearest


def parse():
    parser = scripts.parser_of('interpolate', __doc__, 'bowls')
    parser.add_argument('--weights', default='bowls_64', metavar='NAME|FILE',
                        help='weights that ship, a file or a run folder (%(default)s)')
    parser.add_argument('--photo', metavar='FILE', help='a photo (default: rendered bowls)')
    parser.add_argument('--bowls', type=positive, default=4, metavar='N',
                        help='how many bowls, where there is no photo (%(default)s)')
    parser.add_argument('--seed', type=natural, default=2000, metavar='N',
                        help='which bowls (%(default)s)')
    parser.add_argument('--dishes', type=names, default=['rice', 'curry'], metavar='NAME,NAME',
                        help='from and to (rice,curry)')
    parser.add_argument('--steps', type=steps, default=9, metavar='N',
                        help='pictures from one to the other (%(default)s)')
    parser.add_argument('--size', type=positive, metavar='N',
                        help='pixels (default: that which the weights were trained on)')
    parser.add_argument('--format', choices=('gif', 'webp'), default='gif',
                        help='of the animation (%(default)s)')
    return scripts.parse(parser, 'interpolate')


def steps(text):
    """A number of pictures, two or more."""
    number = positive(text)
    if number < 2:
        raise argparse.ArgumentTypeError(f'{text!r} is no number from 2 on')
    return number


def inputs(args, gen):
    """The pictures to start from, float32 (B, 3, S, S)."""
    import numpy

    from chainer_foodgan import images
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.datasets.transforms import EvalTransform

    size = args.size or gen.image_size
    if not size or size % 4:
        raise FoodganError(f'--size {size} is no multiple of 4')
    if args.photo is None:
        return numpy.stack([x for x, _ in RenderedBowls(args.bowls, size, args.seed)])
    return images.to_array(EvalTransform(size, math.inf)(images.read_image(args.photo)))[None]


def run(args):
    import numpy

    from chainer_foodgan import weights
    from chainer_foodgan.training.updaters.base import pictures, run as translate
    from chainer_foodgan.visualizations.grids import grid
    from lib import results

    gen = weights.load(args.weights)
    for name in args.dishes:
        if name not in (gen.categories or ()):
            raise FoodganError(f'{name}: {args.weights} has no such dish; '
                               f'{nearest(name, gen.categories or ())}')
    if len(args.dishes) != 2:
        raise FoodganError('--dishes {}: name two, from and to'.format(','.join(args.dishes)))
    x = inputs(args, gen)
    start, end = numpy.eye(gen.c_dim, dtype=numpy.float32)[
        [gen.categories.index(name) for name in args.dishes]]
    shares = numpy.linspace(0, 1, args.steps, dtype=numpy.float32)
    frames = [translate(gen, x, numpy.stack(len(x) * [(1 - t) * start + t * end])) for t in shares]

    folder = results.Results(args.out, args)
    titles = [args.dishes[0], *(f'{t:.0%}' for t in shares[1:-1]), args.dishes[1]]
    rows = [pictures([photo, *(frame[n] for frame in frames)]) for n, photo in enumerate(x)]
    folder.picture('strip.png', grid(rows, ['input'] + titles))
    folder.animation('animation.' + args.format, [
        grid([[picture] for picture in pictures(frame)], [title])
        for frame, title in zip(frames, titles)])
    change = [float(abs(b - a).mean() * 127.5) for a, b in zip(frames, frames[1:])]
    whole = float(abs(frames[-1] - frames[0]).mean() * 127.5)
    folder.figures('interpolate', {'steps': change, 'from_first_to_last': whole}, [[
        ['step to', 'mean change'],
        *([title, f'{value:.1f}/255'] for title, value in zip(titles[1:], change)),
        ['from the first to the last', f'{whole:.1f}/255']]])


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
