"""``foodgan report``: a training as one page."""


DESCRIPTION = ('Writes a page with the arguments, curves and sample grids of a run, which may '
               'still be going on. It is one file, opens from disk, and can be sent.')

EPILOG = """\
examples:
  foodgan report run                     writes run/results/report.html
  foodgan report run --out run.html
"""


def add_options(parser):
    parser.add_argument('run_folder', metavar='RUN', help='folder that `foodgan train --out` wrote')
    parser.add_argument('--out', metavar='FILE.html', help='(RUN/results/report.html)')


def run(args):
    from chainer_foodgan.training import report

    print(report.write(args.run_folder, args.out))
