"""``foodgan train``, ``train-classifier`` and ``report``: train, and look at trainings."""

import os
import sys

from chainer_foodgan.commands import options
from chainer_foodgan.config import ClassifierConfig, TrainConfig
from chainer_foodgan.documents import table
from chainer_foodgan.printing import Progress

TRAIN_DESCRIPTION = 'Trains a StarGAN. The defaults are those of the released code.'

TRAIN_EPILOG = """\
example:
  foodgan train --images photos --out run             a folder of photos per category
  foodgan train --out run --image-size 64 --num-iters 1000 --batch-size 16 --d-repeat-num 4
                                                      rendered bowls, on a laptop
  foodgan train --out run --resume                    goes on where run was interrupted
  mpiexec -n 4 foodgan train --images photos --out run
                                                      four processes, a quarter of a batch each
"""


def add_train_options(parser):
    options.add_options(parser, TrainConfig)


def run_train(args):
    from chainer_foodgan.training.train import train

    with options.explained(TrainConfig, args):
        result = train(TrainConfig.given(vars(args)))
    if result is not None:
        print(f'the weights are in {result.run.models}')


TRAIN_CLASSIFIER_DESCRIPTION = (
    "Trains a small residual network from scratch, or fine-tunes one of ChainerCV's, and tests it "
    'on pictures that it has not seen.')

TRAIN_CLASSIFIER_EPILOG = """\
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


def add_train_classifier_options(parser):
    options.add_options(parser, ClassifierConfig)
    parser.add_argument('--plot', metavar='FILE.png', help='draw the confusion matrix')


def run_train_classifier(args):
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


REPORT_DESCRIPTION = (
    'Writes a page with the arguments, curves and sample grids of a run, which may still be going '
    'on. It is one file, opens from disk, and can be sent.')

REPORT_EPILOG = """\
examples:
  foodgan report run                     writes run/results/report.html
  foodgan report run --out run.html
"""


def add_report_options(parser):
    parser.add_argument('run_folder', metavar='RUN', help='folder that `foodgan train --out` wrote')
    parser.add_argument('--out', metavar='FILE.html', help='(RUN/results/report.html)')


def run_report(args):
    from chainer_foodgan.training import report

    print(report.write(args.run_folder, args.out))
