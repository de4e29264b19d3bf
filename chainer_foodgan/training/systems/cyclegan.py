"""CycleGAN between two categories."""

import numpy

from chainer_foodgan.datasets.pairs import OneCategory, Unpaired
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import NLayerDiscriminator, ResnetGenerator, init_weights
from chainer_foodgan.training.systems.base import (
    SAMPLE_PHOTOS,
    System,
    multiple_of,
    open_photos,
    pictures,
    run,
)
from chainer_foodgan.training.updaters import CycleGANUpdater

import chainer


class CycleGAN(System):
    """From one category to another and back, without pairs."""

    losses = ('gen/loss_fake', 'gen/loss_rec', 'gen/loss_idt', 'dis/loss_real', 'dis/loss_fake')

    def open(self):
        photos = open_photos(self.config)
        if len(photos.categories) != 2 or photos.labels.ndim != 1:
            raise FoodganError('CycleGAN is for two categories, not {}: name two by '
                               '--categories'.format(', '.join(photos.categories)))
        return Unpaired(OneCategory(photos, 0), OneCategory(photos, 1), self.config.seed)

    def check(self):
        multiple_of(self.config.image_size, 4, 'the generators halve it twice')

    def networks(self, rng):
        config = self.config
        gen = chainer.Chain(**{way: ResnetGenerator(
            3, 3, config.g_conv_dim, config.g_repeat_num, 'instance', rng=rng)
            for way in ('ab', 'ba')})
        dis = chainer.Chain(**{kind: NLayerDiscriminator(
            3, config.d_conv_dim, config.d_layers, 'instance', rng=rng) for kind in 'ab'})
        for link in (gen, dis):
            init_weights(link, 'normal', rng)
        return {'gen': gen, 'dis': dis}

    def updater(self, iterator, optimizers, **options):
        config = self.config
        return CycleGANUpdater(iterator, optimizers, lambda_rec=config.lambda_rec,
                               lambda_idt=config.lambda_idt, pool_size=config.pool_size, **options)

    def rows(self, gen):
        """A row per photo, half of them of each category: the input, the other dish, and back."""
        rows = []
        for photos, there, back in ((self.dataset.first, gen.ab, gen.ba),
                                    (self.dataset.second, gen.ba, gen.ab)):
            count = min(SAMPLE_PHOTOS // 2, len(photos))
            x = numpy.stack([photos[index][0] for index in range(count)])
            y = run(there, x)
            rows += [list(row) for row in zip(*map(pictures, (x, y, run(back, y))))]
        return rows, ('input', 'other dish', 'and back')

    def weights(self, gen, dis):
        links = {'G_ab': gen.ab, 'G_ba': gen.ba, 'D_a': dis.a, 'D_b': dis.b}
        return {suffix: (link, self.meta()) for suffix, link in links.items()}

    def targets(self):
        return self.categories

    def translate(self, links, x, target):
        return run(links[('G_ba', 'G_ab')[self.categories.index(target)]], x)
