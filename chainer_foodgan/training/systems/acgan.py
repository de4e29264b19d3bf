"""ACGAN: StarGAN's discriminator over a generator that starts from noise."""

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Discriminator
from chainer_foodgan.training.systems.base import multiple_of
from chainer_foodgan.training.systems.gan import FromNoise
from chainer_foodgan.training.updaters import ACGANUpdater


class ACGAN(FromNoise):
    """A GAN whose discriminator names the category."""

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
