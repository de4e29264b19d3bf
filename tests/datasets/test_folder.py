import logging
import pickle

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.opening import FolderDataset
from chainer_foodgan.errors import FoodganError

NAMES = ['soba/1.png', 'curry/b.jpg', 'curry/a.png', 'curry/more/c.webp', 'ramen/x.png',
         'ramen/.hidden.png', 'ramen/._x.png', '.cache/y.png', 'ramen/notes.txt', 'beside.png']
FOUND = ['curry/a.png', 'curry/b.jpg', 'curry/more/c.webp', 'ramen/x.png', 'soba/1.png']


def fill(root, names):
    rng = numpy.random.default_rng(0)
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == '.txt':
            path.write_text('notes')
        else:
            pixels = rng.integers(0, 256, (30, 40, 3)).astype(numpy.uint8)
            Image.fromarray(pixels).save(str(path))


@pytest.fixture
def root(tmp_path):
    fill(tmp_path, NAMES)
    return tmp_path


def found(dataset, root):
    return [str(photo.file)[len(str(root)) + 1:] for photo in dataset.photos]


def test_layout(root):
    dataset = FolderDataset(root)
    assert dataset.categories == ('curry', 'ramen', 'soba')
    assert found(dataset, root) == FOUND
    assert dataset.labels.dtype == numpy.int32 and dataset.labels.tolist() == [0, 0, 0, 1, 2]
    assert len(dataset) == 5 and len(list(dataset)) == 5


def test_categories_are_chosen_and_ordered(root):
    dataset = FolderDataset(root, categories=['soba', 'curry'])
    assert dataset.categories == ('soba', 'curry')
    assert found(dataset, root) == ['soba/1.png'] + FOUND[:3]
    assert dataset.labels.tolist() == [0, 1, 1, 1]


def test_examples(root):
    dataset = FolderDataset(root, transforms.EvalTransform(20, 30))
    array, label = dataset[3]
    assert array.dtype == numpy.float32 and array.shape == (3, 20, 20)
    assert label == 1 and label.dtype == numpy.int32 and label.shape == ()
    expected = transforms.EvalTransform(20, 30)(Image.open(str(root / FOUND[3])))
    assert (array == images.to_array(expected)).all()
    assert dataset.image(3).size == (40, 30)
    with pytest.raises(IndexError):
        dataset[-1]


def test_without_a_transform_the_photo_is_whole(root):
    assert FolderDataset(root)[0][0].shape == (3, 30, 40)


def flips(dataset, index, epochs):
    """In which epochs photo ``index`` is mirrored."""
    straight = images.to_array(dataset.image(index))
    result = []
    for epoch in epochs:
        array, label = dataset[epoch * len(dataset) + index]
        assert label == dataset.labels[index]
        mirrored = not (array == straight).all()
        assert (array == (straight[:, :, ::-1] if mirrored else straight)).all()
        result.append(mirrored)
    return numpy.array(result)


def square_photos(root):
    fill(root, ['a/1.png', 'b/2.png'])
    for path in root.glob('*/*.png'):
        Image.open(str(path)).crop((0, 0, 8, 8)).save(str(path))
    return FolderDataset(root, transforms.TrainTransform(8, 8), seed=5)


def test_a_photo_is_mirrored_in_half_of_the_epochs(tmp_path):
    dataset = square_photos(tmp_path)
    first, second = (flips(dataset, index, range(1, 601)) for index in (0, 1))
    # Four standard deviations of 600 tosses are 0.082.
    assert abs(first.mean() - 0.5) < 0.082 and abs(second.mean() - 0.5) < 0.082
    assert abs((first == second).mean() - 0.5) < 0.082
    assert abs((first[1:] == first[:-1]).mean() - 0.5) < 0.082


def test_an_example_is_a_function_of_seed_epoch_and_index(tmp_path):
    dataset = square_photos(tmp_path)
    expected = [numpy.random.default_rng((5, epoch, 1)).random() < 0.5 for epoch in range(20)]
    assert flips(dataset, 1, range(20)).tolist() == expected
    # Another order of access, a copy for a worker, another seed.
    assert flips(dataset, 1, range(19, -1, -1)).tolist() == expected[::-1]
    assert flips(pickle.loads(pickle.dumps(dataset)), 1, range(20)).tolist() == expected
    other = FolderDataset(tmp_path, transforms.TrainTransform(8, 8), seed=6)
    assert flips(other, 1, range(20)).tolist() != expected


def refused(*args, **kwargs):
    with pytest.raises(FoodganError) as info:
        FolderDataset(*args, **kwargs)
    assert '\n' not in str(info.value)
    return str(info.value)


def test_roots_that_are_no_data_set(tmp_path):
    message = refused(tmp_path / 'absent')
    assert 'absent' in message and 'not there' in message
    (tmp_path / 'file').write_bytes(b'')
    assert 'a file' in refused(tmp_path / 'file')
    (tmp_path / 'flat').mkdir()
    assert 'no sub-folders' in refused(tmp_path / 'flat')
    fill(tmp_path / 'flat', ['1.png', '2.png'])
    message = refused(tmp_path / 'flat')
    assert '2 pictures but no sub-folders' in message and 'sub-folder that has its name' in message


def test_categories_that_are_no_data_set(root):
    assert 'fewer than two categories (soba)' in refused(root, categories=['soba'])
    assert 'no category pizza; choose among curry, ramen, soba' in refused(
        root, categories=['soba', 'pizza'])
    assert 'soba is named twice' in refused(root, categories=['soba', 'curry', 'soba'])
    (root / 'unagi').mkdir()
    assert 'no photo of unagi' in refused(root)
    assert FolderDataset(root, categories=['soba', 'curry'])


def test_one_category(tmp_path):
    fill(tmp_path, ['soba/1.png'])
    assert 'fewer than two categories (soba)' in refused(tmp_path)


def spoil(root):
    """Cuts one photo off, makes another one text and adds a link to nowhere."""
    (root / 'curry' / 'b.jpg').write_bytes((root / 'curry' / 'b.jpg').read_bytes()[:-50])
    (root / 'curry' / 'a.png').write_text('no picture')


def test_a_bad_photo_is_an_error_when_it_is_its_turn(root):
    spoil(root)
    dataset = FolderDataset(root, transforms.EvalTransform(20, 30))
    assert dataset[2][0].shape == (3, 20, 20)
    for index, name in ((0, 'a.png'), (1, 'b.jpg')):
        with pytest.raises(FoodganError) as info:
            dataset[index]
        message = str(info.value)
        assert name in message and '--skip-bad' in message and '\n' not in message


def test_skip_bad(root, caplog):
    spoil(root)
    (root / 'soba' / '0.png').symlink_to(root / 'nowhere.png')
    assert '1 of 6 photos do not exist' in refused(root)

    with caplog.at_level(logging.WARNING, logger='chainer_foodgan'):
        dataset = FolderDataset(root, transforms.EvalTransform(20, 30), skip_bad=True)

    assert found(dataset, root) == FOUND[2:] and dataset.labels.tolist() == [0, 1, 2]
    assert [len(dataset[i][0]) for i in range(3)] == [3, 3, 3]
    record, = caplog.records
    message = record.getMessage()
    assert record.levelname == 'WARNING' and '\n' not in message
    assert 'left out 3 of 6 photos' in message
    assert all(name in message for name in ('curry/a.png', 'curry/b.jpg', 'soba/0.png'))
    assert len(dataset.left_out) == 3 and 'cut off' in dataset.left_out[1]


def test_skip_bad_with_nothing_to_skip(root, caplog):
    dataset = FolderDataset(root, skip_bad=True)
    assert len(dataset) == 5 and dataset.left_out == [] and not caplog.records


def test_skip_bad_may_empty_a_category(root):
    (root / 'soba' / '1.png').write_text('no picture')
    assert 'no photo of soba' in refused(root, skip_bad=True)


def test_many_bad_photos_are_still_one_short_line(root, caplog):
    for number in range(50):
        (root / 'soba' / f'bad{number}.jpg').write_text('no picture')
    assert len(FolderDataset(root, skip_bad=True).left_out) == 50
    message = caplog.records[0].getMessage()
    assert message.count('.jpg') == 20 and message.endswith(' and 30 more')


def test_splits(tmp_path):
    fill(tmp_path, ['train/soba/1.png', 'train/curry/1.png', 'train/curry/2.png',
                    'test/curry/3.png', 'test/pho/1.png', 'val/soba/4.png', 'other/x.png'])
    with pytest.raises(FoodganError, match='no photo of pho'):
        FolderDataset(tmp_path)
    fill(tmp_path, ['train/pho/2.png'])
    names = ('curry', 'pho', 'soba')
    expected = {
        'train': ['train/curry/1.png', 'train/curry/2.png', 'train/pho/2.png', 'train/soba/1.png'],
        'test': ['test/curry/3.png', 'test/pho/1.png'], 'val': ['val/soba/4.png']}
    expected[None] = sum(expected.values(), [])
    for split, files in expected.items():
        dataset = FolderDataset(tmp_path, split=split)
        assert dataset.categories == names and dataset.split == split
        assert found(dataset, tmp_path) == files
        assert [names[label] for label in dataset.labels] == [
            file.split('/')[1] for file in files]
    assert 'no split valid; choose among train, test, val' in refused(tmp_path, split='valid')
    some = FolderDataset(tmp_path, split='test', categories=['pho', 'curry'])
    assert found(some, tmp_path) == expected['test'][::-1]


def test_folders_without_splits_are_used_whole(root, tmp_path):
    for split in ('train', 'test', None):
        dataset = FolderDataset(root, split=split)
        assert len(dataset) == 5 and dataset.split is None


def test_train_alone_is_a_category(tmp_path):
    fill(tmp_path, ['train/1.png', 'test/2.png', 'plane/3.png'])
    assert FolderDataset(tmp_path).categories == ('plane', 'test', 'train')
