"""``foodgan fetch``: get weights that do not ship, before they are needed."""

import sys

from chainer_foodgan import i18n

DESCRIPTION = ('Fetches weights from where they were released, verifies them and converts '
               'them; prints the file. The first use of their name does the same.')


def add_options(parser):
    parser.add_argument('name', metavar='NAME', help='one of those that `foodgan weights` lists')
    parser.add_argument('--from-file', metavar='FILE',
                        help='take the released file from here, and nothing from the network')


def run(args):
    from chainer_foodgan.weights import registry

    record = registry.record(args.name)
    path = record.path(args.from_file)
    if record.order_note is not None:
        print(i18n.message(record.order_note), file=sys.stderr)
    print(path)
