"""The pix2pix and CycleGAN networks for PyTorch: keys, files of old, and Chainer's twins."""

import numpy
import pytest

torch = pytest.importorskip('torch', reason='tests the PyTorch networks: pip install torch')

from chainer_foodgan import links, pytorch, weights  # noqa: E402

import chainer  # noqa: E402  after the package, which makes it run

NETWORKS = pytest.mark.parametrize('name, sizes, shape', [
    ('ResnetGenerator', {'repeat_num': 2, 'dropout': True}, (2, 3, 16, 12)),
    ('UnetGenerator', {'num_downs': 6, 'dropout': True}, (2, 3, 64, 128)),
    ('NLayerDiscriminator', {'layers': 2}, (2, 3, 32, 24)),
    ('PixelDiscriminator', {'sigmoid': True}, (2, 3, 5, 4))])
NORMS = pytest.mark.parametrize('norm', ['batch', 'instance'])


def make(name, sizes, norm):
    """A module and a link of one kind, with weights of their own each; the module has been used."""
    torch.manual_seed(0)
    module = getattr(pytorch, name)(conv_dim=4, norm=norm, **sizes)
    link = getattr(links, name)(conv_dim=4, norm=norm, rng=numpy.random.default_rng(1), **sizes)
    return module, link


@NORMS
@NETWORKS
def test_weights_go_to_chainer_and_back_by_renaming(tmp_path, name, sizes, shape, norm):
    module, link = make(name, sizes, norm)
    x = numpy.random.default_rng(0).uniform(-1, 1, shape).astype(numpy.float32)
    module(torch.tensor(x))  # moves the running statistics
    module.eval()
    torch.save(module.state_dict(), str(tmp_path / 'a.pth'))
    conversion = weights.convert(tmp_path / 'a.pth', tmp_path / 'a.npz')
    assert conversion.compared and str(conversion.network).startswith(name + '(in_channels=3, ')
    weights.load_into(link, tmp_path / 'a.npz')
    with chainer.using_config('train', False), torch.no_grad():
        numpy.testing.assert_allclose(link(x).array, module(torch.tensor(x)), atol=1e-5)

    weights.convert(tmp_path / 'a.npz', tmp_path / 'b.pth')
    other, _ = make(name, sizes, norm)
    other.load_state_dict(torch.load(str(tmp_path / 'b.pth')), strict=norm == 'instance')
    for key, tensor in other.state_dict().items():
        if not key.endswith('num_batches_tracked'):
            assert torch.equal(tensor, module.state_dict()[key])


@NETWORKS
def test_files_of_pytorch_03_load(name, sizes, shape):
    """Its instance normalisations kept running statistics that they never used."""
    module, _ = make(name, sizes, 'instance')
    expected = module.state_dict()
    old = dict(expected)
    for key, child in module.named_modules():
        if isinstance(child, torch.nn.InstanceNorm2d):
            old[key + '.running_mean'] = torch.full((child.num_features,), 5.)
            old[key + '.running_var'] = torch.full((child.num_features,), 7.)
    assert len(old) > len(expected)
    x = torch.rand(shape)
    with torch.no_grad():
        y = module.eval()(x)
        module.load_state_dict(old)
        assert torch.equal(module(x), y)
    assert module.state_dict().keys() == expected.keys()
    with pytest.raises(RuntimeError, match='Unexpected key'):
        module.load_state_dict({**old, 'model.99.weight': torch.zeros(1)})


@NETWORKS
def test_they_have_the_sizes_of_chainers(name, sizes, shape):
    for norm in ('batch', 'instance'):
        module, link = make(name, sizes, norm)
        assert sum(p.numel() for p in module.parameters()) == link.count_params()
        with torch.no_grad():
            assert module(torch.rand(shape)).shape == link(
                numpy.zeros(shape, numpy.float32)).shape


def test_they_start_as_pytorch_0_3_does():
    gen = pytorch.ResnetGenerator(conv_dim=32, repeat_num=1, norm='instance')
    # (channels in) x kernel x kernel: of the convolution, and of the transposed one.
    for layer, fan_in in ((gen.model[4], 32 * 9), (gen.model[11], 128 * 9)):
        bound = fan_in ** -0.5
        assert 0.9 * bound < layer.weight.abs().max() <= bound
        assert 0.7 * bound < layer.bias.abs().max() <= bound
    scale = pytorch.ResnetGenerator(conv_dim=32, repeat_num=1).model[8].weight
    assert 0 <= scale.min() < 0.1 and 0.9 < scale.max() <= 1
