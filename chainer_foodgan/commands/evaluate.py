"""``foodgan evaluate``: measures how well the dish was changed."""

import json
import os

from chainer_foodgan.commands import options
from chainer_foodgan.config import EvaluateConfig
from chainer_foodgan.documents import table
from chainer_foodgan.printing import Progress

EVALUATE_DESCRIPTION = (
    'Translates pictures that the weights have not seen into every other category and measures the'
    ' results, or measures translations that are there already.')

EVALUATE_EPILOG = """\
examples:
  foodgan evaluate --weights bowls_64 --classifier bowls.npz
  foodgan evaluate --weights bowls_64 --classifier bowls.npz --metrics accuracy,ssim,fid,kid \\
      --report figures                                         tables, plots and JSON
  foodgan evaluate --weights run/models/20_50_G.npz --classifier photos.npz --images photos \\
      --list photos.csv --out figures.json
  foodgan evaluate --pictures dishes --images photos --classifier photos.npz \\
      --metrics accuracy,fid,kid                               translations of any origin
  foodgan evaluate --weights pupil.npz --pairs lessons --hold-out 2
                                                               beside a teacher's pictures

metrics:
  accuracy    does the classifier take the translations for their target?
  content     what should have stayed: edges; on bowls the change outside the food
  cycle       the error of translating there and back
  difference  on bowls and --pairs: mean absolute difference from the true picture of the target
  psnr        on bowls and --pairs: likeness to that picture, on bowls inside the food
  ssim        the same as structural similarity (scikit-image)
  lpips       perceptual distance to the true picture, on photos to the photo (lpips)
  texture     distance of the local patterns from those of real pictures of the target
  fid, kid    distance of the translations from untouched pictures of the target
  is          Inception score of the translations

Below the figures of the translations are those of pictures that are none, to compare with: what
colours alone achieve.
"""


def add_evaluate_options(parser):
    options.add_options(parser, EvaluateConfig)
    group = parser.add_argument_group('results')
    group.add_argument('--out', metavar='FILE.json', help='write the figures to this file too')
    group.add_argument('--report', metavar='DIR', help='write figures.json, figures.md, '
                       'figures.png and confusion.png there')


def run_evaluate(args):
    from chainer_foodgan.evaluations import report
    from chainer_foodgan.evaluations.evaluate import evaluate

    with Progress(None, 'picture') as progress:
        record = evaluate(EvaluateConfig.given(vars(args)), progress)
    if args.out:
        _write_json(record, args.out)
    if args.report:
        _write_report(record, args.report)
    for rows, legend in report.tables(record):
        print('\n'.join([table(rows), *legend]), end='\n\n')
    print('\n'.join(report.notes(record)))


def _write_json(record, path):
    from chainer_foodgan import files

    with files.replacing(path, 'w') as file:
        json.dump(record, file, indent=2, allow_nan=False)
        file.write('\n')


def _write_report(record, folder):
    from chainer_foodgan import files
    from chainer_foodgan.evaluations import report
    from chainer_foodgan.visualizations import plots

    _write_json(record, os.path.join(folder, 'figures.json'))
    with files.replacing(os.path.join(folder, 'figures.md'), 'w') as file:
        file.write(report.document(record))
    plots.bars(record, os.path.join(folder, 'figures.png'))
    if 'confusion' in record:
        plots.confusion(record['confusion'], list(record['targets']),
                        os.path.join(folder, 'confusion.png'), 'translated into', 'taken for')
