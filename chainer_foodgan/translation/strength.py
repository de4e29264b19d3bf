"""How strongly a label is put: the number that its vector is multiplied by.

Label maps are constant, and instance normalisation subtracts a constant: what is left of a label
comes from the zeros beyond the border, whose share falls as the picture grows. A larger number
makes up for it.
"""

from __future__ import annotations

import math
import numbers
from typing import Any, Optional, Union

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import NetworkWeights

__all__ = ['AUTO', 'check', 'factor']

#: As much more as the picture is larger than those of the training.
AUTO = 'auto'


def check(strength: Union[float, str], generator: Any) -> Union[float, str]:
    """Says how strongly the labels of a generator are put.

    Args:
        strength (float or str): A number above 0, or :data:`AUTO`.
        generator (NetworkWeights or chainer.Link): Whose.

    Returns:
        float or str: The same; 1 in place of :data:`AUTO` where a label is no map, and so does not
        get weaker.

    Raises:
        FoodganError: The strength is none, or the generator's label has none.
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
    """The number that label vectors are multiplied by.

    Args:
        strength (float or str): What :func:`check` returned.
        side (int): The shorter side of what is translated, in pixels.
        image_size (int): The side of the photos that the generator was trained on; None where it
            is not known: then :data:`AUTO` is 1.

    Returns:
        float: Above 0.
    """
    if strength != AUTO:
        return strength
    return side / image_size if image_size else 1


def _is_map(generator):
    """Whether a generator's label becomes channels of constants, at its input or further on."""
    if not isinstance(generator, NetworkWeights):
        generator = NetworkWeights.of(generator)
    return generator.network is None or generator.network.label_is_map
