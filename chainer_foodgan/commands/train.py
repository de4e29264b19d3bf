"""``foodgan train``: trains a StarGAN on photos, or on rendered bowls."""

import argparse
import sys

from chainer_foodgan.commands import options
from chainer_foodgan.errors import FoodganError

EPILOG = """\
example:
  foodgan train --images photos --out run             a folder of photos per category
  foodgan train --out run --image-size 64 --num-iters 1000 --batch-size 16 --d-repeat-num 4
                                                      rendered bowls, on a laptop
  foodgan train --out run --resume                    goes on where run was interrupted
  mpiexec -n 4 foodgan train --images photos --out run
                                                      four processes, a quarter of a batch each
"""

#: Options that say where and how, not what, a training computes: they are not part of its record.
NOT_KEPT = ('run', 'command', 'out', 'resume', 'device', 'communicator')


def add_parser(subparsers):
    parser = subparsers.add_parser(
        'train', help='train on photos or rendered bowls', epilog=EPILOG,
        description='Trains a StarGAN. The defaults are those of the released code.',
        formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_training(parser, 'stargan')
    return parser


def run(args):
    train(args)


def train(args):
    """Trains, or goes on with a training, until it is over.

    Returns:
        chainer.training.Trainer: What it was, at its end.
    """
    from chainer_foodgan import parallel
    from chainer_foodgan.commands import ranks
    from chainer_foodgan.training.run import Run
    from chainer_foodgan.training.trainer import align

    world = parallel.join(args.communicator, args.device)
    ranks.only_one_speaks(world)
    folder = Run(args.out)
    with ranks.together(world):
        trainer = prepare(args, folder, world)
    with ranks.together(world):
        align(trainer)
        if world.rank == 0 and not args.resume:
            kept = {name: value for name, value in vars(args).items() if name not in NOT_KEPT}
            folder.start(kept, world, world.device(args.device))
    with ranks.at_once(world):
        trainer.run(show_loop_exception_msg=False)
    if world.rank == 0:
        print('the weights are in {}'.format(folder.models))
    return trainer


def prepare(args, folder, world):
    """The trainer, at the place where it starts or goes on."""
    from chainer_foodgan.files import by_place
    from chainer_foodgan.training import snapshot
    from chainer_foodgan.training.trainer import make_trainer

    if not args.resume:
        return make_trainer(args, folder, world)
    # A run is what it was started with; only its place and what computes it may differ.
    recorded = {'system': 'stargan', **folder.arguments()}  # older records know no other
    if recorded['system'] != args.system:
        raise FoodganError('{} holds a training of the system {}: resume it with the script that '
                           'started it'.format(folder.path, recorded['system']))
    vars(args).update(recorded)
    trainer = make_trainer(args, folder, world)
    saved = by_place(folder.snapshots, '.npz')
    if saved:
        snapshot.load(trainer, saved[-1])
    started = folder.ranks()
    if started != world.size and world.rank == 0:
        print('the run was started by {} and goes on by {}, each with {} photos of every batch: '
              'the batches and all that is drawn at random stay the same, sums are rounded '
              'differently'.format(count(started), count(world.size),
                                   args.batch_size // world.size), file=sys.stderr)
    return trainer


def count(processes):
    return '{} process{}'.format(processes, '' if processes == 1 else 'es')
