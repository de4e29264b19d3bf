"""StarGAN with WGAN-GP, step by step as the released code trains it (upstream: solver.py)."""

from chainer_foodgan.functions import dis_losses, gen_losses, gradient_penalty
from chainer_foodgan.functions.labels import label_vectors
from chainer_foodgan.parallel import ALONE
from chainer_foodgan.training.updaters.base import Updater, report

import chainer
import chainer.functions as F


class StarGANUpdater(Updater):
    """One iteration: two steps of the discriminator and, every n-th time, one of the generator.

    Args:
        iterator (chainer.dataset.Iterator): Batches of (x_real, label).
        optimizer (dict): ``gen`` and ``dis``.
        d_train_repeat (int): n. The count starts anew in every epoch, as in the original.
        lambda_cls, lambda_rec, lambda_gp (float): Weights of the losses.
        lambda_idt (float): Weight of CycleGAN's identity loss (Zhu et al. 2017), the mean absolute
            error of a photo translated to its own category. 0, not computed, in the original.
        cls_loss (str): ``'softmax'`` (labels int32 (B,)) or ``'sigmoid'`` (float32 (B, c_dim), or
            int32 (B,) too).
        adversarial (str): See :data:`chainer_foodgan.functions.losses.ADVERSARIAL`. The step of the
            gradient penalty is WGAN-GP's alone.
        augment (DiffAugment): What the discriminator sees its photos through; None for none.
        seed, device, comm: See :class:`Updater`.
    """

    def __init__(self, iterator, optimizer, *, d_train_repeat=5, lambda_cls=1, lambda_rec=10,
                 lambda_gp=10, lambda_idt=0, cls_loss='softmax', adversarial='wgan-gp',
                 augment=None, seed=0, device='@numpy', comm=ALONE):
        super().__init__(iterator, optimizer, seed=seed, device=device, comm=comm)
        self.d_train_repeat = d_train_repeat
        self.lambda_cls, self.lambda_rec, self.lambda_gp = lambda_cls, lambda_rec, lambda_gp
        self.lambda_idt = lambda_idt
        self.cls_loss, self.adversarial = cls_loss, adversarial
        self._augment = augment
        # Those of the categories that labels are about: all.
        self.c_dim, self.classes = self.get_optimizer('gen').target.c_dim, slice(None)

    def update_core(self):
        is_gen_step = self.is_gen_step()
        self.update_on(*self.next_batch(), self.draws(), is_gen_step)

    def is_gen_step(self):
        """Whether the generator takes a step with the batch that comes next."""
        return (self.batches_done + 1) % self.d_train_repeat == 0

    def update_on(self, x_real, label, rng, is_gen_step):
        """The steps with a batch."""
        gen = self.get_optimizer('gen').target
        if self.cls_loss == 'sigmoid':
            label = label_vectors(label, self.c_dim, x_real.dtype)
        label_fake = rng.permuted(label)
        c_real, c_fake = (self.label_vectors(array, x_real.dtype) for array in (label, label_fake))

        # The generator does not change before its own step, which can use this very translation.
        with chainer.using_config('enable_backprop', is_gen_step):
            x_fake = gen(x_real, c_fake)
        self.update_dis(x_real, x_fake.array, label, rng)
        if is_gen_step:
            self.update_gen(x_real, x_fake, c_real, c_fake, label_fake, rng)

    def update_dis(self, x_real, x_fake, label, rng):
        """Adversarial and classification loss, then the penalty alone, on the D just updated."""
        optimizer = self.get_optimizer('dis')
        dis = optimizer.target
        x_real, x_fake = (chainer.as_variable(self.augment(x, rng)).array for x in (x_real, x_fake))

        losses = dis_losses(dis, x_real, x_fake, label, self.cls_loss, classes=self.classes,
                            adversarial=self.adversarial)
        optimizer.step(losses['real'] + losses['fake'] + self.lambda_cls * losses['cls'])

        if self.adversarial == 'wgan-gp':
            alpha = rng.uniform(0, 1, (len(label), 1, 1, 1)).astype(x_real.dtype)
            losses['gp'] = gradient_penalty(dis, x_real, x_fake, self.device.send(alpha))
            optimizer.step(self.lambda_gp * losses['gp'])
        report(losses, dis)

    def update_gen(self, x_real, x_fake, c_real, c_fake, label_fake, rng):
        """Adversarial, cycle and classification loss."""
        optimizer = self.get_optimizer('gen')
        gen, dis = optimizer.target, self.get_optimizer('dis').target
        losses = gen_losses(gen, dis, x_real, c_real, c_fake, label_fake, self.cls_loss,
                            classes=self.classes, x_fake=x_fake, adversarial=self.adversarial,
                            augment=lambda x: self.augment(x, rng))
        loss = (losses['fake'] + self.lambda_rec * losses['rec']
                + self.lambda_cls * losses['cls'])
        if self.lambda_idt:
            losses['idt'] = F.mean_absolute_error(gen(x_real, c_real), x_real)
            loss += self.lambda_idt * losses['idt']
        optimizer.step(loss)
        report(losses, gen)

    def augment(self, x, rng):
        """What the discriminator sees of a batch."""
        return x if self._augment is None else self._augment(x, rng)

    def label_vectors(self, label, dtype):
        """What the generator takes of labels, (B, c_dim)."""
        return label_vectors(label, self.c_dim, dtype)
