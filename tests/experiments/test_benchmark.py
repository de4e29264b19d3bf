"""The script, on networks of four channels."""

import json
import math
import pathlib
import subprocess
import sys

import pytest
from benchmarking.timing import BASELINE
from benchmarking.parts import PARTS
from PIL import Image

SCRIPT = pathlib.Path(__file__).parents[2] / 'experiments' / 'benchmark.py'


def run(*arguments):
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, arguments)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


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
    for part, found in rows.items():
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
