"""How weights move: Adam and the learning rate's course as the original has them, and what are
options here, a constraint on filters and an average of the weights."""

import functools

import numpy

from chainer_foodgan import kernels
from chainer_foodgan.parallel import ALONE

import chainer


class _AdamRule(chainer.optimizers.adam.AdamRule):

    def update_core_cpu(self, param):
        if param.grad is None or not kernels.enabled(param.array, param.grad):
            return super().update_core_cpu(param)
        hp = self.hyperparam
        # PyTorch's kernel divides the root by sqrt(1 - beta2^t) before it adds eps; Chainer and
        # PyTorch 0.3 add eps first. Dividing eps too makes them the same function.
        eps = hp.eps / (1 - hp.beta2 ** self.t) ** 0.5
        torch = kernels.torch()
        parameter, grad, m, v = (
            [kernels.tensor(array)]
            for array in (param.array, param.grad, self.state['m'], self.state['v']))
        torch._fused_adam_(
            parameter, grad, m, v, [], [torch.tensor(float(self.t))], lr=hp.alpha,
            beta1=hp.beta1, beta2=hp.beta2, weight_decay=0., eps=eps, amsgrad=False,
            maximize=False)


class Adam(chainer.optimizers.Adam):
    """``chainer.optimizers.Adam``, in one pass over memory where PyTorch is installed; the defaults
    are the original's. :meth:`step` goes by the mean of the gradients of all who train together,
    ``comm``."""

    def __init__(self, alpha=1e-4, beta1=0.5, beta2=0.999, eps=1e-8, comm=ALONE):
        super().__init__(alpha, beta1, beta2, eps)
        self.comm = comm

    def create_update_rule(self):
        return _AdamRule(self.hyperparam)

    def setup(self, link):
        super().setup(link)
        # Chainer makes the moments at the first step. They have to be in a snapshot from before
        # the generator's first step too, or it could not be loaded.
        for param in link.params():
            param.update_rule._init_states(param)
        return self

    def step(self, loss):
        """Minimises a loss by one step: a scalar Variable, the mean over the (rank's share of the)
        batch.

        Gradients are computed for the target's parameters alone. A parameter that the loss does not
        reach is updated with gradient 0, that is, moves on by its momentum, as in PyTorch 0.3
        (whose ``zero_grad`` writes zeros): the biases and the classifier's head do in the step of
        the gradient penalty.

        Neither the gradients nor the loss's graph are kept: what the next step needs memory for.
        """
        params = [param for _, param in sorted(self.target.namedparams())]
        for param, grad in zip(params, chainer.grad([loss], params)):
            param.grad = param.xp.zeros_like(param.array) if grad is None else grad.array
        loss.unchain_backward()
        self.comm.mean_grads(self.target)
        self.update()
        self.target.cleargrads()


class LearningRate(chainer.training.Extension):
    """Holds the learning rates of optimizers (dict), then lowers them by equal parts towards the
    end.

    At the end of every epoch e (from 1) with e > num_epochs - num_epochs_decay a rate is lowered by
    1 / num_epochs_decay of what it started with (upstream: solver.py): of 20 epochs the first 11
    have the full rate, the last a tenth. It is a function of the epoch alone, so there is nothing
    to serialise.
    """

    trigger = (1, 'epoch')
    priority = chainer.training.PRIORITY_EDITOR

    def __init__(self, optimizers, num_epochs, num_epochs_decay):
        self.initial = [(optimizer, optimizer.alpha) for optimizer in optimizers.values()]
        self.num_epochs = num_epochs
        self.num_epochs_decay = num_epochs_decay

    def initialize(self, trainer):
        self(trainer)

    def __call__(self, trainer):
        lowered = trainer.updater.epoch - (self.num_epochs - self.num_epochs_decay)
        share = 1 - max(lowered, 0) / self.num_epochs_decay if self.num_epochs_decay else 1
        for optimizer, alpha in self.initial:
            optimizer.alpha = alpha * share


class ExponentialAverage(chainer.training.Extension):
    """Keeps an average, ``link``, over the steps of an optimizer, often better to use than the last
    weights.

    Running statistics of batch normalisations are averages already: they are those of the network.

    Off by default: the original has none. ``decay`` is the share of the old average that is kept,
    in [0, 1). Early steps count less (it grows as (1 + t) / (10 + t) up to ``decay``), so that the
    initial weights are soon forgotten.
    """

    priority = chainer.training.PRIORITY_EDITOR

    def __init__(self, optimizer, decay):
        self.optimizer = optimizer
        self.decay = decay
        self.link = optimizer.target.copy(mode='copy')
        for param in self.link.params():
            param.update_rule = None  # a copy of Adam's moments, of no use here
        self.t = 0

    def __call__(self, trainer):
        if self.t == self.optimizer.t:
            return
        self.t = self.optimizer.t
        decay = min(self.decay, (1 + self.t) / (10 + self.t))
        current = dict(self.optimizer.target.namedparams())
        for name, average in self.link.namedparams():
            average.array += (1 - decay) * (current[name].array - average.array)
        links = dict(self.optimizer.target.namedlinks())
        for name, link in self.link.namedlinks():
            for key in link._persistent:  # statistics, in place
                value = getattr(links[name], key)
                if isinstance(value, chainer.get_array_types()):
                    getattr(link, key)[...] = value

    def serialize(self, serializer):
        self.t = serializer('t', self.t)
        self.link.serialize(serializer['link'])


class CheckerboardFree:
    """An optimizer hook that keeps a generator from drawing a fine grid.

    A transposed convolution of stride 2 answers a constant input with a pattern of period 2
    wherever its filters respond to the frequencies (pi, 0), (0, pi) and (pi, pi); the last
    convolution passes such a pattern on wherever its filters do. After every update this hook
    takes those three responses out of these filters, an orthogonal projection, so that flat food
    stays flat (the condition of Sugawara, Shiota and Kiya 2018). A departure from the original,
    never the default.
    """

    name = 'CheckerboardFree'
    timing = 'post'

    def __call__(self, optimizer):
        # A chain sorts its children as text: '21' comes before '3'.
        main = optimizer.target.main
        layers = [main[name] for name in sorted((link.name for link in main.children()), key=int)]
        layers = [layer for layer in layers if hasattr(layer, 'W')]
        for layer in layers:
            if isinstance(layer, chainer.links.Deconvolution2D) or layer is layers[-1]:
                W = layer.W.array
                flat = W.reshape(-1, W.shape[2] * W.shape[3])
                projector = layer.W.xp.asarray(_projector(W.shape[2]).astype(W.dtype))
                W[...] = (flat @ projector).reshape(W.shape)


@functools.cache
def _projector(ksize):
    """The matrix that takes the three responses out of flattened ksize x ksize filters."""
    sign = (-1.) ** numpy.arange(ksize)
    one = numpy.ones(ksize)
    basis = numpy.stack([numpy.outer(a, b).ravel()
                         for a, b in ((sign, one), (one, sign), (sign, sign))], axis=1)
    q, _ = numpy.linalg.qr(basis)
    return numpy.eye(len(q)) - q @ q.T
