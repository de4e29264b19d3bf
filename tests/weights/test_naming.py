"""The released keys, checked against PyTorch's own numbering of the original network."""

import numpy as np
import pytest

from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.weights.naming import arrays_of, released

GENERATOR = {
    'main.0.weight': (8, 7, 7, 7), 'main.1.weight': (8,), 'main.1.bias': (8,),
    'main.1.running_mean': (8,), 'main.1.running_var': (8,), 'main.3.weight': (16, 8, 4, 4),
    'main.9.main.0.weight': (32, 32, 3, 3), 'main.9.main.1.running_mean': (32,),
    'main.9.main.4.bias': (32,), 'main.10.weight': (32, 16, 4, 4), 'main.16.weight': (3, 8, 7, 7)}
DISCRIMINATOR = {
    'main.0.weight': (8, 3, 4, 4), 'main.0.bias': (8,), 'main.2.weight': (16, 8, 4, 4),
    'main.2.bias': (16,), 'conv1.weight': (1, 16, 3, 3), 'conv2.weight': (4, 16, 4, 4)}


def test_generator_has_the_keys_of_the_released_format():
    state = released(arrays_of(Generator(conv_dim=8, c_dim=4, repeat_num=1)))
    for key, shape in GENERATOR.items():
        assert state[key].shape == shape
    # 7 convolutions of one array, 7 normalisations of four: block and six layers around it.
    assert len(state) == 8 + 7 * 4
    assert (state['main.1.running_mean'] == 0).all() and (state['main.1.running_var'] == 1).all()


def test_discriminator_has_the_keys_of_the_released_format():
    state = released(arrays_of(Discriminator(image_size=16, conv_dim=8, c_dim=4, repeat_num=2)))
    assert {key: array.shape for key, array in state.items()} == DISCRIMINATOR


def test_keys_come_in_the_order_of_the_layers():
    keys = [key.split('/') for key in arrays_of(Generator(conv_dim=4, c_dim=2, repeat_num=2))]
    numbers = [int(key[1]) for key in keys]
    assert numbers == sorted(numbers)


def test_pytorch_takes_the_state_and_computes_the_same():
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    nn = torch.nn

    def norm(channels):
        return nn.InstanceNorm2d(channels, affine=True, track_running_stats=True)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.main = nn.Sequential(
                nn.Conv2d(16, 16, 3, 1, 1, bias=False), norm(16), nn.ReLU(),
                nn.Conv2d(16, 16, 3, 1, 1, bias=False), norm(16))

        def forward(self, x):
            return x + self.main(x)

    class Original(nn.Module):
        def __init__(self):
            super().__init__()
            self.main = nn.Sequential(
                nn.Conv2d(6, 4, 7, 1, 3, bias=False), norm(4), nn.ReLU(),
                nn.Conv2d(4, 8, 4, 2, 1, bias=False), norm(8), nn.ReLU(),
                nn.Conv2d(8, 16, 4, 2, 1, bias=False), norm(16), nn.ReLU(), Block(),
                nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=False), norm(8), nn.ReLU(),
                nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False), norm(4), nn.ReLU(),
                nn.Conv2d(4, 3, 7, 1, 3, bias=False), nn.Tanh())

    gen = Generator(conv_dim=4, c_dim=3, repeat_num=1)
    original = Original()
    state = {key: torch.from_numpy(array) for key, array in released(arrays_of(gen)).items()}
    for key in original.state_dict():  # newer than the released format
        if key.endswith('num_batches_tracked'):
            state[key] = torch.tensor(0)
    original.load_state_dict(state, strict=True)
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (2, 3, 12, 20)).astype(np.float32)
    c = np.eye(3, dtype=np.float32)[[2, 0]]
    maps = np.broadcast_to(c[:, :, None, None], (2, 3, 12, 20))
    with torch.no_grad():
        y = original.main(torch.from_numpy(np.concatenate([x, maps], axis=1))).numpy()
    np.testing.assert_allclose(gen(x, c).array, y, atol=2e-5)
