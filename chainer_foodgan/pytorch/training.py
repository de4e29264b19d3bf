"""The released code's training iteration (upstream: solver.py) in plain PyTorch of today.

Nothing of the Chainer side is used, so it is what that side is compared with, in its numbers
(``experiments/check_parity.py``) and in its speed.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Adam(torch.optim.Adam):
    """``torch.optim.Adam``, whose options it takes, by the rule of PyTorch 0.3.

    That one added eps to the root before the bias correction. Today's adds it after, which is the
    same once eps is divided by the correction.
    """

    def __init__(self, params, lr: float = 1e-4, betas: tuple[float, float] = (0.5, 0.999),
                 eps: float = 1e-8, **options) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, **options)
        self.steps, self.initial_eps = 0, eps

    def step(self, closure=None):
        self.steps += 1
        for group in self.param_groups:
            group['eps'] = self.initial_eps / (1 - group['betas'][1] ** self.steps) ** 0.5
        return super().step(closure)


def classification(y: Tensor, label: Tensor, cls_loss: str) -> Tensor:
    """Cross-entropy of logits, float (B, c_dim): ``'softmax'`` averaged over the batch, labels
    int64 (B,); ``'sigmoid'`` summed and divided by its size, labels float 0/1 (B, c_dim)."""
    if cls_loss == 'softmax':
        return F.cross_entropy(y, label)
    return F.binary_cross_entropy_with_logits(y, label, reduction='sum') / y.shape[0]


def dis_losses(dis: nn.Module, x_real: Tensor, x_fake: Tensor, label: Tensor,
               cls_loss: str = 'softmax') -> dict[str, Tensor]:
    """Terms of D's first step: ``real``, ``fake``, ``cls``; unweighted scalars."""
    src, cls = dis(x_real)
    return {'real': -src.mean(), 'fake': dis(x_fake.detach())[0].mean(),
            'cls': classification(cls, label, cls_loss)}


def gradient_penalty(dis: nn.Module, x_real: Tensor, x_fake: Tensor, alpha: Tensor) -> Tensor:
    """D's second step: mean of (norm - 1)^2 between photos and translations; alpha (B, 1, 1, 1)."""
    x_hat = (alpha * x_real + (1 - alpha) * x_fake.detach()).requires_grad_()
    src, _ = dis(x_hat)
    grad, = torch.autograd.grad(src.sum(), x_hat, create_graph=True)
    return ((grad.flatten(1).pow(2).sum(1).sqrt() - 1) ** 2).mean()


def gen_losses(gen: nn.Module, dis: nn.Module, x_real: Tensor, c_real: Tensor, c_fake: Tensor,
               label_fake: Tensor, cls_loss: str = 'softmax') -> dict[str, Tensor]:
    """Terms of G's step: ``fake``, ``rec``, ``cls``; unweighted scalars."""
    x_fake = gen(x_real, c_fake)
    src, cls = dis(x_fake)
    return {'fake': -src.mean(), 'rec': (x_real - gen(x_fake, c_real)).abs().mean(),
            'cls': classification(cls, label_fake, cls_loss)}


class StarGAN:
    """Two steps of D and, in every n-th iteration, ``d_train_repeat``, one of G.

    Losses have the weights ``lambda_cls``, ``lambda_rec`` and ``lambda_gp``; ``cls_loss`` is
    ``'softmax'`` or ``'sigmoid'``; ``torch.optim.Adam`` takes further options, such as ``fused``.
    """

    def __init__(self, gen: nn.Module, dis: nn.Module, *, g_lr: float = 1e-4, d_lr: float = 1e-4,
                 d_train_repeat: int = 5, lambda_cls: float = 1, lambda_rec: float = 10,
                 lambda_gp: float = 10, cls_loss: str = 'softmax', **adam_options) -> None:
        self.gen, self.dis = gen, dis
        self.optimizers = [Adam(gen.parameters(), g_lr, **adam_options),
                           Adam(dis.parameters(), d_lr, **adam_options)]
        self.d_train_repeat, self.cls_loss = d_train_repeat, cls_loss
        self.lambda_cls, self.lambda_rec, self.lambda_gp = lambda_cls, lambda_rec, lambda_gp
        self.iteration = 0

    def update(self, x_real: Tensor, label: Tensor, label_fake: Tensor,
               alpha: Tensor) -> dict[str, float]:
        """One iteration; ``'dis/loss_real'``, ... to their values before the steps they led to.

        Args:
            x_real (Tensor): Photos, float (B, 3, H, W) in [-1, 1].
            label (Tensor): Their categories, see :func:`classification`.
            label_fake (Tensor): Target categories, a permutation of ``label``.
            alpha (Tensor): Share of the photo in each mixture, float (B, 1, 1, 1).
        """
        self.iteration += 1
        c_real, c_fake = (self.label_vectors(array).to(x_real.dtype)
                          for array in (label, label_fake))
        with torch.no_grad():
            x_fake = self.gen(x_real, c_fake)
        d = dis_losses(self.dis, x_real, x_fake, label, self.cls_loss)
        self._step(self.optimizers[1], d['real'] + d['fake'] + self.lambda_cls * d['cls'])
        d['gp'] = gradient_penalty(self.dis, x_real, x_fake, alpha)
        self._step(self.optimizers[1], self.lambda_gp * d['gp'])
        losses = {'dis/loss_' + name: loss.item() for name, loss in d.items()}
        if self.iteration % self.d_train_repeat == 0:
            g = gen_losses(self.gen, self.dis, x_real, c_real, c_fake, label_fake, self.cls_loss)
            self._step(self.optimizers[0], g['fake'] + self.lambda_rec * g['rec']
                       + self.lambda_cls * g['cls'])
            losses.update({'gen/loss_' + name: loss.item() for name, loss in g.items()})
        return losses

    def label_vectors(self, label: Tensor) -> Tensor:
        """(B, c_dim) of 0 and 1."""
        return F.one_hot(label, self.gen.c_dim) if self.cls_loss == 'softmax' else label

    def _step(self, optimizer: Adam, loss: Tensor) -> None:
        # Zeros, not None: PyTorch 0.3 moves on by its momentum what a loss does not reach.
        for each in self.optimizers:
            each.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
