"""StarGAN on two data sets whose categories differ (Choi et al. 2018, section 3.3)."""

import dataclasses

import numpy

from chainer_foodgan.datasets.pairs import Unpaired
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.activations import label_vectors
from chainer_foodgan.links import Generator
from chainer_foodgan.training.updaters.base import open_photos, pictures, run, sample_indices
from chainer_foodgan.training.updaters.stargan import StarGAN, StarGANUpdater

import chainer


class JointUpdater(StarGANUpdater):
    """One iteration: StarGAN's steps with a batch of the first set, then of the second.

    The labels of the other set are not known. The generator is told so: its label vector has zeros
    in their place, and two numbers at its end, the mask vector, say which set's labels are known.
    Of the discriminator's categories those of the batch's own set are trained.

    What is reported ends in ``_1`` and ``_2`` for the two sets.

    Args:
        iterator (chainer.dataset.Iterator): Batches of (x_real, label, x_real, label), see
            :class:`chainer_foodgan.datasets.pairs.Unpaired`.
        optimizer (dict): ``gen``, of a generator of c_dim + c2_dim + 2 categories, and ``dis``, of
            a discriminator of c_dim + c2_dim.
        c_dims (sequence of int): c_dim and c2_dim.
        cls_losses (sequence of str): What ``cls_loss`` is for each of the sets.
        options: See :class:`StarGANUpdater`.
    """

    def __init__(self, iterator, optimizer, *, c_dims, cls_losses, **options):
        super().__init__(iterator, optimizer, **options)
        self.c_dims, self.cls_losses = c_dims, cls_losses

    def update_core(self):
        is_gen_step, rng = self.is_gen_step(), self.draws()
        batch = self.next_batch()
        for self.set in (0, 1):
            self.c_dim, self.cls_loss = self.c_dims[self.set], self.cls_losses[self.set]
            self.classes = (slice(0, self.c_dims[0]), slice(self.c_dims[0], None))[self.set]
            observation = {}
            with chainer.report_scope(observation):
                self.update_on(*batch[2 * self.set:2 * self.set + 2], rng, is_gen_step)
            chainer.report({f'{name}_{self.set + 1}': value
                            for name, value in observation.items()})

    def label_vectors(self, label, dtype):
        return joint_vectors(label_vectors(label, self.c_dim, dtype), self.set, self.c_dims)


def joint_vectors(c, which, c_dims):
    """Label vectors of one set, float (B, c_dims[which]), as the generator of both takes them,
    float (B, c_dim + c2_dim + 2): both sets' labels, zeros where they are not known, and the mask
    vector, 1 at the place of the set whose labels are known."""
    xp = chainer.backend.get_array_module(c)
    y = xp.zeros((len(c), sum(c_dims) + 2), c.dtype)
    start = which * c_dims[0]
    y[:, start:start + c_dims[which]] = c
    y[:, sum(c_dims) + which] = 1
    return y


class Joint(StarGAN):
    """One generator for the categories of both; each photo's label is known for its own set."""

    losses = tuple(f'{name}_{number}' for name in (
        'gen/loss_fake', 'gen/loss_rec', 'gen/loss_cls', 'dis/accuracy') for number in (1, 2))
    mask_dim = 2  # they say whose labels are known

    def open(self):
        first, second = open_photos(self.config), open_photos(self.second())
        both = sorted(set(first.categories) & set(second.categories))
        if both:
            raise FoodganError(f'both data sets have the category {both[0]}: put its photos into '
                               'one of them, or choose by --categories and --categories2')
        return Unpaired(first, second, self.config.seed)

    def check(self):
        super().check()
        if self.config.label_position == 'normalisation':
            raise FoodganError('--label-position normalisation: a joint training adds the filters '
                               'of label maps up, which such a generator lacks; choose input or '
                               'middle')

    def second(self):
        """The options, as they are for the second data set."""
        config = self.config
        return dataclasses.replace(
            config, images=config.images2, list=config.list2, categories=config.categories2,
            seed=config.seed + 1)  # other bowls, where there are no photos

    def even(self):
        return None

    def updater(self, iterator, optimizers, **options):
        sets = self.dataset.first, self.dataset.second
        return JointUpdater(
            iterator, optimizers, c_dims=[len(photos.categories) for photos in sets],
            cls_losses=[self.cls_loss(photos) for photos in sets], **self.settings(),
            **options)

    def evaluation(self, gen):
        return None

    def rows(self, gen):
        """A row per photo, half of them of each set: the input, then every category of both."""
        sets = self.dataset.first, self.dataset.second
        c_dims = [len(photos.categories) for photos in sets]
        c = numpy.concatenate([joint_vectors(numpy.eye(c_dims[k], dtype=numpy.float32), k, c_dims)
                               for k in (0, 1)])
        rows = []
        for photos in sets:
            for index in sample_indices(photos)[:4]:
                photo = photos[index][0]
                rows.append(pictures([photo, *run(gen, numpy.stack(len(c) * [photo]), c)]))
        return rows, ('input',) + self.categories

    def weights(self, gen, dis):
        c_dims = [len(photos.categories) for photos in (self.dataset.first, self.dataset.second)]
        return {'G': (folded(gen, c_dims), self.meta()), 'D': (dis, self.meta())}


def folded(gen, c_dims):
    """A generator of both sets' categories, c_dim + c2_dim, that takes plain label vectors.

    A label and its mask are constant maps that go through the same convolution, so the mask's
    filters can be added to those of every category that goes with it: the same translations, and
    weights that everything else in this package takes.
    """
    plain = Generator(gen.conv_dim, sum(c_dims), gen.repeat_num, gen.label_position,
                      rng=numpy.random.default_rng(0))
    plain.to_device(gen.device)
    trained = dict(gen.namedparams())
    joins = '/main/{}/W'.format({'input': 0, 'middle': 9}[gen.label_position])
    for name, param in plain.namedparams():
        if name == joins:
            W = trained[name].array
            first = slice(-2 - sum(c_dims), -2 - c_dims[1])
            second = slice(-2 - c_dims[1], -2)
            param.array[...] = chainer.backend.get_array_module(W).concatenate(
                (W[:, :first.start], W[:, first] + W[:, -2:-1], W[:, second] + W[:, -1:]), axis=1)
        else:
            param.array[...] = trained[name].array
    return plain
