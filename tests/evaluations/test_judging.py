"""A generator and a classifier whose answers are known: a picture of one brightness a category."""

import numpy
import pytest

from chainer_foodgan import images  # before chainer, which it makes importable
import chainer
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import judging, measures

NAMES = ('a', 'b', 'c')
# A picture of category k has this brightness; brightness 0.9 belongs to none.
LEVELS = numpy.array([-0.5, 0., 0.5], numpy.float32)


class Painter:
    """Paints the target's brightness, but leaves pictures alone that are to become ``fails``."""

    categories = NAMES

    def __init__(self, fails=None):
        self.fails = fails

    def __call__(self, x, c):
        target = c.argmax(axis=1)
        assert (c.sum(axis=1) == 1).all() and not chainer.config.train
        y = numpy.broadcast_to(LEVELS[target][:, None, None, None], x.shape).copy()
        y[target == self.fails] = x[target == self.fails]
        return chainer.Variable(y)


class Meter:
    """Names the category whose brightness is nearest; it counts categories its own way."""

    image_size = 4

    def __init__(self, categories=('c', 'a', 'b')):
        self.categories = categories

    def predict(self, x):
        assert x.shape[2:] == (4, 4)
        levels = LEVELS[[NAMES.index(name) for name in self.categories]]
        return numpy.abs(x.mean(axis=(1, 2, 3))[:, None] - levels).argmin(axis=1)


def pictures(labels, levels=None, size=4):
    x = [numpy.full((3, size, size), LEVELS[label] if level is None else level, numpy.float32)
         for label, level in zip(labels, levels or [None] * len(labels))]
    dataset = chainer.datasets.TupleDataset(x, numpy.array(labels, numpy.int32))
    dataset.categories = NAMES
    return dataset


@pytest.mark.parametrize('batch_size', [1, 2, 5])
@pytest.mark.parametrize('size', [4, 8])
def test_all_right(batch_size, size):
    judgement = judging.judge(
        Painter(), Meter(), pictures([0, 1, 1, 2, 0], size=size), batch_size=batch_size)
    assert judgement.called.tolist() == [
        [-1, 1, 2], [0, -1, 2], [0, -1, 2], [0, 1, -1], [-1, 1, 2]]
    figures = judging.summary(judgement, NAMES)
    assert figures['pictures'] == 5
    assert figures['all'] == {'translations': 10, 'accuracy': 1., 'interval': [1., 1.],
                              'untouched': 0., 'inputs': 1.}
    assert [figures['targets'][name]['translations'] for name in NAMES] == [3, 3, 4]


def test_a_target_that_fails_and_an_input_that_misleads():
    # The third picture is a `b` that looks like `c`.
    judgement = judging.judge(Painter(fails=2), Meter(), pictures(
        [0, 1, 1, 2], [None, None, LEVELS[2], None]))
    figures = judging.summary(judgement, NAMES)
    a, b, c = (figures['targets'][name] for name in NAMES)
    assert (a['accuracy'], b['accuracy'], c['accuracy']) == (1, 1, 1 / 3)
    assert (a['untouched'], b['untouched'], c['untouched']) == (0, 0, 1 / 3)
    assert (a['inputs'], b['inputs'], c['inputs']) == (1, 1 / 2, 1)
    assert figures['all']['accuracy'] == 6 / 8
    assert figures['all']['untouched'] == 1 / 8
    assert figures['all']['inputs'] == 3 / 4
    low, high = figures['all']['interval']
    assert 1 / 2 <= low < 6 / 8 < high <= 1
    assert 'psnr_gain' not in figures['all']


def test_a_category_without_pictures():
    figures = judging.summary(judging.judge(Painter(), Meter(), pictures([1, 1])), NAMES)
    assert figures['targets']['b'] == {'translations': 0, 'accuracy': None, 'interval': None,
                                       'untouched': None, 'inputs': 1.}
    assert figures['all']['translations'] == 4


def test_progress_counts_pictures():
    done = []
    judging.judge(Painter(), Meter(), pictures([0, 1, 2]), batch_size=2, progress=done.append)
    assert done == [2, 3]


@pytest.mark.parametrize('found, words', [
    (('a', 'b'), 'lacks c'), (('a', 'b', 'c', 'd'), 'has d besides'),
    (('a', 'b', 'x'), 'lacks c and .* has x besides')])
def test_other_categories(found, words):
    with pytest.raises(FoodganError, match='the classifier ' + words):
        judging.judge(Painter(), Meter(found), pictures([0]))


class Bowls:
    """Two bowls of 4 x 4 whose food is the left half."""

    categories = NAMES

    def mask(self, index):
        return numpy.arange(16).reshape(4, 4) % 4 < 2

    def render(self, index, category):
        array = numpy.full((3, 4, 4), -1, numpy.float32)
        array[:, self.mask(index)] = LEVELS[NAMES.index(category)]
        return images.to_image(array)


def test_the_truth_by_hand():
    bowls = Bowls()
    x = [images.to_array(bowls.render(n, NAMES[n])) for n in range(2)]
    dataset = chainer.datasets.TupleDataset(x, numpy.array([0, 1], numpy.int32))
    dataset.categories = NAMES
    judgement = judging.judge(Painter(), Meter(), dataset, truth=bowls)
    figures = judging.summary(judgement, NAMES)
    eight_bit = numpy.rint((LEVELS + 1) * 127.5)  # 64, 128, 191
    # The painter paints the table too, which was black.
    outside = [(LEVELS[target] + 1) * 127.5 for target in range(3)]
    assert [figures['targets'][name]['change_outside'] for name in NAMES] == pytest.approx(outside)
    # Into c: the input is off by 127 and by 63 of 255, the translation by a rounding.
    before = [10 * numpy.log10(255 ** 2 / (eight_bit[2] - eight_bit[n]) ** 2) for n in range(2)]
    after = 10 * numpy.log10(255 ** 2 / (191 - 1.5 * 127.5) ** 2)
    c = figures['targets']['c']
    assert c['psnr_input'] == pytest.approx(numpy.mean(before))
    assert c['psnr_translation'] == pytest.approx(after, rel=1e-4)  # float32
    assert c['psnr_gain'] == pytest.approx(after - numpy.mean(before), rel=1e-4)
    assert numpy.isnan(judgement.psnr_input).sum() == 2


def test_bowls_and_their_truth_belong_together():
    class Oracle:
        """Draws the true picture of the bowl that it is shown."""

        categories = ('rice', 'curry', 'soba')

        def __call__(self, x, c):
            y = [images.to_array(bowls.render(self.place(one), int(target)))
                 for one, target in zip(x, c.argmax(axis=1))]
            return chainer.Variable(numpy.stack(y))

        def place(self, x):
            return next(i for i in range(len(bowls)) if (bowls[i][0] == x).all())

    bowls = RenderedBowls(7, 16, 5, Oracle.categories)
    meter = Meter(Oracle.categories)
    meter.predict = lambda x: numpy.zeros(len(x), int)
    judgement = judging.judge(Oracle(), meter, bowls, bowls, batch_size=3)
    other = judgement.called >= 0
    assert (judgement.change[other] == 0).all()
    assert (judgement.psnr_translation[other] == numpy.inf).all()
    x, answer = bowls[4][0], images.to_array(bowls.render(4, 'rice'))
    assert judgement.psnr_input[4, 0] == measures.psnr(x, answer, bowls.mask(4))
