"""``foodgan train-classifier``: trains the judge of ``foodgan evaluate``."""

import os
import sys

from chainer_foodgan.commands import options
from chainer_foodgan.config import ClassifierConfig
from chainer_foodgan.progress import Progress
from chainer_foodgan.tables import table

DESCRIPTION = ("Trains a small residual network from scratch, or fine-tunes one of ChainerCV's, "
               'and tests it on pictures that it has not seen.')

EPILOG = """\
examples:
  foodgan train-classifier --out bowls.npz                     rendered bowls
  foodgan train-classifier --out photos.npz --images photos --list photos.csv
                                                               tested on the split test
  foodgan train-classifier --out photos.npz --images photos --hold-out 0.2
                                                               a folder of photos per category
  foodgan train-classifier --out uec_food.npz --images UECFOOD100 --hold-out 0.2
                                                               every dish in its box
  foodgan train-classifier --out photos.npz --images photos --hold-out 0.2 \
      --network resnet50 --num-epochs 10                       from ImageNet's weights
"""


def add_options(parser):
    options.add_options(parser, ClassifierConfig)
    parser.add_argument('--plot', metavar='FILE.png', help='draw the confusion matrix')


def run(args):
    from chainer_foodgan import files
    from chainer_foodgan.training.classifier import fit_classifier
    from chainer_foodgan.visualizations import plots

    if args.plot:  # better now than after the training
        files.make_folder(os.path.dirname(args.plot) or '.')
    with Progress(args.num_epochs, 'epoch') as progress:
        def show(epoch, loss, accuracy):
            progress.write(f'epoch {epoch} of {args.num_epochs}: loss {loss:.3f}, '
                           f'accuracy {100 * accuracy:.1f} %', sys.stderr)
            progress(epoch)

        result = fit_classifier(ClassifierConfig.given(vars(args)), show)
    counts, categories = result.confusion, result.classifier.categories
    if args.plot:
        plots.confusion(counts, categories, args.plot, 'what it is', 'taken for')
    print(table([('', *categories)] + [
        (name, *map(str, row)) for name, row in zip(categories, counts)]))
    print('rows: what it is, columns: what it was taken for')
    print('test accuracy {}: {}'.format(', '.join(
        '{:.1f} %{}'.format(100 * value, ' among the first five' if 'top' in key else '')
        for key, value in result.accuracy.items()), result.tested_on))
    print(f'the classifier, trained on {result.trained_on}, is in {result.path}')
