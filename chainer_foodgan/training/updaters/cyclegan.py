"""CycleGAN (Zhu et al. 2017): two generators, two discriminators, no pairs."""

from chainer_foodgan.functions.losses import gan_loss
from chainer_foodgan.training.image_pool import ImagePool
from chainer_foodgan.training.updaters.base import Updater, report

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
