"""What is found of translations, in a world of known answers (see conftest.py)."""

import numpy
import pytest

from chainer_foodgan import images
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import metrics
from chainer_foodgan.evaluations.controls import MEANING, Palette, palettes, to_lab
from chainer_foodgan.evaluations.findings import (
    evaluate_generator as evaluate,
    evaluate_pictures,
    translated,
)
from chainer_foodgan.evaluations.texture import histograms

import chainer


@pytest.mark.parametrize('batch_size', [1, 2, 5])
@pytest.mark.parametrize('size', [4, 8])
def test_every_picture_into_every_other_category(world, batch_size, size):
    labels = [0, 1, 1, 2, 0]
    findings = evaluate(world.Painter(), world.pictures(labels, size=size),
                        classifier=world.Meter(), batch_size=batch_size)
    pairs = list(zip(findings.photo.tolist(), findings.target.tolist()))
    assert sorted(pairs) == [(photo, target) for photo, label in enumerate(labels)
                             for target in range(3) if target != label]
    assert (findings.translations.called == findings.target).all()
    assert findings.untouched.called.tolist() == labels == findings.labels.tolist()
    assert findings.values == {}


def test_a_target_that_fails_and_an_input_that_misleads(world):
    # The third picture is a `b` that looks like `c`.
    levels = [None, None, world.levels[2], None]
    findings = evaluate(world.Painter(fails=2), world.pictures([0, 1, 1, 2], levels),
                        classifier=world.Meter())
    assert findings.untouched.called.tolist() == [0, 1, 2, 2]
    into_c = findings.target == 2
    assert findings.photo[into_c].tolist() == [0, 1, 2]
    assert findings.translations.called[into_c].tolist() == [0, 1, 2]


def test_only_some_targets(world):
    findings = evaluate(world.Painter(), world.pictures([0, 1, 2]), targets=['b'])
    assert findings.photo.tolist() == [0, 2] and findings.target.tolist() == [1, 1]
    assert findings.translations.called is None


def test_progress_counts_pictures(world):
    done = []
    evaluate(world.Painter(), world.pictures([0, 1, 2]), batch_size=2, progress=done.append)
    assert done == [2, 3]


@pytest.mark.parametrize('found, words', [
    (('a', 'b'), 'lacks c'), (('a', 'b', 'c', 'd'), 'has d besides'),
    (('a', 'b', 'x'), 'lacks c and has x besides')])
def test_other_categories(world, found, words):
    with pytest.raises(FoodganError, match=f'the classifier {words}; the categories are a, b, c'):
        evaluate(world.Painter(), world.pictures([0]), classifier=world.Meter(found))


def test_features_are_kept_in_the_order_of_the_translations(world):
    findings = evaluate(world.Painter(), world.pictures([0, 1, 1, 2]), extractors=[world.Mean()],
                        batch_size=2)
    features, p = findings.translations.features['mean']
    assert features == pytest.approx(numpy.stack(3 * [world.levels[findings.target]], axis=1))
    assert p == pytest.approx(1 / 3)
    features, _ = findings.untouched.features['mean']
    assert features == pytest.approx(numpy.stack(3 * [world.levels[[0, 1, 1, 2]]], axis=1))


def test_the_truth_by_hand(world):
    bowls = world.Bowls()
    x = [images.to_array(bowls.render(n, world.names[n])) for n in range(2)]
    dataset = chainer.datasets.TupleDataset(x, numpy.array([0, 1], numpy.int32))
    dataset.categories, dataset.labels = world.names, numpy.array([0, 1])
    findings = evaluate(world.Painter(), dataset, truth=bowls, metrics=('content', 'psnr'))
    into_c = findings.target == 2
    # The painter paints the table too, which was black.
    assert findings.values['change_outside'][into_c] == pytest.approx(1.5 * 127.5)
    # The input is off by 127 and by 63 of 255, the translation by a rounding.
    eight_bit = numpy.rint((world.levels + 1) * 127.5)  # 64, 128, 191
    before = [10 * numpy.log10(255 ** 2 / (eight_bit[2] - eight_bit[n]) ** 2) for n in range(2)]
    after = 10 * numpy.log10(255 ** 2 / (191 - 1.5 * 127.5) ** 2)
    assert findings.values['psnr_input'][into_c] == pytest.approx(before)
    assert findings.values['psnr_translation'][into_c] == pytest.approx(after, rel=1e-4)  # float32
    assert findings.values['psnr_gain'][into_c] == pytest.approx(
        after - numpy.array(before), rel=1e-4)


def test_there_and_back(world):
    """Painter forgets what it painted over: back at the category's brightness, not the photo's."""
    findings = evaluate(world.Painter(), world.pictures([0, 2], [-0.4, None]), metrics=['cycle'])
    error = numpy.where(findings.photo == 0, 0.1 * 127.5, 0)
    assert findings.values['cycle'] == pytest.approx(error, rel=1e-5)


def test_controls_are_judged_as_translations_are(world):
    """A painter that does nothing; the world's dishes differ in lightness alone."""
    labels = [0, 1, 2, 0]
    pictures = world.pictures(labels)
    findings = evaluate(lambda x, c: chainer.Variable(x), pictures, classifier=world.Meter(),
                        palettes=palettes(pictures), metrics=['content', 'cycle'], batch_size=3)
    assert list(findings.controls) == list(MEANING)
    assert findings.controls['untouched'].values.keys() == {'edges'}  # none has a way back
    for name, made in findings.controls.items():
        assert made.photo.tolist() == findings.photo.tolist()
        assert made.target.tolist() == findings.target.tolist()
        right = made.translations.called == made.target
        of_target = name in ('colour transfer', 'mean colour', 'mean picture')
        assert right.all() if of_target else not right.any()
        assert made.untouched is findings.untouched
    assert findings.translations.called.tolist() == numpy.array(labels)[findings.photo].tolist()


def test_lightness_alone_is_what_such_a_translation_changes(world):
    pictures = world.pictures([0, 1, 2])
    found = evaluate(world.Painter(), pictures, classifier=world.Meter(),
                     palettes=palettes(pictures)).controls
    assert (found['lightness alone'].translations.called == found['untouched'].target).all()
    assert (found['colours alone'].translations.called
            == found['untouched'].translations.called).all()


def test_a_category_without_colours_has_fewer_controls(world):
    colours = dict.fromkeys(world.names)
    colours['b'] = Palette(to_lab(numpy.zeros(3)), numpy.zeros(3))
    found = evaluate(world.Painter(), world.pictures([0, 1, 2]), palettes=colours).controls
    assert found['mean colour'].target.tolist() == [1, 1]
    assert len(found['untouched'].target) == 6


def test_controls_are_measured_by_the_truth_inside_the_food(world):
    bowls = world.Bowls()
    x = [images.to_array(bowls.render(n, world.names[n])) for n in range(2)]
    dataset = chainer.datasets.TupleDataset(x, numpy.array([0, 1], numpy.int32))
    dataset.categories, dataset.labels = world.names, numpy.array([0, 1])
    found = evaluate(world.Painter(), dataset, truth=bowls, metrics=['content', 'difference'],
                     palettes=palettes(dataset, bowls))
    untouched = found.controls['untouched'].values['difference']
    # The food is of the levels 64, 128 and 191.
    off = [abs((64, 128)[photo] - (64, 128, 191)[target])
           for photo, target in zip(found.photo, found.target)]
    assert untouched == pytest.approx(off, abs=1e-3)
    assert found.controls['mean colour'].values['difference'] == pytest.approx(0, abs=0.1)
    assert (found.controls['mean colour'].values['change_outside'] == 0).all()
    assert found.values['difference'] == pytest.approx(0, abs=0.51)  # a rounding


def test_textures_beside_the_photos_of_the_target_or_the_truth(world):
    pictures = world.pictures([0, 1, 1])
    found = evaluate(world.Painter(), pictures, textures=True).textures
    assert found.label.tolist() == [0, 1, 1]
    assert found.made.shape == (6, 2, 256) and found.real.shape == (3, 2, 256)
    assert evaluate(world.Painter(), pictures).textures is None
    bowls = RenderedBowls(4, 16, 5, ('rice', 'soba'))
    found = evaluate(lambda x, c: chainer.Variable(x), bowls, textures=True, truth=bowls)
    rows = list(zip(found.photo, found.target))
    assert found.textures.label.tolist() == found.target.tolist()
    for histogram, (photo, target) in zip(found.textures.real, rows):
        answer = images.to_array(bowls.render(int(photo), int(target)))
        assert (histogram == histograms(answer, bowls.mask(int(photo)))).all()
    for histogram, (photo, _) in zip(found.textures.made, rows):
        assert (histogram == histograms(bowls[photo][0], bowls.mask(int(photo)))).all()


def test_textures_of_pictures_that_are_translations_already(world):
    made, real = world.pictures([0, 2, 2]), world.pictures([1, 0])
    found = evaluate_pictures(made, real, textures=True).textures
    assert found.made.shape == (3, 2, 256) and found.real.shape == (2, 2, 256)
    assert found.label.tolist() == [1, 0]


def test_bowls_and_their_truth_belong_together():
    class Oracle:
        """Draws the true picture of the bowl that it is shown."""

        def __call__(self, x, c):
            y = [images.to_array(bowls.render(self.place(one), int(target)))
                 for one, target in zip(x, c.argmax(axis=1))]
            return chainer.Variable(numpy.stack(y))

        def place(self, x):
            return next(i for i in range(len(bowls)) if (bowls[i][0] == x).all())

    bowls = RenderedBowls(7, 16, 5, ('rice', 'curry', 'soba'))
    findings = evaluate(Oracle(), bowls, truth=bowls, batch_size=3, metrics=('content', 'psnr'))
    assert len(findings.photo) == 14
    assert (findings.values['change_outside'] == 0).all()
    assert (findings.values['psnr_translation'] == numpy.inf).all()
    place, = numpy.flatnonzero((findings.photo == 4) & (findings.target == 0))
    x, answer = bowls[4][0], images.to_array(bowls.render(4, 'rice'))
    assert findings.values['psnr_input'][place] == metrics.psnr(x, answer, bowls.mask(4))


def test_pictures_that_are_translations_already(world):
    done = []
    made = world.pictures([0, 2, 2], [None, None, world.levels[1]])  # the last looks like `b`
    findings = evaluate_pictures(made, world.pictures([1, 0]), classifier=world.Meter(),
                                 extractors=[world.Mean()], batch_size=2, progress=done.append)
    assert findings.translations.called.tolist() == [0, 2, 1]
    assert findings.target.tolist() == [0, 2, 2] and findings.photo is None
    assert findings.untouched.called.tolist() == [1, 0]
    assert findings.translations.features['mean'][0].shape == (3, 3)
    assert done == [2, 4, 5]


def test_labels_are_multiplied_there_and_back(world):
    labels = []

    class Watched(world.Painter):
        def __call__(self, x, c):
            labels.append(c.tolist())
            return super().__call__(x, c / 2.5)

    evaluate(Watched(), world.pictures([1]), targets=['c'], metrics=['cycle'], label_strength=2.5)
    assert labels == [[[0, 0, 2.5]], [[0, 2.5, 0]]]


def test_translated_takes_one_category_or_one_each(world):
    x = world.pictures([0, 1, 2])
    x = numpy.stack([one for one, _ in x])
    for target, expected in ((1, [0, 0, 0]), (numpy.array([2, 0, 1]), [0.5, -0.5, 0])):
        assert translated(world.Painter(), x, target, 3)[:, 0, 0, 0].tolist() == expected
