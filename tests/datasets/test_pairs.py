"""Pairs by chance, and pairs of photos and a teacher's results."""

import csv

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.pairs import OneCategory, TeacherPairs, Unpaired, read_teacher_pairs
from chainer_foodgan.errors import FoodganError

import chainer


class Numbers(chainer.dataset.DatasetMixin):
    """Photo i of epoch e is 100 e + i, plus ``start``."""

    def __init__(self, labels, start=0):
        self.labels = numpy.array(labels, numpy.int32)
        self.start = start

    @property
    def categories(self):
        return tuple('abc'[:self.labels.max() + 1])

    def __len__(self):
        return len(self.labels)

    def get_example(self, i):
        epoch, index = divmod(i, len(self))
        return self.start + 100 * epoch + index, self.labels[index]


def test_one_category():
    dataset = OneCategory(Numbers([0, 1, 1, 2, 1]), 1)
    assert len(dataset) == 3
    assert [dataset[i] for i in range(3)] == [(1, 1), (2, 1), (4, 1)]
    assert dataset[3 * 7 + 1] == (702, 1)  # the same photo, seven epochs later
    assert dataset.labels.tolist() == [1, 1, 1] and dataset.categories == ('b',)
    assert len(list(dataset)) == 3


@pytest.mark.parametrize('sizes', [(3, 8), (8, 3), (5, 5)])
def test_as_long_as_the_longer_and_the_first_in_order(sizes):
    first, second = (Numbers([label] * size, start) for label, size, start in
                     zip((0, 1), sizes, (0, 1000)))
    pairs = Unpaired(first, second, seed=1)
    assert len(pairs) == max(sizes) == len(list(pairs))
    assert pairs.categories == ('a', 'a', 'b')
    for epoch in (0, 4):
        for i in range(len(pairs)):
            a, label_a, b, label_b = pairs[epoch * len(pairs) + i]
            assert (label_a, label_b) == (0, 1)
            assert a == 100 * epoch + i % sizes[0]
            assert 1000 + 100 * epoch <= b < 1000 + 100 * epoch + sizes[1]


def test_the_second_is_drawn_evenly_anew_in_every_epoch():
    pairs = Unpaired(Numbers([0] * 200), Numbers([1] * 4), seed=1)
    drawn = numpy.array([[pairs[epoch * 200 + i][2] % 100 for i in range(200)]
                         for epoch in range(3)])
    assert (drawn[0] != drawn[1]).any()
    counts = numpy.bincount(drawn.ravel(), minlength=4)
    assert (abs(counts - 150) < 4 * (600 * 0.25 * 0.75) ** 0.5).all()
    again = Unpaired(Numbers([0] * 200), Numbers([1] * 4), seed=1)
    assert [again[i][2] % 100 for i in range(200)] == drawn[0].tolist()
    other = Unpaired(Numbers([0] * 200), Numbers([1] * 4), seed=2)
    assert [other[i][2] % 100 for i in range(200)] != drawn[0].tolist()


SOURCES = ['ramen', 'soba', 'ramen', 'soba', 'ramen']
TARGETS = ['soba', 'curry']  # not the paper's order, which has curry first


def rows():
    found = []
    for number, source in enumerate(SOURCES, 8):  # '10' comes after '9'
        for target in ['input', *TARGETS]:
            found.append({'file': f'{number}_{target}.png', 'input': str(number),
                          'source': source, 'target': target})
    return found


def write(folder, table, columns=('file', 'input', 'source', 'target')):
    with open(folder / 'manifest.csv', 'w', newline='', encoding='utf-8') as file:
        writer = csv.DictWriter(file, columns, extrasaction='ignore')
        writer.writeheader()
        writer.writerows(table)


@pytest.fixture
def folder(tmp_path):
    """Every result is its photo in other colours, so that a place of one is a place of both."""
    rng = numpy.random.default_rng(0)
    for number in range(8, 13):
        photo = rng.integers(0, 256, (20, 28, 3), numpy.uint8)
        for target, array in (('input', photo), ('soba', 255 - photo),
                              ('curry', photo[..., ::-1])):
            Image.fromarray(array).save(tmp_path / f'{number}_{target}.png')
    write(tmp_path, rows())
    return tmp_path


def train(size=20, **options):
    return transforms.TrainTransform(size, **options)


def test_every_photo_with_every_dish(folder):
    pairs = TeacherPairs(folder, train(flip=False, random_resized_crop=(1., 1.)))
    assert pairs.categories == ('curry', 'soba')  # the paper's order
    assert len(pairs) == 10 and len(pairs.photos) == 5
    assert [photo.source for photo in pairs.photos] == SOURCES
    for index in range(10):
        x, y, label = pairs[index]
        number, name = 8 + index // 2, pairs.categories[index % 2]
        assert label == index % 2 and label.dtype == numpy.int32 and label.shape == ()
        for array, target in ((x, 'input'), (y, name)):
            whole = images.read_image(folder / f'{number}_{target}.png')
            expected = images.to_array(whole.crop((4, 0, 24, 20)))
            assert array.dtype == numpy.float32
            numpy.testing.assert_array_equal(array, expected)


def test_photo_and_result_get_the_same_crop_and_flip(folder):
    pairs = TeacherPairs(folder, train(12, random_resized_crop=(0.3, 0.9)))
    seen = []
    for index in range(60):  # six epochs
        x, y, label = pairs[index]
        expected = x[::-1] if label == 0 else -x
        # Eight bits, rounded once a direction.
        assert abs(y - expected).max() <= 4.01 / 255
        seen.append(x)
    first = [seen[10 * epoch] for epoch in range(6)]
    assert all((a != b).any() for a, b in zip(first, first[1:]))  # another crop in every epoch


def test_an_example_is_a_function_of_seed_and_number(folder):
    transform = train(12, random_resized_crop=(0.3, 0.9))
    first, same, other = (TeacherPairs(folder, transform, seed=seed) for seed in (3, 3, 4))
    state = numpy.random.get_state()[1].copy()
    for index in (0, 7, 13):
        for a, b in zip(first[index], same[index]):
            numpy.testing.assert_array_equal(a, b)
        assert (first[index][0] != other[index][0]).any()
    assert (numpy.random.get_state()[1] == state).all()


def names(photos):
    return [photo.file.rsplit('_', 1)[0].rsplit('/', 1)[-1] for photo in photos]


@pytest.mark.parametrize('hold_out, test', [
    (0, []), (1, ['11', '12']), (2, ['9', '10', '11', '12'])])
def test_the_last_photos_of_each_dish_are_held_out(folder, hold_out, test):
    everything = names(read_teacher_pairs(folder)[0])
    assert everything == ['8', '9', '10', '11', '12']
    trained = names(read_teacher_pairs(folder, 'train', hold_out)[0])
    assert trained == [name for name in everything if name not in test]
    if test:
        assert names(read_teacher_pairs(folder, 'test', hold_out)[0]) == test
    with pytest.raises(FoodganError, match='no photo is left to train; 3 are held out'):
        read_teacher_pairs(folder, 'train', 3)


def test_categories_in_an_order_of_ones_own(folder):
    pairs = TeacherPairs(folder, train(), categories=['soba'])
    assert pairs.categories == ('soba',) and len(pairs) == 5 and pairs[1][2] == 0
    assert read_teacher_pairs(folder, categories=['soba', 'curry'])[1] == ('soba', 'curry')
    with pytest.raises(FoodganError, match='manifest.csv: it has no category ramen; choose among '
                                           'curry, soba'):
        read_teacher_pairs(folder, categories=['ramen'])


def test_dishes_that_are_not_the_papers_are_sorted(folder):
    table = [{**row, 'target': row['target'].replace('soba', 'pizza').replace('curry', 'taco')}
             for row in rows()]
    write(folder, table)
    assert read_teacher_pairs(folder)[1] == ('pizza', 'taco')


def test_a_photo_may_lack_a_dish_that_is_not_asked_for(folder):
    write(folder, [row for row in rows() if row['file'] != '9_curry.png'])
    assert len(read_teacher_pairs(folder, categories=['soba'])[0]) == 5
    with pytest.raises(FoodganError, match='photo 9 lacks curry; add the picture'):
        read_teacher_pairs(folder)


@pytest.mark.parametrize('drop, says', [
    ('10_input.png', 'photo 10 lacks input'), ('12_soba.png', 'photo 12 lacks soba')])
def test_photos_that_are_not_complete(folder, drop, says):
    write(folder, [row for row in rows() if row['file'] != drop])
    with pytest.raises(FoodganError, match=says):
        read_teacher_pairs(folder)


def test_a_column_that_is_missing(folder):
    write(folder, rows(), ('file', 'input', 'target'))
    with pytest.raises(FoodganError, match='it has no column source; line 1 names the columns'):
        read_teacher_pairs(folder)


@pytest.mark.parametrize('column', ['file', 'input', 'source', 'target'])
def test_cells_that_are_empty(folder, column):
    table = rows()
    table[3][column] = ' '
    write(folder, table)
    with pytest.raises(FoodganError, match=f'manifest.csv line 5: {column} is empty; fill it in'):
        read_teacher_pairs(folder)


def test_a_result_of_another_size(folder):
    Image.new('RGB', (20, 20)).save(folder / '8_curry.png')
    pairs = TeacherPairs(folder, train())
    pairs[1]
    with pytest.raises(FoodganError, match='8_curry.png: 20 x 20 pixels, but its photo has '
                                           '28 x 20; scale one'):
        pairs[0]


def test_a_picture_that_is_missing(folder):
    (folder / '8_curry.png').unlink()
    with pytest.raises(FoodganError, match='8_curry.png'):
        TeacherPairs(folder, train())[0]
