import random

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets.lists import ListDataset
from chainer_foodgan.errors import FoodganError

NAMES = ['curry', 'gyudon', 'rice']


@pytest.fixture
def root(tmp_path):
    for number in range(150):
        Image.new('RGB', (4, 4), (number, 0, 0)).save(str(tmp_path / f'{number:03}.png'))
    return tmp_path


def values(number):
    return ['1' if number % 3 == c or number % 7 == c else '-1' for c in range(3)]


def write(root, count=150, names=NAMES, lines=None, said=None, end='\n'):
    if lines is None:
        lines = ['{:03}.png {}'.format(n, ' '.join(values(n))) for n in range(count)]
    path = root / 'label.txt'
    text = [str(len(lines) if said is None else said), ' '.join(names)] + lines
    path.write_bytes((end.join(text) + end).encode('utf-8'))
    return path


def original_split(path):
    """What the original's code makes of a list: its two lists of (file, label)."""
    with open(str(path)) as file:
        lines = file.readlines()[2:]
    random.seed(1234)
    random.shuffle(lines)
    rows = []
    for line in lines:
        words = line.split()
        rows.append((words[0], [1 if value == '1' else 0 for value in words[1:]]))
    return [row for i, row in enumerate(rows) if not i + 1 < 100], rows[:99]


def content(dataset):
    return [(photo.file[-7:], label) for photo, label in zip(
        dataset.photos, dataset.labels.astype(int).tolist())]


def test_the_split_is_the_originals(root):
    path = write(root)
    train, test = original_split(path)
    assert len(train) == 51 and len(test) == 99

    state = random.getstate()
    assert content(ListDataset(root, path)) == train
    assert content(ListDataset(root, path, split='test')) == test
    assert random.getstate() == state


def test_labels_and_examples(root):
    dataset = ListDataset(str(root), str(write(root)), split='test')
    assert dataset.categories == ('curry', 'gyudon', 'rice')
    assert dataset.labels.dtype == numpy.float32 and dataset.labels.shape == (99, 3)
    assert set(numpy.unique(dataset.labels)) == {0, 1}
    for index in (0, 50, 98):
        array, label = dataset[index + 2 * 99]
        # The photo's red is its number.
        number = int(round((array[0, 0, 0] + 1) * 127.5))
        assert label.dtype == numpy.float32
        assert label.tolist() == [float(value == '1') for value in values(number)]


@pytest.mark.parametrize('test, count', [(0, 0), (1, 1), (40, 40), (0.1, 15), (0.5, 75)])
def test_the_size_of_the_test_split(root, test, count):
    path = write(root)
    train, test_rows = original_split(path)
    rows = test_rows + train
    assert content(ListDataset(root, path, test=test)) == rows[count:]
    if count:
        assert content(ListDataset(root, path, split='test', test=test)) == rows[:count]


def test_only_1_is_yes(root):
    lines = ['000.png 1 -1 0', '001.png 0 1 yes', '002.png 01 1.0 1']
    dataset = ListDataset(root, write(root, lines=lines), test=0)
    labels = {photo.file[-7:]: label.tolist() for photo, label in zip(
        dataset.photos, dataset.labels)}
    assert labels == {'000.png': [1, 0, 0], '001.png': [0, 1, 0], '002.png': [0, 0, 1]}


def test_windows_ends_of_lines_and_blank_lines(root):
    expected = content(ListDataset(root, write(root)))
    path = write(root, end='\r\n')
    path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes() + b'\r\n  \r\n')
    assert content(ListDataset(root, path)) == expected


def test_categories_are_chosen_and_ordered(root):
    path = write(root)
    everything = ListDataset(root, path)
    dataset = ListDataset(root, path, categories=['rice', 'curry'])
    assert dataset.categories == ('rice', 'curry')
    assert (dataset.labels == everything.labels[:, [2, 0]]).all()
    assert dataset.photos[7].file == everything.photos[7].file


def refused(root, path, **kwargs):
    with pytest.raises(FoodganError) as info:
        ListDataset(root, path, **kwargs)
    message = str(info.value)
    assert '\n' not in message and str(path) in message
    return message


def test_lines_with_other_numbers_of_columns(root):
    lines = ['000.png 1 -1 -1', '001.png -1 1', '002.png -1 -1 1']
    message = refused(root, write(root, lines=lines), test=0)
    assert 'line 4' in message and '001.png has 2 values for 3 categories' in message
    lines[1] = 'my photo.png 1 -1 -1'
    assert 'my has 4 values for 3' in refused(root, write(root, lines=lines), test=0)
    lines[1] = '001.png'
    assert '001.png has 0 values for 3' in refused(root, write(root, lines=lines), test=0)


@pytest.mark.parametrize('said', [149, 151])
def test_a_wrong_count(root, said):
    message = refused(root, write(root, said=said))
    assert f'line 1 says {said} photos, 150 are listed' in message


def test_files_that_do_not_exist(root, caplog):
    lines = ['000.png 1 -1 1', 'absent.png -1 1 1', '002.png -1 1 1']
    path = write(root, lines=lines)
    message = refused(root, path, test=0)
    assert '1 of 3 photos do not exist' in message and '--skip-bad' in message
    assert str(root / 'absent.png') in message
    dataset = ListDataset(root, path, test=0, skip_bad=True)
    assert sorted(file for file, _ in content(dataset)) == ['000.png', '002.png']
    assert 'left out 1 of 3' in caplog.records[0].getMessage()


def test_leaving_a_photo_out_does_not_move_the_split(root):
    path = write(root)
    train, test = original_split(path)
    (root / test[3][0]).write_text('no picture')
    assert content(ListDataset(root, path, skip_bad=True)) == train
    assert content(ListDataset(root, path, split='test', skip_bad=True)) == test[:3] + test[4:]


def test_categories_that_are_no_data_set(root):
    lines = ['000.png 1', '001.png -1']
    assert 'fewer than two' in refused(root, write(root, names=['rice'], lines=lines), test=0)
    lines = ['000.png 1 -1 -1', '001.png -1 1 -1']
    path = write(root, lines=lines)
    assert 'no photo of rice' in refused(root, path, test=0)
    # Few test photos need not show every category.
    assert len(ListDataset(root, path, split='test', test=1)) == 1
    assert 'no category pizza' in refused(root, path, test=0, categories=['curry', 'pizza'])
    assert 'named twice' in refused(root, write(root, names=['a', 'a', 'b']))


def test_files_that_are_no_list(root):
    path = root / 'label.txt'
    for text in ('', '3\n', 'curry rice\n000.png 1 1\n', '000.png 1 1\n001.png 1 1\n'):
        path.write_text(text)
        assert 'no list of photos' in refused(root, path)
    path.write_text('0\ncurry rice\n')
    assert 'no photo is left' in refused(root, path)
    path.write_bytes(b'\xff\xfe1\0')
    assert 'no UTF-8' in refused(root, path)
    assert 'No such file' in refused(root, root / 'absent.txt')
    assert 'directory' in refused(root, root)


def test_splits(root):
    path = write(root, count=60)
    assert '99 test photos of 60 leave none' in refused(root, path)
    assert 'no photo in it' in refused(root, path, split='test', test=0)
    assert "no split 'val'" in refused(root, path, split='val')
