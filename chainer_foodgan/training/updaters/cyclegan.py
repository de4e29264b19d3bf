"""CycleGAN (Zhu et al. 2017): two generators, two discriminators, no pairs."""

import numpy

from chainer_foodgan.datasets.pairs import OneCategory, Unpaired
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.losses import gan_loss
from chainer_foodgan.links import NLayerDiscriminator, ResnetGenerator, init_weights
from chainer_foodgan.training.updaters.base import (
    SAMPLE_PHOTOS,
    System,
    Updater,
    multiple_of,
    open_photos,
    pictures,
    report,
    run,
)

import chainer
import chainer.functions as F


class CycleGANUpdater(Updater):
    """One iteration: a step of both generators, then one of both discriminators.

    Args:
        iterator (chainer.dataset.Iterator): Batches of (x_a, label, x_b, label), pictures of two
            kinds, see :class:`chainer_foodgan.datasets.pairs.Unpaired`.
        optimizer (dict): ``gen``, of a chain of ``ab`` and ``ba``, networks from pictures to
            pictures; ``dis``, of a chain of ``a`` and ``b``, networks from pictures to scores.
        lambda_rec (float): Weight of the cycle losses.
        lambda_idt (float): Weight of the identity losses; 0: they are not computed.
        pool_size (int): Translations of each kind that the pool holds.
        options: See :class:`Updater`.
    """

    def __init__(self, iterator, optimizer, *, lambda_rec=10, lambda_idt=5, pool_size=50,
                 **options):
        super().__init__(iterator, optimizer, **options)
        self.lambda_rec, self.lambda_idt = lambda_rec, lambda_idt
        self.pools = {name: ImagePool(pool_size) for name in 'ab'}

    def update_core(self):
        rng = self.rng()
        x_a, _, x_b, _ = self.next_batch()
        y_b, y_a = self.update_gen(x_a, x_b)
        self.update_dis(x_a, x_b, *(self.device.send(self.pools[name](y, rng))
                                    for name, y in (('a', y_a), ('b', y_b))))

    def update_gen(self, x_a, x_b):
        """Adversarial, cycle and identity losses, each the sum of both ways; the translations."""
        optimizer = self.get_optimizer('gen')
        gen, dis = optimizer.target, self.get_optimizer('dis').target
        ways = ((x_a, gen.ab, gen.ba, dis.b), (x_b, gen.ba, gen.ab, dis.a))
        fakes = [there(x) for x, there, _, _ in ways]
        losses = {
            'fake': sum(gan_loss(judge(y), True, 'lsgan')
                        for y, (_, _, _, judge) in zip(fakes, ways)),
            'rec': sum(F.mean_absolute_error(back(y), x)
                       for y, (x, _, back, _) in zip(fakes, ways))}
        loss = losses['fake'] + self.lambda_rec * losses['rec']
        if self.lambda_idt:
            losses['idt'] = sum(F.mean_absolute_error(back(x), x) for x, _, back, _ in ways)
            loss += self.lambda_idt * losses['idt']
        optimizer.step(loss)
        report(losses, gen)
        return [y.array for y in fakes]

    def update_dis(self, x_a, x_b, y_a, y_b):
        """Pictures against translations, some of them of earlier iterations."""
        optimizer = self.get_optimizer('dis')
        dis = optimizer.target
        losses = {'real': gan_loss(dis.a(x_a), True, 'lsgan') + gan_loss(dis.b(x_b), True, 'lsgan'),
                  'fake': (gan_loss(dis.a(y_a), False, 'lsgan')
                           + gan_loss(dis.b(y_b), False, 'lsgan'))}
        # Half of it, which slows the discriminators down (section 7.2).
        optimizer.step((losses['real'] + losses['fake']) / 2)
        report(losses, dis)

    def serialize(self, serializer):
        super().serialize(serializer)
        for name, pool in self.pools.items():
            pool.serialize(serializer['pool:' + name])


class ImagePool:
    """Hands out pictures of earlier iterations in place of some of the present one's.

    While it fills, to ``size``, pictures are kept and handed out; afterwards every second one, by
    chance, takes the place of a random one in the pool, which is handed out instead (Shrivastava et
    al. 2017; upstream: image_pool.py of the pix2pix and CycleGAN code). Of size 0 it hands out what
    it is given.
    """

    def __init__(self, size):
        self.size = size
        self.pictures = []

    def __call__(self, x, rng):
        """Exchanges pictures, float (B, 3, H, W) on any device, by chances from ``rng``; the result
        is on the CPU."""
        handed = []
        for picture in chainer.get_device('@numpy').send(x):
            if len(self.pictures) < self.size:
                self.pictures.append(picture.copy())
            elif self.size and rng.random() < 0.5:
                place = rng.integers(self.size)
                # A copy goes in: x is often a view of a network's output, as large as the batch.
                self.pictures[place], picture = picture.copy(), self.pictures[place]
            handed.append(picture)
        return numpy.stack(handed)

    def serialize(self, serializer):
        """Its pictures; its randomness is that of the iterations."""
        if isinstance(serializer, chainer.Deserializer):
            self.pictures = list(serializer('pictures', None))
        else:
            serializer('pictures', numpy.stack(self.pictures) if self.pictures else numpy.zeros(0))


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
