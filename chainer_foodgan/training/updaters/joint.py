"""StarGAN on two data sets whose categories differ (Choi et al. 2018, section 3.3)."""

from chainer_foodgan.functions.labels import label_vectors
from chainer_foodgan.training.updaters.stargan import StarGANUpdater

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
    """Label vectors of one set as the generator of both takes them.

    Args:
        c (ndarray): Label vectors, float (B, c_dims[which]).
        which (int): 0 or 1, whose they are.
        c_dims (sequence of int): Numbers of categories of the sets.

    Returns:
        ndarray: Float (B, c_dim + c2_dim + 2): both sets' labels, zeros where they are not known,
        and the mask vector, 1 at the place of the set whose labels are known.
    """
    xp = chainer.backend.get_array_module(c)
    y = xp.zeros((len(c), sum(c_dims) + 2), c.dtype)
    start = which * c_dims[0]
    y[:, start:start + c_dims[which]] = c
    y[:, sum(c_dims) + which] = 1
    return y
