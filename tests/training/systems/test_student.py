"""The student: whom it learns from, what it begins with, what is shown and measured of it."""

import json
import shutil

import numpy
import pytest

from chainer_foodgan import images, weights
from chainer_foodgan.commands import main
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.links import ConditionalGenerator, Generator
from chainer_foodgan.parallel import Communicator
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.train import make_trainer, train
from chainer_foodgan.training.updaters.base import run as run_link, sample_indices
from chainer_foodgan.training.updaters.loading import load
from chainer_foodgan.weights.naming import arrays_of

import chainer

TAUGHT = ('curry', 'soba', 'ramen', 'unagi', 'rice')
IN_ORDER = ('curry', 'ramen', 'rice', 'soba', 'unagi')  # the paper's, where only names are known
ALONE = Communicator()


def trainer_of(arguments, folder, *options, variant='student', comm=ALONE):
    return make_trainer(arguments(variant, '--out', folder, *options), Run(folder), comm)


def links_of(trainer):
    return [trainer.updater.get_optimizer(name).target for name in ('gen', 'dis')]


def assert_same_arrays(first, second, equal=True):
    first, second = arrays_of(first), arrays_of(second)
    assert set(first) == set(second)
    assert all((array == second[key]).all() for key, array in first.items()) is equal


def array(image):
    return numpy.asarray(image)


def test_the_teacher_says_which_dishes_there_are(make, tmp_path):
    assert make('student').categories == TAUGHT
    nameless = tmp_path / 'G.npz'
    weights.save(Generator(2, 3, 1), nameless, {})
    assert make('student', '--teacher', nameless).categories == ('0', '1', '2')
    assert make('pairs').categories == IN_ORDER


def test_a_student_may_teach(make, tmp_path):
    weights.save(ConditionalGenerator(2, 3, 1), tmp_path / 'G.npz', {'categories': list('abc')})
    system = make('student', '--teacher', tmp_path / 'G.npz')
    assert system.categories == ('a', 'b', 'c')
    assert isinstance(system.teacher, ConditionalGenerator)


def test_results_are_the_teachers_for_the_dishes_drawn(arguments, tmp_path, teacher):
    """What the updater learns from is asked of the weights again."""
    trainer, teacher = trainer_of(arguments, tmp_path), weights.load(teacher)
    updater = trainer.updater
    drawn = []
    for iteration in range(3):
        updater.iteration = iteration
        x, y, c = updater.lesson()
        label = numpy.random.default_rng((3, iteration)).integers(0, 5, 4)
        numpy.testing.assert_array_equal(c, numpy.eye(5, dtype=numpy.float32)[label])
        for row in range(4):
            expected = run_link(teacher, x[row:row + 1], c[row:row + 1])
            numpy.testing.assert_allclose(y[row:row + 1], expected, atol=1e-5)
        other = run_link(teacher, x, numpy.roll(c, 1, axis=1))
        assert abs(y - other).max() > 0.01
        drawn.append(tuple(label))
    assert len(set(drawn)) == 3


def test_ranks_share_the_dishes_that_are_drawn(arguments, tmp_path):
    """Two ranks ask for what one process asks for, of their own halves of the photos."""
    whole = trainer_of(arguments, tmp_path).updater.lesson()
    halves = [trainer_of(arguments, tmp_path, comm=Communicator(rank, 2)).updater.lesson()
              for rank in range(2)]
    for all_, first, second in zip(whole, *halves):
        numpy.testing.assert_allclose(numpy.concatenate([first, second]), all_, atol=1e-5)


def test_pairs_are_learnt_as_they_are(arguments, tmp_path):
    trainer = trainer_of(arguments, tmp_path, variant='pairs')
    dataset = trainer.updater.get_iterator('main').dataset
    assert len(dataset) == 20
    x, y, c = trainer.updater.lesson()
    order = numpy.random.default_rng((3, 1)).permutation(20)[:4]
    for row, index in enumerate(order):
        photo, result, label = dataset[20 + int(index)]  # of the first epoch
        numpy.testing.assert_array_equal(x[row], photo)
        numpy.testing.assert_array_equal(y[row], result)
        assert c[row].argmax() == label == index % 5


def test_the_teacher_is_shown_above_the_student(make, teacher):
    system = make('student')
    gen = system.networks(numpy.random.default_rng(0))['gen']
    rows, titles = system.rows(gen)
    assert titles == ('teacher, student', *TAUGHT)
    known = weights.load(teacher)
    for number, index in enumerate(sample_indices(system.dataset)[:4]):
        x = system.dataset[index][0]
        for row, network in ((rows[2 * number], known), (rows[2 * number + 1], gen)):
            numpy.testing.assert_array_equal(array(row[0]), array(images.to_image(x)))
            for column, c in enumerate(numpy.eye(5, dtype=numpy.float32), 1):
                expected = images.to_image(run_link(network, x[None], c[None])[0])
                difference = array(row[column]).astype(int) - array(expected)
                assert abs(difference).max() <= 1


def test_pairs_that_are_held_out_are_shown(make, pairs):
    system = make('pairs')
    rows, _ = system.rows(system.networks(numpy.random.default_rng(0))['gen'])
    assert len(rows) == 8
    for number, photo in enumerate((4, 5, 6, 7)):  # the last two of each dish
        for column, target in enumerate(('input', *IN_ORDER)):
            whole = images.read_image(pairs / f'{photo}_{target}.png')
            square = whole.crop((2, 0, 22, 20)).resize((16, 16), 2)
            numpy.testing.assert_array_equal(array(rows[2 * number][column]), array(square))


def test_the_log_says_how_near_it_comes_on_photos_held_out(arguments, tmp_path):
    train(arguments('pairs', '--out', tmp_path / 'run', '--num-iters', '2', '--sample-step',
                        '1', '--log-step', '1'))
    log = json.loads((tmp_path / 'run' / 'logs' / 'log').read_text())
    assert [0 < entry['eval/l1'] < 255 for entry in log] == [True, True]
    assert set(log[0]) >= {'gen/loss_l1', 'gen/loss_fake', 'dis/loss_real', 'dis/loss_fake'}


def test_it_learns_what_the_teacher_does(arguments, tmp_path):
    """The error falls well below that of the untouched photo, without a critic."""
    trainer = trainer_of(arguments, tmp_path, '--lambda-adv', '0', '--g-lr', '5e-3', '--bowls', '8',
                         '--g-conv-dim', '8')
    updater, errors = trainer.updater, []
    for _ in range(60):
        observation = {}
        with trainer.reporter.scope(observation):
            updater.update()
        errors.append(float(observation['gen/loss_l1']))
    assert numpy.mean(errors[-5:]) < 0.6 * numpy.mean(errors[:3])


def test_an_earlier_training_is_what_it_begins_with(arguments, tmp_path):
    train(arguments('student', '--out', tmp_path / 'first', '--num-iters', '2'))
    fresh = links_of(trainer_of(arguments, tmp_path / 'x'))
    begun = links_of(trainer_of(arguments, tmp_path / 'y', '--pretrained-model',
                                tmp_path / 'first'))
    file = tmp_path / 'first' / 'models' / '1_2_G.npz'
    for link, other in zip(begun, links_of(trainer_of(
            arguments, tmp_path / 'z', '--pretrained-model', file))):
        assert_same_arrays(link, other)
    for link, start, suffix in zip(begun, fresh, 'GD'):
        assert_same_arrays(link, start, equal=False)
        expected, _ = weights.read_npz(file.with_name(f'1_2_{suffix}.npz'))
        for key, value in arrays_of(link).items():
            numpy.testing.assert_array_equal(value, expected[key])


def test_without_a_critic_beside_it_the_critic_is_fresh(arguments, tmp_path):
    train(arguments('student', '--out', tmp_path / 'first', '--num-iters', '1',
                        '--lambda-adv', '0'))
    assert not list((tmp_path / 'first' / 'models').glob('*_D.npz'))
    _, dis = links_of(trainer_of(arguments, tmp_path / 'x'))
    _, begun = links_of(trainer_of(arguments, tmp_path / 'y', '--pretrained-model',
                                   tmp_path / 'first'))
    assert_same_arrays(dis, begun)


def test_what_it_began_with_is_needed_no_more(arguments, tmp_path):
    """A run goes on, and its weights load, where the earlier one is gone."""
    train(arguments('student', '--out', tmp_path / 'first', '--num-iters', '1'))
    train(arguments('student', '--out', tmp_path / 'run', '--num-iters', '3',
                        '--pretrained-model', tmp_path / 'first'))
    shutil.rmtree(str(tmp_path / 'first'))
    train(arguments('student', '--out', tmp_path / 'run', '--resume'))
    _, links = load(tmp_path / 'run')
    saved, _ = weights.read_npz(tmp_path / 'run' / 'models' / '1_3_G.npz')
    for key, value in arrays_of(links['G']).items():
        numpy.testing.assert_array_equal(value, saved[key])


def test_another_network_is_no_beginning(arguments, tmp_path, teacher):
    with pytest.raises(FoodganError, match=r'ConditionalGenerator \(it is a generator where a '
                                           r'conditional generator belongs\): '):
        trainer_of(arguments, tmp_path, '--pretrained-model', teacher)
    weights.save(ConditionalGenerator(2, 5, 1, True), tmp_path / 'G.npz', {})
    with pytest.raises(FoodganError, match=r'\(separable True instead of False\)'):
        trainer_of(arguments, tmp_path, '--pretrained-model', tmp_path / 'G.npz')


def test_a_run_is_used_as_any_other(arguments, tmp_path, capsys):
    train(arguments('student', '--out', tmp_path / 'run', '--num-iters', '2'))
    gen = weights.load(tmp_path / 'run')
    assert isinstance(gen, ConditionalGenerator)
    assert gen.categories == TAUGHT and gen.image_size == 16
    system, links = load(tmp_path / 'run')
    assert system.targets() == TAUGHT
    x = numpy.random.default_rng(0).uniform(-1, 1, (2, 3, 16, 16)).astype(numpy.float32)
    c = numpy.eye(5, dtype=numpy.float32)[2 * [TAUGHT.index('soba')]]
    numpy.testing.assert_allclose(system.translate(links, x, 'soba'), run_link(gen, x, c),
                                  atol=1e-6)
    assert main(['report', str(tmp_path / 'run')]) == 0
    pages = list((tmp_path / 'run').rglob('*.html'))
    assert len(pages) == 1 and 'student, 20 rendered bowls' in pages[0].read_text('utf-8')


@pytest.fixture
def classifier(tmp_path):
    """A small one of two dishes that has learnt nothing (file)."""
    path = tmp_path / 'classifier.npz'
    save_classifier(Classifier(('curry', 'soba'), 16, 2, rng=numpy.random.default_rng(0)), path, {
        'trained_on': 'nothing', 'tested_on': 'nothing', 'test_accuracy': 0.5})
    return path


def test_features_are_the_classifiers_maps(arguments, tmp_path, classifier):
    from chainer_foodgan.evaluations.classifier import load_classifier
    trainer = trainer_of(arguments, tmp_path / 'run', '--lambda-feat', '2', '--classifier',
                         classifier)
    updater, (judge, _) = trainer.updater, load_classifier(classifier)
    assert updater.lambda_feat == 2
    y, goal = numpy.random.default_rng(0).uniform(-1, 1, (2, 2, 3, 16, 16)).astype(numpy.float32)
    with chainer.using_config('train', False):
        first, second = judge.maps(y), judge.maps(goal)
        assert [h.shape[1:] for h in first] == [
            (2, 8, 8), (2, 4, 4), (4, 2, 2), (8, 1, 1), (16, 1, 1)]
        numpy.testing.assert_allclose(judge.pooled(y).array, first[-1].array.mean((2, 3)),
                                      rtol=1e-6)
    expected = numpy.mean([abs(a.array - b.array).mean() for a, b in zip(first, second)])
    assert float(updater.feature_distance(y, goal).array) == pytest.approx(expected, rel=1e-5)
    before = arrays_of(judge)
    updater.update()
    for cell in updater.features.__closure__:
        if isinstance(cell.cell_contents, Classifier):  # it judges and does not learn
            for key, value in arrays_of(cell.cell_contents).items():
                numpy.testing.assert_array_equal(value, before[key])


def test_a_training_with_features_logs_them(arguments, tmp_path, classifier):
    train(arguments('student', '--out', tmp_path / 'run', '--num-iters', '2', '--lambda-feat',
                        '1', '--classifier', classifier))
    log = json.loads((tmp_path / 'run' / 'logs' / 'log').read_text())
    assert log[-1]['gen/loss_feat'] > 0
