"""A family of students: who teaches, what each costs, and how near each comes."""

import json

import numpy
import pytest
from PIL import Image

import family
from benchmarking import contenders, timing
from chainer_foodgan import Translator
from chainer_foodgan.datasets.pairs import read_teacher_pairs
from chainer_foodgan.links import ConditionalGenerator


def test_a_family(script, tmp_path):
    """Its differences are those of the pictures that the newest weights make of unseen bowls."""
    out = script('family', '--config', 'tiny', '--out', tmp_path)
    record = json.loads((tmp_path / 'results' / 'family.json').read_text('utf-8'))
    photos, categories = read_teacher_pairs(tmp_path / 'unseen')
    assert set(record['rows']) == {'plain 2', 'separable 2'} and len(photos) == 2

    def pixels(picture):
        return numpy.asarray(picture, float)

    def difference(translate):
        return numpy.mean([abs(pixels(translate(Image.open(photo.file))[target]) - pixels(
            Image.open(photo.results[target]))).mean()
            for photo in photos for target in categories if target != photo.source])

    for name, row in record['rows'].items():
        translator = Translator(tmp_path / name.replace(' ', '_'), size=32, backend='chainer')
        found = difference(translator.all)
        assert row['difference'] == pytest.approx(found, abs=0.5)  # which rounds to eight bits
        assert row['parameters'] == ConditionalGenerator(
            2, len(categories), 6, row['form'] == 'separable').count_params()
        assert name in out and row['seconds'] > 0
    untouched = difference(lambda photo: dict.fromkeys(categories, photo))
    assert record['controls']['untouched']['difference'] == pytest.approx(untouched, rel=1e-4)
    teacher = Translator('bowls_64', size=32)
    expected = teacher.all(Image.open(photos[0].file))
    for target in teacher.categories:
        found = pixels(Image.open(photos[0].results[target]))
        assert abs(found - pixels(expected[target])).max() <= 1
    with Image.open(tmp_path / 'results' / 'family.png') as plot:
        assert plot.width > plot.height


def test_the_faster_engine_counts(monkeypatch):
    medians = {('a', 'onnxruntime'): 0.2, ('a', 'openvino'): 0.1, ('b', 'onnxruntime'): 0.3,
               ('b', 'openvino'): 0.4, (timing.BASELINE, None): 0.8}
    monkeypatch.setattr(contenders, 'has_backend', lambda name: True)
    monkeypatch.setattr(contenders, 'installed', lambda name: True)
    monkeypatch.setattr(contenders, 'of_engine', lambda *_: abs)
    monkeypatch.setattr(contenders, 'original_in_torch', lambda: abs)
    monkeypatch.setattr(timing, 'alternate', lambda made, *_, **__: {
        key: {'median': medians[key]} for key in made})
    seconds, original = family.times({'a': 'A', 'b': 'B'}, 64, 3)
    assert (seconds, original) == ({'a': 0.1, 'b': 0.3}, 0.8)
    figures = dict.fromkeys(('difference', 'accuracy', 'texture'), 0.25)
    rows = {name: {**figures, 'parameters': 1000, 'seconds': seconds[name], 'form': None}
            for name in seconds}
    found = family.table(rows, {'untouched': figures}, original, 64)
    assert [row[3] for row in found] == ['times faster', '8.0', '2.7', '']
    assert found[1][4:] == found[3][4:] == ['0.2', '25', '0.250']
    without = family.table(rows, {'untouched': figures}, None, 64)
    assert {len(row) for row in found} == {7} and {len(row) for row in without} == {6}


def test_published_pictures_need_a_folder(script, tmp_path):
    said = script('family', '--config', 'published', '--out', tmp_path, status=1)
    assert said == 'family: --config published: name --pairs or --teacher'
