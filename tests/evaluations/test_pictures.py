"""Pictures to train and test on, translations in folders, a teacher's results."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.lists import ListDataset
from chainer_foodgan.datasets.sampling import hold_out, one_each
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.controls import to_lab
from chainer_foodgan.evaluations.pictures import (
    Pictures,
    open_teacher_pictures,
    open_translations,
)
from chainer_foodgan.training.classifier import ClassifierTransform


class Fake:
    """Pictures of one grey each, counting how often they are read."""

    categories = ('a', 'b')

    def __init__(self, count=6):
        self.labels = (numpy.arange(count) % 2).astype(numpy.int32)
        self.reads = 0

    def __len__(self):
        return len(self.labels)

    def image(self, index):
        self.reads += 1
        return Image.new('RGB', (8, 8), (10 * index,) * 3)


def test_an_example_is_a_function_of_seed_epoch_and_index():
    seen = []

    def transform(image, rng):
        seen.append(rng.random())
        return image

    pictures = Pictures(Fake(), transform, [1, 4, 5], seed=3)
    for i in (0, 2, 3, 5):
        x, label = pictures[i]
        index = [1, 4, 5][i % 3]
        assert x == pytest.approx(10 * index / 127.5 - 1) and x.shape == (3, 8, 8)
        assert label == index % 2 and label.dtype == numpy.int32
        assert seen[-1] == numpy.random.default_rng((3, i // 3, i % 3)).random()
    assert len(pictures) == 3 and pictures.labels.tolist() == [1, 0, 1]
    assert len(list(pictures)) == 3


@pytest.mark.parametrize('memory, reads', [(0, 12), (3 * 64 * 4 + 1, 6 + 2), (2 ** 20, 6)])
def test_pictures_are_held_as_far_as_the_memory_goes(memory, reads):
    dataset = Fake()
    pictures = Pictures(dataset, lambda image, rng: image, cache_size=memory)
    assert [x[0, 0, 0] for x, _ in pictures] == [x[0, 0, 0] for x, _ in pictures]
    assert dataset.reads == reads


def test_bowls_come_out_as_they_are():
    bowls = RenderedBowls(4, 16)
    pictures = Pictures(bowls, transforms.EvalTransform(16, float('inf')))
    assert all((pictures[i][0] == bowls[i][0]).all() for i in range(4))


def test_train_changes_brightness_within_bounds():
    image = Image.new('RGB', (20, 20), (100, 100, 100))
    train = ClassifierTransform(8, jitter=0.2)
    values = [numpy.asarray(train(image, numpy.random.default_rng(n)))[0, 0, 0] for n in range(50)]
    assert 80 <= min(values) < 90 and 110 < max(values) <= 120
    assert train(image, numpy.random.default_rng(0)).size == (8, 8)


def test_hold_out_takes_the_share_of_every_category():
    labels = numpy.array([0] * 20 + [1] * 10 + [2] * 3)
    kept, held = hold_out(labels, 0.2, seed=1)
    assert sorted([*kept, *held]) == list(range(33))
    assert numpy.bincount(labels[held]).tolist() == [4, 2, 1]
    assert (hold_out(labels, 0.2, seed=1)[1] == held).all()
    assert (hold_out(labels, 0.2, seed=2)[1] != held).any()


def test_a_list_file_with_one_category_each(tmp_path):
    Image.new('RGB', (8, 8)).save(str(tmp_path / 'p.png'))
    (tmp_path / 'list.txt').write_text('3\na b\np.png -1 1\np.png 1 -1\np.png -1 1\n')
    dataset = ListDataset(tmp_path, tmp_path / 'list.txt', test=0)
    labels = one_each(dataset)
    assert labels.dtype == numpy.int32
    assert labels.tolist() == [int(photo.label[1]) for photo in dataset.photos]
    assert sorted(labels) == [0, 1, 1]


@pytest.mark.parametrize('row, count', [('p.png 1 1', 2), ('p.png 0 0', 0)])
def test_a_list_file_with_another_number_is_named(tmp_path, row, count):
    Image.new('RGB', (8, 8)).save(str(tmp_path / 'p.png'))
    (tmp_path / 'list.txt').write_text(f'3\na b\np.png 0 1\np.png 1 0\n{row}\n')
    dataset = ListDataset(tmp_path, tmp_path / 'list.txt', test=0)
    with pytest.raises(FoodganError, match=f'p.png.* {count} of the categories'):
        Pictures(dataset, transforms.EvalTransform(8))


def folder(root, **counts):
    for name, count in counts.items():
        (root / name).mkdir()
        for number in range(count):
            Image.new('RGB', (8, 8)).save(str(root / name / f'{number}.png'))
    return root


def test_translations_in_folders(tmp_path):
    root = folder(tmp_path, soba=2, rice=1)
    dataset = open_translations(root, ('rice', 'curry', 'soba'))
    assert dataset.labels.tolist() == [0, 2, 2] and dataset.categories == ('rice', 'curry', 'soba')
    assert open_translations(root, None).categories == ('rice', 'soba')


@pytest.mark.parametrize('counts, name, words', [
    ({'soba': 1}, 'no', 'no: it is not there'), ({}, '', 'it has no sub-folders'),
    ({'soba': 1, 'pizza': 1, 'pie': 1}, '', 'sub-folders pie, pizza; .* targets: rice, soba'),
    ({'soba': 0}, '', 'there is no photo in it')])
def test_wrong_folders_of_translations(tmp_path, counts, name, words):
    with pytest.raises(FoodganError, match=words):
        open_translations(folder(tmp_path, **counts) / name, ('rice', 'soba'))


NAMES = ('rice', 'soba')


def lessons(root, sources=('rice', 'soba', 'rice', 'soba'), size=(8, 8)):
    """Photo n is of the level 10 n; as rice it becomes lighter by 100, as soba by 150."""
    rows = ['file,input,source,target']
    for number, source in enumerate(sources):
        for target, more in (('input', 0), ('rice', 100), ('soba', 150)):
            file = f'{number}_{target}.png'
            Image.new('RGB', size, (10 * number + more,) * 3).save(str(root / file))
            rows.append(f'{file},{number},{source},{target}')
    (root / 'manifest.csv').write_text('\n'.join(rows) + '\n')
    return root


def level(x):
    assert numpy.ptp(x) == 0
    return round((x[0, 0, 0] + 1) * 127.5)


def test_pictures_and_truths(tmp_path):
    pictures, others = open_teacher_pictures(lessons(tmp_path), 1, NAMES, 4)
    assert [level(x) for x, _ in (pictures[i] for i in range(len(pictures)))] == [20, 30]
    assert pictures.labels.tolist() == [0, 1] and pictures[0][0].shape == (3, 4, 4)
    assert level(images.to_array(pictures.render(1, 'soba'))) == 180
    assert pictures.mask(0) is None
    assert [level(others[i][0]) for i in range(len(others))] == [0, 10]


def test_colours_are_those_of_the_other_photos_or_of_all(tmp_path):
    root = lessons(tmp_path)
    for held, levels in ((1, [150, 160]), (0, [150, 160, 170, 180]), (2, [150, 160, 170, 180])):
        _, others = open_teacher_pictures(root, held, NAMES, 4)
        expected = [to_lab(numpy.full((3, 1), one / 127.5 - 1))[0, 0] for one in levels]
        assert others.palettes()['soba'].mean[0] == pytest.approx(numpy.mean(expected))
        assert others.palettes()['soba'].deviation[0] == pytest.approx(numpy.std(expected))


def test_order_of_the_weights_and_dishes_that_they_lack(tmp_path):
    root = lessons(tmp_path, ('soba', 'curry'))
    pictures, _ = open_teacher_pictures(root, 0, ('soba', 'rice'), 4)
    assert pictures.labels.tolist() == [0, -1]
    with pytest.raises(FoodganError, match='no category pizza'):
        open_teacher_pictures(root, 0, ('soba', 'pizza'), 4)


def test_what_is_no_square_is_cut_in_the_middle(tmp_path):
    root = lessons(tmp_path, ('rice', 'soba'))
    stripes = numpy.zeros((4, 12, 3), numpy.uint8)
    stripes[:, 4:8] = 200
    Image.fromarray(stripes).save(str(root / '0_input.png'))
    pictures, _ = open_teacher_pictures(root, 0, NAMES, 4)
    assert level(pictures[0][0]) == 200
