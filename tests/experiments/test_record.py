"""benchmark.json and benchmark.md."""

import json

import pytest

from benchmarking.record import Record, markdown, number, section
from benchmarking.timing import BASELINE, row, summary
from chainer_foodgan.errors import FoodganError

CONDITIONS = {'form': 'tiny', 'threads': 2, 'versions': {'numpy': '2'}, 'sizes': (1, 2)}


def add(record, part='train', code='abc', **more):
    record.add(part, code=code, commit=None, date='2026-11-24', seconds=1., rows=[], **more)


def test_a_part_of_the_same_code_is_kept(tmp_path):
    add(Record(tmp_path, CONDITIONS))
    found = Record(tmp_path, CONDITIONS)
    assert found.has('train', 'abc')
    assert not found.has('train', 'abd') and not found.has('translate', 'abc')
    add(found, 'translate')
    assert set(Record(tmp_path, CONDITIONS).parts) == {'train', 'translate'}


def test_other_conditions_do_not_mix(tmp_path):
    add(Record(tmp_path, CONDITIONS))
    other = {**CONDITIONS, 'form': 'full', 'threads': 1}
    with pytest.raises(FoodganError, match=r'other conditions \(form, threads\)'):
        Record(tmp_path, other)
    replacing = Record(tmp_path, other, replace=True)
    assert replacing.parts == {}
    add(replacing)
    assert json.loads((tmp_path / 'benchmark.json').read_text())['conditions']['threads'] == 1


def test_replacing_keeps_what_was_measured_under_the_same_conditions(tmp_path):
    add(Record(tmp_path, CONDITIONS))
    assert Record(tmp_path, CONDITIONS, replace=True).has('train', 'abc')


@pytest.mark.parametrize('text', ['', '[]', '{"parts": {}}', '{"conditions": 1, "parts": {}}'])
def test_another_file_is_not_overwritten(tmp_path, text):
    (tmp_path / 'benchmark.json').write_text(text)
    with pytest.raises(FoodganError, match='cannot read'):
        Record(tmp_path, CONDITIONS)
    assert (tmp_path / 'benchmark.json').read_text() == text


@pytest.mark.parametrize('value, text', [
    (0.000123456, '0.000123'), (0.3841, '0.384'), (1, '1.00'), (12.345, '12.3'), (99.96, '100'),
    (100.4, '100'), (1234567.8, '1234568')])
def test_numbers(value, text):
    assert number(value) == text


def result(*rows, commit='abc'):
    return {'rows': rows, 'date': '2026-11-24', 'commit': commit, 'seconds': 61.2}


@pytest.mark.parametrize('commit, text', [
    (None, 'unknown'), (20 * '12', 5 * '12'), (20 * '12' + '+', 5 * '12' + ' with changes')])
def test_the_commit(commit, text):
    assert section('train', result(commit=commit))[2] == (
        f'Measured 2026-11-24, commit {text}, in 61 s.')


def test_a_row_a_measurement_and_a_column_a_contender():
    lines = section('train', result(
        row('64 px', 's', {'this package': summary([9., 1., 2., 3.]), BASELINE: summary([4.])},
            aim='0.90'),
        row('128 px', 's', {'this package': summary([8.]),
                            BASELINE: {'note': 'about 9 s a run'},
                            'c': {'note': 'not enough memory'}})))
    assert lines == [
        '## A training iteration', '', 'Measured 2026-11-24, commit abc, in 61 s.', '',
        '| what | unit | this package | PyTorch eager | c | repeats | at most |',
        '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
        '| 64 px | s | 2.00 (0.50) | 4.00 (1.00) | - | 3 / 1 | 0.90 |',
        '| 128 px | s | 8.00 | - | - | 1 |  |', '',
        '- 128 px: left out: PyTorch eager (about 9 s a run), c (not enough memory)', '']


def test_rows_may_have_columns_of_their_own():
    lines = section('start', result(
        row('help', 's', {'a': summary([1.])}, note='quick'),
        row('import', 's', {'b': summary([2., 2.])})))
    assert lines[4:] == [
        '| what | unit | a | b | repeats |', '| --- | --- | ---: | ---: | ---: |',
        '| help | s | 1.00 | - | 1 |', '| import | s | - | 2.00 | 2 |', '', '- help: quick', '']


def test_the_page_says_what_is_missing(tmp_path):
    record = Record(tmp_path, {'form': 'full', 'processor': 'Z80', 'threads': 7,
                               'versions': {'numpy': '2.4', 'onnxruntime': '1.32'}})
    record.add('train', **result())
    text = markdown(record)
    assert text.startswith('# Benchmark\n')
    assert '| processor | Z80 |' in text and '| versions | numpy 2.4, onnxruntime 1.32 |' in text
    assert 'each on 7 threads' in text
    assert 'PyTorch is not installed: its columns and all ratios are left out.' in text
    assert 'openvino is not installed' in text and 'onnxruntime is not' not in text
    assert '## A training iteration' in text and '## Memory' not in text
