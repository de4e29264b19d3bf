"""The same training on 1/23, 10/23 and all of the data: what more data brings.

Examples:
  python experiments/data_size.py --out runs/data_size
  python experiments/data_size.py --config photos --images photos --list photos/manifest.csv \\
      --categories ramen,pho,com_tam,mi_quang --sizes 1/10,1 --out runs/data_size_photos

Every part is trained on for the same number of iterations, so that all of them cost the same and
only the pictures differ; a smaller part is contained in a larger one. Leaves a sheet of pictures,
two tables and the figures against the size in OUT/results. Of photos a fifth is held out to
measure on, and each part is a list in OUT/lists.
"""

import argparse
import fractions
import sys

import scripts
from chainer_foodgan.commands.options import names, natural, positive


def parts(text):
    """``'1/23,10/23,1'`` -> fractions above 0, 1 at most."""
    found = []
    for word in text.split(','):
        try:
            found.append(fractions.Fraction(word.strip()))
        except (ValueError, ZeroDivisionError):
            found.append(0)
        if not 0 < found[-1] <= 1:
            raise argparse.ArgumentTypeError('{!r} is no part of 1, such as 1/23 or 0.5'.format(
                word))
    return found


def parse():
    from comparing import table
    parser = scripts.parser_of('data_size', __doc__, 'bowls')
    parser.add_argument('--images', metavar='DIR',
                        help='folder of the photos (default: rendered bowls)')
    parser.add_argument('--list', metavar='FILE', help="the original's list file, or a manifest "
                        '.csv (default: a sub-folder per category)')
    parser.add_argument('--categories', type=names, metavar='NAME,NAME', help='what to train on; '
                        "the first four are shown (default: the configuration's)")
    parser.add_argument('--sizes', type=parts, metavar='PART,PART',
                        help="parts of the data (default: the configuration's: 1/23,10/23,1)")
    parser.add_argument('--iterations', type=positive, metavar='N',
                        help="of each training (default: the configuration's)")
    parser.add_argument('--minutes', type=table.minutes, metavar='N', help='after which a training '
                        "ends in any case (default: the configuration's)")
    parser.add_argument('--seed', type=natural, default=0, metavar='N', help='(%(default)s)')
    parser.add_argument('--out', default='runs/data_size', metavar='DIR',
                        help='a run folder for each training, and the results; trainings that are '
                        'there already are gone on with or used (%(default)s)')
    args = parser.parse_args()
    return args, scripts.read('data_size', args.config)


if __name__ == '__main__':
    from studies import data_size
    sys.exit(scripts.main(data_size.compare, *parse()))
