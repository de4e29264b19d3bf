"""The released code's training iteration (upstream: solver.py) in stock Chainer.

What somebody would write who ports it line by line: photos and translations go through D one after
the other, G's step translates again, every backward pass computes whatever gradient there is, and
the optimiser is ``chainer.optimizers.Adam``. Of this package it uses nothing.
"""

import chainer
import chainer.functions as F
import numpy


class StarGAN(object):
    """Two steps of D and, in every n-th iteration, one of G.

    Args:
        gen, dis (chainer.Link): The networks, see :mod:`benchmarking.stock_networks`.
        d_train_repeat (int): n.
        lambda_cls, lambda_rec, lambda_gp (float): Weights of the losses.
        cls_loss (str): ``'softmax'`` (labels int32 (B,)) or ``'sigmoid'`` (0/1, (B, c_dim)).
    """

    def __init__(self, gen, dis, *, d_train_repeat=5, lambda_cls=1, lambda_rec=10, lambda_gp=10,
                 cls_loss='softmax'):
        self.gen, self.dis = gen, dis
        self.gen_optimizer, self.dis_optimizer = (
            chainer.optimizers.Adam(1e-4, 0.5, 0.999).setup(link) for link in (gen, dis))
        self.d_train_repeat, self.cls_loss = d_train_repeat, cls_loss
        self.lambda_cls, self.lambda_rec, self.lambda_gp = lambda_cls, lambda_rec, lambda_gp
        self.iteration = 0

    def update(self, x_real, label, label_fake, alpha):
        """One iteration.

        Args:
            x_real (ndarray): Photos, float (B, 3, S, S) in [-1, 1].
            label (ndarray): Their categories.
            label_fake (ndarray): Target categories, a permutation of ``label``.
            alpha (ndarray): Share of the photo in each mixture, float (B, 1, 1, 1).

        Returns:
            dict: ``'dis/loss_real'``, ... to their values before the steps they led to.
        """
        self.iteration += 1
        c_real, c_fake = (self.label_vectors(array).astype(x_real.dtype)
                          for array in (label, label_fake))

        src, cls = self.dis(x_real)
        d = {'real': -F.mean(src), 'cls': self.classification(cls, label)}
        x_fake = self.gen(x_real, c_fake).array
        src, cls = self.dis(x_fake)
        d['fake'] = F.mean(src)
        self.step(self.dis_optimizer, d['real'] + d['fake'] + self.lambda_cls * d['cls'])

        x_hat = chainer.Variable(alpha * x_real + (1 - alpha) * x_fake)
        src, cls = self.dis(x_hat)
        slope, = chainer.grad([F.sum(src)], [x_hat], enable_double_backprop=True)
        norm = F.sqrt(F.sum(slope ** 2, axis=(1, 2, 3)))
        d['gp'] = F.mean((norm - 1) ** 2)
        self.step(self.dis_optimizer, self.lambda_gp * d['gp'])

        losses = {'dis/loss_' + name: float(loss.array) for name, loss in d.items()}
        if self.iteration % self.d_train_repeat == 0:
            x_fake = self.gen(x_real, c_fake)
            x_rec = self.gen(x_fake, c_real)
            src, cls = self.dis(x_fake)
            g = {'fake': -F.mean(src), 'rec': F.mean(F.absolute(x_real - x_rec)),
                 'cls': self.classification(cls, label_fake)}
            self.step(self.gen_optimizer, g['fake'] + self.lambda_rec * g['rec']
                      + self.lambda_cls * g['cls'])
            losses.update({'gen/loss_' + name: float(loss.array) for name, loss in g.items()})
        return losses

    def step(self, optimizer, loss):
        # What the loss does not reach gets a gradient of zeros from the optimiser, and so moves on
        # by its momentum, as in PyTorch 0.3.
        self.gen.cleargrads()
        self.dis.cleargrads()
        loss.backward()
        optimizer.update()

    def classification(self, y, label):
        """Softmax averaged over the batch, or sigmoid summed and divided by the batch's size."""
        if self.cls_loss == 'softmax':
            return F.softmax_cross_entropy(y, label)
        loss = F.sigmoid_cross_entropy(y, label.astype(numpy.int32), reduce='no')
        return F.sum(loss) / len(label)

    def label_vectors(self, label):
        """(B, c_dim) of 0 and 1."""
        if self.cls_loss == 'sigmoid':
            return label
        return self.gen.xp.eye(self.gen.c_dim)[label]
