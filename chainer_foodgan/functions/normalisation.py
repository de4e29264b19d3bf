"""Instance normalisation, which Chainer 7 lacks."""

from __future__ import annotations

from chainer_foodgan import kernels
from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F


class _InstanceNormalization(chainer.FunctionNode):

    def __init__(self, eps):
        self.eps = eps

    def forward(self, inputs):
        self.retain_inputs((0, 1))
        # The kernels read memory as if it were contiguous, that of gamma and beta too.
        x, gamma, beta = (kernels.tensor(array).contiguous() for array in inputs)
        B, C, H, W = x.shape
        y, self.mean, self.rstd = kernels.torch().ops.aten.native_group_norm(
            x, gamma, beta, B, C, H * W, C, self.eps)
        return kernels.array(y, inputs[0].dtype),

    def backward(self, indexes, grad_outputs):
        x, gamma = self.get_retained_inputs()
        grads = _InstanceNormalizationGradient(self).apply((x, gamma, grad_outputs[0]))
        return [grads[index] for index in indexes]


class _InstanceNormalizationGradient(chainer.FunctionNode):

    def __init__(self, function):
        self.eps, self.mean, self.rstd = function.eps, function.mean, function.rstd

    def forward(self, inputs):
        self.retain_inputs((0, 1, 2))
        x, gamma, gy = (kernels.tensor(array).contiguous() for array in inputs)
        B, C, H, W = x.shape
        grads = kernels.torch().ops.aten.native_group_norm_backward(
            gy, x, self.mean, self.rstd, gamma, B, C, H * W, C, (True, True, True))
        return tuple(kernels.array(grad, inputs[0].dtype) for grad in grads)

    def backward(self, indexes, grad_outputs):
        # Second derivatives are rare (no critic here is normalised): they follow from the first
        # ones written out in Chainer's functions, whose graph is needed even where the caller
        # wants no third derivatives and has switched it off.
        with chainer.force_backprop_mode(), chainer.using_config('use_torch', 'never'):
            # Aliases: gy may itself depend on x, a path that is not this function's to follow.
            inputs = [F.identity(value) for value in self.get_retained_inputs()]
            outputs = _gradient_formula(*inputs, eps=self.eps)
            pairs = [(y, gy) for y, gy in zip(outputs, grad_outputs) if gy is not None]
            return chainer.grad(
                [y for y, _ in pairs], [inputs[index] for index in indexes],
                [gy for _, gy in pairs], enable_double_backprop=True)


def _gradient_formula(x, gamma, gy, eps):
    """Gradients with respect to x, gamma and beta, in Chainer's functions."""
    def mean(v):
        return F.broadcast_to(F.mean(v, axis=(2, 3), keepdims=True), v.shape)

    centred = x - mean(x)
    rstd = 1 / F.sqrt(mean(centred ** 2) + eps)
    normal = centred * rstd
    gnormal = gy * F.broadcast_to(gamma[None, :, None, None], gy.shape)
    gx = rstd * (gnormal - mean(gnormal) - normal * mean(gnormal * normal))
    return gx, F.sum(gy * normal, axis=(0, 2, 3)), F.sum(gy, axis=(0, 2, 3))


def instance_normalization(x: Array, gamma: Array, beta: Array,
                           eps: float = 1e-5) -> chainer.Variable:
    """Normalises every channel of every sample on its own, then scales and shifts it.

    The same function as group normalisation with one group a channel (Ulyanov et al. 2016). The
    statistics are always those of the instance, in testing too, as in PyTorch 0.3.

    Args:
        x (Variable or ndarray): Float (B, C, H, W).
        gamma (Variable or ndarray): Scale, float (C,); or (B, C), of each sample its own.
        beta (Variable or ndarray): Shift, of the same shape.
        eps (float): Added to the variance.

    Returns:
        Variable: Float (B, C, H, W).
    """
    x, gamma, beta = map(chainer.as_variable, (x, gamma, beta))
    if gamma.ndim == 2:
        # Statistics are each channel's own, so the batch's channels may all lie in one sample.
        y = instance_normalization(F.reshape(x, (1, -1) + x.shape[2:]), F.flatten(gamma),
                                   F.flatten(beta), eps)
        return F.reshape(y, x.shape)
    if not kernels.enabled(x.array, gamma.array, beta.array):
        return F.group_normalization(x, x.shape[1], gamma, beta, eps)
    return _InstanceNormalization(eps).apply((x, gamma, beta))[0]
