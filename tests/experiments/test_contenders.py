"""Who is measured, and that all of them do the same work."""

import importlib.util

import numpy
import pytest
from benchmarking import bench as bench_module, contenders
from benchmarking.bench import Bench
from benchmarking.bench import FORMS
from benchmarking.parts.translate import dishes, photo

from chainer_foodgan.errors import FoodganError

NEEDS = {contenders.BASELINE: 'torch', contenders.FUSED: 'torch',
         contenders.OURS + ', onnxruntime': 'onnxruntime',
         contenders.OURS + ', openvino': 'openvino',
         contenders.OURS + ', openvino bf16': 'openvino'}


@pytest.fixture
def bench(tmp_path):
    bench = Bench(FORMS['tiny'], tmp_path, 1)
    bench.write_weights()
    return bench


def make(kind, name, *arguments):
    """The contender, or a skipped test where it does not run here."""
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason='measures {0}: pip install {0}'.format(NEEDS[name]))
    try:
        return kind(name, *arguments)
    except FoodganError as error:
        if 'bf16' not in name:
            raise
        pytest.skip(str(error))


@pytest.fixture(params=[contenders.STOCK, contenders.BASELINE, *contenders.ENGINES])
def translator(request, bench):
    return request.param, make(contenders.make_translator, request.param, bench)


def test_all_translate_alike(translator, bench):
    from chainer_foodgan import weights

    import chainer
    name, translate = translator
    x, c = photo(16), dishes(3)
    with chainer.using_config('use_torch', 'never'), chainer.no_backprop_mode():
        expected = weights.load(bench.weights)(numpy.repeat(x, 3, axis=0), c).array
    found = numpy.concatenate(translate(x, c))
    assert found.shape == expected.shape and found.dtype == numpy.float32
    assert abs(found - expected).max() < (0.1 if 'bf16' in name else 1e-4)


@pytest.fixture(params=[contenders.STOCK, contenders.OURS, contenders.BASELINE, contenders.FUSED])
def step(request, bench):
    return make(contenders.make_trainer, request.param, bench, 64, 2)


def parameters(step):
    """Copies of G's and D's parameters."""
    trainer = step.args[0]
    if hasattr(trainer, 'get_optimizer'):
        networks = [trainer.get_optimizer(name).target for name in ('gen', 'dis')]
    else:
        networks = [trainer.gen, trainer.dis]
    return [[param.array.copy() for param in network.params()] if hasattr(network, 'params')
            else [param.detach().numpy().copy() for param in network.parameters()]
            for network in networks]


def moved(before, after):
    return [(a != b).any() for a, b in zip(before, after)]


def test_all_train_d_always_and_g_when_told(step):
    found = [parameters(step)]
    for with_gen in (False, True, False):
        step(with_gen)
        found.append(parameters(step))
    gens, diss = zip(*found)
    assert [all(moved(a, b)) for a, b in zip(gens, gens[1:])] == [False, True, False]
    assert [any(moved(a, b)) for a, b in zip(gens, gens[1:])] == [False, True, False]
    assert all(all(moved(a, b)) for a, b in zip(diss, diss[1:]))


@pytest.mark.parametrize('missing', ['torch', 'onnxruntime', 'openvino'])
def test_what_is_not_installed_is_left_out(monkeypatch, bench, missing):
    find_spec = importlib.util.find_spec
    everything = {name: object() for name in NEEDS.values()}
    monkeypatch.setattr(
        bench_module.importlib.util, 'find_spec',
        lambda name: None if name == missing else everything.get(name) or find_spec(name))
    names = set(contenders.translators(bench)) | set(contenders.trainers(bench))
    assert {name for name, needed in NEEDS.items() if needed == missing}.isdisjoint(names)
    assert {name for name, needed in NEEDS.items() if needed != missing} < names
    assert {contenders.STOCK, contenders.OURS, contenders.OURS + ', chainer'} < names


def test_a_gpu_that_is_not_there(tmp_path):
    with pytest.raises(FoodganError, match='--device 99'):
        Bench(FORMS['tiny'], tmp_path, 1, device=99)
