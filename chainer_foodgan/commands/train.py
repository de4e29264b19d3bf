"""``foodgan train``: trains a StarGAN on photos, or on rendered bowls."""

import argparse

from chainer_foodgan.commands.types import names, positive, share

EPILOG = """\
example:
  foodgan train --images photos --out run             a folder of photos per category
  foodgan train --out run --image-size 64 --num-iters 1000 --batch-size 16 --d-repeat-num 4
                                                      rendered bowls, on a laptop
  foodgan train --out run --resume                    goes on where run was interrupted
"""


def add_parser(subparsers):
    parser = subparsers.add_parser(
        'train', help='train on photos or rendered bowls', epilog=EPILOG,
        description='Trains a StarGAN. The defaults are those of the released code.',
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data(parser)
    add_original(parser)
    add_departures(parser)
    return parser


def add_data(parser):
    """Where the photos are and where the run goes."""
    group = parser.add_argument_group('data and run')
    group.add_argument('--images', metavar='DIR',
                       help='folder of the photos (default: rendered bowls)')
    group.add_argument('--list', metavar='FILE', help="the original's list file, or a manifest "
                       '.csv (default: a sub-folder per category)')
    group.add_argument('--categories', type=names, metavar='NAME,NAME',
                       help='use only these, in this label order')
    group.add_argument('--test', type=test_share, default=99, metavar='N',
                       help="a list file's photos to hold out: a number, or a share as 0.1 "
                       '(%(default)s)')
    group.add_argument('--bowls', type=positive, default=10000, metavar='N',
                       help='number of rendered bowls where there are no --images (%(default)s)')
    group.add_argument('--skip-bad', action='store_true',
                       help='leave out photos that cannot be read')
    group.add_argument('--out', required=True, metavar='RUN', help='run folder')
    group.add_argument('--resume', action='store_true',
                       help='go on with the run in RUN, by its own options')
    group.add_argument('--seed', type=int, default=0, help='(%(default)s)')
    group.add_argument('--device', default='@numpy', metavar='DEVICE',
                       help='Chainer device: @numpy, or a GPU as @cupy:0 (%(default)s)')
    group.add_argument('--keep', type=positive, default=2, metavar='N',
                       help='snapshots of the whole training to keep (%(default)s)')


def add_original(parser):
    """The options of the original's main.py that have a meaning here, with its defaults."""
    group = parser.add_argument_group("the original's settings")
    for name, kind, default, text in (
            ('image-size', positive, 256, 'pixels'),
            ('crop-size', positive, 256, 'side of the centre crop, pixels of the photo'),
            ('batch-size', positive, 32, ''),
            ('num-epochs', positive, 20, ''),
            ('num-epochs-decay', int, 10, 'last epochs, in which the learning rates fall'),
            ('num-iters', positive, None, 'stop after so many iterations instead'),
            ('g-conv-dim', positive, 64, "channels of the generator's first convolution"),
            ('d-conv-dim', positive, 64, "channels of the discriminator's first convolution"),
            ('g-repeat-num', positive, 6, 'residual blocks'),
            ('d-repeat-num', positive, 6, 'convolutions of the discriminator'),
            ('g-lr', float, 0.0001, 'learning rate'),
            ('d-lr', float, 0.0001, 'learning rate'),
            ('beta1', float, 0.5, 'of Adam'),
            ('beta2', float, 0.999, 'of Adam'),
            ('lambda-cls', float, 1., 'weight of the classification losses'),
            ('lambda-rec', float, 10., 'weight of the cycle loss'),
            ('lambda-gp', float, 10., 'weight of the gradient penalty'),
            ('d-train-repeat', positive, 5, "discriminator's iterations to one of the generator"),
            ('num-workers', positive, 1, 'threads that read photos'),
            ('log-step', positive, 10, 'iterations'),
            ('sample-step', positive, 997, 'iterations'),
            ('model-save-step', positive, 1994, 'iterations')):
        default_text = '' if default is None else '({})'.format(default)
        group.add_argument('--' + name, type=kind, default=default, metavar='N',
                           help=' '.join(filter(None, (text, default_text))))


def add_departures(parser):
    """What the original has not; all off by default."""
    group = parser.add_argument_group(
        'departures from the original, for small data, short training and CPUs')
    group.add_argument('--random-resized-crop', type=share, metavar='SHARE',
                       help='crop a random square of at least this share of the area')
    group.add_argument('--balanced', action='store_true', help='draw the categories evenly')
    group.add_argument('--lambda-idt', type=float, default=0., metavar='N',
                       help='weight of an identity loss, which keeps what is not food '
                       '(%(default)s)')
    group.add_argument('--diff-augment', type=policy, metavar='POLICY',
                       help='augment what the discriminator sees: names out of '
                       'color,translation,cutout')
    group.add_argument('--ema', type=share, metavar='DECAY',
                       help="use a moving average of the generator's weights, e.g. 0.999")
    group.add_argument('--checkerboard-free', action='store_true',
                       help='constrain the filters so that flat food stays flat')
    group.add_argument('--precision', choices=('float32', 'bfloat16'), default='float32',
                       help="of the convolutions' inputs, where PyTorch is installed (%(default)s)")


def test_share(text):
    """A whole number of photos, or a share of them below 1."""
    try:
        return int(text)
    except ValueError:
        return share(text)


def policy(text):
    """Names of augmentations, checked without importing Chainer."""
    if not set(text.split(',')) <= {'color', 'translation', 'cutout'}:
        raise argparse.ArgumentTypeError(
            '{!r} is not made of color, translation and cutout'.format(text))
    return text


def run(args):
    from chainer_foodgan.training import snapshot
    from chainer_foodgan.training.run import Run
    from chainer_foodgan.training.trainer import make_trainer

    folder = Run(args.out)
    if args.resume:
        # A run is what it was started with; only its place and its device may differ.
        vars(args).update(folder.arguments())
        trainer = make_trainer(args, folder)
        saved = snapshot.ordered(folder.snapshots)
        if saved:
            snapshot.load(trainer, saved[-1])
    else:
        trainer = make_trainer(args, folder)
        folder.start({name: value for name, value in vars(args).items()
                      if name not in ('run', 'command', 'out', 'resume', 'device')})
    trainer.run(show_loop_exception_msg=False)
    print('the weights are in {}'.format(folder.models))
