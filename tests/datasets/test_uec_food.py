"""Small data sets in the layout of UEC FOOD-100, and what is not as it should be in them."""

import logging

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.lists import ManifestDataset, write_manifest
from chainer_foodgan.datasets.uec_food import UECFoodDataset
from chainer_foodgan.errors import FoodganError

NAMES = {1: 'rice', 2: 'eels on rice', 6: 'beef curry', 23: 'ramen noodle', 36: 'miso soup'}
HEAD = 'img x1 y1 x2 y2'

#: Folder -> number of the photo -> boxes. Photo 12 shows rice and miso soup; 3 two bowls of rice.
PHOTOS = {
    1: {3: ['0 0 40 60', '50 10 100 60'], 12: ['10 5 50 25']},
    2: {7: ['0 0 100 60']},
    6: {10: ['20 0 80 60'], 9: ['0 30 50 60']},
    23: {100: ['25 15 75 45']},
    36: {12: ['60 5 100 60']}}


def make(root, photos=PHOTOS, names=NAMES):
    """Pictures of 100 x 60 whose red is the column and green the line."""
    lines, columns = numpy.mgrid[:60, :100]
    picture = Image.fromarray(
        numpy.stack([columns, lines, 0 * lines], axis=2).astype(numpy.uint8))
    for folder, boxes in photos.items():
        (root / str(folder)).mkdir(parents=True)
        for number in boxes:
            picture.save(root / str(folder) / f'{number}.jpg', quality=95)
        rows = [f'{number} {box}' for number, found in boxes.items() for box in found]
        (root / str(folder) / 'bb_info.txt').write_text('\n'.join([HEAD, *rows]) + '\n')
    (root / 'category.txt').write_text(
        'id\tname\n' + ''.join('{}\t{}\n'.format(*row) for row in names.items()))
    return root


@pytest.fixture
def root(tmp_path):
    return make(tmp_path / 'UECFOOD100')


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING, 'chainer_foodgan')
    return lambda: [record.getMessage() for record in caplog.records]


def everything(root, **kwargs):
    return UECFoodDataset(root, split=None, **kwargs)


def places(dataset, root):
    """(file below root, name of the category, box) of every example."""
    return [(photo.file[len(str(root)) + 1:], dataset.categories[photo.label], photo.box)
            for photo in dataset.photos]


def test_layout(root, warnings):
    dataset = everything(root)
    assert dataset.categories == tuple(NAMES.values())
    assert dataset.labels.dtype == numpy.int32 and dataset.split is None
    assert places(dataset, root) == [
        ('1/3.jpg', 'rice', (0, 0, 0.4, 1)), ('1/3.jpg', 'rice', (0.5, 1 / 6, 1, 1)),
        ('1/12.jpg', 'rice', (0.1, 1 / 12, 0.5, 5 / 12)),
        ('2/7.jpg', 'eels on rice', (0, 0, 1, 1)),
        ('6/9.jpg', 'beef curry', (0, 0.5, 0.5, 1)), ('6/10.jpg', 'beef curry', (0.2, 0, 0.8, 1)),
        ('23/100.jpg', 'ramen noodle', (0.25, 0.25, 0.75, 0.75)),
        ('36/12.jpg', 'miso soup', (0.6, 1 / 12, 1, 1))]
    assert warnings() == []


def test_photos_are_cropped_to_their_box(root):
    dataset = everything(root)
    picture = numpy.asarray(dataset.image(6)).astype(int)
    assert picture.shape == (30, 50, 3)
    assert abs(picture[:, :, 0] - numpy.arange(25, 75)).max() < 8  # JPEG is not exact
    assert abs(picture[:, :, 1] - numpy.arange(15, 45)[:, None]).max() < 8
    dataset = everything(root, transform=transforms.EvalTransform(16))
    assert dataset[6][0].shape == (3, 16, 16) and dataset[6][1] == 3


def test_boxes_are_of_the_upright_photo(root):
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its side, 60 x 100 upright
    path = root / '23' / '100.jpg'
    Image.open(path).save(path, exif=exif.tobytes())
    (root / '23' / 'bb_info.txt').write_text(HEAD + '\n100 0 50 60 100\n')
    dataset = everything(root)
    assert dataset.photos[6].box == (0, 0.5, 1, 1) and dataset.image(6).size == (60, 50)


def test_categories_by_name_number_and_dish_of_the_paper(root):
    dataset = everything(root, categories=['ramen', '6', 'eels on rice'])
    assert dataset.categories == ('ramen', 'beef curry', 'eels on rice')
    assert [place[:2] for place in places(dataset, root)] == [
        ('23/100.jpg', 'ramen'), ('6/9.jpg', 'beef curry'), ('6/10.jpg', 'beef curry'),
        ('2/7.jpg', 'eels on rice')]


def test_the_papers_dishes_are_known_in_the_plural_of_uec_food_256(tmp_path):
    names = {**NAMES, 6: 'pizza', 23: 'ramen noodles'}
    root = make(tmp_path / 'UECFOOD256', names=names)
    assert everything(root, categories=['ramen', 'rice']).categories == ('ramen', 'rice')
    with pytest.raises(FoodganError, match='no category curry'):  # 6 is another dish here
        everything(root, categories=['curry', 'rice'])


def test_a_name_that_is_there_twice_gets_its_number(tmp_path):
    root = make(tmp_path, names={**NAMES, 36: 'rice'})
    assert everything(root).categories[-1] == 'rice (36)'
    assert everything(root, categories=['rice (36)', 'rice']).labels.tolist() == [0, 1, 1, 1]


def test_no_photo_is_on_both_sides(tmp_path):
    # Photo n is in the folder of n % 3 and in that of n % 4 or, with two boxes, in one of them.
    photos = {folder: {} for folder in (1, 2, 6, 23)}
    for number in range(1, 61):
        for folder in {(1, 2, 6)[number % 3], (1, 2, 6, 23)[number % 4]}:
            photos[folder][number] = ['0 0 50 60', '50 0 100 60']
    root = make(tmp_path, photos, {number: NAMES[number] for number in photos})

    def numbers(split, **kwargs):
        dataset = UECFoodDataset(root, split=split, **kwargs)
        return [int(photo.file.split('/')[-1][:-4]) for photo in dataset.photos]

    for test, count in ((0.1, 6), (15, 15), (0, 0)):
        train = numbers('train', test=test)
        held = numbers('test', test=test) if test else []
        assert not set(train) & set(held) and len(set(held)) == count
        assert sorted(train + held) == sorted(numbers(None))
        assert test == 0 or held == numbers('test', test=test)
    assert set(numbers('test')) == set(numbers('test', test=0.1)) < set(numbers('test', test=15))
    # The held-out photos of some categories come in the order of all.
    two = set(numbers('test', test=5, categories=['rice', 'eels on rice']))
    assert len(two) == 5 and two <= set(numbers('test', test=15))


def test_what_is_not_as_it_should_be(root, warnings):
    """The rest is used, and there is one line for every kind."""
    (root / '1' / 'bb_info.txt').write_text('\n'.join([
        HEAD,
        '3 -10 0 40 60',      # reaches outside on the left
        '3 50 10 101 60.5',   # reaches outside on the right and below
        '12 10 5 10 25',      # empty
        '12 10 25 50 5',      # upside down
        '12 100 0 120 60',    # outside
        '77 0 0 10 10',       # no such photo
        '78 0 0 10 10',
        '3 a 0 10 10', '3 0 0 10', '3 0 0 nan 10', '']))
    (root / '2' / 'bb_info.txt').unlink()
    (root / '6' / 'bb_info.txt').write_text(HEAD + '\r\n9 0 30 50 60\r\n')
    (root / 'category.txt').write_text(
        (root / 'category.txt').read_text() + '99\tmixed rice\n\n')
    dataset = everything(root)
    assert places(dataset, root) == [
        ('1/3.jpg', 'rice', (0, 0, 0.4, 1)), ('1/3.jpg', 'rice', (0.5, 1 / 6, 1, 1)),
        ('2/7.jpg', 'eels on rice', None),
        ('6/9.jpg', 'beef curry', (0, 0.5, 0.5, 1)), ('6/10.jpg', 'beef curry', None),
        ('23/100.jpg', 'ramen noodle', (0.25, 0.25, 0.75, 0.75)),
        ('36/12.jpg', 'miso soup', (0.6, 1 / 12, 1, 1))]
    assert dataset.image(2).size == dataset.image(4).size == (100, 60)
    one = str(root / '1')
    expected = [
        ('categories without a folder', 'left out', 1, 'mixed rice'),
        ('rows that are no number and box', 'left out', 3, one + '/bb_info.txt line 9'),
        ('rows whose photo is not there', 'left out', 2, one + '/bb_info.txt line 7'),
        ('folders without bb_info.txt', 'whole', 1, str(root / '2')),
        ('photos without a box', 'whole', 1, str(root / '6' / '10.jpg')),
        ('boxes that reach outside', 'cut', 2, one + '/3.jpg (-10 0 40 60)'),
        ('boxes that are empty or outside', 'left out', 3, one + '/12.jpg (10 5 10 25)')]
    lines = warnings()
    assert len(lines) == len(expected) and all('\n' not in line for line in lines)
    for start, what, count, first in expected:
        line, = [line for line in lines if line.startswith(f'{root}: {start}')]
        assert what in line and line.endswith(f': {count}, the first is {first}')


def test_photos_that_cannot_be_read(root):
    (root / '6' / '9.jpg').write_text('no picture')
    dataset = everything(root)
    with pytest.raises(FoodganError, match='9.jpg.*--skip-bad'):
        dataset[4]
    dataset = everything(root, skip_bad=True)
    assert len(dataset) == 7 and len(dataset.left_out) == 1


def test_a_list_of_it_has_every_example_once(root):
    dataset = everything(root, categories=['ramen', '1', 'miso soup'])
    write_manifest(root / 'list.csv', root, dataset.photos, dataset.categories)
    again = ManifestDataset(root, root / 'list.csv', categories=dataset.categories)
    assert again.photos == dataset.photos


def refused(root, message, **kwargs):
    with pytest.raises(FoodganError, match=message) as info:
        UECFoodDataset(root, **kwargs)
    assert '\n' not in str(info.value)


def test_what_cannot_be_used(root):
    refused(root / 'absent', 'category.txt: No such file')
    refused(root, 'no category pizza .*category.txt', categories=['rice', 'pizza'])
    refused(root, 'no category mixed rice', categories=['36', 'mixed rice', 'pizza'])
    refused(root, 'ramen noodle.* is named twice', categories=['ramen', 'ramen noodle'])
    refused(root, 'fewer than two', categories=['ramen'])
    refused(root, "no split 'val'", split='val')
    refused(root, '99 test photos of 6', test=99)
    (root / '36' / '12.jpg').unlink()
    refused(root, 'no photo of miso soup', split=None)
    (root / 'category.txt').write_text('id\tname\none\trice\n')
    refused(root, 'line 2: .* is no number and name')
