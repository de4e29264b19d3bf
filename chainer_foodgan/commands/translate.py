"""``foodgan translate``: change the dish in photos."""

import contextlib
import ctypes
import sys

from chainer_foodgan.commands import translators
from chainer_foodgan.commands.options import names

DESCRIPTION = ('Changes the dish in photos. Results are named {photo}_{dish}.png and never '
               'replace anything.')

EPILOG = """\
examples:
  foodgan translate lunch.jpg --to ramen
  foodgan translate photos/ --to all --out results --grid grid.png
  foodgan translate lunch.jpg --to ramen --mask auto          only the food
"""


def add_options(parser):
    parser.add_argument('photos', nargs='+', metavar='PHOTO',
                        help='a picture, or a folder: all pictures in it')
    parser.add_argument('--to', required=True, type=names, metavar='NAME[,NAME]|all',
                        help='the dishes, in English or Japanese; `foodgan weights` lists what the '
                             'weights know')
    parser.add_argument('--out', metavar='DIR',
                        help='folder for the results (default: the current one; with --grid, '
                             'none but the grid)')
    parser.add_argument('--grid', metavar='FILE.png',
                        help='draw all on a sheet: a row per photo, a column per dish; after '
                             'ten photos it goes on in FILE-2.png')
    translators.add_arguments(parser, 'photo')
    parser.add_argument('--output-size', choices=('photo', 'network'), default='photo',
                        help="photo: results have the photo's own size and detail; network: they "
                             'are what the network made, of the size that it saw (default: photo)')


def run(args):
    _return_large_blocks()
    from chainer_foodgan.commands import complain
    from chainer_foodgan.masks import open_mask
    from chainer_foodgan.translation.jobs import translate_photos

    translator = translators.open_translator(args)
    find_mask = open_mask(args.mask)
    dishes = translator.categories if args.to == ['all'] else args.to
    out = '.' if args.out is None and args.grid is None else args.out
    left_out = []

    def leave_out(error):
        left_out.append(error)
        complain(error)

    written = translate_photos(translator, args.photos, dishes, out, args.grid, leave_out,
                               find_mask)
    for number, path in enumerate(written):
        if number == 0:
            print(translator.engine, file=sys.stderr)
        print(path, flush=True)
    return 1 if left_out else 0


def _return_large_blocks():
    """Lets the C library give the memory of pictures back to the system at once.

    That of Linux stops doing so for sizes that it has seen freed, and pictures of many sizes leave
    holes that nothing fits into: 480 MB instead of 300 MB for 200 photos of 104 sizes.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another system's has no mallopt
        ctypes.CDLL(None).mallopt(-3, 2 ** 17)  # M_MMAP_THRESHOLD, where it starts
