"""pix2pix against a loop written out."""

import copy

import numpy
import pytest

import chainer_foodgan  # noqa: F401

import chainer.functions as F


def loop(gen, dis, lambda_l1, plain_adam, batches, draws):
    """Upstream's ``optimize_parameters``, with cross-entropies of probabilities."""
    adam_g, adam_d = plain_adam(gen), plain_adam(dis)
    for t, (x, y) in enumerate(batches):
        gen.dropout.rng = draws(t)

        def probability(picture, x=x):
            return F.sigmoid(dis(F.concat((x, picture), axis=1)))

        fake = gen(x)
        losses = {'dis/loss_real': -F.mean(F.log(probability(y))),
                  'dis/loss_fake': -F.mean(F.log(1 - probability(fake.array)))}
        adam_d.step(0.5 * losses['dis/loss_real'] + 0.5 * losses['dis/loss_fake'])
        losses.update({'gen/loss_fake': -F.mean(F.log(probability(fake))),
                       'gen/loss_l1': F.sum(F.absolute(fake - y)) / y.size})
        adam_g.step(losses['gen/loss_fake'] + lambda_l1 * losses['gen/loss_l1'])
        yield {name: float(loss.array) for name, loss in losses.items()}


@pytest.mark.parametrize('lambda_l1', [100, 3.])
def test_the_loop(float64, use_torch, system, observe, plain_adam, batches, draws,
                  assert_equal_links, lambda_l1):
    updater, dataset = system('pix2pix', lambda_l1=lambda_l1)
    links = [updater.get_optimizer(each).target for each in ('gen', 'dis')]
    copies = copy.deepcopy(links)  # Link.copy parts a network from its dropout
    reference = loop(*copies, lambda_l1, plain_adam, batches(dataset), draws)
    for _ in range(5):
        assert observe(updater) == pytest.approx(next(reference), rel=1e-8)
    for link, expected in zip(links, copies):
        assert_equal_links(link, expected)


def test_dropout_changes_from_iteration_to_iteration(float64, system):
    updater, _ = system('pix2pix')
    gen = updater.get_optimizer('gen').target
    drawn = []
    for _ in range(3):
        updater.update()
        drawn.append(gen.dropout.rng.random())
    assert len(set(drawn)) == 3
    assert not numpy.isnan(drawn).any()


def test_without_dropout(float64, system, observe):
    updater, _ = system('pix2pix')
    gen = updater.get_optimizer('gen').target
    for block in gen.model.children():
        if hasattr(block, 'conv_block'):
            block.conv_block._layers.remove(gen.dropout)
    gen.dropout = None
    assert set(observe(updater)) == {
        'dis/loss_real', 'dis/loss_fake', 'gen/loss_fake', 'gen/loss_l1'}
