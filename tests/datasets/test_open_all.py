"""Every photo exactly once, with its split, in whatever form a data set comes."""

import collections

import pytest
from PIL import Image

from chainer_foodgan.datasets.opening import open_all


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', (20, 20)).save(str(path))


def folder(root):
    for name in 'ab':
        for number in range(4):
            picture(root / name / '{}.png'.format(number))
    return None, {'train': 8}


def splits(root):
    for split, count in (('train', 3), ('val', 2), ('test', 1)):
        for number in range(count):
            picture(root / split / 'a' / '{}.png'.format(number))
    picture(root / 'train' / 'b' / '0.png')
    return None, {'train': 4, 'val': 2, 'test': 1}


def manifest(root):
    folder(root)
    rows = ['{}/{}.png,{},{}'.format(name, number, name, split)
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
            picture(root / number / '{}{}.png'.format(number, photo))
        (root / number / 'bb_info.txt').write_text('img x1 y1 x2 y2\n' + ''.join(
            '{}{} 0 0 10 10\n'.format(number, photo) for photo in range(5)))
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
            assert '/{}/'.format(split) in photo.file.replace('\\', '/')
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
