"""Photos in whatever form they come: one split, or all, every photo exactly once."""

import collections

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.lists import ListDataset, ManifestDataset
from chainer_foodgan.datasets.opening import FolderDataset, open_all, open_dataset
from chainer_foodgan.datasets.uec_food import UECFoodDataset


@pytest.fixture
def root(tmp_path):
    for name in ('pho', 'ramen'):
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new('RGB', (9, 8)).save(str(tmp_path / name / f'{number}.png'))
    rows = ['{}/{}.png,{},{}'.format(name, n, name, 'train' if n else 'test')
            for name in ('pho', 'ramen') for n in range(3)]
    (tmp_path / 'm.CSV').write_text('\n'.join(['file,category,split'] + rows))
    lines = [f'{name}/{n}.png {values}'
             for name, values in (('pho', '1 -1'), ('ramen', '-1 1')) for n in range(3)]
    (tmp_path / 'l.txt').write_text('\n'.join(['6', 'pho ramen'] + lines))
    return tmp_path


@pytest.mark.parametrize('name, kind, train, test', [
    (None, FolderDataset, 6, 6), ('m.CSV', ManifestDataset, 4, 2), ('l.txt', ListDataset, 5, 1)])
@pytest.mark.parametrize('as_text', [False, True])
def test_open_dataset(root, name, kind, train, test, as_text):
    list_file = name and root / name
    if as_text:
        list_file = name and str(list_file)
    options = {'transform': transforms.TrainTransform(4, 8), 'test': 1, 'seed': 3,
               'categories': ['ramen', 'pho']}
    dataset = open_dataset(root, list_file, **options)
    assert type(dataset) is kind and len(dataset) == train
    assert dataset.categories == ('ramen', 'pho')
    assert dataset[0][0].shape == (3, 4, 4)
    assert dataset.labels.dtype == (numpy.float32 if kind is ListDataset else numpy.int32)
    assert len(open_dataset(root, list_file, split='test', test=1)) == test
    everything = open_dataset(root, list_file, split=None)
    assert len(everything) == 6 and everything.split is None
    (root / 'pho' / '1.png').write_text('no picture')
    (root / 'ramen' / '1.png').write_text('no picture')
    left = open_dataset(root, list_file, skip_bad=True, test=0)
    assert len(left.left_out) == 2


def test_uec_food(tmp_path):
    for folder in ('1', '2'):
        (tmp_path / folder).mkdir()
        for number in range(10):
            Image.new('RGB', (9, 8)).save(
                str(tmp_path / folder / f'{folder}{number}.jpg'))
        (tmp_path / folder / 'bb_info.txt').write_text('img x1 y1 x2 y2\n' + folder + '0 0 0 4 8\n')
    (tmp_path / 'category.txt').write_text('id\tname\n1\trice\n2\teels on rice\n')
    train = open_dataset(str(tmp_path))
    assert type(train) is UECFoodDataset and len(train) == 18 and train.split == 'train'
    assert len(open_dataset(tmp_path, split='test')) == 2
    assert len(open_dataset(tmp_path, split='test', test=5, categories=['unagi', '1'])) == 5


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', (20, 20)).save(str(path))


def folder(root):
    for name in 'ab':
        for number in range(4):
            picture(root / name / f'{number}.png')
    return None, {'train': 8}


def splits(root):
    for split, count in (('train', 3), ('val', 2), ('test', 1)):
        for number in range(count):
            picture(root / split / 'a' / f'{number}.png')
    picture(root / 'train' / 'b' / '0.png')
    return None, {'train': 4, 'val': 2, 'test': 1}


def manifest(root):
    folder(root)
    rows = [f'{name}/{number}.png,{name},{split}'
            for name in 'ab' for number, split in enumerate(('test', 'train', 'extra', 'train'))]
    (root / 'm.csv').write_text('\n'.join(['file,category,split'] + rows) + '\n')
    return root / 'm.csv', {'train': 4, 'test': 2, 'extra': 2}


def list_file(root):
    folder(root)
    rows = ['{}/{}.png {}'.format(name, number, '1 0' if name == 'a' else '0 1')
            for name in 'ab' for number in range(4)]
    (root / 'l.txt').write_text('\n'.join(['8', 'a b'] + rows) + '\n')
    return root / 'l.txt', {'train': 6, 'test': 2}


def uec_food(root):
    (root / 'category.txt').write_text('id\tname\n1\ta\n2\tb\n')
    for number in '12':
        for photo in range(5):
            picture(root / number / f'{number}{photo}.png')
        (root / number / 'bb_info.txt').write_text('img x1 y1 x2 y2\n' + ''.join(
            f'{number}{photo} 0 0 10 10\n' for photo in range(5)))
    return None, {'train': 8, 'test': 2}


@pytest.mark.parametrize('make', [folder, splits, manifest, list_file, uec_food])
def test_open_all(tmp_path, make):
    path, counts = make(tmp_path)
    dataset, found = open_all(tmp_path, path, test=2)
    assert collections.Counter(found) == counts and found[0] == 'train'
    files = [photo.file for photo in dataset.photos]
    assert len(set(files)) == len(files) == len(found) == len(list(tmp_path.rglob('*.png')))
    assert dataset.categories == ('a', 'b')
    for photo, split in zip(dataset.photos, found):
        if make is splits:
            assert f'/{split}/' in photo.file.replace('\\', '/')
        if make is manifest:
            assert split == ('test', 'train', 'extra', 'train')[int(photo.file[-5])]
        if make is uec_food:
            assert photo.box == (0, 0, 0.5, 0.5)


def test_a_split_without_the_categories_is_none(tmp_path):
    for name in 'abc':
        picture(tmp_path / name / '0.png')
    (tmp_path / 'm.csv').write_text(
        'file,category,split\na/0.png,a,train\nb/0.png,b,train\nc/0.png,c,test\n')
    dataset, found = open_all(tmp_path, tmp_path / 'm.csv', ['b', 'a'])
    assert found == ['train', 'train'] and dataset.categories == ('b', 'a')


def test_no_photos_to_hold_out(tmp_path):
    path, _ = list_file(tmp_path)
    assert open_all(tmp_path, path, test=0)[1] == 8 * ['train']
    path, counts = manifest(tmp_path)
    assert len(open_all(tmp_path, path, test=0)[1]) == sum(counts.values())


def test_photos_that_cannot_be_read(tmp_path, caplog):
    path, _ = manifest(tmp_path)
    (tmp_path / 'a' / '0.png').unlink()            # of the split test
    (tmp_path / 'b' / '1.png').write_bytes(b'no')  # of the split train
    dataset, found = open_all(tmp_path, path)
    assert collections.Counter(found) == {'train': 3, 'test': 1, 'extra': 2}
    assert len(dataset.left_out) == 2 and len(caplog.records) == 2
    assert '1.png' in caplog.text and '0.png' in caplog.text
