"""Training by a configuration, from its start or from where it was interrupted."""

from __future__ import annotations

import dataclasses
import logging

from chainer_foodgan import mpi_errors, parallel
from chainer_foodgan.config import TrainConfig
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import by_place
from chainer_foodgan.training import snapshot
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
            ``out`` already or, with ``resume``, none, or the training diverged.
    """
    comm = parallel.join(config.communicator, config.device)
    mpi_errors.warn_on_rank_0(comm)
    run = Run(config.out)
    with mpi_errors.raise_on_rank_0(comm):
        if config.resume:
            config = _recorded(config, run)
        trainer = make_trainer(config, run, comm)
        if config.resume:
            _go_on(trainer, run, config)
    with mpi_errors.raise_on_rank_0(comm):
        align(trainer)
        if comm.rank == 0 and not config.resume:
            run.start(config.record(), comm, comm.device(config.device))
    with mpi_errors.abort_on_error(comm):
        trainer.run(show_loop_exception_msg=False)
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
    return config.given(recorded, out=config.out, resume=True, device=config.device,
                        communicator=config.communicator)


def _go_on(trainer, run, config):
    """Loads the newest snapshot."""
    saved = by_place(run.snapshots, '.npz')
    if saved:
        snapshot.load(trainer, saved[-1])
    size, started = trainer.updater.comm.size, run.ranks()
    if started != size:
        _logger.warning(
            'the run was started by %s and goes on by %s, each with %d photos of every batch: the '
            'batches and all that is drawn at random stay the same, sums are rounded differently',
            _count(started), _count(size), config.batch_size // size)


def _count(processes):
    return '{} process{}'.format(processes, '' if processes == 1 else 'es')
