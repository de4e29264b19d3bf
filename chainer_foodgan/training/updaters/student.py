"""A student of a teacher: it learns to make of photos what another generator made of them."""

from chainer_foodgan import weights
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.pairs import TeacherPairs
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.activations import label_vectors
from chainer_foodgan.functions.losses import SMALLEST, detail_distance, gan_loss
from chainer_foodgan.links import ConditionalDiscriminator, ConditionalGenerator
from chainer_foodgan.training.updaters.base import (
    LabelSystem,
    Updater,
    multiple_of,
    open_photos,
    pictures,
    report,
    run,
    sample_indices,
)
from chainer_foodgan.weights.loading import locate

import chainer
import chainer.functions as F

_PHOTOS = 4  # of a sample grid, two rows each


class StudentUpdater(Updater):
    """One iteration: a step of the critic, where there is one, and a step of the generator.

    Args:
        iterator (chainer.dataset.Iterator): Batches of (x, y_real, label): photos, what the
            teacher made of them, float32 (B, 3, H, W) in [-1, 1], and the dishes that it was asked
            for, int32 (B,). With a ``teacher``: of (x, label), and the label is of no concern.
        optimizer (dict): ``gen``, called with photos and label vectors, and ``dis``, called with
            photos, translations and label vectors.
        teacher (callable): ``(x, c) -> y``, a generator that is asked for every batch; the dishes
            are then drawn at random.
        lambda_l1 (float): Weight of the mean absolute error.
        lambda_adv (float): Weight of the critic's score (hinge loss); 0: there is no critic.
        lambda_tex (float): Weight of the distance of fine detail's energies, see
            :func:`~chainer_foodgan.functions.losses.detail_distance`.
        lambda_feat (float): Weight of the mean absolute distance of ``features``.
        features (callable): (B, 3, H, W) -> list of Variables, such as a classifier's maps.
        scales (int): The error is the mean of those of the pictures and of ``scales - 1`` halvings
            of them.
        options: See :class:`Updater`.
    """

    def __init__(self, iterator, optimizer, *, teacher=None, lambda_l1=30, lambda_adv=1,
                 lambda_tex=0, lambda_feat=0, features=None, scales=1, **options):
        super().__init__(iterator, optimizer, **options)
        self.teacher, self.features = teacher, features
        self.lambda_l1, self.lambda_adv = lambda_l1, lambda_adv
        self.lambda_tex, self.lambda_feat = lambda_tex, lambda_feat
        self.scales = scales

    def update_core(self):
        gen, dis = (self.get_optimizer(name).target for name in ('gen', 'dis'))
        x, y_real, c = self.lesson()
        y_fake = gen(x, c)
        if self.lambda_adv:
            losses = {'real': gan_loss(dis(x, y_real, c), True, 'hinge'),
                      'fake': gan_loss(dis(x, y_fake.array, c), False, 'hinge')}
            self.get_optimizer('dis').step(losses['real'] + losses['fake'])
            report(losses, dis)

        losses = {'l1': self.distance(y_fake, y_real)}
        loss = self.lambda_l1 * losses['l1']
        if self.lambda_adv:
            losses['fake'] = gan_loss(dis(x, y_fake, c), True, 'wgan')
            loss += self.lambda_adv * losses['fake']
        if self.lambda_tex:
            losses['tex'] = detail_distance(y_fake, y_real)
            loss += self.lambda_tex * losses['tex']
        if self.lambda_feat:
            losses['feat'] = self.feature_distance(y_fake, y_real)
            loss += self.lambda_feat * losses['feat']
        self.get_optimizer('gen').step(loss)
        report(losses, gen)

    def lesson(self):
        """Photos, what the teacher makes of them, and the label vectors that it was given."""
        x, *known = self.next_batch()
        gen = self.get_optimizer('gen').target
        if self.teacher is None:
            y_real, label = known
        else:
            label = self.device.send(self.draws().integers(0, gen.c_dim, (len(x),)))
        c = label_vectors(label, gen.c_dim, x.dtype)
        if self.teacher is not None:
            with chainer.no_backprop_mode(), chainer.using_config('train', False):
                y_real = chainer.as_variable(self.teacher(x, c)).array
        return x, y_real, c

    def distance(self, y_fake, y_real):
        """The mean absolute error, over all scales."""
        error = y_fake - y_real
        total = F.mean(F.absolute(error))
        for _ in range(1, self.scales):
            error = F.average_pooling_2d(error, 2)
            total += F.mean(F.absolute(error))
        return total / self.scales

    def feature_distance(self, y_fake, y_real):
        """How far the features of translations are from those of the teacher's."""
        with chainer.no_backprop_mode():
            wanted = [chainer.as_variable(h).array for h in self.features(y_real)]
        found = self.features(y_fake)
        return sum(F.mean_absolute_error(*pair) for pair in zip(found, wanted)) / len(wanted)


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
            _load_trained(self.config.pretrained_model, networks)

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
            for index in sample_indices(self.dataset)[:_PHOTOS]:
                x = self.dataset[index][0]
                yield x, self.shown(self.teacher, x)
            return
        pairs = self._unseen()
        for photo in range(min(_PHOTOS, len(pairs.photos))):
            c_dim = len(self.categories)
            results = [pairs[photo * c_dim + label] for label in range(c_dim)]
            yield results[0][0], [y for _, y, _ in results]

    def weights(self, gen, dis):
        critic = {'D': (dis, self.meta(network='conditional_discriminator'))}
        return {'G': (gen, self.meta()), **(critic if self.config.lambda_adv else {})}


def _features(path, device):
    """The maps of a classifier, as a function of pictures."""
    from chainer_foodgan.evaluations.classifier import load_classifier
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


def _load_trained(source, networks):
    """Fills networks with those of a run folder, with a file ``..._G.npz``, or a named generator.

    A critic is filled from the file beside it, named alike, and stays where there is none.
    """
    _, path = locate(source)
    weights.load_into(networks['gen'], path)
    beside = path.with_name(path.name.replace('_G.', '_D.'))
    if beside != path and beside.exists():
        weights.load_into(networks['dis'], beside)
