"""pix2pix (Isola et al. 2017): a conditional GAN on pairs of pictures, and a distance."""

import numpy

from chainer_foodgan.datasets.bowls import BowlPairs
from chainer_foodgan.functions.losses import gan_loss
from chainer_foodgan.links import NLayerDiscriminator, UnetGenerator, init_weights
from chainer_foodgan.training.updaters.base import (
    SAMPLE_PHOTOS,
    System,
    Updater,
    multiple_of,
    pictures,
    report,
    run,
)

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


class Pix2Pix(System):
    """From one dish to another, learnt from the same bowl with both."""

    losses = ('gen/loss_fake', 'gen/loss_l1', 'dis/loss_real', 'dis/loss_fake')

    def open(self):
        config = self.config
        return BowlPairs(config.bowls, config.image_size, config.seed, config.categories)

    def check(self):
        multiple_of(self.config.image_size, 2 ** self.config.num_downs,
                    'the generator halves it --num-downs times')

    def networks(self, rng):
        config = self.config
        gen = UnetGenerator(3, 3, config.num_downs, config.g_conv_dim, config.norm,
                            not config.no_dropout, rng=rng)
        dis = NLayerDiscriminator(6, config.d_conv_dim, config.d_layers, config.norm, rng=rng)
        for link in (gen, dis):
            init_weights(link, 'normal', rng)
        return {'gen': gen, 'dis': dis}

    def updater(self, iterator, optimizers, **options):
        return Pix2PixUpdater(iterator, optimizers, lambda_l1=self.config.lambda_l1, **options)

    def rows(self, gen):
        """A row per bowl: the input, the translation, the truth."""
        x, y = map(numpy.stack, zip(*[
            self.dataset[index] for index in range(min(SAMPLE_PHOTOS, len(self.dataset)))]))
        columns = map(pictures, (x, run(gen, x), y))
        return [list(row) for row in zip(*columns)], (
            'input', 'as ' + self.categories[1], 'truth')

    def targets(self):
        return self.categories[1:]

    def translate(self, links, x, target):
        return run(links['G'], x)
