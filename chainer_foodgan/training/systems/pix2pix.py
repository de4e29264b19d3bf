"""pix2pix on pairs of rendered bowls."""

import numpy

from chainer_foodgan.datasets.bowls.dataset import BowlPairs
from chainer_foodgan.links import NLayerDiscriminator, UnetGenerator, init_weights
from chainer_foodgan.training.systems.base import (
    SAMPLE_PHOTOS, System, multiple_of, pictures, run)
from chainer_foodgan.training.updaters import Pix2PixUpdater


class Pix2Pix(System):
    """From one dish to another, learnt from the same bowl with both."""

    losses = ('gen/loss_fake', 'gen/loss_l1', 'dis/loss_real', 'dis/loss_fake')

    def open(self):
        args = self.args
        return BowlPairs(args.bowls, args.image_size, args.seed, args.categories)

    def check(self):
        multiple_of(self.args, 2 ** self.args.num_downs,
                    'the generator halves it --num-downs times')

    def networks(self, rng):
        args = self.args
        gen = UnetGenerator(3, 3, args.num_downs, args.g_conv_dim, args.norm, not args.no_dropout,
                            rng=rng)
        dis = NLayerDiscriminator(6, args.d_conv_dim, args.d_layers, args.norm, rng=rng)
        for link in (gen, dis):
            init_weights(link, 'normal', rng)
        return {'gen': gen, 'dis': dis}

    def updater(self, iterator, optimizers, **options):
        return Pix2PixUpdater(iterator, optimizers, lambda_l1=self.args.lambda_l1, **options)

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
