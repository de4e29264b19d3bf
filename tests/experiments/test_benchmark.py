"""The benchmark as a whole, its contenders and their training."""

import importlib.util
import json
import math
import pathlib
import subprocess
import sys
import time
import types

import numpy
import pytest
from PIL import Image

from benchmarking import bench as bench_module, contenders, machine
from benchmarking.bench import FORMS, Bench
from benchmarking.parts import PARTS, train
from benchmarking.parts.translate import dishes, photo
from benchmarking.timing import BASELINE
from chainer_foodgan.errors import FoodganError

SCRIPT = pathlib.Path(__file__).parents[2] / 'experiments' / 'benchmark.py'


def run(*arguments):
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)],
                          capture_output=True, text=True)


@pytest.fixture(scope='module')
def out(tmp_path_factory):
    """The results of one run of all parts."""
    folder = tmp_path_factory.mktemp('benchmark') / 'out'
    done = run('--tiny', '--threads', 1, '--out', folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == '{}\n'.format(folder / 'benchmark.md')
    assert done.stderr.splitlines() == [part + ' ...' for part in PARTS]
    return folder


@pytest.fixture(scope='module')
def rows(out):
    """Part to its rows."""
    parts = json.loads((out / 'benchmark.json').read_text('utf-8'))['parts']
    return {part: result['rows'] for part, result in parts.items()}


def test_every_part_has_measured(rows):
    assert tuple(rows) == PARTS
    for found in rows.values():
        assert found
        for row in found:
            results = row['results']
            medians = {name: each['median'] for name, each in results.items() if 'median' in each}
            assert medians, row
            for name, median in medians.items():
                assert math.isfinite(median)
                # Without PyTorch this package is stock Chainer's arithmetic: no difference.
                compared = 'slope' not in row['what'] and 'difference' not in row['what']
                assert median > 0 or not compared
                assert results[name]['repeats'] >= 1
                assert ('ratio' in results[name]) == (BASELINE in medians and compared)
                if 'ratio' in results[name]:
                    assert results[name]['ratio'] == median / medians[BASELINE]


def test_contenders(rows):
    def names(part):
        return [set(row['results']) for row in rows[part]]

    stock, ours = 'stock Chainer', 'this package'
    *translations, differences = names('translate')
    assert all({stock, ours + ', chainer'} <= found for found in translations)
    assert ours + ', chainer' in differences and stock not in differences
    assert all({stock, ours} <= found for found in names('train'))
    translating, _, training, _ = names('memory')
    assert {stock, ours + ', chainer'} <= translating and {stock, ours} <= training
    assert {'--backend auto', '--backend chainer'} <= names('start')[0]
    assert all(found == {'1 thread', '2 threads', '1 process', '2 processes'}
               for found in names('data'))


def test_the_average_is_of_four_and_one(rows):
    for first in range(0, len(rows['train']), 3):
        dis, gen, average = ({name: each['median'] for name, each in row['results'].items()}
                             for row in rows['train'][first:first + 3])
        assert average == pytest.approx(
            {name: (4 * dis[name] + gen[name]) / 5 for name in dis})


def test_memory_grows_by_the_work(rows):
    for peak, before in zip(rows['memory'][::2], rows['memory'][1::2]):
        assert peak['what'].startswith('peak') and before['what'].startswith('before')
        for name, result in peak['results'].items():
            if 'note' in result:  # a processor without bfloat16
                assert 'bf16' in result['note'] and 'median' not in before['results'][name]
                continue
            assert 10 < before['results'][name]['median'] <= result['median']


def test_the_page_and_the_figure(out):
    text = (out / 'benchmark.md').read_text('utf-8')
    assert text.count('\n## ') == len(PARTS)
    assert '| threads | 1 |' in text
    with Image.open(out / 'scaling.png') as picture:
        picture.load()
        assert picture.width > 1.5 * picture.height


def test_what_was_measured_is_kept(out):
    before = (out / 'benchmark.json').read_bytes()
    done = run('--tiny', '--threads', 1, '--out', out, '--parts', 'train,arithmetic')
    assert done.returncode == 0
    assert done.stderr.splitlines() == ['arithmetic: measured before', 'train: measured before']
    assert (out / 'benchmark.json').read_bytes() == before


def test_again(out):
    before = (out / 'benchmark.json').read_bytes()
    done = run('--tiny', '--threads', 1, '--out', out, '--parts', 'arithmetic', '--again')
    assert done.returncode == 0
    assert done.stderr.splitlines() == ['arithmetic ...']
    after = (out / 'benchmark.json').read_bytes()
    assert after != before and set(json.loads(after)['parts']) == set(PARTS)


def test_another_form_does_not_replace_it(out):
    done = run('--short', '--threads', 1, '--out', out, '--parts', 'arithmetic')
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert 'other conditions (form)' in done.stderr


@pytest.mark.parametrize('arguments, text', [
    (('--parts', 'train,sleep'), "'train,sleep' is not made of"), (('--threads', '0'), "'0'")])
def test_wrong_usage(arguments, text):
    done = run(*arguments)
    assert done.returncode == 2 and text in done.stderr


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


SLOW, FAST = contenders.STOCK, contenders.OURS


@pytest.fixture
def made(monkeypatch):
    """Trainers that take 10 ns and 1 ns a pixel, five times as long with G; what was made."""
    clock, made = [0.], []

    def make(name, bench, size, batch):
        made.append((name, size, batch))

        def step(with_gen):
            pixel = 1e-8 if name == SLOW else 1e-9
            clock[0] += size ** 2 * batch * pixel * (5 if with_gen else 1)
        return step

    monkeypatch.setattr(time, 'perf_counter', lambda: clock[0])
    monkeypatch.setattr(contenders, 'make_trainer', make)
    monkeypatch.setattr(contenders, 'trainers', lambda bench: [SLOW, FAST])
    monkeypatch.setattr(machine, 'memory', lambda: None)
    return made


def measure(settings, limit, budget):
    """(side, batch) to the medians of D alone, with G, and of the average; or to the notes."""
    bench = types.SimpleNamespace(conv_dim=64, device=None, synchronise=None)
    rows = train.measure(bench, settings, 3, limit, budget)
    columns = [{name: each.get('median', each.get('note')) for name, each in row['results'].items()}
               for row in rows]
    return {setting: columns[3 * n:3 * n + 3] for n, setting in enumerate(settings)}


def test_medians(made):
    dis, gen, average = measure([(1000, 1)], 9, 9)[1000, 1]
    assert dis == pytest.approx({SLOW: 1e-2, FAST: 1e-3})
    assert gen == pytest.approx({SLOW: 5e-2, FAST: 5e-3})
    assert average == pytest.approx({SLOW: 1.8e-2, FAST: 1.8e-3})


def test_who_is_too_slow_is_left_out_and_need_not_be_made(made):
    found = measure([(1000, 100), (1000, 200), (1000, 900)], limit=8, budget=1000)
    assert found[1000, 100][1] == pytest.approx({SLOW: 5, FAST: 0.5})
    dis, gen, average = found[1000, 200]  # with G it would take 10 s
    assert dis == pytest.approx({SLOW: 2, FAST: 0.2})
    assert gen == {SLOW: 'about 10 s a run', FAST: pytest.approx(1)}
    assert average == {SLOW: None, FAST: pytest.approx(0.36)}
    dis, gen, _ = found[1000, 900]  # without G 9 s, with it 45 s
    assert dis == {SLOW: 'about 9 s a run', FAST: pytest.approx(0.9)}
    assert gen == {SLOW: 'about 45 s a run', FAST: pytest.approx(4.5)}
    assert made == [(SLOW, 1000, 100), (FAST, 1000, 100), (SLOW, 1000, 200), (FAST, 1000, 200),
                    (FAST, 1000, 900)]


def test_what_would_exceed_the_budget_is_left_out(made):
    # Three runs of both, with and without G, take 3 * 66 ns a pixel: 2, 20 and 4 seconds.
    found = measure([(1000, 10), (1000, 100), (1000, 20)], limit=100, budget=7)
    note = 'about 20 s for all'
    assert found[1000, 100] == 2 * [{SLOW: note, FAST: note}] + [{SLOW: None, FAST: None}]
    assert found[1000, 20][0] == pytest.approx({SLOW: 0.2, FAST: 0.02})
    assert made == [(name, 1000, batch) for batch in (10, 20) for name in (SLOW, FAST)]


@pytest.mark.parametrize('memory, fits', [(16e9, False), (32e9, True)])
def test_what_does_not_fit_into_memory_is_left_out(made, monkeypatch, memory, fits):
    monkeypatch.setattr(machine, 'memory', lambda: memory)
    dis, _, _ = measure([(256, 6)], 100, 100)[256, 6]  # about 22 GB
    assert (dis[SLOW] == 'not enough memory') is not fits
    assert bool(made) is fits
