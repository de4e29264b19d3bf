"""Labels: which category a person means, and the number that its vector is multiplied by.

Label maps are constant, and instance normalisation subtracts a constant: what is left of a label
comes from the zeros beyond the border, whose share falls as the picture grows. A larger number
makes up for it.
"""

from __future__ import annotations

import math
import numbers
from typing import Any, Optional, Union

from chainer_foodgan.categories import NAMES, meant, nearly
from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.weights import GENERATORS, NetworkWeights, registry

__all__ = ['AUTO', 'check_strength', 'default', 'factor', 'find']

#: As much more as the picture is larger than those of the training.
AUTO = 'auto'


def check_strength(strength: Union[float, str], generator: Any) -> Union[float, str]:
    """The strength of a generator's labels (NetworkWeights or chainer.Link): a number above 0 or
    :data:`AUTO`, which becomes 1 where a label is no map, and so does not get weaker. A
    FoodganError where it is neither, or the label has no strength.
    """
    if strength != AUTO and not (isinstance(strength, numbers.Real)
                                 and 0 < strength < math.inf):
        raise FoodganError(f'label strength {strength}: neither a number above 0 nor auto')
    if strength == 1 or _is_map(generator):
        return strength
    if strength == AUTO:
        return 1
    raise FoodganError(f'label strength {strength}: the label of this generator does not join the '
                       'picture as a map; leave it out')


def factor(strength: Union[float, str], side: int, image_size: Optional[int]) -> float:
    """The number that label vectors are multiplied by, for pictures whose shorter side has so many
    pixels; ``image_size`` is the side of those that the generator was trained on, or None, where
    :data:`AUTO` is 1.
    """
    if strength != AUTO:
        return strength
    return side / image_size if image_size else 1


def _is_map(generator):
    """Whether a generator's label becomes channels of constants, at its input or further on."""
    if not isinstance(generator, NetworkWeights):
        generator = NetworkWeights.of(generator)
    return generator.network is None or generator.network.label_is_map


def default(c_dim: int) -> list[str]:
    """The categories of weights that do not name theirs."""
    return list(NAMES) if c_dim == len(NAMES) else [str(index) for index in range(c_dim)]


def find(name: str, categories: list[str]) -> str:
    """The category that is meant by a name, as people write it, see
    :func:`chainer_foodgan.categories.meant`. A FoodganError names the weights that ship and know
    it, or what was likely meant.
    """
    found = name if name in categories else meant(name, categories)
    if found is not None:
        return found
    others = [record.name for record in registry.records()
              if record.network in GENERATORS and meant(name, record.categories)]
    if others:
        raise FoodganError(f'{name}: these weights do not know the dish, but there are others '
                           'that do: name the weights {}'.format(' or '.join(others)))
    raise FoodganError(f'{name}: the weights know no such dish; ' + nearest(
        nearly(name, categories) or name, categories))
