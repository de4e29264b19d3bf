"""What the tests of updaters share: small systems, what they report, and Adam written out."""

import numpy
import pytest

SIZE, N, B, C_DIM, C2_DIM, SEED = 8, 11, 3, 4, 3, 5  # three batches an epoch
ALPHA, BETA1, BETA2, EPS = 1e-3, 0.5, 0.999, 1e-8


@pytest.fixture
def batches():
    """``batches(dataset)`` yields what the updater gets, batch after batch, without end."""
    def generate(dataset):
        epoch = 0
        while True:
            epoch += 1
            order = numpy.random.default_rng((SEED, epoch)).permutation(N)
            for start in range(0, N - B + 1, B):
                examples = [dataset[epoch * N + int(i)] for i in order[start:start + B]]
                yield tuple(numpy.stack(parts) for parts in zip(*examples))
    return generate


@pytest.fixture
def draws():
    """``draws(t)``: the random numbers of iteration t, from 0 on."""
    return lambda t: numpy.random.default_rng((SEED, t))


class Noise:
    """A data set of noise: ``kinds`` says of each part of an example what it is."""

    def __init__(self, kinds, dtype):
        rng = numpy.random.default_rng(0)
        make = {'x': lambda: rng.uniform(-1, 1, (N, 3, SIZE, SIZE)).astype(dtype),
                'label': lambda: rng.integers(0, C_DIM, N).astype(numpy.int32),
                'other': lambda: rng.integers(0, 2, (N, C2_DIM)).astype(dtype)}
        self.parts = [make[kind]() for kind in kinds]

    def __len__(self):
        return N

    def __getitem__(self, i):
        return tuple(part[i % N] for part in self.parts)


@pytest.fixture
def system():
    """``system(name, **options)`` -> (updater, data set); small, in ``chainer.config.dtype``."""
    from chainer_foodgan import links
    from chainer_foodgan.datasets.sampling import SeededOrder
    from chainer_foodgan.training import updaters
    from chainer_foodgan.training.optimizer import Adam

    import chainer

    def noise(c_dim, rng):
        return links.NoiseGenerator(SIZE, 2, c_dim, z_dim=3, rng=rng)

    def patches(in_channels, norm, rng):
        return links.NLayerDiscriminator(in_channels, 2, 1, norm, rng=rng)

    def image_to_image(rng):
        return links.ResnetGenerator(3, 3, 2, 1, 'instance', rng=rng)

    def student(rng):
        return (links.ConditionalGenerator(2, C_DIM, 1, rng=rng),
                links.ConditionalDiscriminator(2, C_DIM, 1, rng=rng))

    def make(name, **options):
        rng = numpy.random.default_rng(1)
        Updater, kinds, gen, dis = {
            'gan': lambda: (updaters.GANUpdater, ('x', 'label'), noise(0, rng),
                            patches(3, 'batch', rng)),
            'conditional': lambda: (updaters.GANUpdater, ('x', 'label'), noise(C_DIM, rng),
                                    patches(3 + C_DIM, 'batch', rng)),
            'acgan': lambda: (updaters.ACGANUpdater, ('x', 'label'), noise(C_DIM, rng),
                              links.Discriminator(SIZE, 2, C_DIM, 2, rng=rng)),
            'pix2pix': lambda: (updaters.Pix2PixUpdater, ('x', 'x'),
                                links.ResnetGenerator(3, 3, 2, 1, dropout=True, rng=rng),
                                patches(6, 'batch', rng)),
            'cyclegan': lambda: (updaters.CycleGANUpdater, ('x', 'label', 'x', 'label'),
                                 chainer.Chain(ab=image_to_image(rng), ba=image_to_image(rng)),
                                 chainer.Chain(a=patches(3, 'instance', rng),
                                               b=patches(3, 'instance', rng))),
            'joint': lambda: (updaters.JointUpdater, ('x', 'label', 'x', 'other'),
                              links.Generator(2, C_DIM + C2_DIM + 2, 1, rng=rng),
                              links.Discriminator(SIZE, 2, C_DIM + C2_DIM, 2, rng=rng)),
            'student': lambda: (updaters.StudentUpdater, ('x', 'x', 'label'), *student(rng)),
            'asking': lambda: (updaters.StudentUpdater, ('x', 'label'), *student(rng)),
        }[name]()
        for link in (gen, dis):
            for param in link.params():
                param.array *= 2  # so that scores and pictures are not nearly flat
        dataset = Noise(kinds, chainer.config.dtype)
        iterator = chainer.iterators.SerialIterator(
            dataset, B, order_sampler=SeededOrder(SEED, B))
        optimizers = {'gen': Adam(ALPHA).setup(gen), 'dis': Adam(ALPHA).setup(dis)}
        return Updater(iterator, optimizers, seed=SEED, **options), dataset
    return make


@pytest.fixture
def observe():
    """``observe(updater)``: one iteration; what it reports."""
    import chainer

    def observe(updater):
        reporter = chainer.Reporter()
        for name, optimizer in updater.get_all_optimizers().items():
            reporter.add_observer(name, optimizer.target)
        observation = {}
        with reporter.scope(observation):
            updater.update()
        return {name: float(value) for name, value in observation.items()}
    return observe


@pytest.fixture
def plain_adam():
    """``plain_adam(link)``: an object whose ``step(loss)`` does what PyTorch 0.3's Adam does."""
    import chainer

    class PlainAdam:
        def __init__(self, link):
            self.params = [param for _, param in sorted(link.namedparams())]
            self.m, self.v = ([numpy.zeros_like(param.array) for param in self.params]
                              for _ in range(2))
            self.t = 0

        def step(self, loss):
            self.t += 1
            size = ALPHA * (1 - BETA2 ** self.t) ** 0.5 / (1 - BETA1 ** self.t)
            grads = chainer.grad([loss], self.params)
            for param, grad, m, v in zip(self.params, grads, self.m, self.v):
                grad = numpy.zeros_like(param.array) if grad is None else grad.array
                m += (1 - BETA1) * (grad - m)
                v += (1 - BETA2) * (grad ** 2 - v)
                param.array -= size * m / (numpy.sqrt(v) + EPS)
    return PlainAdam


@pytest.fixture
def assert_equal_links():
    """``assert_equal_links(a, b)``: parameters and statistics are equal but for rounding."""
    import chainer

    def check(link, expected):
        found, wanted = ({}, {})
        chainer.serializers.DictionarySerializer(found).save(link)
        chainer.serializers.DictionarySerializer(wanted).save(expected)
        assert set(found) == set(wanted)
        for name, array in wanted.items():
            numpy.testing.assert_allclose(
                found[name], array, rtol=1e-7, atol=1e-9, err_msg=name)
    return check
