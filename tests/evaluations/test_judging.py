"""What is found of translations, in a world of known answers (see conftest.py)."""

import numpy
import pytest

from chainer_foodgan import images
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import measures
from chainer_foodgan.evaluations.judging import judge, judge_pictures, translated

import chainer  # after the package, which makes it run


@pytest.mark.parametrize('batch_size', [1, 2, 5])
@pytest.mark.parametrize('size', [4, 8])
def test_every_picture_into_every_other_category(world, batch_size, size):
    labels = [0, 1, 1, 2, 0]
    findings = judge(world.Painter(), world.pictures(labels, size=size),
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
    findings = judge(world.Painter(fails=2), world.pictures([0, 1, 1, 2], levels),
                     classifier=world.Meter())
    assert findings.untouched.called.tolist() == [0, 1, 2, 2]
    into_c = findings.target == 2
    assert findings.photo[into_c].tolist() == [0, 1, 2]
    assert findings.translations.called[into_c].tolist() == [0, 1, 2]


def test_only_some_targets(world):
    findings = judge(world.Painter(), world.pictures([0, 1, 2]), targets=['b'])
    assert findings.photo.tolist() == [0, 2] and findings.target.tolist() == [1, 1]
    assert findings.translations.called is None


def test_progress_counts_pictures(world):
    done = []
    judge(world.Painter(), world.pictures([0, 1, 2]), batch_size=2, progress=done.append)
    assert done == [2, 3]


@pytest.mark.parametrize('found, words', [
    (('a', 'b'), 'lacks c'), (('a', 'b', 'c', 'd'), 'has d besides'),
    (('a', 'b', 'x'), 'lacks c and has x besides')])
def test_other_categories(world, found, words):
    with pytest.raises(FoodganError, match='the classifier {}; the categories are a, b, c'.format(
            words)):
        judge(world.Painter(), world.pictures([0]), classifier=world.Meter(found))


def test_features_are_kept_in_the_order_of_the_translations(world):
    findings = judge(world.Painter(), world.pictures([0, 1, 1, 2]), extractors=[world.Mean()],
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
    findings = judge(world.Painter(), dataset, truth=bowls, metrics=('content', 'psnr'))
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
    findings = judge(world.Painter(), world.pictures([0, 2], [-0.4, None]), metrics=['cycle'])
    error = numpy.where(findings.photo == 0, 0.1 * 127.5, 0)
    assert findings.values['cycle'] == pytest.approx(error, rel=1e-5)


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
    findings = judge(Oracle(), bowls, truth=bowls, batch_size=3, metrics=('content', 'psnr'))
    assert len(findings.photo) == 14
    assert (findings.values['change_outside'] == 0).all()
    assert (findings.values['psnr_translation'] == numpy.inf).all()
    place, = numpy.flatnonzero((findings.photo == 4) & (findings.target == 0))
    x, answer = bowls[4][0], images.to_array(bowls.render(4, 'rice'))
    assert findings.values['psnr_input'][place] == measures.psnr(x, answer, bowls.mask(4))


def test_pictures_that_are_translations_already(world):
    done = []
    made = world.pictures([0, 2, 2], [None, None, world.levels[1]])  # the last looks like `b`
    findings = judge_pictures(made, world.pictures([1, 0]), classifier=world.Meter(),
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

    judge(Watched(), world.pictures([1]), targets=['c'], metrics=['cycle'], label_strength=2.5)
    assert labels == [[[0, 0, 2.5]], [[0, 2.5, 0]]]


def test_translated_takes_one_category_or_one_each(world):
    x = world.pictures([0, 1, 2])
    x = numpy.stack([one for one, _ in x])
    for target, expected in ((1, [0, 0, 0]), (numpy.array([2, 0, 1]), [0.5, -0.5, 0])):
        assert translated(world.Painter(), x, target, 3)[:, 0, 0, 0].tolist() == expected
