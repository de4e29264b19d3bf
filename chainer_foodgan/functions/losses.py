"""What trainings minimise (upstream: solver.py; WGAN-GP after Gulrajani et al. 2017).

Every function returns unweighted terms; the updater weighs and adds them. The last ones say how
much fine detail there is, where and in which direction: what a mean error blurs away.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

import numpy

from chainer_foodgan.functions.convolution import convolution_2d
from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F

Losses = dict[str, chainer.Variable]


def classification(y: chainer.Variable, label: Any, cls_loss: str) -> chainer.Variable:
    """The category's loss, a scalar, of logits, float (B, c_dim).

    ``'softmax'``, labels int32 (B,), is averaged over the batch (one category a photo: the
    original's folder mode); ``'sigmoid'``, float32 0/1 (B, c_dim), is summed over the categories
    and divided by the batch size, as the original's list mode does (``F.sigmoid_cross_entropy``
    would average over both).
    """
    if cls_loss == 'softmax':
        return F.softmax_cross_entropy(y, label)
    return F.sum(F.softplus(y) - y * label) / len(label)


def _accuracy(y, label, cls_loss):
    """Share of right answers: of photos for softmax, of photos x categories for sigmoid."""
    if cls_loss == 'softmax':
        return F.accuracy(y, label).array
    return ((y.array > 0) == (label > 0.5)).mean()


def _detached(x):
    """The array alone: the critic's steps do not reach the generator."""
    return chainer.as_variable(x).array


def dis_losses(dis: chainer.Link, x_real: Array, x_fake: Array, label: Any,
               cls_loss: str = 'softmax', *, classes: slice = slice(None),
               adversarial: str = 'wgan-gp') -> Losses:
    """Terms of the discriminator's first step; reports its ``accuracy`` on the real photos.

    Args:
        dis (Discriminator): The critic.
        x_real (Variable or ndarray): Photos, float32 (B, 3, H, W) in [-1, 1].
        x_fake (Variable or ndarray): Translations, float32 (B, 3, H, W) in [-1, 1].
        label (ndarray): The photos' categories, see :func:`classification`.
        cls_loss (str): ``'softmax'`` or ``'sigmoid'``.
        classes (slice): Which of the discriminator's categories the labels are about.
        adversarial (str): See :data:`ADVERSARIAL`.

    Returns:
        dict: Scalar Variables ``real`` (with WGAN-GP minus the mean score of the photos), ``fake``
        (the mean score of the translations; both means run over batch and patches) and ``cls``.
    """
    B = len(x_real)
    # One pass for both halves: nothing in the critic mixes samples.
    src, cls = dis(F.concat((_detached(x_real), _detached(x_fake)), axis=0))
    cls = cls[:B, classes]
    chainer.report({'accuracy': _accuracy(cls, label, cls_loss)}, dis)
    kind = ADVERSARIAL[adversarial]
    return {'real': gan_loss(src[:B], True, kind), 'fake': gan_loss(src[B:], False, kind),
            'cls': classification(cls, label, cls_loss)}


def gradient_penalty(dis: chainer.Link, x_real: Array, x_fake: Array,
                     alpha: Any) -> chainer.Variable:
    """WGAN-GP's penalty on the critic's slope between photos and translations.

    Args:
        dis (Discriminator): The critic.
        x_real (Variable or ndarray): Photos, float32 (B, 3, H, W).
        x_fake (Variable or ndarray): Translations, float32 (B, 3, H, W).
        alpha (ndarray): Share of the photo in each mixture, float32 (B, 1, 1, 1) in [0, 1].

    Returns:
        Variable: Scalar, the mean over the batch of (norm - 1)^2, where the norm is that of the
        gradient of the score summed over the patches. As in the original there is no epsilon
        under the root.
    """
    x_hat = chainer.Variable(alpha * _detached(x_real) + (1 - alpha) * _detached(x_fake))
    src, _ = dis(x_hat)
    grad, = chainer.grad([src], [x_hat], enable_double_backprop=True)
    norm = F.sqrt(F.sum(grad ** 2, axis=(1, 2, 3)))
    return F.mean((norm - 1) ** 2)


def gen_losses(gen: chainer.Link, dis: chainer.Link, x_real: Any, c_real: Any, c_fake: Any,
               label_fake: Any, cls_loss: str = 'softmax', *, classes: slice = slice(None),
               x_fake: Optional[chainer.Variable] = None,
               augment: Optional[Callable] = None, adversarial: str = 'wgan-gp') -> Losses:
    """Terms of the generator's step.

    Args:
        gen (Generator): The generator.
        dis (Discriminator): The critic.
        x_real (ndarray): Photos, float32 (B, 3, H, W) in [-1, 1].
        c_real (ndarray): Their label vectors, float32 (B, c_dim).
        c_fake (ndarray): Target label vectors, float32 (B, c_dim).
        label_fake (ndarray): Target categories, see :func:`classification`.
        cls_loss (str): ``'softmax'`` or ``'sigmoid'``.
        classes (slice): Which of the discriminator's categories the labels are about.
        x_fake (Variable): ``gen(x_real, c_fake)`` where the caller has it already.
        augment (callable): Differentiable augmentation of what the critic sees.
        adversarial (str): See :data:`ADVERSARIAL`.

    Returns:
        dict: Scalar Variables ``fake`` (with WGAN-GP minus the mean score), ``rec`` (mean absolute
        error of the photo translated there and back) and ``cls``.
    """
    if x_fake is None:
        x_fake = gen(x_real, c_fake)
    src, cls = dis(x_fake if augment is None else augment(x_fake))
    # The hinge is the discriminator's alone.
    kind = 'wgan' if adversarial == 'hinge' else ADVERSARIAL[adversarial]
    return {'fake': gan_loss(src, True, kind),
            'rec': F.mean_absolute_error(gen(x_fake, c_real), chainer.as_variable(x_real)),
            'cls': classification(cls[:, classes], label_fake, cls_loss)}


#: StarGAN's adversarial losses: the released code's Wasserstein distance, whose gradient penalty is
#: a step of its own; the paper's text's log D; hinge; least squares. To kinds of :func:`gan_loss`.
ADVERSARIAL = {'wgan-gp': 'wgan', 'log': 'vanilla', 'hinge': 'hinge', 'ls': 'lsgan'}

_EPS = 1e-12  # PyTorch 0.3 adds it to what it takes the logarithm of

_OBJECTIVES = {
    'vanilla': lambda y, real: F.mean(F.softplus(-y if real else y)),
    'sigmoid': lambda y, real: -F.mean(F.log((y if real else 1 - y) + _EPS)),
    'lsgan': lambda y, real: F.mean((y - 1) ** 2 if real else y ** 2),
    'wgan': lambda y, real: -F.mean(y) if real else F.mean(y),
    'hinge': lambda y, real: F.mean(F.relu(1 - y if real else 1 + y))}


def gan_loss(y: Array, real: bool, kind: str) -> chainer.Variable:
    """How far a discriminator's answers are from calling everything real, or fake.

    The discriminator minimises ``gan_loss(dis(x_real), True, kind) + gan_loss(dis(x_fake), False,
    kind)``, the generator ``gan_loss(dis(x_fake), True, kind)`` (upstream: network.py, which has
    ``'lsgan'`` and ``'sigmoid'``).

    Args:
        y (Variable or ndarray): Answers, float of any shape; the mean is taken over all of them.
        real (bool): What they should say.
        kind (str): ``'vanilla'``, binary cross-entropy of logits (Goodfellow et al. 2014);
            ``'sigmoid'``, the same with less precision, of probabilities, from a discriminator
            that ends in a sigmoid; ``'lsgan'``, the squared distance from 1 or 0 (Mao et al. 2017);
            ``'wgan'``, minus the mean or the mean (Arjovsky et al. 2017), to be used with a
            gradient penalty; ``'hinge'``, how far it is from 1 or -1 on the wrong side, for the
            discriminator alone (Lim and Ye 2017), whose generator minimises ``'wgan'``.

    Returns:
        Variable: Scalar.
    """
    return _OBJECTIVES[kind](chainer.as_variable(y), real)


#: ITU-R BT.601, as Pillow's mode L has it.
_LUMINANCE = numpy.array([0.299, 0.587, 0.114])

#: Pictures need that many pixels along both sides, at the defaults of :func:`detail_energies`.
SMALLEST = 20

_EPS_ROOT = 1e-4  # under the root of energies, whose slope at 0 is infinite


def _second_differences():
    """Filters (4, 1, 3, 3), twice the middle less both ends: across, down, along both diagonals."""
    filters = numpy.zeros((4, 1, 3, 3))
    filters[:, :, 1, 1] = 2
    for direction, (row, column) in enumerate(((0, 1), (1, 0), (1, 1), (1, -1))):
        filters[direction, 0, 1 + row, 1 + column] -= 1
        filters[direction, 0, 1 - row, 1 - column] -= 1
    return filters


def detail_energies(x: Array, scales: int = 2, window: int = 8) -> list[chainer.Variable]:
    """Root mean squares of second differences of the luminance in windows, in four directions.

    Pictures are float (B, 3, H, W), H and W at least ``(window + 2) * 2 ** (scales - 1)``; each
    scale has half the size of the one before; windows have ``window`` pixels of each size and lie
    side by side. For each scale float (B, 4, h, w), h = floor(H / 2 ** scale / window).
    """
    x = chainer.as_variable(x)
    xp = chainer.backend.get_array_module(x)
    grey = convolution_2d(x, xp.asarray(_LUMINANCE.reshape(1, 3, 1, 1), x.dtype))
    filters = xp.asarray(_second_differences(), x.dtype)
    found = []
    for scale in range(scales):
        if scale:
            grey = F.average_pooling_2d(grey, 2)
        detail = convolution_2d(grey, filters)
        found.append(F.sqrt(F.average_pooling_2d(detail ** 2, window) + _EPS_ROOT))
    return found


def detail_distance(x: Array, y: Array) -> chainer.Variable:
    """The mean absolute difference of two batches' :func:`detail_energies`, over all scales, a
    scalar.

    It does not ask where a strand lies, only that in its window there are as many, as fine and as
    slanted: the mean absolute error alone is least for none at all where their places are not
    certain.
    """
    pairs = list(zip(detail_energies(x), detail_energies(y)))
    return sum(F.mean_absolute_error(*pair) for pair in pairs) / len(pairs)
