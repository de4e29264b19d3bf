"""Training by a configuration, from its start or from where it was interrupted."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import sys

from chainer_foodgan import gpus, kernels, mpi_errors, parallel
from chainer_foodgan.config import TrainConfig
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training import snapshot, stopping
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.trainer import align, make_trainer

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
    mpi_errors.warn_on_rank_0(comm)
    run = Run(config.out)
    with mpi_errors.raise_on_rank_0(comm):
        if config.resume:
            config = _recorded(config, run)
        trainer = make_trainer(config, run, comm)
        if config.resume:
            resume(trainer, run)
            _compare(run, comm, config.batch_size)
    with contextlib.ExitStack() as stack:
        with mpi_errors.raise_on_rank_0(comm):
            align(trainer)
            if comm.rank == 0:
                stack.enter_context(run.held())
                if not config.resume:
                    run.start(config.record(), comm, comm.device(config.device))
        with mpi_errors.abort_on_error(comm), gpus.explained():
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
    """Loads the newest snapshot of a run and says on standard error where the training goes on.

    Raises:
        FoodganError: There is none, or it cannot be loaded.
    """
    check_saved(run)
    newest = run.saved()[-1]
    snapshot.load(trainer, newest)
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
