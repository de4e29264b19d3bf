"""Objectives of GANs: by hand, at their known optima, and PyTorch's losses."""

import numpy
import pytest

from chainer_foodgan.functions import gan_loss
from chainer_foodgan.functions.objectives import KINDS

import chainer

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


def test_names():
    assert set(KINDS) == {'vanilla', 'sigmoid', 'lsgan', 'wgan', 'hinge'}
    with pytest.raises(KeyError):
        gan_loss(Y, True, 'other')
