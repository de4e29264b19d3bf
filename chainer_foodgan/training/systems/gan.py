"""GAN, conditional GAN and ACGAN: bowls out of noise."""

import numpy

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Discriminator, NLayerDiscriminator, NoiseGenerator, init_weights
from chainer_foodgan.training.systems.base import System, multiple_of, pictures, run
from chainer_foodgan.training.updaters import ACGANUpdater, GANUpdater

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
    """Makes pictures of noise.

    Args:
        gen (NoiseGenerator): What makes them.
        category (int): Which category; None where it takes no labels.
        count (int): How many.
        rng (numpy.random.Generator): Where the noise comes from.
        batch_size (int): How many at once.

    Yields:
        numpy.ndarray: float32 (b, 3, image_size, image_size), in [-1, 1].
    """
    for start in range(0, count, batch_size):
        z = gen.noise(rng, min(batch_size, count - start))
        if category is None:
            yield run(gen, z)
        else:
            yield run(gen, z, numpy.eye(gen.c_dim, dtype=z.dtype)[len(z) * [category]])
