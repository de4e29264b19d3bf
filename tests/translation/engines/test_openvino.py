"""What is OpenVINO's alone: sizes are forgotten, and a failure does not last."""

import numpy as np
import pytest

from chainer_foodgan.links import Generator
from chainer_foodgan.translation import engines
from chainer_foodgan.weights import NetworkWeights

pytest.importorskip('openvino', reason='computes with it: pip install openvino onnx')
pytest.importorskip('onnx', reason='writes programs: pip install onnx')

SIZES = {'conv_dim': 4, 'c_dim': 2, 'repeat_num': 1}
C = np.eye(2, dtype=np.float32)


@pytest.fixture
def engine():
    gen = Generator(**SIZES, rng=np.random.default_rng(0))
    return engines.make('openvino', NetworkWeights.of(gen))


@pytest.fixture
def compiled(engine):
    """A list that grows by one for each program."""
    core, models = engine._core, []

    class Counting:
        def compile_model(self, *arguments):
            models.append(arguments)
            return core.compile_model(*arguments)

    engine._core = Counting()
    return models


def photo(side):
    return np.random.default_rng(side).uniform(-1, 1, (1, 3, side, side)).astype(np.float32)


def test_one_program_serves_many_sizes_and_is_renewed_after_some(engine, compiled, monkeypatch):
    monkeypatch.setattr('chainer_foodgan.translation.engines.runtimes._SIZES', 3)
    first = [engine(photo(side), C) for side in (8, 12, 16)]
    assert len(compiled) == 1
    again = [engine(photo(side), C) for side in (16, 8, 12)]
    assert len(compiled) == 1
    for y, expected in zip(again, [first[2], first[0], first[1]]):
        np.testing.assert_array_equal(y, expected)
    for side in range(20, 60, 4):
        engine(photo(side), C)
        assert len(engine._sizes) <= 3
    assert len(compiled) == 5
    np.testing.assert_allclose(engine(photo(8), C), first[0], atol=1e-6)


def test_other_numbers_of_photos_and_labels_are_other_sizes(engine, compiled):
    for x, c in ((photo(8), C), (photo(8), C[:1]), (np.repeat(photo(8), 2, 0), C)):
        engine(x, c)
    assert len(engine._sizes) == 3 and len(compiled) == 1


def test_after_a_failure_the_program_is_made_anew(engine, compiled):
    expected = engine(photo(8), C)

    class Failing:
        def infer(self, inputs):
            raise RuntimeError('Failed to allocate 256000000 bytes of memory')

    engine._request = Failing()
    with pytest.raises(RuntimeError) as caught:
        engine(photo(8), C)
    assert engines.out_of_memory(caught.value)
    np.testing.assert_array_equal(engine(photo(8), C), expected)
    assert len(compiled) == 2
