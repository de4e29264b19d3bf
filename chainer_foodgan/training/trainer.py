"""Putting a training together: data, networks, optimisers, updater, extensions."""


import numpy

from chainer_foodgan import gpus, kernels
from chainer_foodgan.datasets.iterators import make_iterator
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.parallel import ALONE
from chainer_foodgan.training import extensions, systems
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.stopping import StopTrigger

import chainer


def make_trainer(config, run, comm=ALONE):
    """Builds the trainer of a run.

    Args:
        config (SystemConfig): What to train.
        run (Run): Its folder.
        comm (Communicator): Who trains together; rank 0 alone writes and prints.

    Returns:
        chainer.training.Trainer: Ready to run, or to be loaded from a snapshot.

    Raises:
        FoodganError: The data cannot be used, or sizes do not fit.
    """
    device = gpus.device(comm.device(config.device))
    device.use()  # NCCL connects the GPUs that are in use
    kernels.configure(config.precision, config.algorithms, device)
    system = systems.make_system(config)
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
        updater, StopTrigger(config.num_epochs, config.num_iters, config.minutes),
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


def align(trainer):
    """Gives all ranks the weights of rank 0.

    Raises:
        FoodganError: The ranks are not at the same place of the same training.
    """
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
