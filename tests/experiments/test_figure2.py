"""The paper's figure 2."""

import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan import Translator, images
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import loading
from lib.inputs import Means


def record_of(folder):
    return json.loads((folder / 'results' / 'figure2.json').read_text('utf-8'))


def holds(sheet, picture):
    """Where the left edge of a picture is on a sheet, pixel by pixel but for one level of rounding.

    Dishes one by one and all at once are other sums in another order.
    """
    sheet, picture = (numpy.asarray(image).astype(int) for image in (sheet, picture))
    H, W, _ = picture.shape
    corners = sheet[:sheet.shape[0] - H + 1, :sheet.shape[1] - W + 1]
    tops, lefts = numpy.nonzero((abs(corners - picture[0, 0]) <= 1).all(axis=2))
    return [int(left) for top, left in zip(tops, lefts)
            if (abs(sheet[top:top + H, left:left + W] - picture) <= 1).all()]


def test_a_row_per_bowl_and_a_column_per_dish(script, tmp_path):
    script('figure2', '--bowls', '2', '--dishes', 'ramen,curry', '--cell', '64', '--backend',
           'chainer', '--out', tmp_path)
    sheet = Image.open(tmp_path / 'results' / 'figure2.png')
    translator = Translator('bowls_64', size=64, backend='chainer', output_size='network')
    bowls = RenderedBowls(2, 512, 2000)
    for index in range(2):
        places = [holds(sheet, picture) for picture in (
            bowls.image(index).resize((64, 64), Image.LANCZOS),
            *(translator(bowls.image(index), dish) for dish in ('ramen', 'curry')))]
        assert [len(place) for place in places] == [1, 1, 1]
        assert places == sorted(places)  # the input, ramen, curry
    figures = record_of(tmp_path)
    for dish, of in (('ramen', (0, 1)), ('curry', (1,))):  # the first bowl is a curry
        before, after = [], []
        for index in of:
            food = RenderedBowls(2, 64, 2000).mask(index)
            photo = bowls.image(index).resize((64, 64), Image.BILINEAR)
            truth = bowls.render(index, dish).resize((64, 64), Image.BILINEAR)
            for found, picture in ((before, photo), (after, translator(bowls.image(index), dish))):
                a, b = (numpy.asarray(image, float)[food] for image in (picture, truth))
                found.append(10 * numpy.log10(255 ** 2 / ((a - b) ** 2).mean()))
        assert figures[dish]['psnr_input'] == pytest.approx(numpy.mean(before), abs=0.3)
        assert figures[dish]['psnr_translation'] == pytest.approx(numpy.mean(after), abs=0.3)
        assert figures[dish]['psnr_gain'] == pytest.approx(
            numpy.mean(after) - numpy.mean(before), abs=0.3)


def test_a_bowl_does_not_count_for_its_own_dish(script, tmp_path):
    out = script('figure2', '--config', 'tiny', '--bowls', '1', '--dishes', 'curry', '--out',
                 tmp_path)
    assert record_of(tmp_path)['curry'] == {} == record_of(tmp_path)['all']
    assert 'curry' in out


def test_photos_are_cropped_to_squares(script, tmp_path):
    photo = Image.new('RGB', (90, 60), (200, 30, 30))
    photo.paste((240, 240, 240), (15, 0, 75, 60))
    photo.paste((20, 120, 20), (35, 20, 55, 40))
    images.save_image(photo, tmp_path / 'photos' / 'wide.png')
    script('figure2', '--photos', tmp_path / 'photos', '--dishes', 'rice', '--cell', '64', '--out',
           tmp_path)
    with Image.open(tmp_path / 'results' / 'figure2.png') as sheet:
        assert not (numpy.asarray(sheet) == (200, 30, 30)).all(axis=2).any()  # what was cut off
    assert set(record_of(tmp_path)['rice']) == {'edges'}


def test_pictures_have_512_pixels(script, tmp_path):
    script('figure2', '--bowls', '1', '--dishes', 'rice', '--out', tmp_path)
    with Image.open(tmp_path / 'results' / 'figure2.png') as sheet:
        assert holds(sheet, RenderedBowls(1, 512, 2000).image(0))
        assert sheet.width > 2 * 512


def test_means():
    means = Means(['a', 'b'], [('x', 'title', '{:.1f}'), ('y', 'other', '{:.0%}'),
                               ('z', 'nothing', '{}')])
    means.add('a', {'x': 1.0, 'y': float('nan')})
    means.add('a', {'x': 2.0})
    means.add('b', {'y': 0.5, 'x': 6.0})
    assert means.record() == {'a': {'x': 1.5}, 'b': {'x': 6.0, 'y': 0.5},
                              'all': {'x': 3.0, 'y': 0.5}}
    assert means.table() == [['dish', 'title', 'other'], ['a', '1.5', '-'], ['b', '6.0', '50%'],
                             ['all', '3.0', '50%']]


@pytest.mark.parametrize('options, words', [
    (['--dishes', 'pizza'], ['pizza']),
    (['--photos', 'nowhere.jpg'], ['nowhere.jpg']),
    (['--weights', 'nothing'], ['nothing'])])
@pytest.mark.parametrize('name', ['figure2', 'anime'])
def test_mistakes_are_one_line(script, tmp_path, name, options, words):
    line = script(name, *options, '--out', tmp_path / 'out', status=1)
    assert line.startswith(name + ': ') and '\n' not in line
    for word in words:
        assert word in line


def test_a_folder_without_pictures(script, tmp_path):
    line = script('figure2', '--photos', tmp_path, '--out', tmp_path / 'out', status=1)
    assert str(tmp_path) in line and 'no picture' in line


def test_more_pictures_than_a_figure_has(script, tmp_path):
    for number in range(41):
        (tmp_path / f'{number}.png').write_bytes(b'')
    line = script('figure2', '--photos', tmp_path, '--out', tmp_path / 'out', status=1)
    assert '41 pictures' in line and '40' in line


def test_weights_that_do_not_say_their_size(script, tmp_path):
    gen = Generator(2, 10, 1, rng=numpy.random.default_rng(0))
    loading.save(gen, tmp_path / 'gen.npz', {})
    options = ['figure2', '--weights', tmp_path / 'gen.npz', '--bowls', '1', '--dishes', 'rice',
               '--out', tmp_path]
    assert '--size' in script(*options, status=1)
    script(*options, '--size', '32')
    assert record_of(tmp_path)['rice']['change_outside'] > 0
