"""The released code (upstream: model.py, solver.py) in stock Chainer: networks, training step."""

import numpy

from chainer_foodgan.links import Sequential

import chainer
import chainer.functions as F
import chainer.links as L


def _normalised(convolution, in_channels, out_channels, *geometry):
    # One group a channel: Chainer has no instance normalisation of its own.
    return (convolution(in_channels, out_channels, *geometry, nobias=True),
            L.GroupNormalization(out_channels, out_channels), F.relu)


class ResidualBlock(chainer.Chain):
    """Two normalised 3 x 3 convolutions beside a skip."""

    def __init__(self, channels):
        super().__init__()
        with self.init_scope():
            self.main = Sequential(
                *_normalised(L.Convolution2D, channels, channels, 3, 1, 1),
                *_normalised(L.Convolution2D, channels, channels, 3, 1, 1)[:2])

    def forward(self, x):
        return x + self.main(x)


class Generator(chainer.Chain):
    """As :class:`chainer_foodgan.links.Generator`."""

    def __init__(self, conv_dim=64, c_dim=10, repeat_num=6):
        super().__init__()
        self.c_dim = c_dim
        dim = conv_dim
        with self.init_scope():
            self.main = Sequential(
                *_normalised(L.Convolution2D, 3 + c_dim, dim, 7, 1, 3),
                *_normalised(L.Convolution2D, dim, 2 * dim, 4, 2, 1),
                *_normalised(L.Convolution2D, 2 * dim, 4 * dim, 4, 2, 1),
                *(ResidualBlock(4 * dim) for _ in range(repeat_num)),
                *_normalised(L.Deconvolution2D, 4 * dim, 2 * dim, 4, 2, 1),
                *_normalised(L.Deconvolution2D, 2 * dim, dim, 4, 2, 1),
                L.Convolution2D(dim, 3, 7, 1, 3, nobias=True), F.tanh)

    def forward(self, x, c):
        """Photos (B, 3, H, W) and label vectors (B, c_dim) -> translations (B, 3, H, W)."""
        c = F.broadcast_to(c[:, :, None, None], c.shape + x.shape[2:])
        return self.main(F.concat((x, c), axis=1))


class Discriminator(chainer.Chain):
    """As :class:`chainer_foodgan.links.Discriminator`."""

    def __init__(self, image_size=256, conv_dim=64, c_dim=10, repeat_num=6):
        super().__init__()
        self.c_dim = c_dim
        dims = [3] + [conv_dim * 2 ** n for n in range(repeat_num)]
        layers = [layer for n in range(repeat_num)
                  for layer in (L.Convolution2D(dims[n], dims[n + 1], 4, 2, 1), _leaky_relu)]
        with self.init_scope():
            self.main = Sequential(*layers)
            self.conv1 = L.Convolution2D(dims[-1], 1, 3, 1, 1, nobias=True)
            self.conv2 = L.Convolution2D(dims[-1], c_dim, image_size // 2 ** repeat_num,
                                         nobias=True)

    def forward(self, x):
        """Photos (B, 3, S, S) -> scores (B, 1, s, s), logits (B, c_dim)."""
        h = self.main(x)
        return self.conv1(h), F.reshape(self.conv2(h), (len(x), self.c_dim))


def _leaky_relu(x):
    return F.leaky_relu(x, 0.01)  # PyTorch's slope; Chainer's is 0.2


def copy_weights(link, stock):
    """Gives a stock network the weights of the package's; returns the stock network."""
    arrays = dict(link.namedparams())
    for name, param in stock.namedparams():
        param.array[...] = arrays[name].array
    return stock


class StarGAN:
    """Two steps of D and, in every n-th iteration, one of G.

    Args:
        gen, dis (chainer.Link): The networks, see above.
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
