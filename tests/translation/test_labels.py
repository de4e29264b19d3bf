"""Where the strength of a label means something."""

import numpy as np
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.translation import labels
from chainer_foodgan.weights import NetworkWeights


@pytest.mark.parametrize('position', ['input', 'middle'])
def test_labels_that_are_maps_have_one(position):
    gen = Generator(4, 3, 0, position)
    for generator in gen, NetworkWeights.of(gen):
        for value in 1, 2.5, 'auto':
            assert labels.check_strength(value, generator) == value


def test_what_has_no_label_map_has_none():
    """A network of another kind stands for generators whose label picks scale and shift."""
    other = Discriminator(16, 4, 3, 2)
    for generator in other, NetworkWeights.of(other):
        assert labels.check_strength(1, generator) == labels.check_strength('auto', generator) == 1
        with pytest.raises(FoodganError, match='^label strength 2: the label of this generator '
                                               'does not join the picture as a map; leave it out$'):
            labels.check_strength(2, generator)


@pytest.mark.parametrize('value, side, image_size, expected', [
    (2, 512, 64, 2), ('auto', 512, 64, 8), ('auto', 48, 64, 0.75), ('auto', 48, None, 1)])
def test_the_factor(value, side, image_size, expected):
    assert labels.factor(np.float64(value) if value == 2 else value, side, image_size) == expected
