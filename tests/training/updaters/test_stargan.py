"""The updater against the released code's loop, written out step by step.

The loop below saves nothing: every step makes its own translations, photos and translations go
through the discriminator one after the other. It is run once with Chainer's functions and once
with PyTorch's autograd on the network that the facts describe.
"""

import random

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.updaters import StarGANUpdater

import chainer
import chainer.functions as F

N, B, SIZE, C_DIM, SEED = 11, 3, 8, 4, 5  # three batches an epoch
LAMBDA_CLS, LAMBDA_REC, LAMBDA_GP = 0.7, 9., 8.
ALPHA, BETA1, BETA2, EPS = 1e-3, 0.5, 0.999, 1e-8


class Photos(chainer.dataset.DatasetMixin):
    """Noise, in double precision."""

    def __init__(self, cls_loss):
        rng = numpy.random.default_rng(0)
        self.x = rng.uniform(-1, 1, (N, 3, SIZE, SIZE))
        self.label = (rng.integers(0, C_DIM, N).astype(numpy.int32) if cls_loss == 'softmax'
                      else rng.integers(0, 2, (N, C_DIM)).astype(numpy.float64))

    def __len__(self):
        return N

    def get_example(self, i):
        return self.x[i % N], self.label[i % N]


def networks():
    rng = numpy.random.default_rng(1)
    gen, dis = Generator(2, C_DIM, 1, rng=rng), Discriminator(SIZE, 2, C_DIM, 2, rng=rng)
    for param in dis.params():
        param.array *= 2  # so that the discriminator's scores are not nearly flat
    return gen, dis


def make_updater(gen, dis, cls_loss, d_train_repeat, lambda_idt=0, **options):
    iterator = chainer.iterators.SerialIterator(
        Photos(cls_loss), B, order_sampler=SeededOrder(SEED, B))
    optimizers = {'gen': Adam(ALPHA).setup(gen), 'dis': Adam(ALPHA).setup(dis)}
    return StarGANUpdater(
        iterator, optimizers, d_train_repeat=d_train_repeat, lambda_cls=LAMBDA_CLS,
        lambda_rec=LAMBDA_REC, lambda_gp=LAMBDA_GP, lambda_idt=lambda_idt, cls_loss=cls_loss,
        seed=SEED, **options)


class InChainer:
    """What the loop needs, by Chainer's functions."""

    def __init__(self, gen, dis):
        self.gen, self.dis = gen, dis
        self.gen_params, self.dis_params = ([param for _, param in sorted(link.namedparams())]
                                            for link in (gen, dis))

    variable = staticmethod(chainer.Variable)
    mean, abs, sqrt = map(staticmethod, (F.mean, F.absolute, F.sqrt))

    def sum_of_squares(self, x):
        return F.sum(x ** 2, axis=(1, 2, 3))

    def softmax(self, y, label):
        return F.softmax_cross_entropy(y, label)

    def sigmoid(self, y, label):
        loss = F.sigmoid_cross_entropy(y, label.astype(numpy.int32), reduce='no')
        return F.sum(loss) / len(label)

    def slope(self, y, x):
        return chainer.grad([y], [x], enable_double_backprop=True)[0]

    def gradients(self, loss, params):
        return [None if g is None else g.array for g in chainer.grad([loss], params)]

    def array(self, param):
        return param.array


class InTorch:
    """The same by PyTorch: networks as the facts describe them, derivatives by its autograd."""

    def __init__(self, gen, dis):
        import torch
        from torch import nn
        self.torch = torch

        def conv(*arguments, bias=False, kind=nn.Conv2d):
            return kind(*arguments, bias=bias)

        def norm(channels):
            return nn.InstanceNorm2d(channels, affine=True)

        block = nn.Module()
        block.main = nn.Sequential(conv(8, 8, 3, 1, 1), norm(8), nn.ReLU(),
                                   conv(8, 8, 3, 1, 1), norm(8))
        block.forward = lambda x: x + block.main(x)
        g, d = nn.Module(), nn.Module()
        g.main = nn.Sequential(
            conv(3 + C_DIM, 2, 7, 1, 3), norm(2), nn.ReLU(),
            conv(2, 4, 4, 2, 1), norm(4), nn.ReLU(), conv(4, 8, 4, 2, 1), norm(8), nn.ReLU(),
            block,
            conv(8, 4, 4, 2, 1, kind=nn.ConvTranspose2d), norm(4), nn.ReLU(),
            conv(4, 2, 4, 2, 1, kind=nn.ConvTranspose2d), norm(2), nn.ReLU(),
            conv(2, 3, 7, 1, 3), nn.Tanh())
        d.main = nn.Sequential(conv(3, 2, 4, 2, 1, bias=True), nn.LeakyReLU(0.01),
                               conv(2, 4, 4, 2, 1, bias=True), nn.LeakyReLU(0.01))
        d.conv1, d.conv2 = conv(4, 1, 3, 1, 1), conv(4, C_DIM, 2)
        for module, link in ((g, gen), (d, dis)):
            module.double().load_state_dict(
                {key: torch.tensor(array) for key, array in weights.state_dict(link).items()
                 if '.running_' not in key})
        self.modules = g, d
        # In the order of Chainer's keys, which are the same names but for gamma and beta.
        self.gen_params, self.dis_params = (
            [self._find(module, name) for name, _ in sorted(link.namedparams())]
            for module, link in ((g, gen), (d, dis)))

    def _find(self, module, name):
        *path, leaf = name.strip('/').split('/')
        released = {'W': 'weight', 'gamma': 'weight', 'b': 'bias', 'beta': 'bias'}[leaf]
        return dict(module.named_parameters())['.'.join(path + [released])]

    def gen(self, x, c):
        c = self.torch.as_tensor(c)[:, :, None, None].expand(-1, -1, *x.shape[2:])
        return self.modules[0].main(self.torch.cat([self.torch.as_tensor(x), c], dim=1))

    def dis(self, x):
        net = self.modules[1]
        h = net.main(self.torch.as_tensor(x))
        return net.conv1(h), net.conv2(h).reshape(len(x), C_DIM)

    def variable(self, array):
        return self.torch.tensor(array, requires_grad=True)

    def mean(self, x):
        return x.mean()

    def abs(self, x):
        return self.torch.as_tensor(x).abs()

    def sqrt(self, x):
        return x.sqrt()

    def sum_of_squares(self, x):
        return (x ** 2).sum(dim=(1, 2, 3))

    def softmax(self, y, label):
        return self.torch.nn.functional.cross_entropy(y, self.torch.as_tensor(label).long())

    def sigmoid(self, y, label):
        return self.torch.nn.functional.binary_cross_entropy_with_logits(
            y, self.torch.as_tensor(label), reduction='sum') / len(label)

    def objective(self, y, real, kind):
        f, wanted = self.torch.nn.functional, self.torch.full_like(y, float(real))
        return {'log': lambda: f.binary_cross_entropy_with_logits(y, wanted),
                'ls': lambda: f.mse_loss(y, wanted),
                'hinge': lambda: f.relu(1 - y if real else 1 + y).mean()}[kind]()

    def slope(self, y, x):
        return self.torch.autograd.grad(y.sum(), x, create_graph=True)[0]

    def gradients(self, loss, params):
        return [None if g is None else g.numpy()
                for g in self.torch.autograd.grad(loss, params, allow_unused=True)]

    def array(self, param):
        return param.detach().numpy()


class PlainAdam:
    """PyTorch 0.3's Adam after its zero_grad: no gradient is a gradient of zeros."""

    def __init__(self, arrays):
        self.arrays = arrays
        self.m, self.v = ([numpy.zeros_like(array) for array in arrays] for _ in range(2))
        self.t = 0

    def step(self, grads):
        self.t += 1
        size = ALPHA * (1 - BETA2 ** self.t) ** 0.5 / (1 - BETA1 ** self.t)
        for array, grad, m, v in zip(self.arrays, grads, self.m, self.v):
            grad = numpy.zeros_like(array) if grad is None else grad
            m += (1 - BETA1) * (grad - m)
            v += (1 - BETA2) * (grad ** 2 - v)
            array -= size * m / (numpy.sqrt(v) + EPS)


def released_loop(side, cls_loss, d_train_repeat, lambda_idt, iterations, adversarial='wgan-gp'):
    """The released training loop, and this project's identity and adversarial losses; yields every
    iteration's losses."""
    def score(y, real, kind=adversarial):
        if kind == 'wgan-gp':
            return -side.mean(y) if real else side.mean(y)
        return side.objective(y, real, kind)

    photos = Photos(cls_loss)
    adam_g, adam_d = (PlainAdam([side.array(param) for param in params])
                      for params in (side.gen_params, side.dis_params))
    classification = getattr(side, cls_loss)
    for t in range(iterations):
        epoch, i = divmod(t, N // B)
        order = numpy.random.default_rng((SEED, epoch + 1)).permutation(N)
        chosen = order[i * B:(i + 1) * B]
        x, label = photos.x[chosen], photos.label[chosen]
        rng = numpy.random.default_rng((SEED, t))
        label_fake = label[rng.permutation(B)]
        c_real, c_fake = ((numpy.eye(C_DIM)[value] if value.ndim == 1 else value)
                          for value in (label, label_fake))
        losses = {}

        src, cls = side.dis(x)
        losses['dis/loss_real'] = score(src, True)
        losses['dis/loss_cls'] = classification(cls, label)
        losses['dis/accuracy'] = accuracy(cls, label)
        fake = plain(side.gen(x, c_fake))
        losses['dis/loss_fake'] = score(side.dis(fake)[0], False)
        loss = (losses['dis/loss_real'] + losses['dis/loss_fake']
                + LAMBDA_CLS * losses['dis/loss_cls'])
        adam_d.step(side.gradients(loss, side.dis_params))

        if adversarial == 'wgan-gp':
            alpha = rng.uniform(0, 1, (B, 1, 1, 1))
            x_hat = side.variable(alpha * x + (1 - alpha) * fake)
            slope = side.slope(side.dis(x_hat)[0], x_hat)
            losses['dis/loss_gp'] = side.mean((side.sqrt(side.sum_of_squares(slope)) - 1) ** 2)
            adam_d.step(side.gradients(LAMBDA_GP * losses['dis/loss_gp'], side.dis_params))

        if (i + 1) % d_train_repeat == 0:
            fake = side.gen(x, c_fake)
            src, cls = side.dis(fake)
            losses['gen/loss_fake'] = score(
                src, True, 'wgan-gp' if adversarial == 'hinge' else adversarial)
            losses['gen/loss_rec'] = side.mean(side.abs(side.gen(fake, c_real) - as_same(x, fake)))
            losses['gen/loss_cls'] = classification(cls, label_fake)
            loss = (losses['gen/loss_fake'] + LAMBDA_REC * losses['gen/loss_rec']
                    + LAMBDA_CLS * losses['gen/loss_cls'])
            if lambda_idt:
                same = side.gen(x, c_real)
                losses['gen/loss_idt'] = side.mean(side.abs(same - as_same(x, same)))
                loss = loss + lambda_idt * losses['gen/loss_idt']
            adam_g.step(side.gradients(loss, side.gen_params))
        yield {name: float(plain(value)) for name, value in losses.items()}


def plain(value):
    """The array of a Variable or a tensor."""
    if isinstance(value, chainer.Variable):
        return value.array
    return value.detach().numpy() if hasattr(value, 'detach') else value


def as_same(array, value):
    """The array as the kind of thing that value is."""
    return (chainer.Variable(array) if isinstance(value, chainer.Variable)
            else value.new_tensor(array))


def accuracy(cls, label):
    cls = plain(cls)
    return (cls.argmax(axis=1) == label).mean() if label.ndim == 1 else (
        (cls > 0) == (label == 1)).mean()


@pytest.mark.parametrize('cls_loss, d_train_repeat, lambda_idt', [
    ('softmax', 2, 0), ('softmax', 3, 4.), ('sigmoid', 2, 4.), ('sigmoid', 3, 0)])
@pytest.mark.parametrize('side', [InChainer, InTorch])
def test_the_released_loop(
        use_torch, float64, observe, side, cls_loss, d_train_repeat, lambda_idt):
    if side is InTorch:
        pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    gen, dis = networks()
    updater = make_updater(gen, dis, cls_loss, d_train_repeat, lambda_idt)
    reference = side(*(link.copy(mode='copy') for link in (gen, dis)))
    iterations = 7  # two epochs of three, and one more
    gen_steps = 0
    for expected in released_loop(reference, cls_loss, d_train_repeat, lambda_idt, iterations):
        assert observe(updater) == pytest.approx(expected, rel=1e-8, abs=1e-10)
        gen_steps += 'gen/loss_rec' in expected
    assert gen_steps == 2 and updater.get_optimizer('gen').t == 2
    assert updater.get_optimizer('dis').t == 2 * iterations
    for link, params in ((gen, reference.gen_params), (dis, reference.dis_params)):
        for (name, param), expected in zip(sorted(link.namedparams()), params):
            numpy.testing.assert_allclose(
                param.array, reference.array(expected), rtol=1e-7, atol=1e-9, err_msg=name)


@pytest.mark.parametrize('adversarial', ['log', 'hinge', 'ls'])
def test_other_adversarial_losses(float64, observe, adversarial):
    """PyTorch's own losses in the same loop, without the step of the penalty."""
    pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    gen, dis = networks()
    updater = make_updater(gen, dis, 'softmax', 2, adversarial=adversarial)
    reference = InTorch(*(link.copy(mode='copy') for link in (gen, dis)))
    for expected in released_loop(reference, 'softmax', 2, 0, 4, adversarial):
        assert observe(updater) == pytest.approx(expected, rel=1e-8, abs=1e-10)
        assert 'dis/loss_gp' not in expected
    assert updater.get_optimizer('dis').t == 4 and updater.get_optimizer('gen').t == 1
    for (name, param), expected in zip(sorted(gen.namedparams()), reference.gen_params):
        numpy.testing.assert_allclose(
            param.array, reference.array(expected), rtol=1e-7, atol=1e-9, err_msg=name)


def test_what_is_reported(float64, observe):
    updater = make_updater(*networks(), 'softmax', 2)
    dis = {'dis/loss_real', 'dis/loss_fake', 'dis/loss_cls', 'dis/loss_gp', 'dis/accuracy'}
    gen = {'gen/loss_fake', 'gen/loss_rec', 'gen/loss_cls'}
    # The count of iterations starts anew in every epoch of three.
    assert [set(observe(updater)) for _ in range(6)] == 2 * [dis, dis | gen, dis]


def test_nothing_else_is_random(float64):
    before = numpy.random.get_state()[1].copy(), random.getstate()
    runs = []
    for disturb in (0, 100):
        numpy.random.random(disturb)
        gen, dis = networks()
        updater = make_updater(gen, dis, 'softmax', 1)
        state = numpy.random.get_state()[1].copy()
        updater.update()
        assert (numpy.random.get_state()[1] == state).all()
        runs.append([param.array for link in (gen, dis)
                     for _, param in sorted(link.namedparams())])
    for first, second in zip(*runs):
        numpy.testing.assert_array_equal(first, second)
    assert random.getstate() == before[1]


def test_another_seed_permutes_otherwise(float64, observe):
    results = []
    for seed in (SEED, SEED + 1):
        gen, dis = networks()
        updater = make_updater(gen, dis, 'softmax', 1)
        updater.seed = seed
        results.append(observe(updater))
    assert results[0]['dis/loss_real'] == results[1]['dis/loss_real']  # the same photos
    assert results[0]['dis/loss_gp'] != results[1]['dis/loss_gp']


def test_single_precision_and_augmentation(use_torch, observe):
    """The discriminator sees photos and translations changed, the cycle loss does not."""
    seen = []

    def augment(x, rng):
        seen.append(float(rng.uniform(0, 1, (1,))[0]))
        return chainer.as_variable(x) * 0.

    class Single(Photos):
        def get_example(self, i):
            x, label = super().get_example(i)
            return x.astype(numpy.float32), label

    gen, dis = networks()
    iterator = chainer.iterators.SerialIterator(
        Single('softmax'), B, order_sampler=SeededOrder(SEED, B))
    updater = StarGANUpdater(
        iterator, {'gen': Adam().setup(gen), 'dis': Adam().setup(dis)}, d_train_repeat=1,
        augment=augment, seed=SEED)
    zeros = float(dis(numpy.zeros((1, 3, SIZE, SIZE), numpy.float32))[0].array.mean())
    losses = observe(updater)
    assert losses['dis/loss_fake'] == pytest.approx(zeros, rel=1e-5)
    assert losses['dis/loss_real'] == pytest.approx(-zeros, rel=1e-5)
    assert losses['gen/loss_rec'] > 0.1
    assert len(seen) == 3 and len(set(seen)) == 3  # photos, translations, and once for G
    assert all(param.dtype == numpy.float32 for param in gen.params())
