"""Pictures with the colours of a dish that are none."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan import ClassifierConfig, fit_classifier, images
from chainer_foodgan.categories import NONE
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.evaluations.controls import to_lab
from chainer_foodgan.evaluations.fakes import KINDS, WithFakes
from chainer_foodgan.evaluations.features import Collector
from chainer_foodgan.evaluations.figures import confusion


def array(picture):
    return numpy.asarray(picture).astype(float)


def test_fakes_of_bowls_change_the_food_alone_and_keep_its_colours():
    bowls = RenderedBowls(6, 48, 7, ['rice', 'curry'])
    both = WithFakes(bowls, 9, seed=3)
    assert both.categories == ('rice', 'curry', NONE) and len(both) == 15
    assert both.labels.tolist() == [0, 1] * 3 + 9 * [2]
    assert (array(both.image(4)) == array(bowls.image(4))).all()
    for number in range(9):
        kind, fake = KINDS[number % 3], array(both.image(6 + number))
        # The bowl it was made of is the one whose table it has.
        near = [abs(fake - array(bowls.image(n)))[~bowls.mask(n)].max() for n in range(6)]
        base = int(numpy.argmin(near))
        assert near[base] == 0
        mask, food = bowls.mask(base), fake[bowls.mask(base)]
        if kind == 'flat':
            assert (food == food[0]).all()
        own = to_lab(images.to_array(bowls.image(base)))[:, mask].mean(axis=1)
        colours = to_lab(images.to_array(Image.fromarray(fake.astype('uint8'))))[:, mask].mean(
            axis=1)
        if kind == 'transferred':  # of the other dish
            others = [to_lab(images.to_array(bowls.image(n)))[:, bowls.mask(n)].mean(axis=1)
                      for n in range(6) if bowls.labels[n] != bowls.labels[base]]
            # Not quite, where a screen cannot show them.
            assert min(abs(colours - other).max() for other in others) < 4 < abs(
                colours - own).max()
        else:
            assert colours == pytest.approx(own, abs=8)
            assert food.std(axis=0).mean() < array(bowls.image(base))[mask].std(axis=0).mean()


def test_whole_photos_where_the_food_is_not_known():
    class Photos:
        categories, labels = ('a', 'b'), numpy.array([0, 1], numpy.int32)

        def __len__(self):
            return 2

        def image(self, index):
            noise = numpy.random.default_rng(index).integers(0, 99, (20, 20, 3)) + 150 * index
            return Image.fromarray(noise.astype('uint8'))

    flat = array(WithFakes(Photos(), 1).image(2))
    assert (flat == flat[0, 0]).all()


def test_a_judge_that_knows_fakes():
    """What it calls none is right for no target, and in no column of the confusion."""
    class Judge:
        categories, image_size = ('b', NONE, 'a'), 4

        def predict(self, x):
            return numpy.array([1, 2])

    looks = Collector(('a', 'b'), Judge())
    looks.add(numpy.zeros((2, 3, 4, 4), numpy.float32))
    assert looks.called.tolist() == [-1, 0]
    assert confusion(numpy.array([1, 0]), looks.called, 2).tolist() == [[1, 0], [0, 0]]


def test_a_classifier_of_fakes(tmp_path):
    result = fit_classifier(ClassifierConfig(
        str(tmp_path / 'c.npz'), bowls=20, image_size=16, conv_dim=2, num_epochs=1, batch_size=4,
        categories=['rice', 'curry'], fakes=0.5))
    assert result.classifier.categories == ('rice', 'curry', NONE)
    assert result.trained_on == '20 pictures of rendered bowls of seed 1000 and 5 fakes'
    # A fifth as many bowls and their fakes are the test.
    assert result.confusion.sum(axis=1).tolist() == [2, 2, 1]
    again, meta = load_classifier(tmp_path / 'c.npz')
    assert again.categories == ('rice', 'curry', NONE) and meta['trained_on'] == result.trained_on
