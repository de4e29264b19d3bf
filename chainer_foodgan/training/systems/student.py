"""A student of a teacher: pairs that were published, or any generator's weights."""

import numpy

from chainer_foodgan import weights
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.pairs import TeacherPairs
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.texture import SMALLEST
from chainer_foodgan.links import ConditionalDiscriminator, ConditionalGenerator
from chainer_foodgan.training.systems.base import (
    System, multiple_of, open_photos, pictures, run, sample_indices)
from chainer_foodgan.training.systems.loading import load_trained
from chainer_foodgan.training.updaters import StudentUpdater

SAMPLE_PHOTOS = 4  # two rows each


class Student(System):
    """A small generator that learns what a teacher makes of photos.

    Attributes:
        teacher (Generator): Who is asked; None where its results are at hand.
    """

    shares_batches = True

    def open(self):
        args = self.args
        if (args.pairs is None) == (args.teacher is None):
            raise FoodganError('a student has one teacher: name --pairs, a folder of photos and '
                               'results, or --teacher, the weights of a generator')
        if args.teacher is not None:
            self.teacher = weights.load(args.teacher)
            return open_photos(args)
        self.teacher = None
        crop = (args.random_resized_crop or 1., 1.)
        return self._pairs('train', transforms.TrainTransform(args.image_size,
                                                              random_resized_crop=crop))

    def _pairs(self, split, transform):
        args = self.args
        return TeacherPairs(args.pairs, transform, split if args.hold_out else None,
                            args.hold_out, args.categories, args.seed)

    def check(self):
        args = self.args
        multiple_of(args, 2 ** max(2, args.d_layers, args.scales - 1),
                    'the networks, or --scales, halve it that often')
        if args.lambda_adv and args.image_size < 3 * 2 ** args.d_layers:
            raise FoodganError('--image-size {} is too small for the critic: choose {} at least, '
                               'or lower --d-layers'.format(
                                   args.image_size, 3 * 2 ** args.d_layers))
        if args.lambda_tex and args.image_size < SMALLEST:
            raise FoodganError('--image-size {} is too small for --lambda-tex: choose {} at least'
                               .format(args.image_size, SMALLEST))
        if self.teacher is not None:
            self.categories = tuple(self.teacher.categories or map(str, range(self.teacher.c_dim)))

    @property
    def losses(self):
        """What the log shows."""
        args = self.args
        return ('gen/loss_l1',) + ('gen/loss_tex',) * (args.lambda_tex > 0) + (
            'gen/loss_feat',) * (args.lambda_feat > 0) + (
            'gen/loss_fake', 'dis/loss_real', 'dis/loss_fake') * (args.lambda_adv > 0)

    def networks(self, rng):
        args, c_dim = self.args, len(self.categories)
        return {'gen': ConditionalGenerator(args.g_conv_dim, c_dim, args.g_repeat_num,
                                            args.separable, rng=rng),
                'dis': ConditionalDiscriminator(args.d_conv_dim, c_dim, args.d_layers, rng=rng)}

    def begin(self, networks):
        if self.args.pretrained_model is not None:
            load_trained(self.args.pretrained_model,
                         {'G': networks['gen'], 'D': networks['dis']})

    def updater(self, iterator, optimizers, **options):
        args = self.args
        features = None
        if args.lambda_feat:
            features = _features(args.classifier, options['device'])
        if self.teacher is not None:
            self.teacher.to_device(options['device'])
        return StudentUpdater(
            iterator, optimizers, teacher=self.teacher, lambda_l1=args.lambda_l1,
            lambda_adv=args.lambda_adv, lambda_tex=args.lambda_tex, lambda_feat=args.lambda_feat,
            features=features, scales=args.scales, **options)

    def evaluation(self, gen):
        from chainer_foodgan.training.extensions.teacher_distance import TeacherDistance
        if self.teacher is not None or not self.args.hold_out:
            return None
        return TeacherDistance(lambda x, c: run(gen, x, c), self._unseen())

    def _unseen(self):
        """Whole photos with their results, those that are held out where any are."""
        return self._pairs('test', transforms.TrainTransform(self.args.image_size, flip=False,
                                                    random_resized_crop=(1., 1.)))

    def rows(self, gen):
        """Two rows a photo: the photo and the teacher's results, and below them the student's."""
        rows = []
        c = numpy.eye(len(self.categories), dtype=numpy.float32)
        for x, y in self._lessons(c):
            rows.append(pictures([x, *y]))
            rows.append(pictures([x, *run(gen, numpy.stack(len(c) * [x]), c)]))
        return rows, ('teacher, student',) + self.categories

    def _lessons(self, c):
        if self.teacher is not None:
            for index in sample_indices(self.dataset)[:SAMPLE_PHOTOS]:
                x = self.dataset[index][0]
                yield x, run(self.teacher, numpy.stack(len(c) * [x]), c)
            return
        pairs = self._unseen()
        for photo in range(min(SAMPLE_PHOTOS, len(pairs.photos))):
            results = [pairs[photo * len(c) + label] for label in range(len(c))]
            yield results[0][0], [y for _, y, _ in results]

    def weights(self, gen, dis):
        critic = {'D': (dis, self.meta(network='conditional_discriminator'))}
        return {'G': (gen, self.meta()), **(critic if self.args.lambda_adv else {})}

    def targets(self):
        return self.categories

    def translate(self, links, x, target):
        c = numpy.zeros((len(x), len(self.categories)), numpy.float32)
        c[:, self.categories.index(target)] = 1
        return run(links['G'], x, c)


def _features(path, device):
    """The maps of a classifier, as a function of pictures."""
    import chainer

    from chainer_foodgan.evaluations.classifier_files import load_classifier
    if path is None:
        raise FoodganError('--lambda-feat compares features of a classifier: name one that '
                           '`foodgan train-classifier` made by --classifier')
    classifier, _ = load_classifier(path)
    if not hasattr(classifier, 'maps'):
        raise FoodganError('{}: features are taken from a classifier of the network small; train '
                           'one by `foodgan train-classifier`'.format(path))
    classifier.to_device(device)

    def features(x):
        with chainer.using_config('train', False):
            return classifier.maps(x)
    return features
