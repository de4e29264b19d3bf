"""What is measured again, and what is not."""

import json

import pytest
from benchmarking.record import Record

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
