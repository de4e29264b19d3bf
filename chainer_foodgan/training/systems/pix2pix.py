"""pix2pix on pairs of rendered bowls."""

import numpy

from chainer_foodgan.datasets.bowls import BowlPairs
from chainer_foodgan.links import NLayerDiscriminator, UnetGenerator, init_weights
from chainer_foodgan.training.systems.base import SAMPLE_PHOTOS, System, multiple_of, pictures, run
from chainer_foodgan.training.updaters import Pix2PixUpdater


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
