"""What the two players of a GAN minimise, by the names of the pix2pix and CycleGAN code.

The discriminator minimises ``gan_loss(dis(x_real), True, kind) + gan_loss(dis(x_fake), False,
kind)``, the generator ``gan_loss(dis(x_fake), True, kind)``. The original's network.py has
``'lsgan'`` and ``'sigmoid'``; ``'vanilla'`` is the latter without the loss of precision, on logits.
"""

from __future__ import annotations

from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F

_EPS = 1e-12  # PyTorch 0.3 adds it to what it takes the logarithm of


def _vanilla(y, real):
    return F.mean(F.softplus(-y if real else y))


def _sigmoid(y, real):
    return -F.mean(F.log((y if real else 1 - y) + _EPS))


def _lsgan(y, real):
    return F.mean((y - 1) ** 2 if real else y ** 2)


def _wgan(y, real):
    return -F.mean(y) if real else F.mean(y)


def _hinge(y, real):
    return F.mean(F.relu(1 - y if real else 1 + y))


_KINDS = {'vanilla': _vanilla, 'sigmoid': _sigmoid, 'lsgan': _lsgan, 'wgan': _wgan,
          'hinge': _hinge}

#: The objectives by name.
KINDS = tuple(_KINDS)


def gan_loss(y: Array, real: bool, kind: str) -> chainer.Variable:
    """How far a discriminator's answers are from calling everything real, or fake.

    Args:
        y (Variable or ndarray): Answers, float of any shape; the mean is taken over all of them.
        real (bool): What they should say.
        kind (str): ``'vanilla'``, binary cross-entropy of logits (Goodfellow et al. 2014);
            ``'sigmoid'``, the same of probabilities, from a discriminator that ends in a sigmoid;
            ``'lsgan'``, the squared distance from 1 or 0 (Mao et al. 2017); ``'wgan'``, minus the
            mean or the mean (Arjovsky et al. 2017), to be used with a gradient penalty;
            ``'hinge'``, how far it is from 1 or -1 on the wrong side, for the discriminator alone
            (Lim and Ye 2017), whose generator minimises ``'wgan'``.

    Returns:
        Variable: Scalar.
    """
    return _KINDS[kind](chainer.as_variable(y), real)
