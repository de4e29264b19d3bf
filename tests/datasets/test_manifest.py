import csv
import pathlib

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets.base import Photo
from chainer_foodgan.datasets.lists import ManifestDataset, write_manifest
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
    message = refused(root, write(root, ROWS[:1] + [f'pho/1.png,pho,train,{box},100,']))
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
    assert 'lists no photo' in refused(root, write(root, []))
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


def content(dataset):
    return [(photo.file, photo.label, photo.box) for photo in dataset.photos]


def test_what_is_written_is_read_again(root):
    dataset = ManifestDataset(root, write(root))
    (root / 'pho' / '1.png').rename(root / 'pho' / 'あ, "1".png')
    photos = [photo._replace(file=photo.file.replace('pho/1', 'pho/あ, "1"'))
              for photo in dataset.photos]
    photos[0] = photos[0]._replace(box=(1 / 3, numpy.float64(0.1), 2 / 3, numpy.float32(1)))
    photos.append(photos[0]._replace(box=None))  # the same file twice
    path = root / 'lists' / 'written.csv'
    write_manifest(path, root, photos, dataset.categories)
    again = ManifestDataset(root, path)
    assert again.photos == photos and again.categories == dataset.categories
    other = ManifestDataset(root, path, categories=['ramen', 'pho', 'com_ga'])
    write_manifest(path, str(root), other.photos, other.categories)
    assert ManifestDataset(root, path).photos == photos


def test_splits_and_further_columns_are_written(root):
    dataset = ManifestDataset(root, write(root))
    path = root / 'written.csv'
    write_manifest(path, root, dataset.photos, dataset.categories,
                   split=['train', 'test', 'train', 'train'], extra={'score': [.5, .25, 1, 0]})
    assert ManifestDataset(root, path, split='test').photos == [dataset.photos[1]]
    assert path.read_text('utf-8').splitlines()[:3] == [
        'file,category,split,dish_box,score', 'ramen/1.png,ramen,train,,0.5',
        'pho/1.png,pho,test,0.1 0.2 0.6 1.0,0.25']
    assert ManifestDataset(root, path, split=None).photos == dataset.photos
    with pytest.raises(ValueError, match='column'):
        write_manifest(path, root, dataset.photos, dataset.categories, extra={'score': [1]})


def test_files_below_another_folder(root, tmp_path, monkeypatch):
    dataset = ManifestDataset(root, write(root))
    monkeypatch.chdir(root)
    write_manifest('lists.csv', 'pho', dataset.photos, dataset.categories)
    again = ManifestDataset('pho', 'lists.csv')
    for photo, other in zip(again.photos, dataset.photos):
        assert pathlib.Path(photo.file).samefile(other.file)


def test_names_that_a_spreadsheet_would_compute(root):
    (root / '=1+1.png').write_bytes((root / 'pho' / '1.png').read_bytes())
    photos = [Photo(str(root / '=1+1.png'), 1), Photo(str(root / 'pho' / '1.png'), 0)]
    path = root / 'written.csv'
    write_manifest(path, root, photos, ('+pho', '@SUM(A1)'), extra={'score': [-0.5, '-0.25']})
    with open(path, encoding='utf-8', newline='') as file:
        cells = list(csv.reader(file))[1:]
    assert cells == [["'=1+1.png", "'@SUM(A1)", 'train', '', '-0.5'],
                     ['pho/1.png', "'+pho", 'train', '', '-0.25']]
    again = ManifestDataset(root, path)
    assert again.photos == photos and again.categories == ('+pho', '@SUM(A1)')


def test_a_photo_of_a_list_file_needs_one_category(root):
    path = root / 'written.csv'
    write_manifest(path, root, [Photo(str(root / 'ramen/1.png'), (0., 1.)),
                                Photo(str(root / 'pho/1.png'), (1., 0.))], ('pho', 'ramen'))
    assert ManifestDataset(root, path).labels.tolist() == [1, 0]
    for label in ((0., 0.), (1., 1.)):
        with pytest.raises(FoodganError, match='ramen/1.png: it has . categories'):
            write_manifest(path, root, [Photo(str(root / 'ramen/1.png'), label)],
                           ('pho', 'ramen'))


@pytest.mark.parametrize('name', ['a\nb.png', 'a\rb.png', 'a.png ', 'a\udcff.png'])
def test_names_that_a_table_cannot_hold(root, name):
    path = root / 'written.csv'
    with pytest.raises(FoodganError, match='rename it') as info:
        write_manifest(path, root, [Photo(str(root / name), 0)], ('pho', 'ramen'))
    assert '\n' not in str(info.value) and not path.exists()
    str(info.value).encode('utf-8')


def test_a_list_of_nothing_is_not_written(root):
    with pytest.raises(FoodganError, match='no photo is left'):
        write_manifest(root / 'written.csv', root, [], ('pho', 'ramen'))
    assert not (root / 'written.csv').exists()
