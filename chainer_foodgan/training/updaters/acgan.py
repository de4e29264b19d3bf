"""ACGAN (Odena, Olah and Shlens 2017): the discriminator names the category too."""

from chainer_foodgan.functions.labels import label_vectors
from chainer_foodgan.functions.losses import classification, gan_loss
from chainer_foodgan.training.updaters.base import Updater, report


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
