"""GAN (Goodfellow et al. 2014) and conditional GAN (Mirza and Osindero 2014)."""

from chainer_foodgan.functions.labels import label_vectors, with_label
from chainer_foodgan.functions.losses import gan_loss
from chainer_foodgan.training.updaters.base import Updater, report


class GANUpdater(Updater):
    """One iteration: a step of the discriminator, then one of the generator on the same noise.

    Both minimise cross-entropies; the generator's is the non-saturating one. Where the generator
    takes labels, the discriminator sees each as a map beside the picture.

    Args:
        iterator (chainer.dataset.Iterator): Batches of (x_real, label int32 or float32).
        optimizer (dict): ``gen``, of a :class:`chainer_foodgan.links.NoiseGenerator`, and ``dis``,
            of a network from 3 + ``gen.c_dim`` channels to scores (logits).
        options: See :class:`Updater`.
    """

    def update_core(self):
        optimizers = self.get_optimizer('gen'), self.get_optimizer('dis')
        gen, dis = (optimizer.target for optimizer in optimizers)
        x_real, label = self.next_batch()
        c = label_vectors(label, gen.c_dim, x_real.dtype) if gen.c_dim else None

        def score(x):
            return dis(x if c is None else with_label(x, c))

        z = self.device.send(gen.noise(self.rng(), len(x_real), x_real.dtype))
        x_fake = gen(z, c)
        losses = {'real': gan_loss(score(x_real), True, 'vanilla'),
                  'fake': gan_loss(score(x_fake.array), False, 'vanilla')}
        optimizers[1].step(losses['real'] + losses['fake'])
        report(losses, dis)

        losses = {'fake': gan_loss(score(x_fake), True, 'vanilla')}
        optimizers[0].step(losses['fake'])
        report(losses, gen)
