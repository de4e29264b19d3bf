"""GAN and conditional GAN against a loop written out, with the cross-entropies of the papers."""

import numpy
import pytest

import chainer_foodgan  # noqa: F401

import chainer
import chainer.functions as F

C_DIM = 4


def loop(gen, dis, conditional, plain_adam, batches, draws):
    """Probabilities, their logarithms, one step each; yields every iteration's losses."""
    adam_g, adam_d = plain_adam(gen), plain_adam(dis)
    for t, (x, label) in enumerate(batches):
        z = draws(t).uniform(-1, 1, (len(x), 3))
        c = numpy.eye(C_DIM)[label] if conditional else None

        def probability(picture, c=c):
            if conditional:
                maps = numpy.broadcast_to(c[:, :, None, None], c.shape + picture.shape[2:])
                picture = F.concat((picture, maps), axis=1)
            return F.sigmoid(dis(picture))

        fake = gen(z, c)
        real = -F.mean(F.log(probability(x)))
        fooled = -F.mean(F.log(1 - probability(fake.array)))
        adam_d.step(real + fooled)
        loss = -F.mean(F.log(probability(fake)))
        adam_g.step(loss)
        yield {'dis/loss_real': float(real.array), 'dis/loss_fake': float(fooled.array),
               'gen/loss_fake': float(loss.array)}


@pytest.mark.parametrize('name', ['gan', 'conditional'])
def test_the_loop(float64, use_torch, system, observe, plain_adam, batches, draws,
                  assert_equal_links, name):
    updater, dataset = system(name)
    links = [updater.get_optimizer(each).target for each in ('gen', 'dis')]
    copies = [link.copy(mode='copy') for link in links]
    reference = loop(*copies, name == 'conditional', plain_adam, batches(dataset), draws)
    for _ in range(5):
        assert observe(updater) == pytest.approx(next(reference), rel=1e-8)
    for link, expected in zip(links, copies):
        assert_equal_links(link, expected)


def test_labels_reach_both_networks(float64, system, monkeypatch):
    updater, _ = system('conditional')
    dis = updater.get_optimizer('dis').target
    seen = []
    forward = type(dis).forward

    def spy(self, x):
        seen.append(chainer.as_variable(x).array.copy())
        return forward(self, x)

    monkeypatch.setattr(type(dis), 'forward', spy)
    updater.update()
    real, fake, again = seen
    label = real[:, 3:].argmax(axis=1)[:, 0, 0]
    for array in seen:
        expected = numpy.eye(C_DIM)[label][:, :, None, None]
        numpy.testing.assert_array_equal(
            array[:, 3:], numpy.broadcast_to(expected, real[:, 3:].shape))
    numpy.testing.assert_array_equal(fake, again)  # one picture serves both steps
