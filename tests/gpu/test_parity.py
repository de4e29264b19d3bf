"""The same numbers on a GPU as on the processor: ``pytest -m gpu``."""

import numpy
import PIL.Image
import pytest

from chainer_foodgan import Translator, functions, kernels
from chainer_foodgan.links import (
    ConditionalDiscriminator,
    ConditionalGenerator,
    Discriminator,
    Generator,
)
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.updaters import StarGANUpdater, StudentUpdater

import chainer

pytestmark = pytest.mark.gpu


@pytest.fixture(params=['never', 'always'])
def use_torch(request):
    """Chainer's kernels on the GPU, and PyTorch's."""
    if request.param == 'always':
        torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
        if not torch.cuda.is_available():
            pytest.skip('this PyTorch is built without CUDA')
    with chainer.using_config('use_torch', request.param):
        yield request.param


def networks():
    rng = numpy.random.default_rng(0)
    return (Generator(conv_dim=8, c_dim=3, repeat_num=2, rng=rng),
            Discriminator(32, conv_dim=8, c_dim=3, repeat_num=3, rng=rng))


def students():
    rng = numpy.random.default_rng(0)
    return (ConditionalGenerator(8, 3, 1, separable=True, rng=rng),
            ConditionalDiscriminator(8, 3, 2, rng=rng))


def student_updater(iterator, optimizers, device):
    """It asks a generator, and compares features too."""
    teacher, _ = networks()
    teacher.to_device(device)
    return StudentUpdater(
        iterator, optimizers, teacher=teacher, lambda_feat=1, scales=2, device=device,
        features=lambda x: [chainer.functions.average_pooling_2d(x, 4)])


def star_updater(iterator, optimizers, device):
    return StarGANUpdater(iterator, optimizers, d_train_repeat=2, device=device)


def trained(device, iterations, make_updater=star_updater, make_networks=networks):
    """Losses of every iteration and the weights after them."""
    rng = numpy.random.default_rng(1)
    photos = rng.uniform(-1, 1, (4 * iterations, 3, 32, 32))
    labels = rng.integers(0, 3, len(photos)).astype(numpy.int32)
    gen, dis = make_networks()
    updater = make_updater(
        chainer.iterators.SerialIterator(list(zip(photos, labels)), 4, shuffle=False),
        {'gen': Adam().setup(gen), 'dis': Adam().setup(dis)}, device=device)
    reporter = chainer.Reporter()
    reporter.add_observer('gen', gen)
    reporter.add_observer('dis', dis)
    losses = []
    for _ in range(iterations):
        with reporter.scope({}):
            updater.update()
            losses.append({name: float(value) for name, value in reporter.observation.items()})
    for link in gen, dis:
        link.to_device('@numpy')
    return losses, {name: param.array for link in (gen, dis) for name, param in link.namedparams()}


def test_a_tensor_shares_the_arrays_memory(use_torch):
    if use_torch == 'never':
        pytest.skip('only where PyTorch computes')
    array = chainer.backends.cuda.cupy.zeros((2, 3), numpy.float32)
    kernels.tensor(array)[1, 2] = 5
    assert array[1, 2] == 5
    assert float(kernels.array(kernels.tensor(array), numpy.float32)[1, 2]) == 5


def second_derivatives(device, dtype):
    """Of convolutions, normalisation and activation, on the CPU in the end."""
    rng = numpy.random.default_rng(6)  # nothing comes near the kink of the activation
    device = chainer.get_device(device)
    variables = [chainer.Variable(device.send(rng.standard_normal(shape).astype(dtype)))
                 for shape in ((3, 4, 9, 7), (5, 4, 4, 4), (5,))]
    h = functions.convolution_2d(variables[0], variables[1], None, 2, 1)
    h = functions.leaky_relu(functions.instance_normalization(h, variables[2], variables[2]))
    h = functions.deconvolution_2d(h, variables[1], None, 2, 1)
    first = chainer.grad([chainer.functions.sum(h ** 2)], variables, enable_double_backprop=True)
    total = sum(chainer.functions.sum(grad ** 2) for grad in first)
    return [chainer.get_device('@numpy').send(grad.array)
            for grad in chainer.grad([total], variables)]


@pytest.mark.parametrize('precision, dtype, share', [
    ('float32', 'float64', 1e-8), ('float32', 'float32', 2e-4), ('tf32', 'float32', 0.05)])
def test_functions_and_second_derivatives(use_torch, precision, dtype, share):
    """A ten-bit TF32 would be off by more than the share of the greatest that float32 is let."""
    with chainer.using_config('use_torch', 'never'):
        expected = second_derivatives('@numpy', 'float64')
    kernels.configure(precision, device='@cupy:0')
    try:
        found = second_derivatives('@cupy:0', dtype)
    finally:
        kernels.configure(device='@cupy:0')
    for values, wanted in zip(found, expected):
        numpy.testing.assert_allclose(values, wanted, rtol=share, atol=share * abs(wanted).max())


def test_ten_iterations_of_the_training(use_torch, float64, iterations):
    losses, weights = trained('@cupy:0', iterations)
    with chainer.using_config('use_torch', 'never'):
        wanted_losses, wanted = trained('@numpy', iterations)
    assert len(losses[-1]) == 8  # three of G, four of D, D's accuracy
    for found, expected in zip(losses, wanted_losses):
        assert found == pytest.approx(expected, rel=1e-8, abs=1e-10)
    for name, array in wanted.items():
        numpy.testing.assert_allclose(weights[name], array, rtol=1e-6, atol=1e-8, err_msg=name)


def test_ten_iterations_of_a_student(use_torch, float64, iterations):
    found, expected = [], []
    for results, device, mode in ((found, '@cupy:0', use_torch), (expected, '@numpy', 'never')):
        with chainer.using_config('use_torch', mode):
            results.extend(trained(device, iterations, student_updater, students))
    for losses, wanted in zip(found[0], expected[0]):
        assert set(losses) == {'gen/loss_l1', 'gen/loss_feat', 'gen/loss_fake', 'dis/loss_real',
                               'dis/loss_fake'}
        assert losses == pytest.approx(wanted, rel=1e-8, abs=1e-10)
    for name, array in expected[1].items():
        numpy.testing.assert_allclose(found[1][name], array, rtol=1e-6, atol=1e-8, err_msg=name)


def test_a_photo_on_the_gpu(use_torch):
    photo = PIL.Image.fromarray(
        numpy.random.default_rng(3).integers(0, 256, (50, 70, 3), numpy.uint8))
    pictures = [numpy.asarray(Translator(
        networks()[0], 'photo', device=device, output_size='network')(photo, '1')).astype(int)
                for device in ('@cupy:0', '@numpy')]
    # A pixel at the border of two grey levels may fall to either side.
    assert abs(pictures[0] - pictures[1]).max() <= 1

