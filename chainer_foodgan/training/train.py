"""Training by a configuration, from its start or from where it was interrupted."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import sys

import numpy

from chainer_foodgan import gpus, kernels, parallel
from chainer_foodgan.config import TrainConfig
from chainer_foodgan.datasets.iterators import make_iterator
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training import extensions, stopping
from chainer_foodgan.training.extensions import snapshots
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.updaters.loading import make_system

import chainer

_logger = logging.getLogger('chainer_foodgan')


@dataclasses.dataclass
class TrainResult:
    """What a training left.

    Attributes:
        run (Run): Its folder, which ``weights.load`` and ``Translator`` take as they are.
        weights (dict): The newest files of weights (pathlib.Path) by what their names end in:
            ``'G'``, ``'D'``.
        log (list of dict): Losses and figures by their names, an entry for every ``log_step``.
        iterations (int): How many there were, those before a resumption included.
        seconds (float): How long they took.
        parameters (dict): Numbers of parameters of ``gen`` and ``dis``.
    """

    run: Run
    weights: dict[str, object]
    log: list[dict]
    iterations: int
    seconds: float
    parameters: dict[str, int]


def train(config: TrainConfig) -> TrainResult | None:
    """Trains, or goes on with a training, until it is over.

    Args:
        config (SystemConfig): What to train: :class:`~chainer_foodgan.config.TrainConfig` for a
            StarGAN, or that of another system. With ``resume`` all but ``out``, ``device`` and
            ``communicator`` is what the training was started with.

    Returns:
        TrainResult: What it left; None on other ranks of an MPI job than 0.

    Raises:
        FoodganError: The data cannot be used, options do not fit together, there is a run in
            ``out`` already or, with ``resume``, none that saved anything, or the training
            diverged.
        Saved: A KeyboardInterrupt: Ctrl-C or another signal ended the training, which ``resume``
            goes on with.
    """
    comm = parallel.join(config.communicator, config.device)
    parallel.warn_on_rank_0(comm)
    run = Run(config.out)
    with parallel.raise_on_rank_0(comm):
        if config.resume:
            config = _recorded(config, run)
        trainer = make_trainer(config, run, comm)
        if config.resume:
            resume(trainer, run)
            _compare(run, comm, config.batch_size)
    with contextlib.ExitStack() as stack:
        with parallel.raise_on_rank_0(comm):
            _align(trainer)
            if comm.rank == 0:
                stack.enter_context(run.held())
                if not config.resume:
                    run.start(config.record(), comm, comm.device(config.device))
        with parallel.abort_on_error(comm), gpus.explained():
            stopping.run(trainer)
    stopping.raise_if_asked(trainer, run)
    if comm.rank != 0:
        return None
    optimizers = trainer.updater.get_all_optimizers()
    return TrainResult(
        run, run.weights(), run.log(), trainer.updater.iteration, trainer.elapsed_time,
        {name: optimizer.target.count_params() for name, optimizer in optimizers.items()})


def _recorded(config, run):
    """What a run was started with: only its place and what computes it may differ."""
    recorded = run.arguments()
    if recorded.get('system') != config.system:
        raise FoodganError('{} holds a training of the system {}: resume it with the script that '
                           'started it'.format(run.path, recorded.get('system')))
    check_saved(run)
    return config.given(recorded, out=config.out, resume=True, device=config.device,
                        communicator=config.communicator)


def check_saved(run):
    """Raises a FoodganError where a run has nothing to go on from."""
    if not run.saved():
        raise FoodganError(f'{run.path}: the training ended before anything was saved, so there is '
                           'nothing to go on from: start it again, without --resume')


def resume(trainer, run):
    """Loads the newest snapshot of a run and says on standard error where the training goes on; a
    FoodganError where there is none, or it cannot be loaded."""
    check_saved(run)
    newest = run.saved()[-1]
    snapshots.load(trainer, newest)
    done, total = trainer.updater.iteration, trainer.stop_trigger.iterations(trainer)
    if trainer.updater.comm.rank == 0:
        print(f'goes on at iteration {done + 1} of {total}, from {newest}' if done < total
              else f'all {total} iterations are done', file=sys.stderr)


def _compare(run, comm, batch_size):
    """Says where sums are not rounded as they were, so that weights differ by as much."""
    record = run.record()
    started = record['ranks']
    if started != comm.size:
        _logger.warning(
            'the run was started by %s and goes on by %s, each with %d photos of every batch: the '
            'batches and all that is drawn at random stay the same, sums are rounded differently',
            _count(started, 'process'), _count(comm.size, 'process'), batch_size // comm.size)
    threads = record.get('threads') or kernels.threads()
    if threads != kernels.threads():
        _logger.warning(
            'the run was started with %s and goes on with %s, which round sums differently: '
            'OMP_NUM_THREADS=%d before the command goes on exactly',
            _count(threads, 'thread'), _count(kernels.threads(), 'thread'), threads)


def _count(number, what):
    return '{} {}{}'.format(number, what, '' if number == 1 else 'es' if what[-1] == 's' else 's')


def make_trainer(config, run, comm=parallel.ALONE):
    """The trainer of a run by a SystemConfig, ready to run or to be loaded from a snapshot; of
    those who train together rank 0 alone writes and prints. A FoodganError where the data cannot be
    used, or sizes do not fit."""
    device = gpus.device(comm.device(config.device))
    device.use()  # NCCL connects the GPUs that are in use
    kernels.configure(config.precision, config.algorithms, device)
    system = make_system(config)
    _check(system, comm)

    networks = system.networks(numpy.random.default_rng(config.seed))
    if not run.saved():
        system.begin(networks)
    optimizers = {name: Adam(lr, config.beta1, config.beta2, comm=comm).setup(networks[name])
                  for name, lr in (('gen', config.g_lr), ('dis', config.d_lr))}
    system.constrain(optimizers)
    order = SeededOrder(config.seed, config.batch_size, system.even(), comm)
    iterator = make_iterator(system.dataset, config.batch_size // comm.size, order,
                             config.num_workers, config.processes)
    updater = system.updater(iterator, optimizers, seed=config.seed, device=device, comm=comm)
    # A trainer makes its folder, which is rank 0's to make.
    trainer = chainer.training.Trainer(
        updater, stopping.StopTrigger(config.num_epochs, config.num_iters, config.minutes),
        str(run.logs) if comm.rank == 0 else '.')
    _extend(trainer, system, run)
    return trainer


def _extend(trainer, system, run):
    config, end = system.config, trainer.stop_trigger
    optimizers = trainer.updater.get_all_optimizers()
    trainer.extend(extensions.LearningRate(optimizers, config.num_epochs, config.num_epochs_decay))
    if trainer.updater.comm.rank != 0:
        return
    gen, dis = (optimizers[name].target for name in ('gen', 'dis'))
    fail_on_nan = extensions.FailOnNaN(run)
    trainer.extend(fail_on_nan)
    if config.ema:
        average = extensions.ExponentialAverage(optimizers['gen'], config.ema)
        trainer.extend(average)
        gen = average.link

    shown = ('epoch', 'iteration') + system.losses
    evaluation = system.evaluation(gen)
    if evaluation is not None:
        trainer.extend(evaluation, trigger=end.every(config.sample_step))
        shown += evaluation.shown
    log_report = chainer.training.extensions.LogReport(trigger=(config.log_step, 'iteration'))
    trainer.extend(log_report)
    trainer.extend(extensions.ThreadAdvice())
    trainer.extend(extensions.Printing(shown + ('elapsed_time',), log_report))
    trainer.extend(extensions.SampleGrid(run, lambda: system.rows(gen)),
                   trigger=end.every(config.sample_step))
    trainer.extend(extensions.LossPlot(run, log_report), trigger=end.every(config.sample_step))
    if config.use_tensorboard:
        board = extensions.TensorBoard(run, log_report)
        trainer.extend(board, trigger=(config.log_step, 'iteration'))
        # Chainer names extensions, which a method does not let it.
        trainer.extend(lambda trainer: board.picture(trainer), 'TensorBoardPicture',
                       end.every(config.sample_step))
    trainer.extend(
        extensions.Snapshots(run, lambda: system.weights(gen, dis), fail_on_nan, config.keep,
                             end.saving(config.model_save_step)),
        trigger=end.saving(config.model_save_step, config.snapshot_minutes))


def _align(trainer):
    """Gives all ranks the weights of rank 0; a FoodganError where they are not at the same place of
    the same training."""
    updater = trainer.updater
    places = updater.comm.gather(
        (len(updater.get_iterator('main').dataset), updater.iteration))
    for rank, place in enumerate(places):
        if place != places[0]:
            raise FoodganError(
                'the ranks do not find the same files: rank 0 has {} photos and is at iteration '
                '{}, rank {} has {} and is at {}; give all machines the same photos and the same '
                'run folder'.format(*places[0], rank, *place))
    for optimizer in updater.get_all_optimizers().values():
        updater.comm.broadcast(optimizer.target)


def _check(system, comm):
    config = system.config
    if config.batch_size % comm.size:
        raise FoodganError(f'--batch-size {config.batch_size} is shared by all processes and does '
                           f'not divide by their number, {comm.size}: choose a multiple of it')
    if comm.size > 1 and not system.shares_batches:
        raise FoodganError(
            f'{comm.size} processes cannot share the batches of this system ({config.system}): '
            'its networks mix the pictures of a batch; start one')
    if len(system.dataset) < config.batch_size:
        raise FoodganError(f'{len(system.dataset)} photos are fewer than one batch of '
                           f'{config.batch_size}: lower --batch-size')
    if config.seed < 0:
        raise FoodganError(f'--seed {config.seed} is negative: choose another')
