"""Options of trainings. Their names are those of the original's main.py where it has them."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Optional, Union

from chainer_foodgan.config.base import (
    CATEGORIES,
    IMAGES,
    LIST,
    SKIP_BAD,
    TEST,
    Config,
    augmentations,
    integer,
    names,
    natural,
    number,
    option,
    positive,
    share,
)

RUN, DATA, SETTINGS = 'run', 'data', 'settings'
DEPARTURES = 'departures, for small data, short training and processors'


@dataclasses.dataclass
class SystemConfig(Config):
    """What all systems' trainings have in common; defaults are those of the released code."""

    system: ClassVar[str]
    groups: ClassVar = (DATA, RUN, SETTINGS, DEPARTURES)

    out: str = option(None, 'run folder', unit='RUN', group=RUN, required=True, kept=False)
    categories: Optional[list[str]] = option(**CATEGORIES)
    bowls: int = option(10000, 'number of rendered bowls where there are no --images', positive,
                        group=DATA)
    resume: bool = option(False, 'go on with the run in RUN, by its own options', bool, group=RUN,
                          kept=False)
    seed: int = option(0, 'seed of all that is drawn at random', integer, group=RUN)
    minutes: Optional[float] = option(
        None, 'stop after so much time, if it is not over before', number, group=RUN)
    device: str = option(
        '@numpy', 'Chainer device: @numpy, a GPU as @cupy:0, or @cupy for the first; under '
        'mpiexec, @cupy gives each process one of its own', unit='DEVICE', group=RUN, kept=False)
    communicator: Optional[str] = option(
        None, "ChainerMN's, for processes started by mpiexec (naive on processors, pure_nccl on "
        'GPUs)', choices=('naive', 'flat', 'non_cuda_aware', 'pure_nccl'), group=RUN, kept=False)
    processes: bool = option(False, '--num-workers are processes instead of threads', bool,
                             group=RUN)
    keep: int = option(2, 'snapshots of the whole training to keep', positive, group=RUN)
    use_tensorboard: bool = option(
        False, 'write the log and the sample grids for TensorBoard, too', bool, group=RUN)
    precision: str = option(
        'float32', "of the convolutions' inputs; bfloat16 takes half the time where PyTorch is "
        'installed and the processor computes in it; tf32 is for GPUs since Ampere; auto uses the '
        'fastest that the device computes in', choices=('float32', 'tf32', 'bfloat16', 'auto'),
        group=RUN)
    algorithms: str = option(
        'deterministic', 'of cuDNN on a GPU: deterministic ones give the same weights in every '
        'run, fastest ones are found by trying', choices=('deterministic', 'fastest'), group=RUN)
    image_size: int = option(256, 'side of the pictures, pixels', positive, group=SETTINGS)
    batch_size: int = option(32, 'pictures in a batch', positive, group=SETTINGS)
    num_epochs: int = option(20, 'epochs', positive, group=SETTINGS)
    num_epochs_decay: int = option(10, 'last epochs, in which the learning rates fall', integer,
                                   group=SETTINGS)
    num_iters: Optional[int] = option(None, 'stop after so many iterations instead', positive,
                                      group=SETTINGS)
    g_conv_dim: int = option(64, "channels of the generator's first convolution", positive,
                             group=SETTINGS)
    d_conv_dim: int = option(64, "channels of the discriminator's first convolution", positive,
                             group=SETTINGS)
    g_lr: float = option(1e-4, "the generator's learning rate", number, group=SETTINGS)
    d_lr: float = option(1e-4, "the discriminator's learning rate", number, group=SETTINGS)
    beta1: float = option(0.5, 'decay of the first moment, of Adam', number, group=SETTINGS)
    beta2: float = option(0.999, 'decay of the second moment, of Adam', number, group=SETTINGS)
    num_workers: int = option(1, 'threads that read photos', positive, group=SETTINGS)
    log_step: int = option(10, 'iterations between entries of the log', positive, group=SETTINGS)
    sample_step: int = option(997, 'iterations between sample grids', positive, group=SETTINGS)
    model_save_step: int = option(1994, 'iterations between files of weights and snapshots',
                                  positive, group=SETTINGS)
    snapshot_minutes: float = option(
        10., 'minutes after which a snapshot is saved in any case; 0: only by --model-save-step',
        number, group=DEPARTURES)
    ema: Optional[float] = option(
        None, "use a moving average of the generator's weights, of this decay, e.g. 0.999", share,
        'DECAY', group=DEPARTURES)

    def record(self):
        return {**super().record(), 'system': self.system}


@dataclasses.dataclass
class PhotosConfig(SystemConfig):
    """Systems that are trained on photos, or on rendered bowls."""

    images: Optional[str] = option(**IMAGES)
    list: Optional[str] = option(**LIST)
    test: Optional[Union[int, float]] = option(**TEST)
    crop_size: int = option(256, 'side of the centre crop, pixels of the photo', positive,
                            group=DATA)
    skip_bad: bool = option(**SKIP_BAD)
    random_resized_crop: Optional[float] = option(
        None, 'crop a random square of at least this share of the area', share, 'SHARE',
        group=DATA)


def _blocks():
    return option(6, 'residual blocks', positive, group=SETTINGS)


def _halvings():
    return option(6, "the discriminator's convolutions, each of which halves the size", positive,
                  group=SETTINGS)


def _layers():
    return option(3, "the discriminator's convolutions that halve the size; 3: it judges squares "
                  'of 70 x 70 pixels', positive, group=SETTINGS)


def _weight(default, of, group=SETTINGS):
    return option(default, 'weight of ' + of, number, group=group)


def _balanced():
    return option(False, 'draw the categories evenly', bool, group=DEPARTURES)


@dataclasses.dataclass
class _StarGANConfig(PhotosConfig):

    g_repeat_num: int = _blocks()
    d_repeat_num: int = _halvings()
    lambda_cls: float = _weight(1., 'the classification losses')
    lambda_rec: float = _weight(10., 'the cycle loss')
    lambda_gp: float = _weight(10., 'the gradient penalty')
    d_train_repeat: int = option(5, "the discriminator's iterations to one of the generator",
                                 positive, group=SETTINGS)
    adversarial: str = option(
        'wgan-gp', "adversarial loss: that of the released code, the paper's text's log D, hinge, "
        'or least squares', choices=('wgan-gp', 'log', 'hinge', 'ls'), group=DEPARTURES)
    lambda_idt: float = _weight(0., 'an identity loss, which keeps what is not food', DEPARTURES)
    diff_augment: Optional[str] = option(
        None, 'augment what the discriminator sees: names out of color,translation,cutout',
        augmentations, group=DEPARTURES)
    checkerboard_free: bool = option(
        False, 'constrain the filters so that flat food stays flat', bool, group=DEPARTURES)
    label_position: str = option(
        'input', "where the label joins: at the input, after down-sampling as the paper's text has "
        'it, or in the scales and shifts of the normalisations',
        choices=('input', 'middle', 'normalisation'), group=DEPARTURES)
    cls_loss: Optional[str] = option(
        None, 'classification loss (sigmoid for a list file, softmax for others)',
        choices=('softmax', 'sigmoid'), group=DEPARTURES)


@dataclasses.dataclass
class TrainConfig(_StarGANConfig):
    """A StarGAN."""

    system: ClassVar = 'stargan'

    balanced: bool = _balanced()
    classifier: Optional[str] = option(
        None, 'made by `foodgan train-classifier`: every --sample-step it judges translations of '
        'pictures that are not trained on, and the log says what it found', unit='FILE',
        group=DEPARTURES)


@dataclasses.dataclass
class JointConfig(_StarGANConfig):
    """A StarGAN on two data sets whose categories differ."""

    system: ClassVar = 'joint'

    images2: Optional[str] = option(
        None, 'folder of the second set (default: rendered bowls)', unit='DIR', group=DATA)
    list2: Optional[str] = option(None, 'as --list, of the second set', unit='FILE', group=DATA)
    categories2: Optional[list[str]] = option(None, 'as --categories, of the second set', names,
                                              group=DATA)


@dataclasses.dataclass
class GANConfig(PhotosConfig):
    """A GAN, or a conditional one."""

    system: ClassVar = 'gan'

    z_dim: int = option(100, 'numbers of noise', positive, group=SETTINGS)
    d_layers: int = _layers()
    balanced: bool = _balanced()
    conditional: bool = option(False, 'both networks see the category', bool, group=DEPARTURES)


@dataclasses.dataclass
class ACGANConfig(PhotosConfig):
    """An ACGAN."""

    system: ClassVar = 'acgan'

    z_dim: int = option(100, 'numbers of noise', positive, group=SETTINGS)
    d_repeat_num: int = _halvings()
    lambda_cls: float = _weight(1., 'the classification losses')
    balanced: bool = _balanced()


@dataclasses.dataclass
class Pix2PixConfig(SystemConfig):
    """pix2pix on pairs of rendered bowls."""

    system: ClassVar = 'pix2pix'

    d_layers: int = _layers()
    num_downs: int = option(8, 'halvings of the generator', positive, group=SETTINGS)
    lambda_l1: float = _weight(100., 'the distance to the truth')
    norm: str = option('batch', 'normalisation', choices=('batch', 'instance'), group=DEPARTURES)
    no_dropout: bool = option(False, "the generator's noise is dropout: none", bool,
                              group=DEPARTURES)


@dataclasses.dataclass
class CycleGANConfig(PhotosConfig):
    """A CycleGAN between two categories."""

    system: ClassVar = 'cyclegan'

    g_repeat_num: int = _blocks()
    d_layers: int = _layers()
    lambda_rec: float = _weight(10., 'the cycle loss')
    lambda_idt: float = _weight(5., 'the identity losses')
    pool_size: int = option(50, 'translations that the pool holds', integer, group=SETTINGS)


@dataclasses.dataclass
class StudentConfig(PhotosConfig):
    """A small generator that learns what a teacher makes of photos."""

    system: ClassVar = 'student'

    g_repeat_num: int = _blocks()
    d_layers: int = option(2, 'convolutions of the critic that double the channels; 2: it judges '
                           'squares of 34 x 34 pixels', positive, group=SETTINGS)
    lambda_l1: float = _weight(30., "the mean absolute error to the teacher's result")
    lambda_adv: float = _weight(1., "the critic's score; 0: no critic")
    lambda_tex: float = _weight(0., 'the distance of the energies of fine detail')
    lambda_feat: float = _weight(0., 'the distance of the features of --classifier')
    scales: int = option(1, 'sizes that the error is taken at, each half of the one before',
                         positive, group=SETTINGS)
    pairs: Optional[str] = option(
        None, 'learn from a folder of photos and of what the teacher made of them, with a table '
        'manifest.csv', unit='DIR', group=DEPARTURES)
    hold_out: int = option(
        0, 'photos of each dish in --pairs that are not trained on; the log says how near the '
        'student comes on them', natural, group=DEPARTURES)
    teacher: Optional[str] = option(
        None, 'learn from a generator: of photos (--images, or rendered bowls) it is asked for '
        'dishes drawn at random', unit='NAME|FILE', group=DEPARTURES)
    pretrained_model: Optional[str] = option(
        None, 'begin with the weights of an earlier training', unit='RUN|FILE', group=DEPARTURES)
    separable: bool = option(False, 'depthwise-separable convolutions in the residual blocks', bool,
                             group=DEPARTURES)
    classifier: Optional[str] = option(
        None, 'made by `foodgan train-classifier`: whose features --lambda-feat compares',
        unit='FILE', group=DEPARTURES)


#: By the system's name.
SYSTEMS = {config.system: config for config in (
    TrainConfig, JointConfig, GANConfig, ACGANConfig, Pix2PixConfig, CycleGANConfig, StudentConfig)}
