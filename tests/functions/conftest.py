"""How arrays may lie in memory."""

import numpy
import pytest


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


_VIEWS = {
    'plain': lambda array: array,
    'fortran': numpy.asfortranarray,
    'backwards': lambda array: array[..., ::-1],
    'gaps': lambda array: numpy.repeat(array, 2, axis=-1)[..., ::2],
    'repeated': lambda array: numpy.broadcast_to(array[:1], array.shape),
    'read-only': _read_only}


@pytest.fixture(params=_VIEWS.values(), ids=_VIEWS)
def view(request):
    """Makes an array of another memory layout, or read-only, of an array."""
    return request.param
