"""The PyTorch modules: keys, files of today and of PyTorch 0.3, export."""

import numpy as np
import pytest

torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')

from chainer_foodgan import links, weights  # noqa: E402
from chainer_foodgan.errors import FoodganError  # noqa: E402
from chainer_foodgan.pytorch import ConditionalGenerator, Discriminator, Generator  # noqa: E402


@pytest.fixture
def link():
    return links.Generator(conv_dim=4, c_dim=3, repeat_num=1, rng=np.random.default_rng(0))


@pytest.fixture
def gen():
    torch.manual_seed(0)
    return Generator(conv_dim=4, c_dim=3, repeat_num=1)


def photos(B, H, W):
    return torch.rand(B, 3, H, W) * 2 - 1


def released_state(link):
    return {key: torch.tensor(array) for key, array in weights.state_dict(link).items()}


def test_sizes_are_those_of_the_paper():
    def count(module):
        return sum(param.numel() for param in module.parameters())
    assert count(Generator()) == 8446208
    assert count(Discriminator()) == 45048768


def test_keys_are_those_of_the_released_format(link, gen):
    assert gen.state_dict().keys() == weights.state_dict(link).keys()
    assert 'main.1.running_mean' in gen.state_dict()
    dis = links.Discriminator(image_size=16, conv_dim=4, c_dim=3, repeat_num=2)
    assert Discriminator(16, 4, 3, 2).state_dict().keys() == weights.state_dict(dis).keys()


def test_the_released_format_is_loaded_strictly_and_comes_out_again(link, gen):
    state = released_state(link)
    state['main.1.running_mean'] += 5  # PyTorch 0.3 kept such numbers and never used them
    gen.load_state_dict(state, strict=True)
    for key, value in gen.state_dict().items():
        assert torch.equal(value, state[key])
    x, c = photos(2, 12, 20), torch.eye(3)[[2, 0]]
    for module in gen.train(), gen.eval():
        with torch.no_grad():
            y = module(x, c)
        np.testing.assert_allclose(y, link(x.numpy(), c.numpy()).array, atol=1e-5)


def test_files_without_statistics_and_with_counts_are_loaded_too(link, gen):
    state = released_state(link)
    bare = {key: value for key, value in state.items() if 'running' not in key}
    counted = dict(state, **{'main.1.num_batches_tracked': torch.tensor(7)})
    for each in bare, counted:
        before = list(each)
        gen.load_state_dict(each, strict=True)
        assert torch.equal(gen.main[0].weight, state['main.0.weight'])
        assert list(each) == before  # the dict stays the caller's
    for key in 'main.0.weight', 'main.1.bias':
        with pytest.raises(RuntimeError, match=key):
            gen.load_state_dict({name: state[name] for name in state if name != key})
    with pytest.raises(RuntimeError, match='main.0.running_mean'):
        gen.load_state_dict(dict(state, **{'main.0.running_mean': torch.zeros(4)}))


def test_a_label_map_is_taken_as_it_is(gen):
    x, c = photos(1, 8, 12), torch.eye(3)[[1]]
    same = c[:, :, None, None].expand(-1, -1, 8, 12)
    halves = same.clone()
    halves[..., 6:] = torch.eye(3)[[2]][:, :, None, None]
    with torch.no_grad():
        assert torch.equal(gen(x, same), gen(x, c))
        assert not torch.allclose(gen(x, halves), gen(x, c), atol=1e-2)


def test_it_starts_as_pytorch_0_3_does():
    gen = Generator(conv_dim=8, c_dim=3, repeat_num=1)
    # (channels in) x kernel x kernel: the convolution, the transposed one, which counts them too.
    for layer, fan_in in ((gen.main[3], 8 * 16), (gen.main[10], 32 * 16)):
        bound = fan_in ** -0.5
        assert 0.9 * bound < layer.weight.abs().max() <= bound
    scale = gen.main[9].main[1].weight
    assert 0 <= scale.min() < 0.3 and 0.7 < scale.max() <= 1
    assert not gen.main[1].bias.any()


@pytest.mark.filterwarnings('ignore::DeprecationWarning')  # of tracing
@pytest.mark.filterwarnings('ignore:Converting a tensor')
def test_trace_takes_other_sizes(gen):
    other = photos(1, 16, 8), torch.eye(3)[2:]
    with torch.no_grad():
        traced = torch.jit.trace(gen, (photos(2, 8, 12), torch.eye(3)[:2]))
        np.testing.assert_allclose(traced(*other), gen(*other), atol=1e-6)
        dis = Discriminator(8, 4, 3, 2)
        traced = torch.jit.trace(dis, photos(2, 8, 8))
        x = photos(3, 8, 8)
        for found, wanted in zip(traced(x), dis(x)):
            np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_export_takes_other_sizes(gen):
    dynamic = torch.export.Dim.DYNAMIC
    exported = torch.export.export(gen, (photos(2, 8, 12), torch.eye(3)[:2]), dynamic_shapes={
        'x': {0: dynamic, 2: dynamic, 3: dynamic}, 'c': {0: dynamic}}).module()
    other = photos(1, 16, 8), torch.eye(3)[2:]
    with torch.no_grad():
        np.testing.assert_allclose(exported(*other), gen(*other), atol=1e-6)


def test_from_pretrained_reads_files_and_what_they_know(link, tmp_path):
    weights.save(link, tmp_path / 'G.npz', {'categories': ['a', 'b', 'c'], 'image_size': 32})
    gen = Generator.from_pretrained(tmp_path / 'G.npz')
    assert gen.categories == ('a', 'b', 'c') and gen.image_size == 32
    x, c = photos(1, 8, 8), torch.eye(3)[:1]
    with torch.no_grad():
        np.testing.assert_allclose(gen(x, c), link(x.numpy(), c.numpy()).array, atol=1e-5)

    critic = links.Discriminator(image_size=16, conv_dim=4, c_dim=3, repeat_num=2)
    weights.save(critic, tmp_path / 'D.npz', {})
    dis = Discriminator.from_pretrained(str(tmp_path / 'D.npz'))
    x = photos(2, 16, 16)
    with torch.no_grad():
        for found, wanted in zip(dis(x), critic(x.numpy())):
            np.testing.assert_allclose(found, wanted.array, atol=1e-6)


def test_the_wrong_file_is_refused_in_words(link, tmp_path):
    weights.save(link, tmp_path / 'G.npz', {})
    with pytest.raises(FoodganError, match='holds no discriminator'):
        Discriminator.from_pretrained(tmp_path / 'G.npz')
    with pytest.raises(FoodganError, match='no such file'):
        Generator.from_pretrained(tmp_path / 'absent.npz')


SEPARABLE = pytest.mark.parametrize('separable', [False, True])


def student(separable):
    """No scale and no shift is at its start."""
    rng = np.random.default_rng(0)
    link = links.ConditionalGenerator(4, 3, 1, separable, rng=rng)
    for _, param in sorted(link.namedparams()):
        if param.ndim == 2:
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype('f4')
    return link


@SEPARABLE
def test_a_student_has_the_keys_that_weights_are_renamed_to(separable):
    state = ConditionalGenerator(4, 3, 1, separable).state_dict()
    assert state.keys() == weights.state_dict(student(separable)).keys()
    assert state['main.1.weight'].shape == state['main.1.bias'].shape == (3, 4)
    assert state['main.16.bias'].shape == (4,)
    assert ('main.9.main.0.depth.weight' in state) is separable
    assert ('main.9.main.3.point.weight' in state) is separable


@SEPARABLE
def test_a_student_starts_as_in_chainer(separable):
    torch.manual_seed(0)
    state = ConditionalGenerator(16, 3, 1, separable).state_dict()
    link = links.ConditionalGenerator(16, 3, 1, separable, rng=np.random.default_rng(0))
    for key, array in weights.state_dict(link).items():
        assert state[key].shape == array.shape
        assert state[key].numpy().max() == pytest.approx(array.max(), rel=0.1, abs=0.01)
        assert state[key].numpy().std() == pytest.approx(array.std(), rel=0.2, abs=0.02)


@SEPARABLE
@pytest.mark.parametrize('suffix', ['.npz', '.pth'])
def test_from_pretrained_reads_students(tmp_path, separable, suffix):
    link = student(separable)
    weights.save(link, tmp_path / 'G.npz', {'categories': ['a', 'b', 'c'], 'image_size': 32})
    if suffix != '.npz':
        weights.convert(tmp_path / 'G.npz', tmp_path / ('G' + suffix))
    gen = ConditionalGenerator.from_pretrained(tmp_path / ('G' + suffix))
    assert (gen.conv_dim, gen.c_dim, gen.repeat_num, gen.separable) == (4, 3, 1, separable)
    if suffix == '.npz':
        assert gen.categories == ('a', 'b', 'c') and gen.image_size == 32
    x, c = photos(2, 8, 12), torch.tensor([[0, 1, 0], [0.5, 0, 0.5]])
    for module in gen.train(), gen.eval():
        with torch.no_grad():
            y = module(x, c)
        np.testing.assert_allclose(y, link(x.numpy(), c.numpy()).array, atol=1e-5)


def test_the_other_kind_of_generator_is_named(link, tmp_path):
    weights.save(link, tmp_path / 'plain.npz', {})
    weights.save(student(False), tmp_path / 'student.npz', {})
    with pytest.raises(FoodganError, match='plain.npz: holds a generator; read it by '
                                           'Generator.from_pretrained'):
        ConditionalGenerator.from_pretrained(tmp_path / 'plain.npz')
    with pytest.raises(FoodganError, match='student.npz: holds a conditional generator; read it '
                                           'by ConditionalGenerator.from_pretrained'):
        Generator.from_pretrained(tmp_path / 'student.npz')
    middle = links.Generator(4, 3, 1, 'middle')
    weights.save(middle, tmp_path / 'middle.npz', {})
    with pytest.raises(FoodganError, match='middle.npz: its label joins in the middle'):
        Generator.from_pretrained(tmp_path / 'middle.npz')


def test_halves_become_float32(tmp_path):
    link = student(False)
    weights.save(link, tmp_path / 'G.npz', {}, dtype='float16')
    gen = ConditionalGenerator.from_pretrained(tmp_path / 'G.npz')
    assert gen.main[0].weight.dtype == torch.float32
    np.testing.assert_array_equal(gen.main[0].weight.detach(),
                                  link.main['0'].W.array.astype('f2').astype('f4'))


@SEPARABLE
def test_export_of_a_student_takes_other_sizes(separable):
    gen, dynamic = ConditionalGenerator(4, 3, 1, separable), torch.export.Dim.DYNAMIC
    exported = torch.export.export(gen, (photos(2, 8, 12), torch.eye(3)[:2]), dynamic_shapes={
        'x': {0: dynamic, 2: dynamic, 3: dynamic}, 'c': {0: dynamic}}).module()
    other = photos(1, 16, 8), torch.eye(3)[2:]
    with torch.no_grad():
        np.testing.assert_allclose(exported(*other), gen(*other), atol=1e-6)
