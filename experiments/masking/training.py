"""Teaching a U-Net where the food is."""

import dataclasses
from typing import ClassVar, Optional

import numpy

from chainer_foodgan import images, kernels
from chainer_foodgan.config import Config
from chainer_foodgan.config.base import natural, number, option, positive, share
from chainer_foodgan.datasets.iterators import make_iterator
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import UnetGenerator, init_weights
from chainer_foodgan.training import extensions
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.stopping import StopTrigger
from chainer_foodgan.training.updaters.base import Updater, report
from masking.examples import MaskedBowls

import chainer
import chainer.functions as F

_SHOWN = 6  # pictures of a sample grid

RUN, SETTINGS = 'run', 'settings, from the configuration'


def _setting(kind, help):
    return option(None, help, kind, group=SETTINGS, required=True)


@dataclasses.dataclass
class MaskConfig(Config):
    """The network that finds the food, on rendered bowls."""

    groups: ClassVar = (RUN, SETTINGS)

    out: str = option(None, 'folder of the run', unit='RUN', group=RUN, required=True, kept=False)
    bowls: int = _setting(positive, 'rendered bowls to train on')
    image_size: int = _setting(positive, 'side of the pictures, pixels')
    num_downs: int = _setting(positive, 'halvings of the size, at least 5')
    conv_dim: int = _setting(positive, 'channels of the first convolution')
    batch_size: int = _setting(positive, 'pictures in a batch')
    num_epochs: int = _setting(positive, 'epochs')
    num_epochs_decay: int = _setting(natural, 'last epochs, in which the learning rate falls')
    lr: float = _setting(number, 'learning rate')
    ema: float = _setting(share, 'decay of the average of the weights, which is what is used')
    log_step: int = _setting(positive, 'iterations between entries of the log')
    save_step: int = _setting(positive, 'iterations between snapshots')
    snapshot_minutes: float = option(10., 'minutes after which one is saved in any case', number,
                                     group=SETTINGS)
    unseen: int = option(200, 'bowls to measure on', positive, group=SETTINGS)
    resume: bool = option(False, 'go on with the run, or measure it', bool, group=RUN, kept=False)
    precision: str = option('auto', 'of the convolutions in training',
                            choices=('auto', 'float32', 'bfloat16'), group=RUN)
    seed: int = option(1, 'seed of all that is drawn at random', natural, group=RUN)
    num_workers: int = option(1, 'threads that make pictures', positive, group=RUN)
    weights: str = option('bowls_64', 'whose change outside the food to measure', unit='NAME',
                          group=RUN, kept=False)
    photos: Optional[str] = option(None, 'draw a sheet of these photos, too', unit='DIR', group=RUN,
                                   kept=False)


def logits(gen, x):
    """What the network says before its tanh, as the logit of a pixel's being food.

    Its output is tanh(z), and (1 + tanh(z)) / 2, the share of food, is the sigmoid of 2 z.

    Args:
        gen (UnetGenerator): With one output channel.
        x (numpy.ndarray): Photos, float32 (B, 3, H, W) in [-1, 1].

    Returns:
        Variable: Float32 (B, 1, H, W).
    """
    return 2 * gen.model.model(x, stop=-1)


def mask_losses(z, mask):
    """How far a mask is from the true one.

    Args:
        z (Variable): Logits, float32 (B, 1, H, W).
        mask (numpy.ndarray): The truth, float32 (B, 1, H, W) in [0, 1].

    Returns:
        dict: Scalar Variables ``bce``, the binary cross-entropy of a pixel, and ``dice``, one less
        the mean overlap 2 |A B| / (|A| + |B|) of a picture (Milletari et al. 2016).
    """
    p, pixels = F.sigmoid(z), (1, 2, 3)
    both = F.sum(p * mask, axis=pixels)
    # One pixel more in both, for pictures without food.
    overlap = (2 * both + 1) / (F.sum(p, axis=pixels) + mask.sum(axis=pixels) + 1)
    return {'bce': F.mean(F.softplus(z) - mask * z), 'dice': 1 - F.mean(overlap)}


def iou(found, mask):
    """The overlap |A and B| / |A or B| of two masks, bool (..., H, W): float (...); 1 for none."""
    both, either = ((found & mask).sum(axis=(-2, -1)), (found | mask).sum(axis=(-2, -1)))
    return numpy.where(either > 0, both / numpy.maximum(either, 1), 1.)


class MaskUpdater(Updater):
    """One iteration: a step on the sum of :func:`mask_losses`."""

    def update_core(self):
        optimizer = self.get_optimizer('gen')
        x, mask = self.next_batch()
        z = logits(optimizer.target, x)
        losses = mask_losses(z, mask)
        report(losses, optimizer.target)
        chainer.report({'iou': iou(z.array > 0, mask > 0.5).mean()}, optimizer.target)
        optimizer.step(losses['bce'] + losses['dice'])


def make_trainer(config, run):
    """Builds the trainer of a run.

    Args:
        config (MaskConfig): What to train.
        run (Run): Its folder.

    Returns:
        chainer.training.Trainer: Ready to run, or to be loaded from a snapshot.

    Raises:
        FoodganError: Sizes do not fit.
    """
    if config.image_size % 2 ** config.num_downs:
        raise FoodganError(f'--image-size {config.image_size} is no multiple of '
                           f'{2 ** config.num_downs}: the network halves it --num-downs times')
    if config.bowls < config.batch_size:
        raise FoodganError(f'--bowls {config.bowls} are fewer than one batch of '
                           f'{config.batch_size}: lower --batch-size')
    chainer.global_config.torch_precision = kernels.precision(config.precision)
    rng = numpy.random.default_rng(config.seed)
    gen = UnetGenerator(3, 1, config.num_downs, config.conv_dim, rng=rng)
    init_weights(gen, 'kaiming', rng)
    optimizers = {'gen': Adam(config.lr, beta1=0.9).setup(gen)}
    examples = MaskedBowls(config.bowls, config.image_size, config.seed)
    iterator = make_iterator(examples, config.batch_size,
                             SeededOrder(config.seed, config.batch_size), config.num_workers)
    end = StopTrigger(config.num_epochs)
    trainer = chainer.training.Trainer(
        MaskUpdater(iterator, optimizers, seed=config.seed), end, str(run.logs))

    average = extensions.ExponentialAverage(optimizers['gen'], config.ema)
    fail_on_nan = extensions.FailOnNaN(run)
    log_report = chainer.training.extensions.LogReport(trigger=(config.log_step, 'iteration'))
    shown = ('epoch', 'iteration', 'gen/loss_bce', 'gen/loss_dice', 'gen/iou', 'elapsed_time')
    trainer.extend(extensions.LearningRate(optimizers, config.num_epochs, config.num_epochs_decay))
    trainer.extend(fail_on_nan)
    trainer.extend(average)
    trainer.extend(log_report)
    trainer.extend(extensions.ThreadAdvice())
    trainer.extend(extensions.Printing(shown, log_report))
    trainer.extend(extensions.SampleGrid(run, lambda: rows(average.link, examples, range(_SHOWN))),
                   trigger=end.every(config.save_step))
    trainer.extend(extensions.LossPlot(run, log_report), trigger=end.every(config.save_step))
    meta = {'network': 'mask', 'image_size': config.image_size,
            'trained_on': f'{config.bowls} rendered bowls of seed {config.seed} on random grounds'}
    trainer.extend(
        extensions.Snapshots(run, lambda: {'G': (average.link, meta)}, fail_on_nan,
                             for_use=end.saving(config.save_step)),
        trigger=end.saving(config.save_step, config.snapshot_minutes))
    return trainer


def shares(gen, x):
    """The share of food of each pixel, as the network is used: float32 (B, H, W) in [0, 1]."""
    with chainer.no_backprop_mode(), chainer.using_config('train', False):
        return (gen(x).array[:, 0] + 1) / 2


def rows(gen, examples, indices):
    """What to show: a row per picture, with the true mask and the one found; and the titles."""
    x, mask = map(numpy.stack, zip(*[examples[index] for index in indices]))

    def grey(share):
        return images.to_image(numpy.repeat(2 * share[None] - 1, 3, axis=0))

    found = shares(gen, x)
    return [[images.to_image(picture), grey(true[0]), grey(share)]
            for picture, true, share in zip(x, mask, found)], ('picture', 'true', 'found')
