"""``foodgan bowls`` and ``shard``: write pictures to train on."""

import pathlib

from chainer_foodgan.commands.options import positive
from chainer_foodgan.errors import FoodganError

BOWLS_DESCRIPTION = """\
Draws bowls of food and writes them as PNG files, spread evenly over a folder for each of the ten
dishes, which is what `foodgan train --images` reads. The same seed, number and size always give the
same picture, so a second run repeats the first one or goes on with it.

example:
  foodgan bowls --out bowls --count 1000 --size 64
"""


def add_bowls_options(parser):
    parser.add_argument('--out', required=True, metavar='DIR', help='folder to write to')
    parser.add_argument('--count', required=True, type=int, metavar='N',
                        help='how many bowls, of all dishes together')
    parser.add_argument('--size', default=128, type=int, metavar='N',
                        help='pixels along a side (default: %(default)s)')
    parser.add_argument('--seed', default=0, type=int, metavar='N',
                        help='another seed draws other bowls (default: %(default)s)')


def run_bowls(args):
    """Writes ``DIR/{category}/{seed}_{number}.png``."""
    # Imported here: `foodgan --help` needs no Chainer.
    from chainer_foodgan import images
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.printing import Progress

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


SHARD_DESCRIPTION = """\
Writes photos, as they are, into tar files in WebDataset's layout, with an index. The folder OUT
takes the place of the photos' in every command that has --images.
"""

SHARD_EPILOG = """\
examples:
  foodgan shard photos shards                            a folder of photos per category
  foodgan train --images shards --out run
  foodgan shard photos best --list ranked/list.csv       the photos of a list
  foodgan shard shards                                   makes the index of shards of another origin

A folder of shards:
  shard-000000.tar  000000000.jpg and 000000000.cls, the number of its category, and so on; in
                    folders train and test where the photos have splits
  classnames.txt    the names of the categories, a line each
  shards.npy        where each photo lies; shards.json: what the tar files are
"""


def add_shard_options(parser):
    parser.add_argument('photos', metavar='PHOTOS', help='folder of the photos')
    parser.add_argument('out', metavar='OUT', nargs='?', help='folder to write; without it PHOTOS '
                        'is a folder of shards, which gets an index')
    parser.add_argument('--list', metavar='FILE', help="the original's list file, or a manifest "
                        '.csv (default: a sub-folder per category)')
    parser.add_argument('--photos-per-shard', metavar='N', type=positive, default=1000,
                        help='photos in a tar file (default: %(default)s)')
    parser.add_argument('--skip-bad', action='store_true',
                        help='leave out photos that cannot be read')


def run_shard(args):
    """Writes the shards or the index."""
    # Imported here: `foodgan --help` needs no Chainer.
    from chainer_foodgan.datasets import sharding, shards
    from chainer_foodgan.datasets.opening import open_all
    from chainer_foodgan.printing import Progress

    with Progress(None, 'photo') as progress:
        if args.out is not None:
            dataset, splits = open_all(args.photos, args.list, skip_bad=args.skip_bad)
            index = sharding.write_shards(dataset, splits, args.out, args.photos_per_shard,
                                          progress)
        elif args.list or args.skip_bad:
            raise FoodganError('name a folder to write to, behind that of the photos')
        else:
            sharding.write_index(args.photos)
            index = shards.Index(args.photos)
    print(f'{len(index.rows):,} photos of {len(index.categories)} categories are in '
          f'{len(index.shards):,} shards in {index.root}')
