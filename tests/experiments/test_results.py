"""What an experiment leaves says how long all of it took."""

import argparse
import json

import pytest


def test_what_was_spent_before_counts(tmp_path, capsys):
    from lib import results
    folder = results.Results(tmp_path, argparse.Namespace(seed=3), spent=150.)
    folder.figures('a', {}, [[['figure', 'value'], ['x', '1']]])
    assert json.loads((tmp_path / 'results' / 'a.json').read_text())['seconds'] == pytest.approx(
        150, abs=3)
    text = (tmp_path / 'results' / 'a.md').read_text()
    assert 'seed 3, ' in text and '2.5 minutes in all' in text
    assert '2.5 minutes in all' in capsys.readouterr().out
