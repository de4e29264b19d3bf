"""Options of trainings. Their names are those of the original's main.py where it has them."""

import argparse

from chainer_foodgan.commands.types import names, positive, share

#: Of every training: name, kind, default (the released code's), meaning.
SHARED = (
    ('image-size', positive, 256, 'pixels'),
    ('batch-size', positive, 32, ''),
    ('num-epochs', positive, 20, ''),
    ('num-epochs-decay', int, 10, 'last epochs, in which the learning rates fall'),
    ('num-iters', positive, None, 'stop after so many iterations instead'),
    ('g-conv-dim', positive, 64, "channels of the generator's first convolution"),
    ('d-conv-dim', positive, 64, "channels of the discriminator's first convolution"),
    ('g-lr', float, 0.0001, 'learning rate'),
    ('d-lr', float, 0.0001, 'learning rate'),
    ('beta1', float, 0.5, 'of Adam'),
    ('beta2', float, 0.999, 'of Adam'),
    ('num-workers', positive, 1, 'threads that read photos'),
    ('log-step', positive, 10, 'iterations'),
    ('sample-step', positive, 997, 'iterations'),
    ('model-save-step', positive, 1994, 'iterations'))

_G_BLOCKS = ('g-repeat-num', positive, 6, 'residual blocks')
_D_HALVINGS = ('d-repeat-num', positive, 6, 'convolutions of the discriminator')
_D_LAYERS = ('d-layers', positive, 3, 'convolutions of the discriminator that halve; 3: it judges '
             'squares of 70 x 70 pixels')
_CLS = ('lambda-cls', float, 1., 'weight of the classification losses')
_REC = ('lambda-rec', float, 10., 'weight of the cycle loss')
_NOISE = ('z-dim', positive, 100, 'numbers of noise')
_STARGAN = (
    _G_BLOCKS, _D_HALVINGS, _CLS, _REC,
    ('lambda-gp', float, 10., 'weight of the gradient penalty'),
    ('d-train-repeat', positive, 5, "discriminator's iterations to one of the generator"))

#: Of a system besides; defaults are those of its paper or code.
OF_SYSTEM = {
    'stargan': _STARGAN, 'joint': _STARGAN,
    'gan': (_NOISE, _D_LAYERS),
    'acgan': (_NOISE, _D_HALVINGS, _CLS),
    'pix2pix': (_D_LAYERS, ('num-downs', positive, 8, 'halvings of the generator'),
                ('lambda-l1', float, 100., 'weight of the distance to the truth')),
    'cyclegan': (_G_BLOCKS, _D_LAYERS, _REC,
                 ('lambda-idt', float, 5., 'weight of the identity losses'),
                 ('pool-size', int, 50, 'translations that the pool holds')),
    'student': (_G_BLOCKS,
                ('d-layers', positive, 2, 'convolutions of the critic that double the channels; '
                 '2: it judges squares of 34 x 34 pixels'),
                ('lambda-l1', float, 30., "weight of the mean absolute error to the teacher's "
                 'result'),
                ('lambda-adv', float, 1., "weight of the critic's score; 0: no critic"),
                ('lambda-tex', float, 0., 'weight of the distance of the energies of fine detail'),
                ('lambda-feat', float, 0., 'weight of the distance of the features of '
                 '--classifier'),
                ('scales', positive, 1, 'sizes that the error is taken at, each half of the one '
                 'before'))}


def add_training(parser, system):
    """All options of a system's training."""
    data = add_bowls(parser) if system == 'pix2pix' else add_photos(parser)
    add_run(parser)
    add_rows(parser, 'settings', SHARED + OF_SYSTEM[system])
    if system == 'joint':
        add_second(data)
    group = parser.add_argument_group('departures, for small data, short training and processors')
    group.add_argument('--ema', type=share, metavar='DECAY',
                       help="use a moving average of the generator's weights, e.g. 0.999")
    if system in ('stargan', 'gan', 'acgan'):
        group.add_argument('--balanced', action='store_true', help='draw the categories evenly')
    ADDITIONS.get(system, lambda group: None)(group)
    parser.set_defaults(system=system)


def add_run(parser):
    """Where the run goes and what computes it."""
    group = parser.add_argument_group('run')
    group.add_argument('--out', required=True, metavar='RUN', help='run folder')
    group.add_argument('--resume', action='store_true',
                       help='go on with the run in RUN, by its own options')
    group.add_argument('--seed', type=int, default=0, metavar='N', help='(%(default)s)')
    group.add_argument('--minutes', type=float, metavar='N',
                       help='stop after so much time, if it is not over before')
    group.add_argument('--device', default='@numpy', metavar='DEVICE',
                       help='Chainer device: @numpy, a GPU as @cupy:0, or @cupy for the first; '
                       'under mpiexec, @cupy gives each process one of its own (%(default)s)')
    group.add_argument('--communicator',
                       choices=('naive', 'flat', 'non_cuda_aware', 'pure_nccl'),
                       help="ChainerMN's, for processes started by mpiexec (naive on processors, "
                       'pure_nccl on GPUs)')
    group.add_argument('--processes', action='store_true',
                       help='--num-workers are processes instead of threads')
    group.add_argument('--keep', type=positive, default=2, metavar='N',
                       help='snapshots of the whole training to keep (%(default)s)')
    group.add_argument('--use-tensorboard', action='store_true',
                       help='write the log and the sample grids for TensorBoard, too')
    group.add_argument('--precision', choices=('float32', 'bfloat16', 'auto'), default='float32',
                       help="of the convolutions' inputs; bfloat16 is half the time where PyTorch "
                       'is installed and the processor computes in it, auto uses it there '
                       '(%(default)s)')


def add_bowls(parser):
    """Rendered bowls."""
    group = parser.add_argument_group('data')
    group.add_argument('--categories', type=names, metavar='NAME,NAME',
                       help='use only these, in this label order')
    group.add_argument('--bowls', type=positive, default=10000, metavar='N',
                       help='number of rendered bowls where there are no --images (%(default)s)')
    return group


def add_photos(parser):
    """Photos, or rendered bowls."""
    group = add_bowls(parser)
    group.add_argument('--images', metavar='DIR',
                       help='folder of the photos (default: rendered bowls)')
    group.add_argument('--list', metavar='FILE', help="the original's list file, or a manifest "
                       '.csv (default: a sub-folder per category, or the layout of UEC FOOD)')
    add_test(group)
    group.add_argument('--crop-size', type=positive, default=256, metavar='N',
                       help='side of the centre crop, pixels of the photo (%(default)s)')
    group.add_argument('--skip-bad', action='store_true',
                       help='leave out photos that cannot be read')
    group.add_argument('--random-resized-crop', type=share, metavar='SHARE',
                       help='crop a random square of at least this share of the area')
    return group


def add_all_photos(parser, required=True):
    """Photos of all splits."""
    group = parser.add_argument_group('photos')
    group.add_argument('--images', required=required, metavar='DIR', help='folder of the photos')
    group.add_argument('--list', metavar='FILE',
                       help="the original's list file, or a manifest .csv (default: a sub-folder "
                       'per category)')
    add_test(group)
    return group


def add_test(group):
    """What is held out; the same for training and for what judges it."""
    group.add_argument('--test', type=test_share, metavar='N',
                       help='photos to hold out, a number, or a share as 0.1, where the data set '
                       'does not say it (a list file: 99, UEC FOOD: 0.1)')


def add_rows(parser, title, rows):
    """Options that are a number each."""
    group = parser.add_argument_group(title)
    for name, kind, default, text in rows:
        default_text = '' if default is None else '(%(default)s)'
        group.add_argument('--' + name, type=kind, default=default, metavar='N',
                           help=' '.join(filter(None, (text, default_text))))
    return group


def add_second(group):
    """The second data set of joint training."""
    group.add_argument('--images2', metavar='DIR', help='folder of the second set (default: '
                       'rendered bowls)')
    group.add_argument('--list2', metavar='FILE', help='as --list, of the second set')
    group.add_argument('--categories2', type=names, metavar='NAME,NAME',
                       help='as --categories, of the second set')


def _of_stargan(group):
    group.add_argument('--lambda-idt', type=float, default=0., metavar='N',
                       help='weight of an identity loss, which keeps what is not food '
                       '(%(default)s)')
    group.add_argument('--diff-augment', type=policy, metavar='POLICY',
                       help='augment what the discriminator sees: names out of '
                       'color,translation,cutout')
    group.add_argument('--checkerboard-free', action='store_true',
                       help='constrain the filters so that flat food stays flat')
    group.add_argument('--label-position', choices=('input', 'middle'), default='input',
                       help="where the label joins: at the input, or after down-sampling, as the "
                       "paper's text has it (%(default)s)")
    group.add_argument('--cls-loss', choices=('softmax', 'sigmoid'),
                       help='classification loss (default: sigmoid for a list file, softmax for '
                       'others)')


def _of_gan(group):
    group.add_argument('--conditional', action='store_true',
                       help='both networks see the category')


def _of_pix2pix(group):
    group.add_argument('--norm', choices=('batch', 'instance'), default='batch',
                       help='normalisation (%(default)s)')
    group.add_argument('--no-dropout', action='store_true',
                       help="the generator's noise is dropout: none")


def _of_student(group):
    group.add_argument('--pairs', metavar='DIR', help='learn from a folder of photos and of what '
                       'the teacher made of them, with a table manifest.csv')
    group.add_argument('--hold-out', type=int, default=0, metavar='N', help='photos of each dish '
                       'in --pairs that are not trained on; the log says how near the student '
                       'comes on them (%(default)s)')
    group.add_argument('--teacher', metavar='NAME|FILE', help='learn from a generator: of photos '
                       '(--images, or rendered bowls) it is asked for dishes drawn at random')
    group.add_argument('--pretrained-model', metavar='RUN|FILE', help='begin with the weights of '
                       'an earlier training')
    group.add_argument('--separable', action='store_true', help='depthwise-separable convolutions '
                       'in the residual blocks')
    group.add_argument('--classifier', metavar='FILE', help='made by `foodgan train-classifier`: '
                       'whose features --lambda-feat compares')


def _judged(group):
    _of_stargan(group)
    group.add_argument('--classifier', metavar='FILE', help='made by `foodgan train-classifier`: '
                       'every --sample-step it judges translations of pictures that are not '
                       'trained on, and the log says what it found')


#: Options of a system that are no numbers.
ADDITIONS = {'stargan': _judged, 'joint': _of_stargan, 'gan': _of_gan, 'pix2pix': _of_pix2pix,
             'student': _of_student}


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
