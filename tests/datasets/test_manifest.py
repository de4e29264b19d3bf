import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets.manifest import ManifestDataset
from chainer_foodgan.errors import FoodganError

HEADER = 'file,category,split,dish_box,width,note'
ROWS = [
    'ramen/1.png,ramen,train,,100,"shoyu, large"',
    'pho/1.png,pho,train,0.100 0.200 0.600 1.000,100,',
    'ramen/2.png,ramen,test,0 0 1 1,100,',
    'com_ga/1.png,com_ga,train, ,100,"two\nlines"',
    'pho/2.png,pho,train,0.5 0.5 0.501 0.501,100,',
]


@pytest.fixture
def root(tmp_path):
    rows, columns = numpy.mgrid[:50, :100]
    pixels = numpy.stack([columns, rows, 0 * rows], axis=2).astype(numpy.uint8)
    for row in ROWS:
        path = tmp_path / row.split(',')[0]
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(str(path))
    return tmp_path


def write(root, rows=ROWS, header=HEADER):
    path = root / 'manifest.csv'
    path.write_text('\n'.join([header] + rows) + '\n', encoding='utf-8')
    return path


def test_layout(root):
    dataset = ManifestDataset(root, write(root))
    assert dataset.categories == ('com_ga', 'pho', 'ramen')
    assert dataset.labels.dtype == numpy.int32 and dataset.labels.tolist() == [2, 1, 0, 1]
    assert [photo.file for photo in dataset.photos] == [
        str(root / name) for name in ('ramen/1.png', 'pho/1.png', 'com_ga/1.png', 'pho/2.png')]


def test_the_label_order_is_that_of_the_whole_table(root):
    dataset = ManifestDataset(root, write(root), split='test')
    assert dataset.categories == ('com_ga', 'pho', 'ramen') and dataset.labels.tolist() == [2]
    only = ManifestDataset(root, write(root), categories=['ramen', 'pho'])
    assert only.categories == ('ramen', 'pho') and only.labels.tolist() == [0, 1, 1]


def test_photos_are_cropped_to_their_dish(root):
    dataset = ManifestDataset(root, write(root))
    assert dataset.image(0).size == (100, 50) and dataset.image(2).size == (100, 50)
    dish = numpy.asarray(dataset.image(1))
    assert dish.shape == (40, 50, 3)
    assert dish[0, 0].tolist() == [10, 10, 0] and dish[-1, -1].tolist() == [59, 49, 0]
    assert dataset[1][0].shape == (3, 40, 50)
    # A box below a pixel is still a picture.
    assert dataset.image(3).size == (1, 1)


def test_the_box_is_of_the_upright_photo(root):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(str(root / 'pho/1.png')).save(str(root / 'pho/1.png'), exif=exif.tobytes())
    assert ManifestDataset(root, write(root)).image(1).size == (25, 80)


def test_the_box_column_may_be_missing(root):
    rows = ['ramen/1.png,ramen,train', 'pho/1.png,pho,train']
    dataset = ManifestDataset(root, write(root, rows, 'file,category,split'))
    assert dataset.image(1).size == (100, 50)


def refused(root, path, **kwargs):
    with pytest.raises(FoodganError) as info:
        ManifestDataset(root, path, **kwargs)
    message = str(info.value)
    assert '\n' not in message and str(path) in message
    return message


@pytest.mark.parametrize('box', ['0 0 1', '0 0 1 1.2', '0.5 0 0.5 1', '0.6 0 0.5 1', 'a b c d',
                                 '0 0 nan 1', '-0.1 0 1 1'])
def test_boxes_that_are_none(root, box):
    message = refused(root, write(root, ROWS[:1] + ['pho/1.png,pho,train,{},100,'.format(box)]))
    assert 'line 3' in message and box in message


def test_rows_that_are_none(root):
    assert 'line 3: it has more or fewer' in refused(
        root, write(root, ROWS[:1] + ['pho/1.png,pho']))
    assert 'line 3: it has more or fewer' in refused(
        root, write(root, ROWS[:1] + ['pho/1.png,pho,train,,1,,7']))
    assert 'line 3: category is empty' in refused(
        root, write(root, ROWS[:1] + ['pho/1.png,,train,,1,']))


def test_files_that_are_no_table(root):
    path = write(root, ROWS, 'name,category,split,dish_box,width,note')
    assert 'no column file' in refused(root, path)
    path.write_bytes(b'')
    assert 'no column file, category, split' in refused(root, path)
    path.write_text(HEADER + '\n"a" b,c\n')
    assert 'no CSV table' in refused(root, path)
    path.write_bytes(b'\x89PNG\r\n\x1a\n\0\0')
    assert 'no UTF-8' in refused(root, path)
    assert 'No such file' in refused(root, root / 'absent.csv')


def test_splits_and_categories(root):
    assert 'split val; choose among test, train' in refused(root, write(root), split='val')
    assert 'choose among (none)' in refused(root, write(root, []))
    assert 'no category pizza' in refused(root, write(root), categories=['pho', 'pizza'])
    assert 'fewer than two' in refused(root, write(root), categories=['pho'])
    rows = ROWS[:2] + ['soba/1.png,soba,test,,1,']
    assert 'no photo of soba' in refused(root, write(root, rows))


def test_photos_that_do_not_exist(root):
    (root / 'pho' / '2.png').unlink()
    path = write(root)
    assert '1 of 4 photos do not exist' in refused(root, path)
    dataset = ManifestDataset(root, path, skip_bad=True)
    assert dataset.labels.tolist() == [2, 1, 0] and dataset.image(1).size == (50, 40)
