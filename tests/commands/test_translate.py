"""``foodgan translate`` from end to end, with a small generator of random weights."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator, weights
from chainer_foodgan.commands import main
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.translation import engines


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The current folder, with weights and photos."""
    monkeypatch.chdir(tmp_path)
    meta = {'categories': ['curry', 'ramen', 'soba'], 'image_size': 16}
    weights.save(Generator(4, 3, 1, rng=np.random.default_rng(0)), 'G.npz', meta)
    weights.save(Discriminator(16, 4, 3, 2), 'D.npz', meta)
    rng = np.random.default_rng(1)
    for name, size in {'lunch.jpg': (22, 15), 'photos/a.png': (12, 12),
                       'photos/b.png': (9, 14)}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pixels = rng.integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    return tmp_path


def translate(*arguments):
    return main(['translate', '--weights', 'G.npz', *arguments])


def test_label_strength(place):
    for number, factor in enumerate(('auto', '0.5', '1')):
        assert translate('lunch.jpg', '--to', 'ramen', '--label-strength', factor, '--out',
                         'out' + factor, '--size', 'photo') == 0
        expected = Translator('G.npz', 'photo', label_strength=(15 / 16, 0.5, 1)[number])
        np.testing.assert_array_equal(Image.open(f'out{factor}/lunch_ramen.png'),
                                      expected(Image.open('lunch.jpg'), 'ramen'))


@pytest.mark.parametrize('factor', ['0', '-1', 'nan', 'inf', 'strong', ''])
@pytest.mark.parametrize('command', [
    ('translate', 'lunch.jpg', '--to', 'ramen'), ('video', 'a.mp4', 'b.mp4', '--to', 'ramen'),
    ('serve',), ('evaluate', '--weights', 'G.npz')])
def test_a_label_strength_of_no_use_is_wrong_usage(capsys, command, factor):
    with pytest.raises(SystemExit) as stop:
        main([*command, '--label-strength=' + factor])
    assert stop.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(
        f'argument --label-strength: {factor!r} is neither a number above 0 nor auto')


def test_one_photo_to_one_dish(place, capsys):
    assert translate('lunch.jpg', '--to', 'ramen') == 0
    translator = Translator('G.npz')
    assert capsys.readouterr() == ('lunch_ramen.png\n', translator.engine + '\n')
    expected = translator(Image.open('lunch.jpg'), 'ramen')
    np.testing.assert_array_equal(Image.open('lunch_ramen.png'), expected)


@pytest.mark.parametrize('backend', ['chainer', 'onnxruntime', 'openvino'])
def test_backends(place, capsys, backend):
    for library in engines.LIBRARIES[backend]:
        pytest.importorskip(library, reason=f'computes with {backend}: pip install onnx {backend}')
    assert translate('lunch.jpg', '--to', 'ramen', '--backend', backend) == 0
    said = capsys.readouterr().err
    assert said.startswith(backend + ' ') and said.endswith(', float32\n')
    expected = np.int16(Translator('G.npz', backend='chainer')(Image.open('lunch.jpg'), 'ramen'))
    assert abs(expected - np.int16(Image.open('lunch_ramen.png'))).max() <= 1


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_other_backends_import_neither_chainer_nor_pytorch(place, backend, monkeypatch):
    for library in engines.LIBRARIES[backend]:
        pytest.importorskip(library, reason=f'computes with {backend}: pip install onnx {backend}')
    for name in 'HOME', 'LOCALAPPDATA':
        monkeypatch.setenv(name, str(place / 'home'))
    for name in 'CI', 'TF_BUILD', 'JENKINS_URL':  # OpenVINO reports nothing from such machines
        monkeypatch.delenv(name, raising=False)
    (place / 'home').mkdir()
    code = ('import sys; from chainer_foodgan.commands import main; main(sys.argv[1:]); '
            'sys.exit(str(sorted({"chainer", "torch", "matplotlib", "cupy", "openvino_telemetry"} '
            '& set(sys.modules))))')
    arguments = ['translate', 'lunch.jpg', 'photos', '--to', 'all', '--weights', 'G.npz',
                 '--backend', backend]
    for more, loaded in ([], '[]'), (['--grid', 'grid.png'], "['matplotlib']"):
        result = subprocess.run([sys.executable, '-c', code, *arguments, *more],
                                capture_output=True, text=True)
        assert result.stderr.splitlines()[1:] == [loaded]
    assert Image.open('b_soba.png').size == (9, 14)
    # OpenVINO's report to its maker would have left a file here; Matplotlib keeps a cache.
    assert 'intel' not in os.listdir('home')


def test_photos_and_folders_to_all_at_a_size_with_a_grid(place, capsys):
    assert translate('lunch.jpg', 'photos', '--to', 'all', '--size', '16', '--out', 'new/out',
                     '--grid', 'grid.png') == 0
    written = capsys.readouterr().out.split()
    names = [f'{photo}_{dish}.png' for photo in ('lunch', 'a', 'b')
             for dish in ('curry', 'ramen', 'soba')]
    assert written == [os.path.join('new', 'out', name) for name in names] + ['grid.png']
    assert Image.open('new/out/lunch_soba.png').size == (22, 15)
    assert Image.open('grid.png').height > Image.open('grid.png').width / 4 * 2


def test_dishes_in_other_words(place, capsys):
    assert translate('lunch.jpg', '--to', 'ラーメン,Ramen,カレー') == 0
    assert capsys.readouterr().out.split() == ['lunch_ramen.png', 'lunch_curry.png']
    assert translate('lunch.jpg', '--to', 'フォー') == 1
    assert capsys.readouterr().err == (
        'foodgan: フォー: these weights do not know the dish, but there are others that do: name '
        'the weights photos_96\n')


def test_results_of_the_networks_size(place):
    assert translate('lunch.jpg', '--to', 'soba', '--output-size', 'network') == 0
    np.testing.assert_array_equal(
        Image.open('lunch_soba.png'),
        Translator('G.npz', output_size='network')(Image.open('lunch.jpg'), 'soba'))
    assert Image.open('lunch_soba.png').size == (23, 16)


def test_photos_that_cannot_be_computed_are_left_out(place, capsys):
    for size in (1, 6000), (1, 20000), (20000, 1):
        Image.new('RGB', size).save(f'photos/c{size[0]}x{size[1]}.png')
    assert translate('photos', '--to', 'soba', '--out', 'out') == 1
    output, error = capsys.readouterr()
    assert sorted(os.listdir('out')) == ['a_soba.png', 'b_soba.png']
    lines = [line for line in error.splitlines() if line.startswith('foodgan: ')]
    assert len(lines) == 3 and all('is too thin to be scaled to' in line for line in lines)
    assert translate('lunch.jpg', '--to', 'soba', '--size', '5000000') == 1
    error = capsys.readouterr().err
    assert error.count('\n') == 1 and 'GB are available: translate it at a smaller size' in error


@pytest.mark.parametrize('size', ['0', '-4', '1.5', 'photos'])
def test_a_size_of_no_use_is_wrong_usage(capsys, size):
    with pytest.raises(SystemExit) as stop:
        translate('lunch.jpg', '--to', 'soba', '--size=' + size)
    assert stop.value.code == 2 and 'neither a whole number above 0 nor photo' in \
        capsys.readouterr().err


def test_a_second_run_adds_and_replaces_nothing(place):
    arguments = ['photos/a.png', '--to', 'soba,curry', '--out', 'photos']
    assert translate(*arguments) == 0
    before = {path: path.read_bytes() for path in (place / 'photos').iterdir()}
    assert translate(*arguments) == 0
    after = {path.name for path in (place / 'photos').iterdir()}
    assert after == {'a.png', 'b.png', 'a_soba.png', 'a_curry.png', 'a_soba-2.png',
                     'a_curry-2.png'}
    assert all(path.read_bytes() == content for path, content in before.items())


def test_with_a_grid_and_no_folder_only_the_grid_is_written(place):
    before = set(os.listdir())
    assert translate('photos', '--to', 'ramen', '--grid', 'grid.png') == 0
    assert set(os.listdir()) - before == {'grid.png'}


def test_a_bad_photo_among_others_is_reported_and_the_rest_is_done(place, capsys):
    (place / 'photos' / 'aa.jpg').write_bytes(b'\xff\xd8\xff no picture')
    assert translate('gone.jpg', 'photos', '--to', 'ramen', '--out', 'out') == 1
    output, error = capsys.readouterr()
    assert [os.path.basename(path) for path in output.split()] == ['a_ramen.png', 'b_ramen.png']
    lines = [line for line in error.splitlines() if line.startswith('foodgan: ')]
    assert len(lines) == 2 and 'gone.jpg' in lines[0] and 'aa.jpg' in lines[1]


def test_categories_can_be_named_anew(place, capsys):
    assert translate('lunch.jpg', '--to', 'second', '--categories', 'first,second,third') == 0
    np.testing.assert_array_equal(Image.open('lunch_second.png'),
                                  Translator('G.npz')(Image.open('lunch.jpg'), 'ramen'))


@pytest.mark.parametrize('arguments, says', [
    (['lunch.jpg', '--to', 'raman'], 'did you mean ramen? There are curry, ramen, soba'),
    (['lunch.jpg', '--to', 'ramen', '--weights', 'D.npz'], 'holds a discriminator'),
    (['lunch.jpg', '--to', 'ramen', '--weights', 'gone.npz'], 'no such file'),
    (['lunch.jpg', '--to', 'ramen', '--weights', 'lunch.jpg'], 'ends in .npz'),
    (['lunch.jpg', '--to', 'ramen', '--categories', 'ramen'], '3 categories'),
    (['lunch.jpg', '--to', 'ramen', '--backend', 'openvin'], 'did you mean openvino?'),
    (['lunch.jpg', '--to', 'ramen', '--precision', 'bf61'], 'did you mean bf16?'),
    (['lunch.jpg', '--to', 'ramen', '--precision', 'bf16', '--backend', 'chainer'],
     'chainer computes in float32'),
    (['lunch.jpg', '--to', 'ramen', '--out', 'G.npz'], 'G.npz'),
    (['lunch.jpg', '--to', 'ramen', '--out', 'ramen.png'], '--out ramen.png: name a folder'),
    (['lunch.jpg', '--to', 'ramen', '--grid', 'lunch.jpg'], 'end in .png'),
    (['photos', '--to', 'ramen', '--grid', 'photos/b.png'], 'would replace one of the photos'),
    (['gone.jpg', '--to', 'ramen'], 'gone.jpg')])
def test_a_mistake_is_one_line_and_changes_nothing(place, capsys, arguments, says):
    def files():
        return {path: path.read_bytes() for path in place.rglob('*') if path.is_file()}

    before = files()
    assert translate(*arguments) == 1
    output, error = capsys.readouterr()
    assert output == '' and error.startswith('foodgan: ') and error.count('\n') == 1
    assert says in error
    assert files() == before


def test_as_a_process_it_shows_no_traceback(place):
    for arguments, status in (['--to', 'ramen'], 0), (['--to', 'gyudon'], 1):
        result = subprocess.run(
            [sys.executable, '-m', 'chainer_foodgan', 'translate', 'lunch.jpg', '--weights',
             'G.npz', *arguments], capture_output=True, text=True)
        assert result.returncode == status
        assert len(result.stderr.splitlines()) == 1 and 'Traceback' not in result.stderr
        assert result.stdout.split() == ['lunch_ramen.png'] * (1 - status)


def test_a_mask_file_keeps_what_is_black(place, capsys):
    mask = Image.new('1', (22, 15))
    mask.paste(1, (0, 0, 11, 15))
    mask.save('mask.png')
    assert translate('lunch.jpg', '--to', 'ramen,soba', '--mask', 'mask.png', '--size', 'photo',
                     '--output-size', 'network') == 0
    photo = np.asarray(Image.open('lunch.jpg'))
    for name in 'ramen', 'soba':
        changed = np.asarray(Translator('G.npz', 'photo')(Image.open('lunch.jpg'), name))
        result = np.asarray(Image.open(f'lunch_{name}.png'))
        np.testing.assert_array_equal(result[:, 11:], photo[:, 11:])
        assert abs(np.int16(result[:, :11]) - changed[:, :11]).max() <= 1
        assert np.any(result[:, :11] != photo[:, :11])


def test_the_food_is_looked_for(place, capsys):
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.masks import FoodMask, blend

    bowl = RenderedBowls(1, 64, 5000).image(0)
    bowl.save('bowl.png')
    Image.new('RGB', (64, 64), (70, 80, 90)).save('nothing.png')
    arguments = ['bowl.png', 'nothing.png', '--to', 'soba', '--mask', 'auto', '--size', 'photo']
    assert translate(*arguments, '--output-size', 'network') == 0
    changed, mask = Translator('G.npz', 'photo')(bowl, 'soba'), FoodMask()(bowl)
    np.testing.assert_array_equal(Image.open('bowl_soba.png'), blend(bowl, changed, mask))
    assert translate(*arguments, '--out', 'cropped') == 0
    expected = Translator('G.npz', 'photo')(bowl, 'soba', mask)
    np.testing.assert_array_equal(Image.open('cropped/bowl_soba.png'), expected)


def test_photos_without_food_stay_and_are_named(place, caplog, monkeypatch):
    from chainer_foodgan import masks
    monkeypatch.setattr(masks, 'FoodMask', lambda: lambda photo: Image.new('L', photo.size))
    assert translate('photos', '--to', 'soba', '--mask', 'auto') == 0
    for name in 'a', 'b':
        np.testing.assert_array_equal(Image.open(name + '_soba.png'),
                                      Image.open(f'photos/{name}.png'))
    assert sorted(record.getMessage() for record in caplog.records) == [
        os.path.join('photos', name + '.png: the mask found is black all over, so nothing is '
                     'changed') for name in 'ab']


@pytest.mark.parametrize('name, says', [('black.png', 'nothing is changed'),
                                        ('gone.png', 'does not exist'), ('G.npz', 'no picture')])
def test_a_mask_that_is_none_is_one_line_and_nothing_is_written(place, capsys, name, says):
    Image.new('L', (22, 15)).save('black.png')
    assert translate('lunch.jpg', '--to', 'ramen', '--mask', name) == 1
    output, error = capsys.readouterr()
    assert output == '' and error.count('\n') == 1 and name in error and says in error
    assert not list(place.glob('*_ramen.png'))
