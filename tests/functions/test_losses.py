"""Losses by hand: NumPy on a batch whose sizes are all different, with critics of one line."""

import numpy
import pytest

from chainer_foodgan.functions import dis_losses, gan_loss, gen_losses, gradient_penalty
from chainer_foodgan.functions.losses import classification
from chainer_foodgan.links import Discriminator, Generator

import chainer
import chainer.functions as F

B, C, H, W, C_DIM = 2, 3, 6, 5, 4
SHAPE = (B, C, H, W)
LABEL = numpy.array([2, 0], numpy.int32)
VECTOR = numpy.array([[0, 1, 1, 0], [1, 0, 0, 0]], numpy.float64)

rng = numpy.random.default_rng(0)
X_REAL, X_FAKE = rng.uniform(-1, 1, (2,) + SHAPE)
ALPHA = rng.uniform(0, 1, (B, 1, 1, 1))
HEAD = rng.standard_normal((C, C_DIM))
MAP = rng.standard_normal((C, H, W))


def critic(x):
    """A patch map of 3 x 3 scores and logits, by Chainer."""
    src = F.sum(x ** 2, axis=1, keepdims=True)[:, :, ::2, ::2]
    return src, F.matmul(F.mean(x, axis=(2, 3)), HEAD)


def scores(x):
    """The same by NumPy."""
    return (x ** 2).sum(axis=1)[:, ::2, ::2], x.mean(axis=(2, 3)) @ HEAD


def translate(x, c):
    """A generator of one line; different for every label."""
    weights = numpy.arange(1, C_DIM + 1) / 10
    strength = F.sum(chainer.as_variable(c) * numpy.broadcast_to(weights, c.shape), axis=1)
    return x * F.broadcast_to(F.reshape(1 + strength, (B, 1, 1, 1)), SHAPE)


def softmax_by_hand(logits, label):
    total = 0
    for row, right in zip(logits, label):
        total -= numpy.log(numpy.exp(row[right]) / numpy.exp(row).sum())
    return total / len(label)


def sigmoid_by_hand(logits, label):
    share = 1 / (1 + numpy.exp(-logits))
    return -(label * numpy.log(share) + (1 - label) * numpy.log(1 - share)).sum() / len(label)


MODES = pytest.mark.parametrize('cls_loss, label, by_hand', [
    ('softmax', LABEL, softmax_by_hand), ('sigmoid', VECTOR, sigmoid_by_hand)])


def values(losses):
    return {name: float(loss.array) for name, loss in losses.items()}


@MODES
def test_dis_losses(cls_loss, label, by_hand):
    losses = values(dis_losses(critic, X_REAL, X_FAKE, label, cls_loss))
    assert losses == pytest.approx({
        'real': -scores(X_REAL)[0].mean(), 'fake': scores(X_FAKE)[0].mean(),
        'cls': by_hand(scores(X_REAL)[1], label)}, rel=1e-12)


@MODES
def test_gen_losses(cls_loss, label, by_hand):
    c_real, c_fake = numpy.eye(C_DIM)[[1, 3]], numpy.eye(C_DIM)[[0, 2]]
    losses = values(gen_losses(
        translate, critic, X_REAL, c_real, c_fake, label, cls_loss))
    there = X_REAL * numpy.reshape([1.1, 1.3], (B, 1, 1, 1))
    back = there * numpy.reshape([1.2, 1.4], (B, 1, 1, 1))
    assert losses == pytest.approx({
        'fake': -scores(there)[0].mean(), 'rec': abs(back - X_REAL).mean(),
        'cls': by_hand(scores(there)[1], label)}, rel=1e-12)


def test_a_translation_at_hand_is_not_made_again():
    c_real, c_fake = numpy.eye(C_DIM)[[1, 3]], numpy.eye(C_DIM)[[0, 2]]
    calls = []

    def gen(x, c):
        calls.append(c)
        return translate(x, c)

    x_fake = translate(X_REAL, c_fake)
    losses = gen_losses(gen, critic, X_REAL, c_real, c_fake, LABEL, x_fake=x_fake)
    assert len(calls) == 1 and calls[0] is c_real
    assert values(losses) == values(gen_losses(translate, critic, X_REAL, c_real, c_fake, LABEL))


def test_augmentation_is_for_the_critic_alone():
    c = numpy.eye(C_DIM)[[1, 3]]
    losses = values(gen_losses(
        translate, critic, X_REAL, c, c, LABEL, augment=lambda x: 2 * x))
    plain = values(gen_losses(translate, critic, X_REAL, c, c, LABEL))
    assert losses['fake'] == pytest.approx(4 * plain['fake'])
    assert losses['rec'] == plain['rec']
    there = X_REAL * numpy.reshape([1.2, 1.4], (B, 1, 1, 1))
    assert losses['cls'] == pytest.approx(softmax_by_hand(scores(2 * there)[1], LABEL))


@pytest.mark.parametrize('patches', [(1, 1), (2, 3), (7, 4)])
def test_the_number_of_patches_does_not_matter(patches):
    def tiled(x):
        src = F.mean(x, axis=(1, 2, 3), keepdims=True)
        return F.broadcast_to(src, (len(x), 1) + patches), critic(x)[1]

    c = numpy.eye(C_DIM)[[1, 3]]
    dis = values(dis_losses(tiled, X_REAL, X_FAKE, LABEL))
    assert dis['real'] == pytest.approx(-X_REAL.mean())
    assert dis['fake'] == pytest.approx(X_FAKE.mean())
    gen = values(gen_losses(lambda x, c: chainer.as_variable(x) * 0.5, tiled, X_REAL, c, c, LABEL))
    assert gen['fake'] == pytest.approx(-0.5 * X_REAL.mean())


def test_penalty_of_a_linear_critic():
    """src = <w, x> has the gradient w everywhere: (|w| - 1)^2, slope 2 (|w| - 1) w / |w| in w."""
    w = chainer.Parameter(MAP.copy())

    def linear(x):  # a patch map whose sum is <w, x>
        return F.sum(x * F.broadcast_to(w, x.shape), axis=1, keepdims=True), None

    penalty = gradient_penalty(linear, X_REAL, X_FAKE, ALPHA)
    norm = numpy.sqrt((MAP ** 2).sum())
    assert float(penalty.array) == pytest.approx((norm - 1) ** 2, rel=1e-12)
    slope, = chainer.grad([penalty], [w])
    numpy.testing.assert_allclose(slope.array, 2 * (norm - 1) * MAP / norm, rtol=1e-10)


def test_penalty_of_a_quadratic_critic():
    """src = <a, x^2> / 2 has the gradient a x, at the mixture of photo and translation."""
    def quadratic(x):
        return F.sum(x ** 2 * numpy.broadcast_to(MAP / 2, x.shape), axis=1, keepdims=True), None

    mixture = [a * real + (1 - a) * fake
               for a, real, fake in zip(ALPHA.ravel(), X_REAL, X_FAKE)]
    norms = [numpy.linalg.norm((MAP * x).ravel()) for x in mixture]
    expected = ((norms[0] - 1) ** 2 + (norms[1] - 1) ** 2) / 2
    penalty = gradient_penalty(quadratic, X_REAL, X_FAKE, ALPHA)
    assert float(penalty.array) == pytest.approx(expected, rel=1e-12)


def test_alpha_is_the_share_of_the_photo():
    seen = []

    def spy(x):
        seen.append(x.array)
        return critic(x)

    alpha = numpy.reshape([1., 0.], (B, 1, 1, 1))
    gradient_penalty(spy, X_REAL, X_FAKE, alpha)
    numpy.testing.assert_array_equal(seen[0], [X_REAL[0], X_FAKE[1]])


def test_the_critics_losses_do_not_reach_the_generator():
    gen = Generator(conv_dim=2, c_dim=C_DIM, repeat_num=1, rng=numpy.random.default_rng(1))
    dis = Discriminator(8, 2, C_DIM, 2, rng=numpy.random.default_rng(2))
    x = numpy.random.default_rng(3).uniform(-1, 1, (B, 3, 8, 8)).astype(numpy.float32)
    x_fake = gen(x, numpy.eye(C_DIM, dtype=numpy.float32)[[1, 3]])
    losses = dis_losses(dis, x, x_fake, LABEL)
    total = losses['real'] + losses['fake'] + losses['cls'] + gradient_penalty(
        dis, x, x_fake, ALPHA.astype(numpy.float32))
    assert all(g is None for g in chainer.grad([total], list(gen.params())))
    assert all(g is not None for g in chainer.grad([total], list(dis.params())))
    # The generator's own loss does.
    losses = gen_losses(gen, dis, x, *2 * [numpy.eye(C_DIM, dtype=numpy.float32)[[1, 3]]], LABEL)
    for loss in losses.values():
        assert all(g is not None for g in chainer.grad([loss], list(gen.params())))


@pytest.mark.parametrize('cls_loss, label, share', [
    # Of the photos' logits below: the first photo's greatest is 0, the second's is 3.
    ('softmax', numpy.array([0, 1], numpy.int32), 1 / 2),
    ('sigmoid', numpy.array([[1, 0, 0, 0], [0, 0, 0, 0]], numpy.float32), 6 / 8)])
def test_accuracy_is_reported(cls_loss, label, share):
    logits = numpy.array([[2, -1, -1, 1], [-1, -1, -1, 3]], numpy.float32)
    dis = chainer.Link()
    dis.forward = lambda x: (x[:, :1], chainer.Variable(numpy.concatenate((logits, -logits))))
    observation = {}
    reporter = chainer.Reporter()
    reporter.add_observer('dis', dis)
    with reporter.scope(observation):
        dis_losses(dis, X_REAL, X_FAKE, label, cls_loss)
    assert {name: float(value) for name, value in observation.items()} == {'dis/accuracy': share}


def test_sigmoid_loss_of_large_logits_is_finite():
    y = chainer.Variable(numpy.array([[1000., -1000.], [1000., -1000.]]))
    loss = classification(y, numpy.array([[1., 0.], [0., 1.]]), 'sigmoid')
    assert float(loss.array) == 1000  # (0 + 0 + 1000 + 1000) / 2


Y = numpy.random.default_rng(0).uniform(-3, 3, (2, 1, 3, 4))
SHARE = 1 / (1 + numpy.exp(-Y))
REAL = pytest.mark.parametrize('real', [True, False])


@REAL
@pytest.mark.parametrize('kind, y, real_by_hand, fake_by_hand', [
    ('vanilla', Y, -numpy.log(SHARE), -numpy.log(1 - SHARE)),
    ('sigmoid', SHARE, -numpy.log(SHARE), -numpy.log(1 - SHARE)),
    ('lsgan', Y, (Y - 1) ** 2, Y ** 2),
    ('wgan', Y, -Y, Y),
    ('hinge', Y, numpy.maximum(0, 1 - Y), numpy.maximum(0, 1 + Y))])
def test_by_hand(kind, y, real_by_hand, fake_by_hand, real, check_slope):
    expected = (real_by_hand if real else fake_by_hand).mean()
    y = y.copy()
    variable = chainer.Variable(y)
    loss = gan_loss(variable, real, kind)
    assert loss.shape == () and float(loss.array) == pytest.approx(expected, rel=1e-10)
    g, = chainer.grad([loss], [variable])
    check_slope(lambda: gan_loss(y, real, kind).array, [y], [g.array])


@REAL
@pytest.mark.parametrize('kind, loss, y', [
    ('vanilla', 'BCEWithLogitsLoss', Y), ('sigmoid', 'BCELoss', SHARE), ('lsgan', 'MSELoss', Y)])
def test_equals_pytorch(kind, loss, y, real):
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    tensor = torch.tensor(y, requires_grad=True)
    expected = getattr(torch.nn, loss)()(tensor, torch.full_like(tensor, float(real)))
    expected.backward()
    variable = chainer.Variable(y)
    found = gan_loss(variable, real, kind)
    assert float(found.array) == pytest.approx(expected.item(), rel=1e-10)
    g, = chainer.grad([found], [variable])
    numpy.testing.assert_allclose(g.array, tensor.grad.numpy(), rtol=1e-9)


def test_what_an_undecided_discriminator_costs():
    """2 log 2 in all for cross-entropy (Goodfellow et al. 2014), 1/2 for least squares, 0."""
    for kind, undecided, cost in (('vanilla', 0., 2 * numpy.log(2)), ('lsgan', 0.5, 0.5),
                                  ('sigmoid', 0.5, 2 * numpy.log(2)), ('wgan', 7., 0),
                                  ('hinge', 0.3, 2)):
        y = numpy.full((2, 1, 2, 2), undecided)
        total = gan_loss(y, True, kind) + gan_loss(y, False, kind)
        assert float(total.array) == pytest.approx(cost, abs=1e-9)


@pytest.mark.filterwarnings('ignore:overflow encountered in exp')  # 1 / inf, which is right
@REAL
def test_sure_answers_stay_finite(real):
    """Logits without end; probabilities of 0 and 1 cost -log(1e-12) at most, as in PyTorch 0.3."""
    for dtype in (numpy.float32, numpy.float64):
        logits = chainer.Variable(numpy.array([200, -200], dtype))
        loss = gan_loss(logits, real, 'vanilla')
        assert float(loss.array) == 100 and loss.dtype == dtype
        shares = chainer.Variable(numpy.array([0, 1], dtype))
        loss = gan_loss(shares, real, 'sigmoid')
        assert float(loss.array) == pytest.approx(-numpy.log(1e-12) / 2, rel=1e-5)
        for y, objective in ((logits, 'vanilla'), (shares, 'sigmoid')):
            g, = chainer.grad([gan_loss(y, real, objective)], [y])
            assert numpy.isfinite(g.array).all()


def test_an_unknown_objective():
    with pytest.raises(KeyError):
        gan_loss(Y, True, 'other')
