"""Figures of findings that are made by hand."""

import types

import numpy
import pytest

from chainer_foodgan.evaluations import distances
from chainer_foodgan.evaluations.figures import confusion, groups, summary, top
from chainer_foodgan.evaluations.findings import Findings
from chainer_foodgan.evaluations.texture import Textures

NAMES = ('a', 'b', 'c')
RNG = numpy.random.default_rng(0)


def looks(called=None, **features):
    return types.SimpleNamespace(
        called=None if called is None else numpy.array(called), features=features)


def findings(labels, seen, photo, target, called, **values):
    return Findings(looks(seen), numpy.array(labels), looks(called),
                    None if photo is None else numpy.array(photo), numpy.array(target),
                    {key: numpy.array(array, float) for key, array in values.items()})


@pytest.fixture
def found():
    """Four pictures; the third is a `b` that looks like `c`, and nothing becomes `c`."""
    return findings([0, 1, 1, 2], [0, 1, 2, 2], [1, 2, 3, 0, 3, 0, 1, 2],
                    [0, 0, 0, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 0, 1, 2],
                    cycle=[1, 2, 3, 4, 5, 6, numpy.nan, 7])


def test_shares(found):
    figures = summary(found, NAMES)
    a, b, c = (figures['targets'][name] for name in NAMES)
    assert (a['accuracy'], b['accuracy'], c['accuracy']) == (1, 1, 1 / 3)
    assert (a['untouched'], b['untouched'], c['untouched']) == (0, 0, 1 / 3)
    assert (a['inputs'], b['inputs'], c['inputs']) == (1, 1 / 2, 1)
    assert [figures['targets'][name]['translations'] for name in NAMES] == [3, 2, 3]
    assert [figures['targets'][name]['references'] for name in NAMES] == [1, 2, 1]
    assert figures['pictures'] == 4
    everything = figures['all']
    assert (everything['accuracy'], everything['untouched'], everything['inputs']) == (
        6 / 8, 1 / 8, 3 / 4)
    low, high = everything['intervals']['accuracy']
    assert 1 / 2 <= low < 6 / 8 < high <= 1
    assert a['intervals']['accuracy'] == [1, 1]
    assert figures['confusion'] == [[3, 0, 0], [0, 2, 0], [1, 1, 1]]


def test_means_leave_out_what_could_not_be_measured(found):
    figures = summary(found, NAMES)
    assert figures['targets']['c']['cycle'] == 6.5
    assert figures['all']['cycle'] == 4
    low, high = figures['all']['intervals']['cycle']
    assert 1 < low < 4 < high < 7


def test_what_is_not_finite_is_none():
    figures = summary(findings([0, 1], [0, 1], [0, 1], [1, 0], [1, 0],
                               psnr=[numpy.inf, 3], edges=[numpy.nan, numpy.nan]), NAMES)
    assert figures['all']['psnr'] is None and figures['targets']['a']['psnr'] == 3
    assert figures['all']['edges'] is None and figures['all']['intervals']['edges'] is None
    assert figures['targets']['c']['accuracy'] is None and figures['targets']['c']['inputs'] is None


def test_translations_of_unknown_photos_count_by_themselves():
    hits = numpy.arange(100) % 4 > 0
    made = findings([0, 1], [0, 1], None, numpy.zeros(100, int), numpy.where(hits, 0, 1))
    figures = summary(made, NAMES)['all']
    assert figures['accuracy'] == 0.75 and 'untouched' not in figures
    low, high = figures['intervals']['accuracy']
    spread = 1.96 * numpy.sqrt(0.75 * 0.25 / 100)
    assert (low, high) == pytest.approx((0.75 - spread, 0.75 + spread), abs=0.02)


def test_distances_of_each_category_and_of_all():
    labels, target = numpy.repeat([0, 1], 20), numpy.repeat([0, 1, 2], 12)
    real, made = RNG.normal(size=(40, 3)), RNG.normal(size=(36, 3))
    p = RNG.dirichlet(numpy.ones(3), 36)
    found = Findings(looks(x=(real, None)), labels, looks(x=(made, p)), None, target, {})
    figures = summary(found, NAMES, ('fid', 'kid', 'is'))
    b = figures['targets']['b']
    assert b['fid_x'] == distances.fid(real[20:], made[12:24])
    assert (b['kid_x'], b['kid_x_std']) == distances.kid(real[20:], made[12:24])
    assert (b['is_x'], b['is_x_std']) == distances.inception_score(p[12:24])
    assert figures['all']['fid_x'] == distances.fid(real, made)
    assert 'accuracy' not in b and 'confusion' not in figures
    assert [figures['targets'][name]['references'] for name in NAMES] == [20, 20, 0]
    c = figures['targets']['c']  # no untouched pictures
    assert (c['fid_x'], c['kid_x'], c['kid_x_std']) == (None, None, None) and c['is_x'] > 1


def test_all_compares_with_pictures_of_the_targets_alone():
    real, made = RNG.normal(size=(40, 3)), RNG.normal(size=(12, 3))
    found = Findings(looks(x=(real, None)), numpy.repeat([0, 1], 20),
                     looks(x=(made, made)), None, numpy.ones(12, int), {})
    figures = summary(found, NAMES, ['fid'])
    assert figures['all']['fid_x'] == figures['targets']['b']['fid_x'] == distances.fid(
        real[20:], made)
    assert figures['all']['references'] == 20 and figures['targets']['a']['references'] == 0


def test_controls_are_further_rows(found):
    untouched = findings([0, 1, 1, 2], [0, 1, 2, 2], [1, 2], [0, 0], [1, 0], cycle=[3, 5])
    figures = summary(found._replace(controls={'untouched': untouched}), NAMES)
    control = figures['controls']['untouched']
    assert (control['all']['accuracy'], control['all']['cycle']) == (1 / 2, 4)
    assert control['targets']['a']['accuracy'] == 1 / 2
    assert control['targets']['b']['accuracy'] is None
    assert figures['all']['accuracy'] == 6 / 8
    assert [name for name, _ in groups(figures)] == [
        'a', 'b', 'c', 'all: translation', 'all: untouched']
    assert groups(figures)[-1][1] is control['all']
    assert [name for name, _ in groups(summary(found, NAMES))] == ['a', 'b', 'c', 'all']


def test_textures_of_each_target_and_of_all(found):
    shares = numpy.zeros((2, 2, 256))
    shares[0, :, 0] = shares[1, :, 1] = 1
    # What became `a` is as it should be, what became `b` is not, and there is no real `c`.
    textures = Textures(shares[[0] * 8], shares[[0, 1]], numpy.array([0, 1]))
    figures = summary(found._replace(textures=textures), NAMES)
    assert [figures['targets'][name]['texture'] for name in NAMES] == [0, 2, None]
    assert figures['all']['texture'] == 1 and figures['all']['texture_floor'] is None
    assert 'texture' not in summary(found, NAMES)['all']


def test_confusion():
    counts = confusion(numpy.array([0, 0, 1, 0]), numpy.array([0, 1, 1, 1]), 3)
    assert counts.tolist() == [[1, 2, 0], [0, 1, 0], [0, 0, 0]]


def test_top():
    scores = numpy.array([[3., 2., 1., 0.], [0., 1., 2., 3.], [1., 3., 2., 0.]])
    label = numpy.array([1, 3, 3])
    assert [top(scores, label, k) for k in (1, 2, 3, 4)] == [1 / 3, 2 / 3, 2 / 3, 1]
