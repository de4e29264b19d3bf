"""ACGAN against a loop written out."""

import numpy
import pytest

import chainer_foodgan  # noqa: F401

import chainer.functions as F


def loop(gen, dis, lambda_cls, plain_adam, batches, draws):
    """L_S and L_C of the paper, with a minus where they are minimised."""
    adam_g, adam_d = plain_adam(gen), plain_adam(dis)
    for t, (x, label) in enumerate(batches):
        z = draws(t).uniform(-1, 1, (len(x), 3))
        chosen = numpy.arange(len(x)), label

        def source(scores):
            return F.mean(F.log(F.sigmoid(scores)))

        def category(logits, chosen=chosen):
            return F.mean(F.log(F.softmax(logits))[chosen])

        fake = gen(z, numpy.eye(4)[label])
        (src, cls), (src_fake, cls_fake) = dis(x), dis(fake.array)
        losses = {'dis/loss_real': -source(src), 'dis/loss_fake': -source(-src_fake),
                  'dis/loss_cls': -category(cls), 'dis/loss_cls_fake': -category(cls_fake)}
        adam_d.step(losses['dis/loss_real'] + losses['dis/loss_fake']
                    + lambda_cls * losses['dis/loss_cls']
                    + lambda_cls * losses['dis/loss_cls_fake'])
        src, cls = dis(fake)
        losses.update({'gen/loss_fake': -source(src), 'gen/loss_cls': -category(cls)})
        adam_g.step(losses['gen/loss_fake'] + lambda_cls * losses['gen/loss_cls'])
        yield {name: float(loss.array) for name, loss in losses.items()}


@pytest.mark.parametrize('lambda_cls', [1, 0.3])
def test_the_loop(float64, use_torch, system, observe, plain_adam, batches, draws,
                  assert_equal_links, lambda_cls):
    updater, dataset = system('acgan', lambda_cls=lambda_cls)
    links = [updater.get_optimizer(each).target for each in ('gen', 'dis')]
    copies = [link.copy(mode='copy') for link in links]
    reference = loop(*copies, lambda_cls, plain_adam, batches(dataset), draws)
    for _ in range(5):
        assert observe(updater) == pytest.approx(next(reference), rel=1e-8)
    for link, expected in zip(links, copies):
        assert_equal_links(link, expected)
