"""GAN (Goodfellow et al. 2014), conditional GAN (Mirza and Osindero 2014) and ACGAN (Odena, Olah
and Shlens 2017): pictures out of noise."""

import numpy

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.activations import label_vectors, with_label
from chainer_foodgan.functions.losses import classification, gan_loss
from chainer_foodgan.links import Discriminator, NLayerDiscriminator, NoiseGenerator, init_weights
from chainer_foodgan.training.updaters.base import (
    System,
    Updater,
    multiple_of,
    pictures,
    report,
    run,
)


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


class ACGANUpdater(Updater):
    """One iteration: a step of the discriminator, then one of the generator on the same noise.

    Both minimise the classification loss; the discriminator that of pictures and of fakes.

    Args:
        iterator (chainer.dataset.Iterator): Batches of (x_real, label int32 (B,)).
        optimizer (dict): ``gen``, of a :class:`chainer_foodgan.links.NoiseGenerator`, and ``dis``,
            of a :class:`chainer_foodgan.links.Discriminator`.
        lambda_cls (float): Weight of the classification losses.
        options: See :class:`Updater`.
    """

    def __init__(self, iterator, optimizer, *, lambda_cls=1, **options):
        super().__init__(iterator, optimizer, **options)
        self.lambda_cls = lambda_cls

    def update_core(self):
        optimizers = self.get_optimizer('gen'), self.get_optimizer('dis')
        gen, dis = (optimizer.target for optimizer in optimizers)
        x_real, label = self.next_batch()
        z = self.device.send(gen.noise(self.rng(), len(x_real), x_real.dtype))
        x_fake = gen(z, label_vectors(label, gen.c_dim, x_real.dtype))

        def losses_of(x, real):
            src, cls = dis(x)
            return gan_loss(src, real, 'vanilla'), classification(cls, label, 'softmax')

        losses = {}
        losses['real'], losses['cls'] = losses_of(x_real, True)
        losses['fake'], losses['cls_fake'] = losses_of(x_fake.array, False)
        optimizers[1].step(losses['real'] + losses['fake']
                           + self.lambda_cls * (losses['cls'] + losses['cls_fake']))
        report(losses, dis)

        losses = {}
        losses['fake'], losses['cls'] = losses_of(x_fake, True)
        optimizers[0].step(losses['fake'] + self.lambda_cls * losses['cls'])
        report(losses, gen)


ROWS = 8


class FromNoise(System):
    """What systems have in common that make pictures of noise."""

    def check(self):
        size = self.config.image_size
        if size < 8 or size & (size - 1):
            raise FoodganError(f'--image-size {size}: the generator doubles 4 pixels again and '
                               'again; choose 64 or another power of two')

    def even(self):
        return self.dataset.labels if self.config.balanced else None

    def generator(self, c_dim, rng):
        config = self.config
        return NoiseGenerator(config.image_size, config.g_conv_dim, c_dim, config.z_dim, rng=rng)

    def rows(self, gen):
        """A row per vector of noise, always the same ones, with every category; without
        categories, other noise beside it."""
        K = len(self.categories)
        z = gen.noise(numpy.random.default_rng(self.config.seed), ROWS * (1 if gen.c_dim else K))
        if not gen.c_dim:
            made = pictures(run(gen, z))
            titles = K * ('',)
        else:
            c = numpy.tile(numpy.eye(K, dtype=numpy.float32), (ROWS, 1))
            made = pictures(run(gen, numpy.repeat(z, K, axis=0), c))
            titles = self.categories
        return [made[K * row:K * (row + 1)] for row in range(ROWS)], titles

    def weights(self, gen, dis):
        return {'G': (gen, self.meta(network='noise_generator')), 'D': (dis, self.meta())}


class GAN(FromNoise):
    """A GAN; with ``--conditional`` both networks see the category."""

    losses = ('gen/loss_fake', 'dis/loss_real', 'dis/loss_fake')

    def networks(self, rng):
        config = self.config
        c_dim = len(self.categories) if config.conditional else 0
        gen = self.generator(c_dim, rng)
        dis = NLayerDiscriminator(3 + c_dim, config.d_conv_dim, config.d_layers, rng=rng)
        init_weights(dis, 'normal', rng)
        return {'gen': gen, 'dis': dis}

    def updater(self, iterator, optimizers, **options):
        return GANUpdater(iterator, optimizers, **options)


class ACGAN(FromNoise):
    """A GAN with the discriminator of StarGAN, which names the category too."""

    losses = ('gen/loss_fake', 'gen/loss_cls', 'dis/loss_real', 'dis/loss_fake', 'dis/loss_cls',
              'dis/loss_cls_fake')

    def check(self):
        super().check()
        multiple_of(self.config.image_size, 2 ** self.config.d_repeat_num,
                    'the discriminator halves it --d-repeat-num times')
        if self.dataset.labels.ndim != 1:
            raise FoodganError('ACGAN needs one category a photo, as in folders; leave out --list')

    def networks(self, rng):
        config, c_dim = self.config, len(self.categories)
        return {'gen': self.generator(c_dim, rng),
                'dis': Discriminator(config.image_size, config.d_conv_dim, c_dim,
                                     config.d_repeat_num, rng=rng)}

    def updater(self, iterator, optimizers, **options):
        return ACGANUpdater(iterator, optimizers, lambda_cls=self.config.lambda_cls, **options)


def generate(gen, category, count, rng, batch_size=64):
    """Yields ``count`` pictures of noise, float32 (b, 3, image_size, image_size) in [-1, 1], at
    most ``batch_size`` at once; ``category`` (int) is None where the NoiseGenerator takes no
    labels."""
    for start in range(0, count, batch_size):
        z = gen.noise(rng, min(batch_size, count - start))
        if category is None:
            yield run(gen, z)
        else:
            yield run(gen, z, numpy.eye(gen.c_dim, dtype=z.dtype)[len(z) * [category]])
