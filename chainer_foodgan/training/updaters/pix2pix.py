"""pix2pix (Isola et al. 2017): a conditional GAN on pairs of pictures, and a distance."""

from chainer_foodgan.functions.losses import gan_loss
from chainer_foodgan.training.updaters.base import Updater, report

import chainer.functions as F


class Pix2PixUpdater(Updater):
    """One iteration: a step of the discriminator, then one of the generator on the same output.

    Args:
        iterator (chainer.dataset.Iterator): Batches of (x, y_real), pictures and what they should
            become.
        optimizer (dict): ``gen``, from 3 to 3 channels, and ``dis``, from the 6 channels of an
            input and an output to scores (logits).
        lambda_l1 (float): Weight of the mean absolute distance.
        options: See :class:`Updater`.
    """

    def __init__(self, iterator, optimizer, *, lambda_l1=100, **options):
        super().__init__(iterator, optimizer, **options)
        self.lambda_l1 = lambda_l1

    def update_core(self):
        optimizers = self.get_optimizer('gen'), self.get_optimizer('dis')
        gen, dis = (optimizer.target for optimizer in optimizers)
        x, y_real = self.next_batch()
        if gen.dropout is not None:
            gen.dropout.rng = self.rng()

        def score(y):
            return dis(F.concat((x, y), axis=1))

        y_fake = gen(x)
        losses = {'real': gan_loss(score(y_real), True, 'vanilla'),
                  'fake': gan_loss(score(y_fake.array), False, 'vanilla')}
        # Half of it, which slows the discriminator down (section 3.3).
        optimizers[1].step((losses['real'] + losses['fake']) / 2)
        report(losses, dis)

        losses = {'fake': gan_loss(score(y_fake), True, 'vanilla'),
                  'l1': F.mean_absolute_error(y_fake, y_real)}
        optimizers[0].step(losses['fake'] + self.lambda_l1 * losses['l1'])
        report(losses, gen)
