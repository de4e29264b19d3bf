"""``foodgan evaluate``: measures how well the dish was changed."""

import argparse
import json
import os

from chainer_foodgan.commands import translators
from chainer_foodgan.commands.metrics import choose, features, metrics
from chainer_foodgan.commands.options import add_test
from chainer_foodgan.commands.types import names, natural, positive
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.progress import Progress
from chainer_foodgan.tables import table

EPILOG = """\
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


def add_parser(subparsers):
    parser = subparsers.add_parser(
        'evaluate', help='measure how well weights change the dish', epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Translates pictures that the weights have not seen into every other category '
                    'and measures the results, or measures translations that are there already.')
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('--weights', metavar='NAME|FILE', help='weights that ship, or a file')
    what.add_argument('--pictures', metavar='DIR',
                      help='translations, in a sub-folder per target category')
    parser.add_argument('--classifier', metavar='FILE', help='made by `foodgan train-classifier`')
    parser.add_argument('--metrics', type=metrics, metavar='NAME,...',
                        help='what to measure, see below (default: accuracy, content, cycle, psnr '
                        'and texture, with --pairs accuracy, difference, psnr, ssim, lpips and '
                        'texture, as far as they can be had)')
    parser.add_argument('--features', type=features, default=['classifier'], metavar='NAME,...',
                        help='of whom for fid, kid and is: classifier, inception or both; only '
                        "those of inception compare with others' figures (classifier)")
    parser.add_argument('--inception', metavar='FILE',
                        help="torch-fidelity's weights of Inception (default: fetched when needed)")
    translators.add_label_strength(parser)
    add_data(parser)
    parser.add_argument('--out', metavar='FILE.json', help='write the figures to this file too')
    parser.add_argument('--report', metavar='DIR',
                        help='write figures.json, figures.md, figures.png and confusion.png there')
    return parser


def add_data(parser):
    """What to translate, or to compare translations with."""
    group = parser.add_argument_group('data')
    group.add_argument('--images', metavar='DIR',
                       help='folder of the photos (default: rendered bowls, whose true '
                       'translations are known)')
    group.add_argument('--list', metavar='FILE',
                       help="the original's list file, or a manifest .csv, of which the split "
                       'test is used (default: a sub-folder per category, all photos)')
    add_test(group)
    group.add_argument('--skip-bad', action='store_true',
                       help='leave out photos that cannot be read')
    group.add_argument('--pairs', metavar='DIR',
                       help="folder of photos and a teacher's translations of them, with a table "
                       'manifest.csv of the columns file, input, source, target')
    group.add_argument('--hold-out', type=natural, default=0, metavar='N',
                       help='judge on the last N photos of each source dish of --pairs (0: all)')
    group.add_argument('--bowls', type=positive, metavar='N',
                       help='number of rendered bowls where there are no --images (500)')
    group.add_argument('--bowls-seed', type=natural, default=2000, metavar='N',
                       help='which bowls; `foodgan train` and `foodgan train-classifier` see '
                       'others by default (%(default)s)')
    group.add_argument('--categories', type=names, metavar='NAME,...',
                       help="the weights' categories in label order, in place of those stored "
                       'with them')
    group.add_argument('--image-size', type=positive, metavar='N',
                       help='pixels (default: that which the weights were trained on, with '
                       '--pairs 256 where they do not say it; of --pictures the shorter side of '
                       'the first)')
    group.add_argument('--crop-size', type=positive, metavar='N',
                       help='side of the centre crop, pixels of the photo (default: the largest '
                       'square)')
    group.add_argument('--batch-size', type=positive, default=32, metavar='N',
                       help='(%(default)s)')


def run(args):
    from chainer_foodgan.commands import subjects
    from chainer_foodgan.evaluations.classifier_files import load_classifier
    from chainer_foodgan.evaluations.evaluator import evaluate_generator, evaluate_pictures
    from chainer_foodgan.evaluations.figures import OF_FEATURES, summary
    from chainer_foodgan.evaluations.metrics import METRICS

    check(args)
    classifier, meta = load_classifier(args.classifier) if args.classifier else (None, {})
    subject = (subjects.of_pictures(args, classifier) if args.pictures
               else subjects.of_weights(args))
    chosen, left_out = choose(args, subject, classifier)
    of_features = [name for name in OF_FEATURES if name in chosen]
    extractors = [extractor(name, args, classifier) for name in args.features if of_features]
    everything = [subject.translations, subject.pictures] if args.pictures else [subject.pictures]
    count = sum(map(len, everything))
    options = {'classifier': classifier if 'accuracy' in chosen else None,
               'extractors': extractors, 'textures': 'texture' in chosen,
               'batch_size': args.batch_size}
    with Progress(count, 'picture') as progress:
        if args.pictures:
            findings = evaluate_pictures(subject.translations, subject.pictures,
                                              progress=progress, **options)
        else:
            findings = evaluate_generator(
                subject.gen, subject.pictures, truth=subject.truth, palettes=subject.palettes(),
                label_strength=subject.label_strength, progress=progress,
                metrics=[name for name in METRICS if name in chosen], **options)
    record = {
        'pictures_of' if args.pictures else 'weights': subject.name,
        'judged_on': subject.judged_on, 'image_size': subject.image_size,
        'label_strength': subject.label_strength, 'metrics': chosen,
        'left_out': left_out, 'colours_of': subject.colours_of,
        'classifier': {key: meta.get(key) for key in (
            'architecture', 'image_size', 'trained_on', 'tested_on', 'test_accuracy')},
        'features': {one.name: one.facts for one in extractors},
        **summary(findings, subject.categories, of_features)}
    output(record, args)


def check(args):
    """Raises a FoodganError for options that contradict each other."""
    if args.pairs:
        for name in 'pictures', 'images', 'list', 'bowls', 'test':
            if getattr(args, name) is not None:
                raise FoodganError('--pairs has the pictures; leave --{} out'.format(name))
    elif args.hold_out:
        raise FoodganError('--hold-out is for --pairs; name the folder of a teacher\'s pictures')


def extractor(name, args, classifier):
    """Who gives the features."""
    from chainer_foodgan.evaluations.features import ClassifierFeatures
    from chainer_foodgan.evaluations.inception import InceptionFeatures

    return (InceptionFeatures(args.inception) if name == 'inception'
            else ClassifierFeatures(classifier))


def output(record, args):
    """Prints the figures and writes the files that were asked for."""
    from chainer_foodgan import files
    from chainer_foodgan.evaluations import report
    from chainer_foodgan.visualizations import plots

    tables, notes = report.tables(record), report.notes(record)
    for path in filter(None, (args.out, args.report and os.path.join(args.report, 'figures.json'))):
        with files.replacing(path, 'w') as file:
            json.dump(record, file, indent=2, allow_nan=False)
            file.write('\n')
    if args.report:
        with files.replacing(os.path.join(args.report, 'figures.md'), 'w') as file:
            file.write(report.document(record))
        plots.bars(record, os.path.join(args.report, 'figures.png'))
        if 'confusion' in record:
            plots.confusion(record['confusion'], list(record['targets']),
                            os.path.join(args.report, 'confusion.png'), 'translated into',
                            'taken for')
    for rows, legend in tables:
        print('\n'.join([table(rows), *legend]), end='\n\n')
    print('\n'.join(notes))
