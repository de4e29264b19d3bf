"""StarGAN (Choi et al. 2018) with WGAN-GP, step by step as the released code trains it (upstream:
solver.py)."""

import logging

from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.pictures import Pictures
from chainer_foodgan.functions import dis_losses, gen_losses, gradient_penalty
from chainer_foodgan.functions.activations import label_vectors
from chainer_foodgan.functions.diff_augment import DiffAugment
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator
from chainer_foodgan.parallel import ALONE
from chainer_foodgan.training.optimizer import CheckerboardFree
from chainer_foodgan.training.updaters.base import (
    LabelSystem,
    Updater,
    pictures,
    report,
    sample_indices,
)

import chainer
import chainer.functions as F

_logger = logging.getLogger('chainer_foodgan')


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


#: Rendered bowls that a training is judged on meanwhile, or as many as it is trained on; by default
#: no training has that seed.
UNSEEN_BOWLS, UNSEEN_SEED = 100, 2000


class StarGAN(LabelSystem):
    """One generator and one discriminator for all categories."""

    losses = ('gen/loss_fake', 'gen/loss_rec', 'gen/loss_cls', 'dis/loss_real', 'dis/loss_fake',
              'dis/loss_cls', 'dis/loss_gp', 'dis/accuracy')
    mask_dim = 0  # numbers at the end of a label vector that are no categories

    def check(self):
        config = self.config
        halvings = 2 ** config.d_repeat_num
        if config.image_size % halvings or config.image_size % 4:
            raise FoodganError(
                f'--image-size {config.image_size} is no multiple of 4 and of '
                f'2 ** {config.d_repeat_num} (--d-repeat-num): '
                'the discriminator halves it that often')
        batches = len(self.dataset) // config.batch_size
        if 0 < batches < config.d_train_repeat:
            _logger.warning(
                'an epoch has %d batches, so the generator never takes its step: the count to %d '
                'starts anew in every epoch, as in the original; lower --batch-size or '
                '--d-train-repeat', batches, config.d_train_repeat)

    def even(self):
        if not self.config.balanced:
            return None
        if self.dataset.labels.ndim != 1:
            raise FoodganError('--balanced needs one category a photo, as in folders; leave it '
                               'out with a list file')
        return self.dataset.labels

    def networks(self, rng):
        config, c_dim = self.config, len(self.categories)
        sizes = config.g_conv_dim, c_dim + self.mask_dim, config.g_repeat_num
        return {'gen': (ConditionalGenerator(*sizes, rng=rng)
                        if config.label_position == 'normalisation'
                        else Generator(*sizes, config.label_position, rng=rng)),
                'dis': Discriminator(config.image_size, config.d_conv_dim, c_dim,
                                     config.d_repeat_num, rng=rng)}

    def updater(self, iterator, optimizers, **options):
        return StarGANUpdater(iterator, optimizers, cls_loss=self.cls_loss(self.dataset),
                              **self.settings(), **options)

    def cls_loss(self, dataset):
        """The kind of classification loss: the one asked for, or that which fits the labels."""
        return self.config.cls_loss or ('softmax' if dataset.labels.ndim == 1 else 'sigmoid')

    def constrain(self, optimizers):
        if self.config.checkerboard_free:
            optimizers['gen'].add_hook(CheckerboardFree())

    def settings(self):
        """What options make of the updater."""
        config = self.config
        return {'d_train_repeat': config.d_train_repeat, 'lambda_cls': config.lambda_cls,
                'lambda_rec': config.lambda_rec, 'lambda_gp': config.lambda_gp,
                'lambda_idt': config.lambda_idt, 'adversarial': config.adversarial,
                'augment': DiffAugment(config.diff_augment) if config.diff_augment else None}

    def evaluation(self, gen):
        config = self.config
        if config.classifier is None:
            return None
        from chainer_foodgan.evaluations.classifier import load_classifier
        from chainer_foodgan.evaluations.features import check_classifier
        from chainer_foodgan.training.extensions.evaluation import Evaluation
        classifier, _ = load_classifier(config.classifier)
        classifier.to_device(gen.device)
        check_classifier(self.categories, classifier)
        pictures = self.unseen()
        return Evaluation(gen, classifier, pictures,
                          pictures if isinstance(pictures, RenderedBowls) else None)

    def unseen(self):
        """Pictures that are not trained on."""
        config = self.config
        if config.images is None:
            return RenderedBowls(min(UNSEEN_BOWLS, config.bowls), config.image_size, UNSEEN_SEED,
                                 self.categories)
        photos = open_dataset(config.images, config.list, split='test', categories=self.categories,
                              skip_bad=config.skip_bad, test=config.test)
        if photos.split is None:
            raise FoodganError('--classifier judges photos that are not trained on, and a folder '
                               'without splits or a --list holds none out: leave it out')
        return Pictures(photos, transforms.EvalTransform(config.image_size, config.crop_size))

    def rows(self, gen):
        """A row per photo: the input, then every category."""
        rows = []
        for index in sample_indices(self.dataset):
            photo = self.dataset[index][0]
            rows.append(pictures([photo, *self.shown(gen, photo)]))
        return rows, ('input',) + self.categories
