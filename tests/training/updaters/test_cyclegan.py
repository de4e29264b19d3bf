"""CycleGAN against a loop written out; the pool of earlier translations."""

import numpy
import pytest

import chainer_foodgan  # noqa: F401
from chainer_foodgan.training.updaters.cyclegan import ImagePool

import chainer
import chainer.functions as F


def squares(scores, target):
    return F.sum((scores - target) ** 2) / scores.size


def l1(x, y):
    return F.sum(F.absolute(x - y)) / y.size


def exchanged(pool, size, batch, rng):
    """Upstream's ``ImagePool.query``."""
    handed = []
    for picture in batch:
        if len(pool) < size:
            pool.append(picture)
            handed.append(picture)
        elif rng.uniform() < 0.5:
            place = int(rng.integers(0, size))
            handed.append(pool[place])
            pool[place] = picture
        else:
            handed.append(picture)
    return numpy.stack(handed)


def loop(gen, dis, lambda_rec, lambda_idt, size, plain_adam, batches, draws):
    """Upstream's ``optimize_parameters``: all of G, then D_A and D_B."""
    adam_g, adam_d = plain_adam(gen), plain_adam(dis)
    pools = [], []
    for t, (a, _, b, _) in enumerate(batches):
        fake_b, fake_a = gen.ab(a), gen.ba(b)
        losses = {'gen/loss_fake': squares(dis.b(fake_b), 1) + squares(dis.a(fake_a), 1),
                  'gen/loss_rec': l1(gen.ba(fake_b), a) + l1(gen.ab(fake_a), b)}
        loss = losses['gen/loss_fake'] + lambda_rec * losses['gen/loss_rec']
        if lambda_idt:
            losses['gen/loss_idt'] = l1(gen.ba(a), a) + l1(gen.ab(b), b)
            loss = loss + lambda_idt * losses['gen/loss_idt']
        adam_g.step(loss)

        rng = draws(t)
        old_a = exchanged(pools[0], size, fake_a.array, rng) if size else fake_a.array
        old_b = exchanged(pools[1], size, fake_b.array, rng) if size else fake_b.array
        losses['dis/loss_real'] = squares(dis.a(a), 1) + squares(dis.b(b), 1)
        losses['dis/loss_fake'] = squares(dis.a(old_a), 0) + squares(dis.b(old_b), 0)
        adam_d.step(0.5 * losses['dis/loss_real'] + 0.5 * losses['dis/loss_fake'])
        yield {name: float(loss.array) for name, loss in losses.items()}


@pytest.mark.parametrize('lambda_idt, size', [(5, 4), (0, 4), (2., 0), (5, 50)])
def test_the_loop(float64, use_torch, system, observe, plain_adam, batches, draws,
                  assert_equal_links, lambda_idt, size):
    updater, dataset = system('cyclegan', lambda_rec=8, lambda_idt=lambda_idt, pool_size=size)
    links = [updater.get_optimizer(each).target for each in ('gen', 'dis')]
    copies = [link.copy(mode='copy') for link in links]
    reference = loop(*copies, 8, lambda_idt, size, plain_adam, batches(dataset), draws)
    for _ in range(5):
        assert observe(updater) == pytest.approx(next(reference), rel=1e-8)
    for link, expected in zip(links, copies):
        assert_equal_links(link, expected)


def pictures(*values):
    return numpy.array(values, numpy.float32)[:, None, None, None] * numpy.ones((3, 2, 2))


def values(batch):
    return batch[:, 0, 0, 0].tolist()


def test_while_it_fills_it_hands_out_what_it_gets():
    pool = ImagePool(3)
    rng = numpy.random.default_rng(0)
    for n in range(3):
        assert values(pool(pictures(n), rng)) == [n]
    assert len(pool.pictures) == 3


def test_without_a_place_it_keeps_nothing():
    pool = ImagePool(0)
    assert values(pool(pictures(1, 2), numpy.random.default_rng(0))) == [1, 2]
    assert pool.pictures == []


def test_half_of_what_it_hands_out_is_old_and_nothing_is_lost():
    pool = ImagePool(10)
    rng = numpy.random.default_rng(0)
    handed = [value for n in range(2000) for value in values(pool(pictures(n), rng))]
    old = sum(value != n for n, value in enumerate(handed[10:], start=10))
    assert old / 1990 == pytest.approx(0.5, abs=0.04)  # four standard deviations
    # What came in is inside or has been handed out; the first ten went out as they came in.
    inside = [picture[0, 0, 0] for picture in pool.pictures]
    assert sorted(handed[10:] + inside) == list(map(float, range(2000)))


def test_kept_pictures_are_copies():
    pool = ImagePool(1)
    x = pictures(1)
    pool(x, numpy.random.default_rng(0))
    x[...] = 7
    assert pool.pictures[0].max() == 1


@pytest.mark.parametrize('filled', [0, 2, 5])
def test_it_comes_back(filled):
    pool, again = ImagePool(4), ImagePool(4)
    for n in range(filled):
        pool(pictures(n), numpy.random.default_rng(n))
    saved = chainer.serializers.DictionarySerializer()
    pool.serialize(saved)
    again.serialize(chainer.serializers.NpzDeserializer(
        {name: numpy.asarray(array) for name, array in saved.target.items()}))
    for n in range(10):
        assert values(pool(pictures(n), numpy.random.default_rng(n))) == \
            values(again(pictures(n), numpy.random.default_rng(n)))
    assert saved.target['pictures'].dtype != object
