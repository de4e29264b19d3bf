"""The student's updater against a loop written out, its spectral normalisation included."""

import numpy
import pytest

import chainer_foodgan  # noqa: F401

import chainer
import chainer.functions as F

C_DIM = 4


class Critic:
    """The critic's scores with the power iteration by hand.

    Filters and vectors are those of a copy; every call moves the vectors on by one step, and the
    scores' gradients take the vectors as constants.
    """

    def __init__(self, dis):
        self.layers = [dis.main['0'], dis.main['2'], dis.score, dis.embed]

    def normal(self, link):
        matrix = link.W.array.reshape(len(link.W), -1)
        v = matrix.T @ link.W_u
        v /= numpy.linalg.norm(v) + 1e-6
        u = matrix @ v
        u /= numpy.linalg.norm(u) + 1e-6
        link.W_u[...] = u
        outer = numpy.outer(u, v).reshape(link.W.shape)
        sigma = F.sum(link.W * outer)
        return link.W / F.broadcast_to(sigma, link.W.shape)

    def __call__(self, x, y, c):
        first, second, score, embed = self.layers
        h = F.concat((x, y), axis=1)
        h = F.leaky_relu(F.convolution_2d(h, self.normal(first), first.b, 2, 1), 0.2)
        h = F.leaky_relu(F.convolution_2d(h, self.normal(second), second.b, 1, 1), 0.2)
        label = F.matmul(c, F.transpose(self.normal(embed)))
        scores = F.convolution_2d(h, self.normal(score), score.b, 1, 1)
        inner = F.sum(h * F.broadcast_to(label[:, :, None, None], h.shape), axis=1, keepdims=True)
        return scores + inner[:, :, :-1, :-1]


def total(*losses):
    return sum(losses[1:], losses[0])


def loop(gen, dis, lambda_l1, lambda_adv, plain_adam, lessons):
    """L1, and a critic that learns by the hinge loss; yields every iteration's losses."""
    adam_g, adam_d = plain_adam(gen), plain_adam(dis)
    critic = Critic(dis)
    for x, y, c in lessons:
        fake = gen(x, c)
        losses = {}
        if lambda_adv:
            losses = {'dis/loss_real': F.mean(F.relu(1 - critic(x, y, c))),
                      'dis/loss_fake': F.mean(F.relu(1 + critic(x, fake.array, c)))}
            adam_d.step(total(*losses.values()))
        losses['gen/loss_l1'] = F.sum(F.absolute(fake - y)) / y.size
        loss = lambda_l1 * losses['gen/loss_l1']
        if lambda_adv:
            losses['gen/loss_fake'] = -F.mean(critic(x, fake, c))
            loss += lambda_adv * losses['gen/loss_fake']
        adam_g.step(loss)
        yield {name: float(each.array) for name, each in losses.items()}


def pairs(batches, dataset):
    for x, y, label in batches(dataset):
        yield x, y, numpy.eye(C_DIM)[label]


@pytest.mark.parametrize('lambda_l1, lambda_adv', [(30, 1), (3., 0.7), (1, 0)])
def test_the_loop(float64, use_torch, system, observe, plain_adam, batches, assert_equal_links,
                  lambda_l1, lambda_adv):
    updater, dataset = system('student', lambda_l1=lambda_l1, lambda_adv=lambda_adv)
    links = [updater.get_optimizer(each).target for each in ('gen', 'dis')]
    copies = [link.copy(mode='copy') for link in links]
    reference = loop(*copies, lambda_l1, lambda_adv, plain_adam, pairs(batches, dataset))
    for _ in range(5):
        assert observe(updater) == pytest.approx(next(reference), rel=1e-7)
    for link, expected in zip(links, copies):
        assert_equal_links(link, expected)


def test_a_teacher_is_asked_for_dishes_drawn_at_random(
        float64, use_torch, system, observe, plain_adam, batches, draws, assert_equal_links):
    asked = []

    def teacher(x, c):
        assert not chainer.config.train and not chainer.config.enable_backprop
        asked.append(c.argmax(axis=1))
        return chainer.Variable(x * (c @ numpy.array([-1, -0.5, 0.5, 0.9]))[:, None, None, None])

    def lessons(dataset):
        for t, (x, _) in enumerate(batches(dataset)):
            c = numpy.eye(C_DIM)[draws(t).integers(0, C_DIM, len(x))]
            yield x, teacher_of(x, c), c

    def teacher_of(x, c):
        return x * (c @ numpy.array([-1, -0.5, 0.5, 0.9]))[:, None, None, None]

    updater, dataset = system('asking', teacher=teacher)
    links = [updater.get_optimizer(each).target for each in ('gen', 'dis')]
    copies = [link.copy(mode='copy') for link in links]
    reference = loop(*copies, 30, 1, plain_adam, lessons(dataset))
    for _ in range(5):
        assert observe(updater) == pytest.approx(next(reference), rel=1e-7)
    for link, expected in zip(links, copies):
        assert_equal_links(link, expected)
    assert len(asked) == 5 and len(numpy.unique(numpy.concatenate(asked))) == C_DIM


def test_the_error_at_smaller_sizes(float64, system):
    updater, _ = system('student', scales=3)
    y, goal = numpy.random.default_rng(0).uniform(-1, 1, (2, 2, 3, 8, 8))
    error, expected = y - goal, 0
    for _ in range(3):
        expected += abs(error).mean() / 3
        side = error.shape[-1] // 2
        error = error.reshape(2, 3, side, 2, side, 2).mean(axis=(3, 5))
    assert float(updater.distance(y, goal).array) == pytest.approx(expected, rel=1e-12)
    updater.scales = 1
    assert float(updater.distance(y, goal).array) == pytest.approx(abs(y - goal).mean(), rel=1e-12)


def test_features_are_compared_map_by_map(float64, system, observe):
    """Every map counts alike, and the gradient reaches the student through them."""
    def features(x):
        x = chainer.as_variable(x)
        return [x ** 2, F.average_pooling_2d(x, 4)]

    updater, dataset = system('student', lambda_adv=0, lambda_l1=0, lambda_feat=2.,
                              features=features)
    y, goal = numpy.random.default_rng(0).uniform(-1, 1, (2, 2, 3, 8, 8))

    def pooled(array):
        return array.reshape(2, 3, 2, 4, 2, 4).mean(axis=(3, 5))

    expected = (abs(y ** 2 - goal ** 2).mean() + abs(pooled(y) - pooled(goal)).mean()) / 2
    assert float(updater.feature_distance(y, goal).array) == pytest.approx(expected, rel=1e-12)

    observed = [observe(updater)['gen/loss_feat'] for _ in range(40)]
    assert sum(observed[-10:]) < sum(observed[:10])
    assert set(observe(updater)) == {'gen/loss_l1', 'gen/loss_feat'}


def test_without_a_critic_it_stays_as_it_is(float64, system, observe):
    updater, _ = system('student', lambda_adv=0)
    dis = updater.get_optimizer('dis').target
    before = dis.copy(mode='copy')
    assert set(observe(updater)) == {'gen/loss_l1'}
    for (_, param), (_, old) in zip(sorted(dis.namedparams()), sorted(before.namedparams())):
        numpy.testing.assert_array_equal(param.array, old.array)
