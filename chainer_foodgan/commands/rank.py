"""``foodgan rank``: keeps the photos that a classifier is surest of."""

from chainer_foodgan.commands import complain, options
from chainer_foodgan.config import RankConfig
from chainer_foodgan.progress import Progress
from chainer_foodgan.tables import table

DESCRIPTION = ("Scores every photo by a classifier's probability of the photo's own category, "
               'and keeps the best of each category. Photos that cannot be read are left out.')

EPILOG = """\
examples:
  foodgan rank --images photos --classifier food.npz --out ranked          a folder per category
  foodgan train --images photos --list ranked/list.csv --out run           trains on the best
  foodgan rank --images photos --list photos.csv --classifier food.npz --threshold 0.9 --out ranked
  mpiexec -n 4 foodgan rank --images photos --classifier food.npz --out ranked
                                                     four processes share the photos
  foodgan rank --images photos --classifier food.npz --number 1000 --categories ramen,curry \\
      --out ranked

files in --out:
  list.csv       the photos that are kept; `foodgan train --list` takes it
  scores.csv     all photos that could be read, the best of each category first, as such a list
  sheet.png      the best, the border and the worst of each category (sheet-2.png, ...)
  histogram.png  how many photos have which probability, and where the line is drawn
  figures.json   the figures of the table

The classifier has to be trained on other photos: it is too sure of those that it has seen. A list's
photos of other splits than train are scored, too, but all kept, and stay in their split.
"""


def add_options(parser):
    options.add_options(parser, RankConfig)


def run(args):
    from chainer_foodgan.curation.rank import rank, table as rows

    with Progress(None, 'photo') as progress:
        result = rank(RankConfig.given(vars(args)), progress)
    if result is None:
        return
    if result.figures['unknown']:
        complain('left out, since the classifier does not know them: {}; it knows {}'.format(
            ', '.join(result.figures['unknown']), ', '.join(result.known)))
    for name, found in result.figures['categories'].items():
        if not found['kept']:
            complain(f'no photo of {name} to train on is kept')
    print(table(rows(result.figures['categories'])))
    print('\n'.join(map(str, result.files)))
