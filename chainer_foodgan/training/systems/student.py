"""A student of a teacher: pairs that were published, or any generator's weights."""

from chainer_foodgan import weights
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.pairs import TeacherPairs
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.texture import SMALLEST
from chainer_foodgan.links import ConditionalDiscriminator, ConditionalGenerator
from chainer_foodgan.training.systems.base import (
    LabelSystem,
    multiple_of,
    open_photos,
    pictures,
    run,
    sample_indices,
)
from chainer_foodgan.training.systems.loading import load_trained
from chainer_foodgan.training.updaters import StudentUpdater

SAMPLE_PHOTOS = 4  # two rows each


class Student(LabelSystem):
    """A small generator that learns what a teacher makes of photos.

    Attributes:
        teacher (Generator): Who is asked; None where its results are at hand.
    """

    def open(self):
        config = self.config
        if (config.pairs is None) == (config.teacher is None):
            raise FoodganError('a student has one teacher: name --pairs, a folder of photos and '
                               'results, or --teacher, the weights of a generator')
        if config.teacher is not None:
            self.teacher = weights.load(config.teacher)
            return open_photos(config)
        self.teacher = None
        crop = (config.random_resized_crop or 1., 1.)
        return self._pairs('train', transforms.TrainTransform(config.image_size,
                                                              random_resized_crop=crop))

    def _pairs(self, split, transform):
        config = self.config
        return TeacherPairs(config.pairs, transform, split if config.hold_out else None,
                            config.hold_out, config.categories, config.seed)

    def check(self):
        config = self.config
        multiple_of(config.image_size, 2 ** max(2, config.d_layers, config.scales - 1),
                    'the networks, or --scales, halve it that often')
        if config.lambda_adv and config.image_size < 3 * 2 ** config.d_layers:
            raise FoodganError(f'--image-size {config.image_size} is too small for the critic: '
                               f'choose {3 * 2 ** config.d_layers} at least, or lower --d-layers')
        if config.lambda_tex and config.image_size < SMALLEST:
            raise FoodganError(f'--image-size {config.image_size} is too small for --lambda-tex: '
                               f'choose {SMALLEST} at least')
        if self.teacher is not None:
            self.categories = tuple(self.teacher.categories or map(str, range(self.teacher.c_dim)))

    @property
    def losses(self):
        """What the log shows."""
        config = self.config
        return ('gen/loss_l1',) + ('gen/loss_tex',) * (config.lambda_tex > 0) + (
            'gen/loss_feat',) * (config.lambda_feat > 0) + (
            'gen/loss_fake', 'dis/loss_real', 'dis/loss_fake') * (config.lambda_adv > 0)

    def networks(self, rng):
        config, c_dim = self.config, len(self.categories)
        return {'gen': ConditionalGenerator(config.g_conv_dim, c_dim, config.g_repeat_num,
                                            config.separable, rng=rng),
                'dis': ConditionalDiscriminator(config.d_conv_dim, c_dim, config.d_layers, rng=rng)}

    def begin(self, networks):
        if self.config.pretrained_model is not None:
            load_trained(self.config.pretrained_model,
                         {'G': networks['gen'], 'D': networks['dis']})

    def updater(self, iterator, optimizers, **options):
        config = self.config
        features = None
        if config.lambda_feat:
            features = _features(config.classifier, options['device'])
        if self.teacher is not None:
            self.teacher.to_device(options['device'])
        return StudentUpdater(
            iterator, optimizers, teacher=self.teacher, lambda_l1=config.lambda_l1,
            lambda_adv=config.lambda_adv, lambda_tex=config.lambda_tex,
            lambda_feat=config.lambda_feat, features=features, scales=config.scales, **options)

    def evaluation(self, gen):
        from chainer_foodgan.training.extensions.evaluation import TeacherDistance
        if self.teacher is not None or not self.config.hold_out:
            return None
        return TeacherDistance(lambda x, c: run(gen, x, c), self._unseen())

    def _unseen(self):
        """Whole photos with their results, those that are held out where any are."""
        return self._pairs('test', transforms.TrainTransform(self.config.image_size, flip=False,
                                                    random_resized_crop=(1., 1.)))

    def rows(self, gen):
        """Two rows a photo: the photo and the teacher's results, and below them the student's."""
        rows = []
        for x, y in self._lessons():
            rows.append(pictures([x, *y]))
            rows.append(pictures([x, *self.shown(gen, x)]))
        return rows, ('teacher, student',) + self.categories

    def _lessons(self):
        if self.teacher is not None:
            for index in sample_indices(self.dataset)[:SAMPLE_PHOTOS]:
                x = self.dataset[index][0]
                yield x, self.shown(self.teacher, x)
            return
        pairs = self._unseen()
        for photo in range(min(SAMPLE_PHOTOS, len(pairs.photos))):
            c_dim = len(self.categories)
            results = [pairs[photo * c_dim + label] for label in range(c_dim)]
            yield results[0][0], [y for _, y, _ in results]

    def weights(self, gen, dis):
        critic = {'D': (dis, self.meta(network='conditional_discriminator'))}
        return {'G': (gen, self.meta()), **(critic if self.config.lambda_adv else {})}


def _features(path, device):
    """The maps of a classifier, as a function of pictures."""
    from chainer_foodgan.evaluations.classifier import load_classifier

    import chainer
    if path is None:
        raise FoodganError('--lambda-feat compares features of a classifier: name one that '
                           '`foodgan train-classifier` made by --classifier')
    classifier, _ = load_classifier(path)
    if not hasattr(classifier, 'maps'):
        raise FoodganError(f'{path}: features are taken from a classifier of the network small; '
                           'train one by `foodgan train-classifier`')
    classifier.to_device(device)

    def features(x):
        with chainer.using_config('train', False):
            return classifier.maps(x)
    return features
