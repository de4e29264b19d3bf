"""Many photos: which are taken, what the results are called, what stays untouched."""

import os
import threading
import time
import weakref

import pytest
from PIL import Image

from chainer_foodgan import __version__
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.images import to_array
from chainer_foodgan.translation import jobs
from chainer_foodgan.translation.jobs import output_name, translate_photos
from chainer_foodgan.translation.photo import Photo
from chainer_foodgan.visualizations import grids


class Painter:
    """Stands in for a Translator: every dish is a colour."""

    categories, enough, name = ['red', 'blue'], None, 'paint'

    def __init__(self):
        self.groups = []  # the numbers of photos that were translated together

    def check(self, name):
        if name not in self.categories:
            raise FoodganError(f'{name}: unknown')
        return name

    def check_size(self, width, height):
        pass

    def open(self, image, mask):
        return Photo(image, to_array(image), (0, 0, *image.size), mask)

    def translate(self, photos, names):
        self.groups.append(len(photos))
        for photo in photos:
            for name in names:
                yield Image.new('RGB', photo.shape[:0:-1], name)


def colour(path):
    return Image.open(path).getpixel((0, 0))


@pytest.fixture
def photos(tmp_path):
    for name in 'b/bowl.png', 'a.jpg', 'b/a.png', 'b/notes.txt':
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new('RGB', (12, 8), 'white').save(tmp_path / name, format='PNG')
    return tmp_path


def run(sources, dishes=('red', 'blue'), painter=None, **options):
    return list(translate_photos(painter or Painter(), sources, list(dishes), **options))


def folder_of(path, count, size=(12, 8)):
    path.mkdir()
    for number in range(count):
        Image.new('RGB', size).save(path / f'{number:03}.png')
    return path


def test_files_and_folders_become_results(photos):
    out = photos / 'new' / 'out'
    written = run([photos / 'a.jpg', photos / 'b'], out=out)
    assert [path.name for path in written] == [
        'a_red.png', 'a_blue.png', 'a_red-2.png', 'a_blue-2.png', 'bowl_red.png', 'bowl_blue.png']
    assert sorted(os.listdir(out)) == sorted(path.name for path in written)
    assert colour(out / 'bowl_blue.png') == (0, 0, 255)


def test_neither_inputs_nor_earlier_results_are_replaced(photos):
    folder = photos / 'b'
    Image.new('RGB', (12, 8), 'white').save(folder / 'a_red.png')
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for _ in range(3):
        written = run([folder / 'a.png', folder / 'a_red.png'], ['red'], out=folder)
        assert not set(written) & before.keys() and len(set(written)) == 2
        assert all(path.read_bytes() == content for path, content in before.items())
        before.update((path, path.read_bytes()) for path in written)


def test_the_sheet_has_a_row_per_photo(photos):
    written = run([photos / 'a.jpg', photos / 'b'], sheet=photos / 'grid.png')
    assert written == [photos / 'grid.png']
    one = run([photos / 'a.jpg'], sheet=photos / 'one.png')[0]
    with Image.open(photos / 'grid.png') as three, Image.open(one) as single:
        assert three.width == single.width and three.height > 2 * single.height
    assert sorted(os.listdir(photos)) == ['a.jpg', 'b', 'grid.png', 'one.png']


def test_the_sheet_replaces_an_earlier_one_but_no_photo_and_no_result(photos):
    assert run([photos / 'a.jpg'], sheet=photos / 'grid.png') == \
        run([photos / 'a.jpg'], sheet=photos / 'grid.png')
    before = (photos / 'b/bowl.png').read_bytes()
    with pytest.raises(FoodganError, match='would replace one of the photos'):
        run([photos / 'b'], sheet=photos / 'b' / '..' / 'b' / 'bowl.png')
    assert (photos / 'b/bowl.png').read_bytes() == before
    written = run([photos / 'a.jpg'], ['red'], out=photos, sheet=photos / 'a_red.png')
    assert [path.name for path in written] == ['a_red.png', 'a_red-2.png']
    assert colour(photos / 'a_red.png') == (255, 0, 0)


def test_what_cannot_be_read_is_reported_and_left_out(photos):
    (photos / 'b' / 'aa.jpg').write_bytes(b'no picture')
    (photos / 'empty').mkdir()
    faults = []
    written = run([photos / 'gone.jpg', photos / 'empty', photos / 'b'], ['red'],
                  out=photos / 'out', report=faults.append)
    assert [path.name for path in written] == ['a_red.png', 'bowl_red.png']
    assert [name in str(fault) for fault, name in zip(faults, ['gone.jpg', 'empty', 'aa.jpg'])] \
        == [True] * 3
    with pytest.raises(FoodganError, match='gone.jpg'):
        run([photos / 'gone.jpg'], out=photos)


def test_nothing_begins_where_an_argument_is_of_no_use(photos):
    for options in ({'dishes': ['red', 'green'], 'out': photos / 'out'},
                    {'sheet': photos / 'grid.jpg', 'out': photos / 'out'},
                    {'out': photos / 'a.jpg'}):
        with pytest.raises(FoodganError):
            run([photos / 'b'], **options)
    assert sorted(os.listdir(photos)) == ['a.jpg', 'b']


def test_the_order_and_the_names_do_not_depend_on_which_thread_is_fast(photos, monkeypatch):
    """The first photos are read and written last, and half of them share a name."""
    folders = [folder_of(photos / name, 6) for name in ('c', 'd')]
    turn = iter(range(1000))

    def slow(function):
        def call(*arguments, **options):
            time.sleep(.02 if next(turn) % 3 == 0 else 0)
            return function(*arguments, **options)
        return call

    for name in 'read_image', 'save_image':
        monkeypatch.setattr(jobs, name, slow(getattr(jobs, name)))
    written = run(folders, out=photos / 'out')
    assert [path.name for path in written] == [
        f'{number:03}_{dish}{again}.png'
        for again in ('', '-2') for number in range(6) for dish in ('red', 'blue')]
    assert all(colour(path) == ((255, 0, 0) if 'red' in path.name else (0, 0, 255))
               for path in written)


def test_a_name_that_is_being_written_is_taken(photos, monkeypatch):
    """The first file of a name appears on the disk after the second photo was translated."""
    released, save = threading.Event(), jobs.save_image

    def held(picture, path, made):
        assert released.wait(10)
        save(picture, path, made)

    class Releasing(Painter):
        def translate(self, photos, names):
            if len(self.groups) == 1:
                threading.Timer(.05, released.set).start()
            return super().translate(photos, names)

    monkeypatch.setattr(jobs, 'save_image', held)
    monkeypatch.setattr(jobs, 'PIXELS', 1)  # each photo on its own
    Image.new('RGB', (12, 8)).save(photos / 'b' / 'a.png')
    written = run([photos / 'a.jpg', photos / 'b' / 'a.png', photos / 'b' / 'a.png'], ['red'],
                  Releasing(), out=photos / 'out')
    assert [path.name for path in written] == ['a_red.png', 'a_red-2.png', 'a_red-3.png']


def test_small_photos_of_one_size_are_translated_together(photos, monkeypatch):
    folder = folder_of(photos / 'c', 7)
    Image.new('RGB', (8, 12)).save(folder / '004.png')
    (folder / '005.png').write_bytes(b'no picture')
    painter, faults = Painter(), []
    written = run([folder], painter=painter, out=photos / 'out', report=faults.append)
    assert painter.groups == [4, 1, 1]
    assert len(written) == 12 and len(faults) == 1
    assert Image.open(photos / 'out' / '004_red.png').size == (8, 12)
    monkeypatch.setattr(jobs, 'PIXELS', 2 * 2 * 12 * 8)
    run([folder], painter=painter, out=photos / 'out', report=faults.append)
    assert painter.groups[3:] == [2, 2, 1, 1]


def test_a_photo_that_is_too_large_is_reported_and_the_rest_is_done(photos):
    folder = folder_of(photos / 'c', 3)
    Image.new('RGB', (40, 40)).save(folder / '001.png')

    class Small(Painter):
        def translate(self, photos, names):
            if photos[0].size > 12 * 8 * 3:
                raise FoodganError('needs more memory')
            return super().translate(photos, names)

    faults = []
    written = run([folder], ['red'], Small(), out=photos / 'out', report=faults.append)
    assert [path.name for path in written] == ['000_red.png', '002_red.png']
    assert [str(fault) for fault in faults] == ['{}: needs more memory'.format(folder / '001.png')]


def test_all_photos_of_a_group_that_fails_are_reported(photos):
    class Failing(Painter):
        def translate(self, photos, names):
            yield from super().translate(photos[:1], names)
            raise FoodganError('needs more memory')

    faults = []
    written = run([folder_of(photos / 'c', 3)], painter=Failing(), out=photos / 'out',
                  report=faults.append)
    assert [path.name for path in written] == ['000_red.png', '000_blue.png']
    assert [str(fault) for fault in faults] == ['{}: needs more memory'.format(
        photos / 'c' / name) for name in ('001.png', '002.png')]


def test_memory_that_ends_is_reported_and_the_rest_is_done(photos, monkeypatch):
    folder, finish = folder_of(photos / 'c', 3), Photo.finish

    def exhausted(photo, changed):
        if photo.image.getpixel((0, 0)) == (0, 0, 9):
            raise MemoryError
        return finish(photo, changed)

    Image.new('RGB', (40, 40), (0, 0, 9)).save(folder / '001.png')
    monkeypatch.setattr(Photo, 'finish', exhausted)
    faults = []
    written = run([folder], ['red'], out=photos / 'out', report=faults.append)
    assert [path.name for path in written] == ['000_red.png', '002_red.png']
    assert [str(fault) for fault in faults] == [
        '{}: it needs more memory than there is'.format(folder / '001.png')]


def test_a_file_that_cannot_be_written_ends_it(photos, monkeypatch):
    def full(picture, path, made):
        raise FoodganError(f'cannot write {path}: No space left on device')

    monkeypatch.setattr(jobs, 'save_image', full)
    faults = []
    with pytest.raises(FoodganError, match='No space'):
        run([folder_of(photos / 'c', 3)], out=photos / 'out', report=faults.append)
    assert not faults


class Counting(Painter):
    """Counts the photos and results that exist, and keeps the greatest numbers."""

    def __init__(self):
        super().__init__()
        self.alive, self.greatest = {'photos': 0, 'results': 0}, {'photos': 0, 'results': 0}
        self.lock, self.prepared = threading.Lock(), 0

    def count(self, kind, number):
        with self.lock:
            self.alive[kind] += number
            self.greatest[kind] = max(self.greatest[kind], self.alive[kind])

    def watch(self, kind, thing):
        self.count(kind, 1)
        weakref.finalize(thing, self.count, kind, -1)
        return thing

    def open(self, image, mask):
        self.prepared += 1
        photo = super().open(image, mask)
        self.watch('photos', photo.array)
        return photo

    def translate(self, photos, names):
        for picture in super().translate(photos, names):
            yield self.watch('results', picture)


@pytest.mark.parametrize('sheet', [None, 'grid.png'])
def test_few_photos_are_in_memory_however_many_there_are(photos, monkeypatch, sheet):
    monkeypatch.setattr(jobs, 'PIXELS', 12 * 8 * 2 * 4)
    monkeypatch.setattr(grids, 'ROWS', 5)
    greatest = []
    for count in 40, 80:
        painter = Counting()
        folder = folder_of(photos / str(count), count)
        for _ in translate_photos(painter, [folder], ['red', 'blue'], photos / 'out',
                                  sheet and photos / sheet):
            time.sleep(.001)  # a slow consumer
        assert painter.prepared == count
        # 16 are read ahead and 4 computed; small ones of a sheet are results of their own.
        assert painter.greatest['photos'] <= 16 + 2 * 4 + 1
        assert painter.greatest['results'] <= 16 + 2 * 4 + threading.active_count() + 1
        greatest.append(painter.greatest)
    assert len(list((photos / 'out').iterdir())) == 2 * 120


def test_large_photos_are_read_two_ahead(photos, monkeypatch):
    monkeypatch.setattr('chainer_foodgan.translation.pipeline._BYTES', 12 * 8 * 3 * 4)
    monkeypatch.setattr(jobs, 'PIXELS', 1)
    painter = Counting()
    run([folder_of(photos / 'c', 30)], painter=painter, out=photos / 'out')
    assert painter.prepared == 30 and painter.greatest['photos'] <= 4


def test_an_interruption_leaves_the_rest_undone(photos):
    class Interrupted(Counting):
        def translate(self, photos, names):
            if len(self.groups) == 2:
                raise KeyboardInterrupt
            return super().translate(photos, names)

    folder, painter = folder_of(photos / 'c', 60, (200, 200)), Interrupted()
    with pytest.raises(KeyboardInterrupt):
        list(translate_photos(painter, [folder], ['red'], photos / 'out'))
    assert painter.prepared < 60
    assert not [path for path in (photos / 'out').iterdir() if path.suffix != '.png']
    threads = threading.active_count()
    done = translate_photos(Painter(), [folder], ['red'], photos / 'again')
    next(done)
    done.close()  # whoever wants no more of it leaves no thread behind
    assert threading.active_count() == threads


def test_many_photos_take_several_sheets(photos, monkeypatch):
    monkeypatch.setattr(grids, 'ROWS', 2)
    folder = folder_of(photos / 'c', 5)
    written = run([folder], sheet=photos / 'grid.png')
    assert [path.name for path in written] == ['grid.png', 'grid-2.png', 'grid-3.png']
    first, second, third = (Image.open(path) for path in written)
    assert first.size == second.size and third.width == first.width
    assert third.height < first.height
    written = run([folder], out=photos / 'out', sheet=photos / 'grid.png')
    assert [path.name for path in written] == [
        '000_red.png', '000_blue.png', '001_red.png', '001_blue.png', 'grid.png',
        '002_red.png', '002_blue.png', '003_red.png', '003_blue.png', 'grid-2.png',
        '004_red.png', '004_blue.png', 'grid-3.png']
    Image.new('RGB', (12, 8)).save(folder / 'x-3.png')
    with pytest.raises(FoodganError, match='x-3.png: the grid would replace one of the photos'):
        run([folder], sheet=folder / 'x.png')


@pytest.mark.parametrize('photo, dish, expected', [
    ('x/a.b.jpg', 'fried_rice', 'a.b_fried_rice.png'), ('a', '../../b c', 'a_.._.._b_c.png'),
    ('写真.png', '牛丼', '写真_牛丼.png'),
    (240 * 'x' + '.jpg', 'ramen', 195 * 'x' + '_ramen.png'),
    (80 * '飯' + '.jpg', 'ramen', 65 * '飯' + '_ramen.png'),
    ('a.jpg', 300 * 'b', 'a_' + 100 * 'b' + '.png')])
def test_output_names(photo, dish, expected):
    assert output_name(photo, dish) == expected


def test_long_names_and_names_that_are_no_text_become_results(photos):
    for name in os.fsencode(photos / 'b') + b'/caf\xe9.png', photos / 'b' / (251 * 'x' + '.png'):
        Image.new('RGB', (12, 8)).save(os.fsdecode(name), format='PNG')
    for _ in range(2):
        written = run([photos / 'b'], ['red'], out=photos / 'out')
        assert len(written) == 4 and all(colour(path) == (255, 0, 0) for path in written)
    assert b'caf\xe9_red.png' in os.listdir(os.fsencode(photos / 'out'))


def test_results_say_what_made_them_and_are_left_out_of_folders(photos, caplog):
    folder = photos / 'b'
    first = run([folder], out=folder, sheet=folder / 'sheet.png')
    with Image.open(folder / 'a_red.png') as made:
        assert made.text == {'Software': f'chainer_foodgan {__version__}', 'Dish': 'red',
                             'Weights': 'paint'}
    assert len(first) == 5 and not caplog.records
    again = run([folder], ['red'], out=photos / 'out')
    assert [path.name for path in again] == ['a_red.png', 'bowl_red.png']
    assert caplog.messages == [f'{folder}: earlier results are left out (5); to translate one, '
                               'name the file']
    assert len(run([folder / 'a_red.png'], ['red'], out=photos / 'out')) == 1
    with pytest.raises(FoodganError, match='there are only earlier results in this folder'):
        run([photos / 'out'], out=photos / 'out')


def test_progress_is_for_terminals_only(photos, monkeypatch, capsys):
    run([photos / 'a.jpg'], out=photos / 'out')
    assert capsys.readouterr().err == ''
    monkeypatch.setattr('sys.stderr.isatty', lambda: True)
    run([photos / 'a.jpg'], out=photos / 'out')
    error = capsys.readouterr().err
    assert '\ra.jpg: blue:' in error and '1/2' in error and '\x1b' not in error
    assert error.endswith('\r') and not error.split('\r')[-2].strip()
