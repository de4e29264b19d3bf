"""StarGAN (Choi et al. 2018), as the released code has it."""

import logging

from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.pictures import Pictures
from chainer_foodgan.functions.diff_augment import DiffAugment
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator
from chainer_foodgan.training.optimizer import CheckerboardFree
from chainer_foodgan.training.systems.base import LabelSystem, pictures, sample_indices
from chainer_foodgan.training.updaters import StarGANUpdater

#: Rendered bowls that a training is judged on meanwhile, or as many as it is trained on; by default
#: no training has that seed.
UNSEEN_BOWLS, UNSEEN_SEED = 100, 2000

_logger = logging.getLogger('chainer_foodgan')


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
