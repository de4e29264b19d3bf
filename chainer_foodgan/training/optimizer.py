"""Adam as the original has it, and a constraint on filters that is an option here."""

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
    """``chainer.optimizers.Adam``, in one pass over memory where PyTorch is installed.

    Args:
        alpha (float): Learning rate.
        beta1, beta2 (float): Decay of the moments.
        eps (float): Added to the root of the second moment before the bias correction.
        comm (Communicator): Who trains together: :meth:`step` goes by the mean of all gradients.
    """

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
        """Minimises a loss by one step.

        Gradients are computed for the target's parameters alone. A parameter that the loss does
        not reach is updated with gradient 0, that is, moves on by its momentum, as in PyTorch 0.3
        (whose ``zero_grad`` writes zeros): the biases and the classifier's head do in the step of
        the gradient penalty.

        Neither the gradients nor the loss's graph are kept: what the next step needs memory for.

        Args:
            loss (Variable): A scalar, the mean over the (rank's share of the) batch.
        """
        params = [param for _, param in sorted(self.target.namedparams())]
        for param, grad in zip(params, chainer.grad([loss], params)):
            param.grad = param.xp.zeros_like(param.array) if grad is None else grad.array
        loss.unchain_backward()
        self.comm.mean_grads(self.target)
        self.update()
        self.target.cleargrads()


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
