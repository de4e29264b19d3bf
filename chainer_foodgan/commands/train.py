"""``foodgan train``: trains a StarGAN on photos, or on rendered bowls."""

from chainer_foodgan.commands import options, resuming
from chainer_foodgan.config import TrainConfig

DESCRIPTION = 'Trains a StarGAN. The defaults are those of the released code.'

EPILOG = """\
example:
  foodgan train --images photos --out run             a folder of photos per category
  foodgan train --out run --image-size 64 --num-iters 1000 --batch-size 16 --d-repeat-num 4
                                                      rendered bowls, on a laptop
  foodgan train --out run --resume                    goes on where run was interrupted
  mpiexec -n 4 foodgan train --images photos --out run
                                                      four processes, a quarter of a batch each
"""


def add_options(parser):
    options.add_options(parser, TrainConfig)


def run(args):
    from chainer_foodgan.training.train import train

    with resuming.explained(TrainConfig, args):
        result = train(TrainConfig.given(vars(args)))
    if result is not None:
        print(f'the weights are in {result.run.models}')
