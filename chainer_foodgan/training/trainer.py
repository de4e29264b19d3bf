"""Putting a training together: data, networks, optimisers, updater, extensions."""

import logging
import sys

import chainer
import numpy

from chainer_foodgan import kernels
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.datasets.order import SeededOrder
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.diff_augment import DiffAugment
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.training import extensions
from chainer_foodgan.training.optimizer import Adam, CheckerboardFree
from chainer_foodgan.training.updaters import StarGANUpdater

_logger = logging.getLogger('chainer_foodgan')

SAMPLE_PHOTOS = 8
LOG_ENTRIES = ('epoch', 'iteration', 'gen/loss_fake', 'gen/loss_rec', 'gen/loss_cls',
               'dis/loss_real', 'dis/loss_fake', 'dis/loss_cls', 'dis/loss_gp', 'dis/accuracy',
               'elapsed_time')


def train_data(args):
    """The photos that the arguments name: a folder, a list, a manifest, or rendered bowls."""
    if args.images is None:
        return RenderedBowls(
            args.bowls, args.image_size, args.seed,
            **({'categories': args.categories} if args.categories else {}))
    crop = (args.random_resized_crop, 1.) if args.random_resized_crop else None
    return open_dataset(
        args.images, args.list, transforms.Train(args.image_size, args.crop_size,
                                                 random_resized_crop=crop),
        categories=args.categories, seed=args.seed, skip_bad=args.skip_bad, test=args.test)


def make_trainer(args, run):
    """Builds the trainer of a run.

    Args:
        args (argparse.Namespace): The options of ``foodgan train``.
        run (Run): Its folder.

    Returns:
        chainer.training.Trainer: Ready to run, or to be loaded from a snapshot.

    Raises:
        FoodganError: The data cannot be used, or sizes do not fit.
    """
    chainer.global_config.torch_precision = args.precision
    dataset = train_data(args)
    c_dim = len(dataset.categories)
    _check(args, dataset)
    cls_loss = 'softmax' if dataset.labels.ndim == 1 else 'sigmoid'

    rng = numpy.random.default_rng(args.seed)
    gen = Generator(args.g_conv_dim, c_dim, args.g_repeat_num, rng=rng)
    dis = Discriminator(args.image_size, args.d_conv_dim, c_dim, args.d_repeat_num, rng=rng)
    optimizers = {'gen': Adam(args.g_lr, args.beta1, args.beta2).setup(gen),
                  'dis': Adam(args.d_lr, args.beta1, args.beta2).setup(dis)}
    if args.checkerboard_free:
        optimizers['gen'].add_hook(CheckerboardFree())

    iterator = chainer.iterators.MultithreadIterator(
        dataset, args.batch_size, n_threads=args.num_workers,
        order_sampler=SeededOrder(args.seed, args.batch_size,
                                  dataset.labels if args.balanced else None))
    updater = StarGANUpdater(
        iterator, optimizers, d_train_repeat=args.d_train_repeat, lambda_cls=args.lambda_cls,
        lambda_rec=args.lambda_rec, lambda_gp=args.lambda_gp, lambda_idt=args.lambda_idt,
        cls_loss=cls_loss, seed=args.seed, device=args.device,
        augment=DiffAugment(args.diff_augment) if args.diff_augment else None)
    stop = (args.num_iters, 'iteration') if args.num_iters else (args.num_epochs, 'epoch')
    trainer = chainer.training.Trainer(updater, stop, out=str(run.logs))
    _extend(trainer, args, run, dataset)
    return trainer


def _extend(trainer, args, run, dataset):
    optimizers = trainer.updater.get_all_optimizers()
    gen = optimizers['gen'].target
    fail_on_nan = extensions.FailOnNaN(run)
    trainer.extend(fail_on_nan)
    trainer.extend(extensions.LearningRate(optimizers, args.num_epochs, args.num_epochs_decay))
    if args.ema:
        average = extensions.ExponentialAverage(optimizers['gen'], args.ema)
        trainer.extend(average)
        gen = average.link

    log_report = chainer.training.extensions.LogReport(trigger=(args.log_step, 'iteration'))
    trainer.extend(log_report)
    trainer.extend(chainer.training.extensions.PrintReport(LOG_ENTRIES, log_report),
                   trigger=(args.log_step, 'iteration'))
    if sys.stderr.isatty():
        trainer.extend(chainer.training.extensions.ProgressBar(update_interval=1, out=sys.stderr))
    photos = numpy.stack([dataset[index][0] for index in sample_indices(dataset)])
    trainer.extend(extensions.SampleGrid(run, gen, photos, dataset.categories),
                   trigger=every(args.sample_step, args))
    trainer.extend(extensions.LossPlot(run, log_report), trigger=every(args.sample_step, args))
    meta = {'categories': list(dataset.categories), 'image_size': args.image_size}
    trainer.extend(
        extensions.Snapshots(run, {'G': gen, 'D': optimizers['dis'].target}, meta, fail_on_nan,
                             args.keep),
        trigger=every(args.model_save_step, args))


def every(step, args):
    """A trigger: every ``step`` iterations of the training, and after its last one.

    The original counts within the epoch, so that a data set of fewer than ``step`` batches would
    never be saved.
    """
    def trigger(trainer):
        updater = trainer.updater
        last = (updater.iteration >= args.num_iters if args.num_iters
                else updater.epoch >= args.num_epochs)
        return last or updater.iteration % step == 0
    return trigger


def sample_indices(dataset):
    """Indices of a few photos of different categories, always the same ones."""
    labels = dataset.labels if dataset.labels.ndim == 1 else dataset.labels.argmax(axis=1)
    first = [numpy.flatnonzero(labels == label) for label in range(len(dataset.categories))]
    rounds = [indices[n] for n in range(SAMPLE_PHOTOS) for indices in first if n < len(indices)]
    return rounds[:SAMPLE_PHOTOS]


def _check(args, dataset):
    if len(dataset) < args.batch_size:
        raise FoodganError('{} photos are fewer than one batch of {}: lower --batch-size'.format(
            len(dataset), args.batch_size))
    if args.image_size % 2 ** args.d_repeat_num or args.image_size % 4:
        raise FoodganError(
            '--image-size {} is no multiple of 4 and of 2 ** {} (--d-repeat-num): the '
            'discriminator halves it that often'.format(args.image_size, args.d_repeat_num))
    if args.precision != 'float32' and kernels.torch() is None:
        raise FoodganError('--precision {} needs PyTorch: pip install torch'.format(
            args.precision))
    batches = len(dataset) // args.batch_size
    if batches < args.d_train_repeat:
        _logger.warning(
            'an epoch has %d batches, so the generator never takes its step: the count to %d '
            'starts anew in every epoch, as in the original; lower --batch-size or '
            '--d-train-repeat', batches, args.d_train_repeat)
    if args.balanced and dataset.labels.ndim != 1:
        raise FoodganError('--balanced needs one category a photo, as in folders; leave it out '
                           'with a list file')
    if args.seed < 0:
        raise FoodganError('--seed {} is negative: choose another'.format(args.seed))
    try:
        chainer.get_device(args.device)
    except (RuntimeError, ValueError) as error:
        raise FoodganError('--device {} cannot be used ({}): choose @numpy, or install CuPy'.format(
            args.device, str(error).split('\n')[0])) from error
