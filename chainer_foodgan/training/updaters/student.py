"""A student of a teacher: it learns to make of photos what another generator made of them."""

from chainer_foodgan.functions.labels import label_vectors
from chainer_foodgan.functions.losses import gan_loss
from chainer_foodgan.functions.texture import detail_distance
from chainer_foodgan.training.updaters.base import Updater, report

import chainer
import chainer.functions as F


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
            :func:`~chainer_foodgan.functions.texture.detail_distance`.
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
