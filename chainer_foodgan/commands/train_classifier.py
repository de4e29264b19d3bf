"""``foodgan train-classifier``: trains the judge of ``foodgan evaluate``."""

import argparse
import math
import os
import sys

from chainer_foodgan.commands.types import names, natural, positive, share
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.tables import table

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

#: What the options are for a network where they are not given: pixels, learning rate.
SETTINGS = {'small': (64, 0.003), 'vgg16': (224, 0.0001), 'resnet50': (224, 0.0001)}


def add_parser(subparsers):
    parser = subparsers.add_parser(
        'train-classifier', help='train a network that names dishes, to judge translations by',
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Trains a small residual network from scratch, or fine-tunes one of '
                    "ChainerCV's, and tests it on pictures that it has not seen.")
    add_data(parser)
    group = parser.add_argument_group('training')
    group.add_argument('--out', required=True, metavar='FILE.npz', help='file to write')
    group.add_argument('--plot', metavar='FILE.png', help='draw the confusion matrix')
    group.add_argument('--network', choices=tuple(SETTINGS), default='small',
                       help='a small residual network, or VGG16 or ResNet50 with a new head '
                       '(%(default)s)')
    group.add_argument('--start', metavar='imagenet|random|FILE.npz',
                       help='what VGG16 or ResNet50 start from: the ImageNet weights that '
                       'ChainerCV fetches, random numbers, or a file of such weights (imagenet)')
    for name, kind, default, text in (
            ('image-size', positive, None, 'pixels (64; VGG16 and ResNet50: 224)'),
            ('batch-size', positive, 32, ''),
            ('num-epochs', positive, 60, ''),
            ('conv-dim', positive, 32, 'channels of the first convolution of the small network'),
            ('lr', float, None, 'greatest learning rate (0.003; VGG16 and ResNet50: 0.0001)'),
            ('seed', natural, 0, ''),
            ('num-workers', positive, 1, 'threads that read photos')):
        group.add_argument('--' + name, type=kind, default=default, metavar='N', help=' '.join(
            filter(None, (text, default is not None and '({})'.format(default)))))
    group.add_argument('--precision', choices=('float32', 'bfloat16'), default='float32',
                       help="of the convolutions' inputs in training, where PyTorch is installed "
                       '(%(default)s)')
    return parser


def add_data(parser):
    """What to train and test on."""
    group = parser.add_argument_group('data')
    group.add_argument('--images', metavar='DIR',
                       help='folder of the photos (default: rendered bowls)')
    group.add_argument('--list', metavar='FILE',
                       help="the original's list file, or a manifest .csv, with test photos in it "
                       '(default: a sub-folder per category, or the layout of UEC FOOD)')
    group.add_argument('--categories', type=names, metavar='NAME,NAME',
                       help='use only these, in this label order')
    group.add_argument('--skip-bad', action='store_true',
                       help='leave out photos that cannot be read')
    group.add_argument('--bowls', type=positive, default=6000, metavar='N',
                       help='number of rendered bowls where there are no --images (%(default)s)')
    group.add_argument('--bowls-seed', type=natural, default=1000, metavar='N',
                       help='which bowls; a fifth as many of the next seed are the test '
                       '(%(default)s)')
    test = group.add_mutually_exclusive_group()
    test.add_argument('--test-images', metavar='DIR',
                      help='test on all of these photos, a sub-folder per category')
    test.add_argument('--hold-out', type=share, metavar='SHARE',
                      help='test on this share of each category (of a list file or of UEC FOOD: '
                      'of the photos), and do not train on it')


def run(args):
    import chainer
    import numpy

    from chainer_foodgan import files, kernels
    from chainer_foodgan.evaluations import figures
    from chainer_foodgan.evaluations.classifier_files import save_classifier
    from chainer_foodgan.training.classifier import fit
    from chainer_foodgan.visualizations import plots

    if args.precision != 'float32' and kernels.torch() is None:
        raise FoodganError('--precision {} needs PyTorch: pip install torch'.format(
            args.precision))
    # Better now than after the training.
    if not args.out.endswith('.npz'):
        raise FoodganError('{}: a classifier is saved as .npz; choose such a name'.format(args.out))
    for path in filter(None, (args.out, args.plot)):
        files.make_folder(os.path.dirname(path) or '.')
    size, lr = SETTINGS[args.network]
    args.image_size, args.lr = args.image_size or size, args.lr or lr
    (train, trained_on), (test, tested_on) = pictures(args)
    judge = network(args, train.categories)

    def progress(epoch, loss, accuracy):
        print('epoch {} of {}: loss {:.3f}, accuracy {:.1f} %'.format(
            epoch, args.num_epochs, loss, 100 * accuracy), file=sys.stderr, flush=True)

    with chainer.using_config('torch_precision', args.precision):
        fit(judge, train, num_epochs=args.num_epochs, batch_size=args.batch_size, lr=args.lr,
            seed=args.seed, num_workers=args.num_workers, progress=progress)
    scores = judge.score_all(test)
    counts = figures.confusion(test.labels, scores.argmax(axis=1), len(test.categories))
    accuracy = {'test_accuracy': float(numpy.trace(counts) / counts.sum())}
    if len(test.categories) > 5:
        accuracy['test_accuracy_top_5'] = figures.top(scores, test.labels, 5)
    save_classifier(judge, args.out, {
        **accuracy, 'confusion': counts.tolist(), 'trained_on': trained_on,
        'tested_on': tested_on, 'epoch': args.num_epochs, 'seed': args.seed,
        'start': args.start or ('random' if args.network == 'small' else 'imagenet')})
    if args.plot:
        plots.confusion(counts, test.categories, args.plot, 'what it is', 'taken for')
    print(table([('', *test.categories)] + [
        (name, *map(str, row)) for name, row in zip(test.categories, counts)]))
    print('rows: what it is, columns: what it was taken for')
    print('test accuracy {}: {}'.format(', '.join(
        '{:.1f} %{}'.format(100 * value, ' among the first five' if 'top' in key else '')
        for key, value in accuracy.items()), tested_on))
    print('the classifier, trained on {}, is in {}'.format(trained_on, args.out))


def network(args, categories):
    """The network at its start.

    Raises:
        FoodganError: What it should start from cannot be had.
    """
    import numpy

    from chainer_foodgan.evaluations.classifier import Classifier

    rng = numpy.random.default_rng(args.seed)
    if args.network == 'small':
        if args.start not in (None, 'random'):
            raise FoodganError('--start {}: the small network starts from random numbers; name '
                               '--network vgg16 or resnet50'.format(args.start))
        return Classifier(categories, args.image_size, args.conv_dim, rng=rng)
    from chainer_foodgan.evaluations.imagenet import FineTuned
    start = None if args.start == 'random' else args.start or 'imagenet'
    return FineTuned(categories, args.image_size, args.network, start, rng=rng)


def pictures(args):
    """The pictures to train and to test on, each a pair of Pictures and a description.

    Raises:
        FoodganError: The data cannot be used, or there is nothing to test on.
    """
    from chainer_foodgan.datasets import transforms
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.datasets.opening import open_dataset
    from chainer_foodgan.evaluations.pictures import Pictures, hold_out, one_each
    from chainer_foodgan.training.classifier import ClassifierTransform

    def rendered(count, seed):
        options = {'categories': args.categories} if args.categories else {}
        return (RenderedBowls(count, args.image_size, seed, **options),
                'rendered bowls of seed {}'.format(seed))

    def photos(root, list_file=None, split='train', categories=args.categories):
        dataset = open_dataset(root, list_file, split=split, categories=categories,
                               skip_bad=args.skip_bad, test=args.hold_out)
        source = os.path.basename(os.path.abspath(list_file or root))
        return dataset, '{}, split {}'.format(source, split) if dataset.split else source

    def described(dataset, name, transform, indices=None):
        chosen = Pictures(dataset, transform, indices, args.seed)
        return chosen, '{} pictures of {}'.format(len(chosen), name)

    dataset, name = (rendered(args.bowls, args.bowls_seed) if args.images is None
                     else photos(args.images, args.list))
    train = ClassifierTransform(args.image_size)
    test = transforms.EvalTransform(args.image_size, math.inf)
    if args.hold_out and not getattr(dataset, 'draws_test', False):
        kept, held = hold_out(one_each(dataset), args.hold_out, args.seed)
        return (described(dataset, name, train, kept),
                described(dataset, name + ', held out', test, held))
    if args.test_images:
        others = photos(args.test_images, split=None, categories=dataset.categories)
    elif args.images is None:
        others = rendered(max(len(dataset.categories), args.bowls // 5), args.bowls_seed + 1)
    elif dataset.split:
        others = photos(args.images, args.list, 'test')
    else:
        raise FoodganError('{}: a folder of photos names none to test on: add --test-images DIR '
                           'or --hold-out 0.2'.format(args.images))
    return described(dataset, name, train), described(*others, test)
