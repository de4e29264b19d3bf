"""How near a student is to its teacher: computed by hand."""

import json

import numpy
import pytest

from chainer_foodgan.training.extensions.evaluation import TeacherDistance

import chainer


class Pairs:
    """Photo p is p / 10 all over, and the result of dish k is (p - k) / 10."""

    def __init__(self, photos, categories):
        self.photos, self.categories = range(photos), tuple(range(categories))
        self.seen = []

    def __getitem__(self, index):
        photo, label = divmod(index, len(self.categories))
        self.seen.append((photo, label))
        x = numpy.full((3, 4, 4), photo / 10, numpy.float32)
        return x, x - numpy.float32(label / 10), numpy.int32(label)


def observed(extension):
    observation = {}
    with chainer.Reporter().scope(observation):
        extension(None)
    return observation


@pytest.mark.parametrize('categories, dishes', [
    (10, [{0, 4, 8}, {1, 5, 9}, {2, 6, 0}]), (3, 3 * [{0, 1, 2}]), (2, 3 * [{0, 1}]),
    (1, 3 * [{0}])])
def test_the_mean_over_photos_of_a_few_dishes(categories, dishes):
    """The student makes x - 0.02 k: it is off by 0.08 k, of a range of 2."""
    pairs = Pairs(3, categories)

    def translate(x, c):
        assert x.dtype == c.dtype == numpy.float32 and c.shape == (len(x), categories)
        return x - 0.02 * c.argmax(axis=1)[:, None, None, None]

    found = observed(TeacherDistance(translate, pairs))
    expected = numpy.mean([numpy.mean([0.08 * label for label in each]) for each in dishes])
    assert found == {'eval/l1': pytest.approx(127.5 * expected, rel=1e-5)}
    assert [{label for photo, label in pairs.seen if photo == number} for number in range(3)
            ] == dishes
    assert len(pairs.seen) == sum(map(len, dishes))


def test_a_perfect_student():
    pairs = Pairs(2, 5)
    found = observed(TeacherDistance(
        lambda x, c: x - c.argmax(axis=1)[:, None, None, None] / numpy.float32(10), pairs))
    assert found['eval/l1'] == pytest.approx(0, abs=1e-4)


def test_it_is_in_the_log(run, make_trainer):
    trainer = make_trainer((4, 'iteration'))
    extension = TeacherDistance(lambda x, c: x, Pairs(2, 3))
    assert extension.shown == ('eval/l1',)
    trainer.extend(extension, trigger=(2, 'iteration'))
    trainer.extend(chainer.training.extensions.LogReport(trigger=(1, 'iteration')))
    trainer.run()
    log = json.loads((run.logs / 'log').read_text())
    assert [entry.get('eval/l1') for entry in log] == [
        None, pytest.approx(12.75), None, pytest.approx(12.75)]
