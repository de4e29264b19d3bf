import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.photos import FolderDataset
from chainer_foodgan.datasets.photos import ListDataset
from chainer_foodgan.datasets.manifest import ManifestDataset
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.datasets.uec_food import UECFoodDataset


@pytest.fixture
def root(tmp_path):
    for name in ('pho', 'ramen'):
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new('RGB', (9, 8)).save(str(tmp_path / name / '{}.png'.format(number)))
    rows = ['{}/{}.png,{},{}'.format(name, n, name, 'train' if n else 'test')
            for name in ('pho', 'ramen') for n in range(3)]
    (tmp_path / 'm.CSV').write_text('\n'.join(['file,category,split'] + rows))
    lines = ['{}/{}.png {}'.format(name, n, values)
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
                str(tmp_path / folder / '{}{}.jpg'.format(folder, number)))
        (tmp_path / folder / 'bb_info.txt').write_text('img x1 y1 x2 y2\n' + folder + '0 0 0 4 8\n')
    (tmp_path / 'category.txt').write_text('id\tname\n1\trice\n2\teels on rice\n')
    train = open_dataset(str(tmp_path))
    assert type(train) is UECFoodDataset and len(train) == 18 and train.split == 'train'
    assert len(open_dataset(tmp_path, split='test')) == 2
    assert len(open_dataset(tmp_path, split='test', test=5, categories=['unagi', '1'])) == 5
