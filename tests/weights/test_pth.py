"""PyTorch's files are read without PyTorch, and written so that PyTorch reads them."""

import logging
import time
import tracemalloc

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.weights import pth
from chainer_foodgan.weights.naming import arrays_of

TORCH = 'compares with PyTorch: pip install torch'


def read(tmp_path, content):
    (tmp_path / 'a.pth').write_bytes(content)
    return pth.read(tmp_path / 'a.pth')[0]


def assert_same(found, expected):
    assert list(found) == list(expected)
    for key, array in expected.items():
        assert found[key].dtype == array.dtype and found[key].shape == array.shape
        np.testing.assert_array_equal(found[key], array)


def without_statistics(state):
    return {key: array for key, array in state.items() if '.running_' not in key}


def test_a_generator_is_read_and_recognised(tmp_path, to_bytes, torch_files, generator_state,
                                            caplog):
    (tmp_path / 'G.pth').write_bytes(to_bytes(torch_files.tensors(generator_state)))
    with caplog.at_level(logging.WARNING, 'chainer_foodgan'):
        found = weights.read_state_dict(tmp_path / 'G.pth')
    assert_same(found, without_statistics(generator_state))
    line, = caplog.messages
    assert 'left out 14 arrays of running statistics (main.1.running_mean' in line
    assert 'PyTorch 0.3 keeps them and never uses them' in line
    gen = weights.load(tmp_path / 'G.pth')
    assert (gen.conv_dim, gen.c_dim, gen.repeat_num, gen.categories) == (4, 3, 1, None)
    np.testing.assert_array_equal(gen.main['13'].W.array, generator_state['main.13.weight'])
    np.testing.assert_array_equal(gen.main['14'].beta.array, generator_state['main.14.bias'])


def test_statistics_that_a_later_pytorch_uses_are_told(tmp_path, torch_files, generator_state,
                                                       caplog):
    generator_state['main.1.running_var'] += 1
    generator_state['main.1.num_batches_tracked'] = np.array(7)
    (tmp_path / 'G.pth').write_bytes(torch_files.zip_bytes(torch_files.tensors(generator_state)))
    assert 'main.1.num_batches_tracked' not in weights.read_state_dict(tmp_path / 'G.pth')
    assert 'its pictures differ' in caplog.text


@pytest.mark.parametrize('dtype', ['float32', 'float64', 'float16', 'int64', 'int32', 'int16',
                                   'int8', 'uint8', 'bool'])
def test_every_type_is_read_as_it_is_stored(tmp_path, to_bytes, torch_files, dtype):
    array = np.arange(-3, 3).reshape(2, 3).astype(dtype)
    assert_same(read(tmp_path, to_bytes({'a': torch_files.Tensor(array)})), {'a': array})


def test_bfloat16_becomes_float32(tmp_path, to_bytes, torch_files):
    # 1, -2 and the nearest to pi: the upper halves of 0x3f800000, 0xc0000000 and 0x40490fdb.
    bits = np.array([0x3f80, 0xc000, 0x4049], np.uint16)
    found = read(tmp_path, to_bytes({'a': torch_files.Tensor(bits)}))['a']
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.array([1, -2, 3.140625], np.float32))


def test_tensors_are_views_with_offsets_and_strides(tmp_path, to_bytes, torch_files):
    Tensor, storage = torch_files.Tensor, np.arange(24, dtype=np.float32)
    found = read(tmp_path, to_bytes({
        'part': Tensor(None, storage, 4, (2, 3), (3, 1)),
        'turned': Tensor(None, storage, 0, (4, 6), (1, 4)),
        'sparse': Tensor(None, storage, 3, (3,), (7,), rebuild='tensor'),
        'number': Tensor(None, storage, 23, (), ()),
        'empty': Tensor(np.zeros((0, 3), np.float32))}))
    np.testing.assert_array_equal(found['part'], storage[4:10].reshape(2, 3))
    np.testing.assert_array_equal(found['turned'], storage.reshape(6, 4).T)
    np.testing.assert_array_equal(found['sparse'], [3, 10, 17])
    assert found['number'] == 23 and found['number'].shape == ()
    assert found['empty'].shape == (0, 3)


@pytest.mark.parametrize('wrap', [
    lambda state: {'state_dict': state, 'epoch': 3, 'loss': 0.5},
    lambda state: {'epoch': 1, 'net_G': state, 'optimizer': {'state': {0: state}, 'lr': [1e-4]}},
    lambda state: {'D': {'conv1.weight': state['main.1.bias']}, 'G': state},
    lambda state: {'model': {'generator': state}},
    lambda state: {'mine': state, 'step': 3},
    lambda state: {'module.' + key: value for key, value in state.items()},
    lambda state: {'state_dict': {'module.' + key: value for key, value in state.items()}}])
def test_wrappers_are_taken_off(tmp_path, to_bytes, torch_files, generator_state, wrap):
    content = to_bytes(wrap(torch_files.tensors(generator_state)))
    (tmp_path / 'a.pth').write_bytes(content)
    assert_same(weights.read_state_dict(tmp_path / 'a.pth'), without_statistics(generator_state))


@pytest.mark.parametrize('content', [[1, 2], {}, {'a': {'x': 1}, 'b': {'y': 2}}, 'text'])
def test_a_file_without_weights_is_named(tmp_path, to_bytes, content):
    with pytest.raises(FoodganError, match='none with the weights of one network'):
        read(tmp_path, to_bytes(content))


def test_reading_is_fast_and_takes_one_copy(tmp_path, torch_files):
    # As large as the released generator: 8.4 million numbers of 4 bytes.
    state = {f'main.{i}.weight': np.full((1024, 128, 8), i, np.float32) for i in range(8)}
    (tmp_path / 'a.pth').write_bytes(torch_files.legacy_bytes(torch_files.tensors(state)))
    size = (tmp_path / 'a.pth').stat().st_size
    tracemalloc.start()
    try:
        begin = time.process_time()
        found, _ = pth.read(tmp_path / 'a.pth')
        seconds, (_, peak) = time.process_time() - begin, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found['main.7.weight'][-1, -1, -1] == 7
    assert size < peak < 1.1 * size and seconds < 1


@pytest.mark.parametrize('legacy', [True, False])
def test_what_pytorch_writes_is_read(tmp_path, legacy):
    torch = pytest.importorskip('torch', reason=TORCH)
    base = torch.arange(24, dtype=torch.float64)
    state = {'half': torch.rand(3, 2).half(), 'view': base.view(4, 6).t()[1:, ::2],
             'same': base[5:9], 'bfloat': torch.randn(5).bfloat16(), 'bool': torch.tensor([True]),
             'parameter': torch.nn.Parameter(torch.rand(2)), 'number': torch.tensor(3)}
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    state.update(model.state_dict())  # an OrderedDict with _metadata in the next line
    for content in (state, {'model': model.state_dict(), 'rest': [torch.rand(3)]}):
        torch.save(content, tmp_path / 'a.pth', _use_new_zipfile_serialization=not legacy)
        expected = content.get('model', state)
        found, _ = pth.read(tmp_path / 'a.pth')
        assert list(found) == list(expected)
        for key, tensor in expected.items():
            tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
            assert found[key].dtype == tensor.detach().numpy().dtype
            np.testing.assert_array_equal(found[key], tensor.detach().numpy())


def original_generator(nn):
    """The original's network at conv_dim 4, c_dim 3, one block, as its model.py makes it."""
    def normalised(convolution, *sizes):
        return convolution(*sizes, bias=False), nn.InstanceNorm2d(sizes[1], affine=True), nn.ReLU()

    block = nn.Module()
    block.main = nn.Sequential(*normalised(nn.Conv2d, 16, 16, 3, 1, 1),
                               *normalised(nn.Conv2d, 16, 16, 3, 1, 1)[:2])
    gen = nn.Module()
    gen.main = nn.Sequential(
        *normalised(nn.Conv2d, 6, 4, 7, 1, 3), *normalised(nn.Conv2d, 4, 8, 4, 2, 1),
        *normalised(nn.Conv2d, 8, 16, 4, 2, 1), block,
        *normalised(nn.ConvTranspose2d, 16, 8, 4, 2, 1),
        *normalised(nn.ConvTranspose2d, 8, 4, 4, 2, 1),
        nn.Conv2d(4, 3, 7, 1, 3, bias=False), nn.Tanh())
    return gen


def test_pytorch_loads_what_is_written(tmp_path, torch_files, generator_state):
    torch = pytest.importorskip('torch', reason=TORCH)
    (tmp_path / 'old.pth').write_bytes(
        torch_files.legacy_bytes(torch_files.tensors(generator_state)))
    weights.convert(tmp_path / 'old.pth', tmp_path / 'new.pth')
    state = torch.load(tmp_path / 'new.pth', weights_only=True)
    assert_same({key: tensor.numpy() for key, tensor in state.items()},
                {key: weights.read_state_dict(tmp_path / 'old.pth')[key] for key in state})
    gen = original_generator(torch.nn)
    gen.load_state_dict(state, strict=True)
    with pytest.raises(RuntimeError, match='running stats'):  # what the old file ends in
        gen.load_state_dict({key: torch.tensor(a) for key, a in generator_state.items()})
    mapped = torch.load(tmp_path / 'new.pth', weights_only=True, mmap=True)
    assert torch.equal(mapped['main.3.weight'], state['main.3.weight'])


@pytest.mark.parametrize('dtype', ['float32', 'float64', 'float16', 'int64', 'uint8', 'bool'])
def test_every_type_is_written_and_equal_weights_are_equal_files(tmp_path, dtype):
    arrays = {'main/0/W': np.arange(-12, 12).reshape(2, 3, 2, 2).astype(dtype).T,
              'main/0/b': np.zeros((), dtype), 'conv/W': np.zeros((0, 3, 1, 1), dtype)}
    pth.write(tmp_path / 'a.pth', arrays, {})
    pth.write(tmp_path / 'b.pth', arrays, {'ignored': 1})
    assert (tmp_path / 'a.pth').read_bytes() == (tmp_path / 'b.pth').read_bytes()
    assert_same(pth.read(tmp_path / 'a.pth')[0], {
        'main.0.weight': arrays['main/0/W'], 'main.0.bias': arrays['main/0/b'],
        'conv.weight': arrays['conv/W']})


def test_what_pytorch_cannot_hold_is_not_written(tmp_path):
    with pytest.raises(FoodganError, match='complex64'):
        pth.write(tmp_path / 'a.pth', {'W': np.zeros(2, np.complex64)}, {})
    assert not (tmp_path / 'a.pth').exists()


def test_a_discriminator_is_filled(tmp_path):
    dis = Discriminator(image_size=16, conv_dim=4, c_dim=3, repeat_num=2)
    pth.write(tmp_path / 'D.pth', arrays_of(dis), {})
    other = Discriminator(image_size=16, conv_dim=4, c_dim=3, repeat_num=2)
    weights.load_into(other, tmp_path / 'D.pth')
    np.testing.assert_array_equal(other.main['2'].b.array, dis.main['2'].b.array)
    with pytest.raises(FoodganError, match='it is a discriminator where a generator belongs'):
        weights.load_into(Generator(4, 3, 1), tmp_path / 'D.pth')
    with pytest.raises(FoodganError, match='holds a discriminator'):
        weights.load(tmp_path / 'D.pth')


def test_what_differs_is_named_as_in_the_file(tmp_path, torch_files, generator_state):
    del generator_state['main.4.bias']
    generator_state['main.99.weight'] = np.zeros((2, 2, 2, 2), np.float32)
    (tmp_path / 'G.pth').write_bytes(torch_files.zip_bytes(torch_files.tensors(generator_state)))
    with pytest.raises(FoodganError, match='it lacks main.4.bias, main.99.weight belongs to noth'):
        weights.load(tmp_path / 'G.pth')
