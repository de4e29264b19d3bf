"""The released keys, by PyTorch's numbering of the original network (loaded in tests/links)."""

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
