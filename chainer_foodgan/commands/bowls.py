"""foodgan bowls: write rendered bowls of food as pictures, a folder per category."""

import pathlib

DESCRIPTION = """\
Draws bowls of food and writes them as PNG files, spread evenly over a folder for each of the ten
dishes, which is what `foodgan train --images` reads. The same seed, number and size always give the
same picture, so a second run repeats the first one or goes on with it.

example:
  foodgan bowls --out bowls --count 1000 --size 64
"""


def add_options(parser):
    parser.add_argument('--out', required=True, metavar='DIR', help='folder to write to')
    parser.add_argument('--count', required=True, type=int, metavar='N',
                        help='how many bowls, of all dishes together')
    parser.add_argument('--size', default=128, type=int, metavar='N',
                        help='pixels along a side (default: %(default)s)')
    parser.add_argument('--seed', default=0, type=int, metavar='N',
                        help='another seed draws other bowls (default: %(default)s)')


def run(args):
    """Writes ``DIR/{category}/{seed}_{number}.png``.

    Returns:
        int: 0.

    Raises:
        FoodganError: A wrong number, or a picture that cannot be written.
    """
    # Imported here: `foodgan --help` needs no Chainer.
    from chainer_foodgan import images
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.progress import Progress

    bowls = RenderedBowls(args.count, args.size, args.seed)
    folder = pathlib.Path(args.out)
    with Progress(len(bowls), 'bowl') as progress:
        for index in range(len(bowls)):
            name = f'{bowls.seed}_{index:06d}.png'
            images.save_image(bowls.image(index),
                              folder / bowls.categories[bowls.labels[index]] / name)
            progress(index + 1)
    print(f'{len(bowls)} bowls of {len(set(bowls.labels.tolist()))} dishes are in {folder}')
    return 0
