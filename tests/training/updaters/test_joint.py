"""Joint training against StarGAN's steps written out for both sets, one after the other."""

import numpy
import pytest

import chainer_foodgan  # noqa: F401

import chainer
import chainer.functions as F

C_DIMS = 4, 3
LAMBDA_CLS, LAMBDA_REC, LAMBDA_GP = 0.7, 9., 8.


def known(label, which):
    """Both sets' labels and the mask vector, as section 3.3 of the paper has them."""
    if which == 0:
        return numpy.concatenate(
            [numpy.eye(4)[label], numpy.zeros((len(label), 3)), [[1, 0]] * len(label)], axis=1)
    return numpy.concatenate(
        [numpy.zeros((len(label), 4)), label, [[0, 1]] * len(label)], axis=1)


def category(cls, label, which):
    """Softmax over the first set's categories, a sigmoid for each of the second's."""
    if which == 0:
        return -F.mean(F.log(F.softmax(cls[:, :4]))[numpy.arange(len(label)), label])
    p = F.sigmoid(cls[:, 4:])
    return -F.sum(label * F.log(p) + (1 - label) * F.log(1 - p)) / len(label)


def loop(gen, dis, d_train_repeat, plain_adam, batches, draws):
    adam_g, adam_d = plain_adam(gen), plain_adam(dis)
    for t, (x1, label1, x2, label2) in enumerate(batches):
        rng, losses = draws(t), {}
        for which, x, label in ((0, x1, label1), (1, x2, label2)):
            label_fake = label[rng.permutation(len(label))]
            c_real, c_fake = known(label, which), known(label_fake, which)
            fake = gen(x, c_fake).array
            src, cls = dis(x)
            d = {'real': -F.mean(src), 'fake': F.mean(dis(fake)[0]),
                 'cls': category(cls, label, which)}
            adam_d.step(d['real'] + d['fake'] + LAMBDA_CLS * d['cls'])
            alpha = rng.uniform(0, 1, (len(x), 1, 1, 1))
            mixed = chainer.Variable(alpha * x + (1 - alpha) * fake)
            slope, = chainer.grad([dis(mixed)[0]], [mixed], enable_double_backprop=True)
            d['gp'] = F.mean((F.sqrt(F.sum(slope ** 2, axis=(1, 2, 3))) - 1) ** 2)
            adam_d.step(LAMBDA_GP * d['gp'])
            losses.update({f'dis/loss_{name}_{which + 1}': value
                           for name, value in d.items()})
            if (t % 3 + 1) % d_train_repeat == 0:
                fake = gen(x, c_fake)
                src, cls = dis(fake)
                g = {'fake': -F.mean(src), 'rec': F.mean(F.absolute(gen(fake, c_real) - x)),
                     'cls': category(cls, label_fake, which)}
                adam_g.step(g['fake'] + LAMBDA_REC * g['rec'] + LAMBDA_CLS * g['cls'])
                losses.update({f'gen/loss_{name}_{which + 1}': value
                               for name, value in g.items()})
        yield {name: float(loss.array) for name, loss in losses.items()}


@pytest.mark.parametrize('d_train_repeat', [1, 2])
def test_the_loop(float64, use_torch, system, observe, plain_adam, batches, draws,
                  assert_equal_links, d_train_repeat):
    updater, dataset = system(
        'joint', c_dims=C_DIMS, cls_losses=('softmax', 'sigmoid'), d_train_repeat=d_train_repeat,
        lambda_cls=LAMBDA_CLS, lambda_rec=LAMBDA_REC, lambda_gp=LAMBDA_GP)
    links = [updater.get_optimizer(each).target for each in ('gen', 'dis')]
    copies = [link.copy(mode='copy') for link in links]
    reference = loop(*copies, d_train_repeat, plain_adam, batches(dataset), draws)
    for _ in range(5):
        observed = observe(updater)
        accuracy = [observed.pop(f'dis/accuracy_{number}') for number in (1, 2)]
        assert observed == pytest.approx(next(reference), rel=1e-8)
        assert all(0 <= value <= 1 for value in accuracy)
    for link, expected in zip(links, copies):
        assert_equal_links(link, expected)
