"""How far Chainer's numbers are from PyTorch's, on the same weights, photos and random draws.

The Chainer side computes by ``chainer.config.use_torch``: with ``'never'`` nothing of PyTorch is
in it, and the two sides are independent down to their kernels.
"""

from __future__ import annotations

import collections
import copy

import numpy as np
import torch

from chainer_foodgan import functions, weights
from chainer_foodgan.pytorch import networks, training
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.updaters import StarGANUpdater
from chainer_foodgan.weights.naming import released

import chainer

Row = collections.namedtuple('Row', 'what absolute relative')
Row.__doc__ = """A comparison.

Attributes:
    what (str): What was compared.
    absolute (float): Greatest difference.
    relative (float): Greatest difference by size. An array is measured by its greatest value (of
        several arrays the worst counts), a loss by itself, or by 0.1 where it is smaller.
"""

#: The updater's random draws.
SEED = 0


def compare(gen, dis, photos, labels, cls_loss='softmax', iterations=10):
    """Compares both networks, every gradient, and whole iterations of the training.

    Args:
        gen (chainer_foodgan.links.Generator): Stays as it is, as ``dis`` does.
        dis (chainer_foodgan.links.Discriminator): Of the same dtype, float32 or float64.
        photos (ndarray): Of that dtype, (iterations * B, 3, S, S) in [-1, 1].
        labels (ndarray): int32 (iterations * B,) for ``'softmax'``, 0/1 of that dtype
            (iterations * B, c_dim) for ``'sigmoid'``.
        cls_loss (str): ``'softmax'`` or ``'sigmoid'``.
        iterations (int): How many to train.

    Returns:
        list of Row: In the order in which a training meets them.
    """
    updater = _updater(copy.deepcopy(gen), copy.deepcopy(dis), photos, labels, cls_loss, iterations)
    return (_single_pass(gen, dis, photos, labels, cls_loss, len(photos) // iterations)
            + _training(updater, *to_pytorch(gen, dis), photos, labels, cls_loss, iterations))


def to_pytorch(gen, dis):
    """The same networks as PyTorch modules, of the same dtype."""
    modules = (networks.Generator(gen.conv_dim, gen.c_dim, gen.repeat_num),
               networks.Discriminator(dis.image_size, dis.conv_dim, dis.c_dim, dis.repeat_num))
    for module, link in zip(modules, (gen, dis)):
        state = {key: torch.tensor(array) for key, array in weights.state_dict(link).items()}
        module.to(state['main.0.weight'].dtype).load_state_dict(state)
    return modules


def _single_pass(gen, dis, photos, labels, cls_loss, B):
    rng = np.random.default_rng(1)
    x, label = photos[:B], labels[:B]
    label_fake = label[rng.permutation(B)]
    alpha = rng.uniform(0, 1, (B, 1, 1, 1)).astype(x.dtype)
    c, c_fake = ((np.eye(gen.c_dim, dtype=x.dtype)[each] if cls_loss == 'softmax' else each)
                 for each in (label, label_fake))
    t_gen, t_dis = to_pytorch(gen, dis)
    t_x, t_label, t_label_fake, t_alpha, t_c, t_c_fake = map(
        _tensor, (x, label, label_fake, alpha, c, c_fake))

    x_fake, t_x_fake = gen(x, c_fake), t_gen(t_x, t_c_fake)
    outputs, t_outputs = dis(x), t_dis(t_x)
    rows = [_row('G: translation', [x_fake.array], [t_x_fake]),
            _row('D: patch scores', [outputs[0].array], [t_outputs[0]]),
            _row('D: logits', [outputs[1].array], [t_outputs[1]])]

    def add(name, losses, t_losses, link, module):
        rows.extend(_row(name + ' loss ' + key, [losses[key].array], [t_losses[key]], floor=0.1)
                    for key in losses)
        rows.append(_row_of_dicts(
            name + ' gradients', _gradients(sum(losses.values()), link),
            _t_gradients(sum(t_losses.values()), module)))

    add('D step:', functions.dis_losses(dis, x, x_fake, label, cls_loss),
        training.dis_losses(t_dis, t_x, t_x_fake, t_label, cls_loss), dis, t_dis)
    add('penalty:', {'gp': functions.gradient_penalty(dis, x, x_fake, alpha)},
        {'gp': training.gradient_penalty(t_dis, t_x, t_x_fake, t_alpha)}, dis, t_dis)
    add('G step:', functions.gen_losses(gen, dis, x, c, c_fake, label_fake, cls_loss),
        training.gen_losses(t_gen, t_dis, t_x, t_c, t_c_fake, t_label_fake, cls_loss), gen, t_gen)
    return rows


def _training(updater, t_gen, t_dis, photos, labels, cls_loss, iterations):
    reporter = chainer.Reporter()
    links = {name: each.target for name, each in updater.get_all_optimizers().items()}
    for name, link in links.items():
        reporter.add_observer(name, link)
    reference = training.StarGAN(t_gen, t_dis, cls_loss=cls_loss)
    B = len(photos) // iterations
    found, expected = collections.defaultdict(list), collections.defaultdict(list)
    for i in range(iterations):
        x, label = photos[i * B:(i + 1) * B], labels[i * B:(i + 1) * B]
        rng = updater.rng()  # the same draws in the same order as the updater's
        label_fake = label[rng.permutation(B)]
        alpha = rng.uniform(0, 1, (B, 1, 1, 1)).astype(x.dtype)
        with reporter.scope({}):
            updater.update()
            observed = reporter.observation
        for name, loss in reference.update(*map(_tensor, (x, label, label_fake, alpha))).items():
            found[name].append(np.asarray(observed[name]))
            expected[name].append(torch.tensor(loss, dtype=torch.float64))
    title = f'{iterations} iterations: '
    rows = [_row(title + name, found[name], expected[name], floor=0.1) for name in found]
    for name, module in (('gen', t_gen), ('dis', t_dis)):
        rows.append(_row_of_dicts(title + name + ' parameters', weights.state_dict(links[name]),
                                  dict(module.named_parameters())))
    return rows


def _updater(gen, dis, photos, labels, cls_loss, iterations):
    iterator = chainer.iterators.SerialIterator(
        list(zip(photos, labels)), len(photos) // iterations, shuffle=False)
    return StarGANUpdater(iterator, {'gen': Adam().setup(gen), 'dis': Adam().setup(dis)},
                          cls_loss=cls_loss, seed=SEED)


def _row(what, arrays, tensors, floor=0.):
    """Arrays of Chainer's side against tensors of PyTorch's."""
    absolute, relative = 0., 0.
    for array, tensor in zip(arrays, tensors):
        wanted = tensor.detach().numpy().astype(np.float64)
        if array.shape != wanted.shape:
            raise ValueError(f'{what}: {array.shape} against {wanted.shape}')
        difference = float(abs(array - wanted).max())
        size = max(float(abs(wanted).max()), floor)
        absolute = max(absolute, difference)
        relative = max(relative, difference / size if difference else 0.)
    return Row(what, absolute, relative)


def _row_of_dicts(what, arrays, tensors):
    return _row(what, [arrays[key] for key in tensors], tensors.values())


def _tensor(array):
    return torch.tensor(array, dtype=torch.int64 if array.dtype == np.int32 else None)


def _gradients(loss, link):
    """Under the released keys; zeros, on both sides, where the loss does not reach."""
    names, params = zip(*sorted(link.namedparams()))
    return released({name[1:]: np.zeros_like(param.array) if grad is None else grad.array
                     for name, param, grad in zip(names, params, chainer.grad([loss], params))})


def _t_gradients(loss, module):
    names, params = zip(*module.named_parameters())
    grads = torch.autograd.grad(loss, params, allow_unused=True)
    return {name: torch.zeros_like(param) if grad is None else grad
            for name, param, grad in zip(names, params, grads)}
