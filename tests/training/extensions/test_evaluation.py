"""Evaluations during training: what they report, and that they disturb nothing."""

import json

import numpy
import pytest

from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.figures import summary
from chainer_foodgan.evaluations.findings import evaluate_generator
from chainer_foodgan.training.extensions import ExponentialAverage
from chainer_foodgan.training.extensions.evaluation import Evaluation, TeacherDistance

import chainer

BOWLS = RenderedBowls(6, 16, 2000, ('curry', 'ramen', 'soba'))


class Brightness:
    """Names categories by the brightness of the picture, in an order of its own."""

    categories, image_size = ('soba', 'curry', 'ramen'), 16

    def predict(self, x):
        return numpy.floor(100 * x.mean(axis=(1, 2, 3))).astype(int) % 3


def log_of(trainer):
    trainer.extend(chainer.training.extensions.LogReport(trigger=(1, 'iteration')))
    trainer.run()
    with open(trainer.out + '/log') as file:
        return json.load(file)


def test_reports_every_so_many_iterations_what_evaluate_finds(run, make_trainer):
    trainer = make_trainer((5, 'iteration'))
    gen = trainer.updater.get_optimizer('gen').target
    trainer.extend(Evaluation(gen, Brightness(), BOWLS, BOWLS), trigger=(2, 'iteration'))
    log = log_of(trainer)
    expected = summary(evaluate_generator(gen, BOWLS, classifier=Brightness(), truth=BOWLS,
                             metrics=('content', 'psnr')), BOWLS.categories)['all']
    assert 0 < expected['accuracy'] < 1
    for entry in log:
        found = {key: value for key, value in entry.items() if key.startswith('eval/')}
        assert found == ({} if entry['iteration'] % 2 else {
            'eval/accuracy': expected['accuracy'], 'eval/psnr': expected['psnr_translation'],
            'eval/change_outside': expected['change_outside']})


def test_photos_have_no_truth(run, make_trainer):
    trainer = make_trainer((1, 'iteration'))
    gen = trainer.updater.get_optimizer('gen').target
    trainer.extend(Evaluation(gen, Brightness(), BOWLS), trigger=(1, 'iteration'))
    entry, = log_of(trainer)
    assert [key for key in entry if key.startswith('eval/')] == ['eval/accuracy']


def test_the_average_is_judged_as_it_is_in_this_iteration(run, make_trainer):
    """Extensions run in an order of their own, whichever is added first."""
    seen = []

    class Watched(Evaluation):
        def __call__(self, trainer):
            seen.append(average.t)

    def update(updater):
        updater.get_optimizer('gen').t += 1

    trainer = make_trainer((3, 'iteration'), update)
    average = ExponentialAverage(trainer.updater.get_optimizer('gen'), 0.5)
    trainer.extend(Watched(average.link, Brightness(), BOWLS), trigger=(1, 'iteration'))
    trainer.extend(average)
    trainer.run()
    assert seen == [1, 2, 3]


def test_disturbs_nothing(make_trainer):
    trainer = make_trainer((1, 'iteration'))
    gen = trainer.updater.get_optimizer('gen').target
    before = {key: param.array.copy() for key, param in gen.namedparams()}
    state = numpy.random.get_state()[1].copy()
    extension = Evaluation(gen, Brightness(), BOWLS, BOWLS)
    with chainer.Reporter().scope({}):
        extension(trainer)
    assert chainer.config.train and (numpy.random.get_state()[1] == state).all()
    assert all((param.array == before[key]).all() for key, param in gen.namedparams())
    saved = chainer.serializers.DictionarySerializer()
    saved.save(extension)
    assert saved.target == {}


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
