"""Adam by hand, and the constraint against a fine grid."""

import numpy
import pytest

from chainer_foodgan import kernels
from chainer_foodgan.links import Generator
from chainer_foodgan.training.optimizer import Adam, CheckerboardFree

import chainer
import chainer.functions as F


class AdamByHand:
    """PyTorch 0.3's rule on one array: eps joins the root before the bias is corrected."""

    def __init__(self, value, alpha=1e-4, beta1=0.5, beta2=0.999, eps=1e-8):
        self.value = value.astype(numpy.float64)
        self.alpha, self.beta1, self.beta2, self.eps = alpha, beta1, beta2, eps
        self.m = numpy.zeros(value.shape)
        self.v = numpy.zeros(value.shape)
        self.t = 0

    def step(self, grad):
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * grad ** 2
        step_size = self.alpha * (1 - self.beta2 ** self.t) ** 0.5 / (1 - self.beta1 ** self.t)
        self.value = self.value - step_size * self.m / (numpy.sqrt(self.v) + self.eps)


class Two(chainer.Link):
    """Two parameters."""

    def __init__(self):
        super().__init__()
        rng = numpy.random.default_rng(0)
        with self.init_scope():
            self.a = chainer.Parameter(rng.standard_normal((3, 4)))
            self.b = chainer.Parameter(rng.standard_normal(5))


@pytest.mark.parametrize('scale', [1, 1e-6, 1e-8])  # from where eps is nothing to where it rules
def test_adam_by_hand(use_torch, scale):
    link = Two()
    optimizer = Adam(alpha=0.01).setup(link)
    expected = AdamByHand(link.a.array, alpha=0.01)
    for t in range(6):
        slope = scale * numpy.random.default_rng(t).standard_normal((3, 4))
        optimizer.step(F.sum(link.a * slope))
        expected.step(slope)
        numpy.testing.assert_allclose(link.a.array, expected.value, rtol=1e-9)


def test_what_a_loss_does_not_reach_moves_by_its_momentum(use_torch):
    link = Two()
    optimizer = Adam(alpha=0.01).setup(link)
    expected = AdamByHand(link.b.array, alpha=0.01)
    expected.step(2 * link.b.array)
    optimizer.step(F.sum(link.a ** 2) + F.sum(link.b ** 2))
    for _ in range(3):
        before = link.b.array.copy()
        optimizer.step(F.sum(link.a ** 2))
        expected.step(numpy.zeros(5))
        assert (link.b.array != before).all()
        numpy.testing.assert_allclose(link.b.array, expected.value, rtol=1e-12)


def test_gradients_do_not_add_up_and_reach_the_target_alone(use_torch):
    link, other = Two(), Two()
    optimizer = Adam().setup(link)
    used = []

    def hook(optimizer):
        used.append(link.a.grad)

    hook.timing = 'pre'
    optimizer.add_hook(hook, 'used')
    for _ in range(2):
        optimizer.step(F.sum(link.a * 3) + F.sum(other.a * link.a.array))
        numpy.testing.assert_array_equal(used[-1], numpy.full((3, 4), 3.))
    assert other.a.grad is None
    assert optimizer.t == 2


def test_nothing_of_a_step_is_kept(use_torch):
    link = Two()
    loss = F.sum(link.a * 3)
    Adam().setup(link).step(loss)
    assert link.a.grad is None and loss.creator is None


def test_the_moments_are_there_before_the_first_step():
    """A snapshot may be older than the generator's first step."""
    link = Two()
    optimizer = Adam().setup(link)
    saved = chainer.serializers.DictionarySerializer()
    saved.save(optimizer)
    chainer.serializers.NpzDeserializer(saved.target).load(Adam().setup(Two()))
    for param in link.params():
        for moment in ('m', 'v'):
            assert param.update_rule.state[moment].shape == param.shape
            assert not param.update_rule.state[moment].any()


def test_the_defaults_are_the_originals():
    optimizer = Adam()
    assert (optimizer.alpha, optimizer.beta1, optimizer.beta2, optimizer.eps) == (
        1e-4, 0.5, 0.999, 1e-8)
    assert optimizer.weight_decay_rate == 0 and not optimizer.amsgrad


def test_the_fused_kernel_equals_chainers():
    pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    results = []
    for mode in ('never', 'always'):
        rng = numpy.random.default_rng(1)
        link = chainer.Link()
        with link.init_scope():
            link.W = chainer.Parameter(rng.standard_normal((40, 50)).astype(numpy.float32))
        optimizer = Adam(alpha=1e-3).setup(link)
        with chainer.using_config('use_torch', mode):
            for _t in range(20):
                # Gradients from 1e-10 to 1, so that eps matters for some.
                grad = rng.standard_normal((40, 50)) * 10. ** rng.uniform(-10, 0, (40, 50))
                optimizer.step(F.sum(link.W * grad.astype(numpy.float32)))
        results.append((link.W.array, link.W.update_rule.state['m'], link.W.update_rule.state['v']))
    for chainers, fused in zip(*results):
        numpy.testing.assert_allclose(fused, chainers, rtol=1e-5, atol=1e-6 * abs(chainers).max())


def test_the_fused_kernel_is_what_runs(monkeypatch):
    pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    monkeypatch.setattr(chainer.optimizers.adam.AdamRule, 'update_core_cpu',
                        lambda *args: pytest.fail("Chainer's own rule"))
    assert kernels.torch() is not None
    link = Two()
    Adam().setup(link).step(F.sum(link.a))


# CheckerboardFree

def convolutions(gen):
    """Name -> filters of every convolution of a generator."""
    return {name: param.array for name, param in gen.namedparams() if param.ndim == 4}


def constrained(repeat_num, updates=1):
    gen = Generator(3, 2, repeat_num, rng=numpy.random.default_rng(0))
    before = {name: array.copy() for name, array in convolutions(gen).items()}
    optimizer = Adam().setup(gen)
    optimizer.add_hook(CheckerboardFree())
    for _ in range(updates):
        for param in gen.params():
            param.grad = numpy.zeros_like(param.array)
        optimizer.update()
    return gen, before


@pytest.mark.parametrize('repeat_num', [1, 2, 6])
def test_only_what_makes_the_grid_is_constrained(repeat_num):
    gen, before = constrained(repeat_num)
    first = 9 + repeat_num  # index of the first deconvolution
    changed = {name for name, array in convolutions(gen).items() if (array != before[name]).any()}
    assert changed == {f'/main/{index}/W' for index in (first, first + 3, first + 6)}


def test_flat_stays_flat_in_a_deconvolution(use_torch):
    gen, _ = constrained(1)
    free = Generator(3, 2, 1, rng=numpy.random.default_rng(0))
    for index in ('10', '13'):
        x = numpy.ones((1, gen.main[index].W.shape[0], 6, 6), numpy.float32)
        interior = gen.main[index](x).array[:, :, 2:-2, 2:-2]
        assert numpy.ptp(interior, axis=(2, 3)).max() < 1e-6
        assert abs(interior).max() > 1e-3  # flat, not gone
        assert numpy.ptp(free.main[index](x).array[:, :, 2:-2, 2:-2], axis=(2, 3)).max() > 1e-2


def test_the_last_convolution_passes_no_grid(use_torch):
    gen, before = constrained(6)
    last = gen.main['21']
    sign = (-1.) ** numpy.arange(12)
    one = numpy.ones(12)
    for grating in (numpy.outer(sign, one), numpy.outer(one, sign), numpy.outer(sign, sign)):
        for channel in range(3):
            x = numpy.zeros((1, 3, 12, 12), numpy.float32)
            x[0, channel] = grating
            assert abs(last(x).array[:, :, 3:-3, 3:-3]).max() < 1e-5
            unconstrained = chainer.functions.convolution_2d(x, before['/main/21/W'], pad=3).array
            assert abs(unconstrained[:, :, 3:-3, 3:-3]).max() > 1e-3


def test_doing_it_twice_changes_nothing_more():
    once, twice = constrained(1), constrained(1, updates=2)
    for name, array in convolutions(once[0]).items():
        numpy.testing.assert_allclose(convolutions(twice[0])[name], array, rtol=0, atol=1e-7)


def test_it_takes_away_no_more_than_it_has_to():
    """An orthogonal projection: what is taken away and what is left are perpendicular, and a
    filter without the three responses stays as it is."""
    gen, before = constrained(1)
    for name in ('/main/10/W', '/main/13/W', '/main/16/W'):
        left = convolutions(gen)[name].astype(float)
        taken = before[name] - left
        assert abs((left * taken).sum(axis=(2, 3))).max() < 1e-6
    smooth = numpy.zeros((7, 7), numpy.float32)
    smooth[2:4, 2:4] = 1  # a box of two by two answers none of the three gratings
    gen.main['16'].W.array[...] = smooth
    optimizer = Adam().setup(gen)
    CheckerboardFree()(optimizer)
    numpy.testing.assert_allclose(
        gen.main['16'].W.array, numpy.broadcast_to(smooth, (3, 3, 7, 7)), atol=1e-6)
