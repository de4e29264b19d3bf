"""Which of the categories of some weights a person means."""

from __future__ import annotations

from chainer_foodgan.categories import NAMES, meant, nearly
from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.weights import GENERATORS, registry

__all__ = ['default', 'find']


def default(c_dim: int) -> list[str]:
    """The categories of weights that do not name theirs."""
    return list(NAMES) if c_dim == len(NAMES) else [str(index) for index in range(c_dim)]


def find(name: str, categories: list[str]) -> str:
    """The category that is meant by a name.

    Args:
        name: As people write it, see :func:`chainer_foodgan.categories.meant`.
        categories: Those of the weights.

    Raises:
        FoodganError: None of them; the message names the weights that ship and know it, or what
            was likely meant.
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
