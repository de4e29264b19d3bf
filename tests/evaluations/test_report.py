"""Tables and pictures of figures."""

import io
import re

import numpy
import pytest
from PIL import Image

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import report
from chainer_foodgan.visualizations import plots


def figures(accuracy, **more):
    return {'translations': 10, 'references': 5, 'accuracy': accuracy, 'untouched': 0.1,
            'inputs': None, 'intervals': {'accuracy': accuracy and [0.25, 0.75]}, **more}


def record(**more):
    more = {**more, 'intervals': {'accuracy': [0.25, 0.75], 'change_outside': [3., 4.5]}}
    return {
        'judged_on': '9 photos', 'image_size': 16,
        'classifier': {'trained_on': 'these', 'tested_on': 'those', 'test_accuracy': 0.9},
        'features': {},
        'targets': {'rice': figures(0.5, **more), 'soba': figures(None, **more)},
        'all': figures(0.5, **more)}


def test_a_table_for_each_subject():
    (rows, legend), = report.tables(record())
    assert rows[0] == ['target', 'translations', 'accuracy', 'untouched', 'inputs']
    assert rows[1] == ['rice', '10', '50.0% (25.0 to 75.0)', '10.0%', '-']
    assert rows[2] == ['soba', '10', '-', '10.0%', '-']
    assert [row[0] for row in rows] == ['target', 'rice', 'soba', 'all']
    assert legend[0].startswith('accuracy: share of the translations')
    tables = report.tables(record(change_outside=4.125, psnr_gain=-1.5))
    assert len(tables) == 3
    assert tables[1][0][1] == ['rice', '4.12/255 (3.00 to 4.50)']
    assert tables[2][0][1] == ['rice', '-1.50 dB']


def test_controls_are_rows_of_every_table():
    found = record(texture=0.0625)
    found['controls'] = {'untouched': {'all': figures(0.25, texture=0.125), 'targets': {}}}
    found['colours_of'], found['left_out'] = 'nobody', ['without ssim: why']
    (rows, _), (textures, _) = report.tables(found)
    assert [row[0] for row in rows] == [
        'target', 'rice', 'soba', 'all: translation', 'all: untouched']
    assert rows[3][2] == '50.0% (25.0 to 75.0)' and rows[4][2] == '25.0% (25.0 to 75.0)'
    assert [row[1] for row in textures] == ['texture', '0.0625', '0.0625', '0.0625', '0.1250']
    assert report.notes(found)[1:4] == ['without ssim: why', 'untouched: the photo itself',
                                        "the target's colours are those of nobody"]
    assert re.search(r'\| all: untouched +\| +10 \| 25.0% \(25.0 to 75.0\) \|',
                     report.document(found))


def test_likeness_to_a_teacher_is_one_table():
    tables = report.tables(record(difference=20.5, psnr=18., ssim=0.5, lpips_truth=0.25))
    assert tables[1][0][:2] == [['target', 'difference', 'PSNR', 'SSIM', 'LPIPS'],
                                ['rice', '20.50/255', '18.00 dB', '0.500', '0.250']]


def test_figures_bear_the_name_of_their_extractor():
    tables = report.tables(record(fid_classifier=1.5, kid_inception=0.25, kid_inception_std=0.125))
    assert tables[-1][0][0] == ['target', 'references', 'FID (classifier)', 'KID (inception)']
    assert tables[-1][0][1] == ['rice', '5', '1.50', '0.2500 +- 0.1250']


def test_notes():
    found = record(fid_classifier=1.5)
    assert report.notes(found) == ['judged on 9 photos at 16 pixels',
                                   'by a classifier trained on these and right on 90.0% of those']
    found['label_strength'] = 1
    assert len(report.notes(found)) == 2
    assert report.notes({**found, 'label_strength': 2.5})[1] == 'labels are multiplied by 2.5'
    found['features'] = {'classifier': {'dimension': 4, 'network': 'N', 'resizing': 'R'}}
    assert report.notes(found)[2:] == ['features (classifier): 4 numbers of N; R']
    found['features']['classifier']['dimension'] = 5  # there are five references
    assert report.notes(found)[3].startswith('FID (classifier) of fewer pictures than features')
    found['classifier']['trained_on'] = None
    assert 'classifier trained' not in ' '.join(report.notes(found))


@pytest.mark.parametrize('judged_on, trained_on, same', [
    ('9 rendered bowls of seed 2000', '99 pictures of rendered bowls of seed 2000', True),
    ('9 rendered bowls of seed 2000', '99 pictures of rendered bowls of seed 12000', False),
    ('9 photos of lunch', '99 pictures of lunch', True),
    ('9 photos of m.csv, split test', '99 pictures of m.csv, split train', False)])
def test_a_classifier_that_knows_the_pictures_is_told(judged_on, trained_on, same):
    found = record()
    found['judged_on'], found['classifier']['trained_on'] = judged_on, trained_on
    assert ('no judge of them' in report.notes(found)[-1]) == same


def test_markdown():
    text = report.document(record())
    lines = text.splitlines()
    assert lines[0].strip('|').replace(' ', '').split('|') == [
        'target', 'translations', 'accuracy', 'untouched', 'inputs']
    assert re.fullmatch(r'\|:-+(\|-+:){4}\|', lines[1])
    assert '- judged on 9 photos at 16 pixels' in lines and text.endswith('\n')


def test_a_name_is_no_mathematics(tmp_path):
    """Matplotlib reads ``$a$`` as a formula and fails at others; with backslashes it shows it."""
    def drawn(name, draw):
        figure = plots.new_figure(2, 1)
        figure.text(.2, .5, name)
        return numpy.asarray(draw(figure)).astype(int)

    def by_matplotlib(figure):
        file = io.BytesIO()
        figure.savefig(file, format='png', dpi=120)
        return Image.open(file).convert('RGB')

    shown = drawn('$a$', plots.as_image)
    assert (shown == drawn(r'\$a\$', by_matplotlib)).all()
    assert (shown != drawn('$a$', by_matplotlib)).any()
    plots.confusion([[1, 2], [3, 4]], [r'$\foo$', '$'], tmp_path / 'a.png', 'rows', 'columns')
    assert pixels(tmp_path / 'a.png').std() > 0


def test_a_name_is_no_markup():
    found = record()
    found['targets'] = {'<img src=x>|[a](b)': found['targets']['rice']}
    found['judged_on'] = '9 photos of <script>'
    text = report.document(found)
    assert r'| \<img src=x>\|\[a\](b) ' in text and r'- judged on 9 photos of \<script>' in text


def pixels(path):
    with Image.open(str(path)) as picture:
        assert picture.format == 'PNG'
        return numpy.asarray(picture.convert('RGB')).astype(int)


def test_bars_get_a_panel_for_each_figure(tmp_path):
    plots.bars(record(), tmp_path / 'one.png')
    plots.bars(record(change_outside=4., edges=0.5), tmp_path / 'three.png')
    one, three = pixels(tmp_path / 'one.png'), pixels(tmp_path / 'three.png')
    assert three.shape[1] > 1.8 * one.shape[1]
    # Two bars of half a panel's scale, blue; two orange dots, as `soba` has no accuracy's bar.
    blue = (one[..., 2] - one[..., 0] > 40).sum()
    orange = (one[..., 0] - one[..., 2] > 80).sum()
    assert blue > 20 * orange > 0


def test_controls_get_grey_bars(tmp_path):
    found = record()
    plots.bars(found, tmp_path / 'without.png')
    found['controls'] = {'untouched': {'all': figures(0.5), 'targets': {}}}
    plots.bars(found, tmp_path / 'with.png')
    without, more = (pixels(tmp_path / name) for name in ('without.png', 'with.png'))

    def grey(picture):  # the bar's, laid on white
        return (abs(picture - 178) <= 8).all(axis=2).sum()
    assert grey(more) > 1000 + grey(without) and more.shape[0] > without.shape[0]


def test_nothing_measured_is_still_a_picture(tmp_path):
    empty = record()
    for group in (*empty['targets'].values(), empty['all']):
        group['accuracy'] = None
    plots.bars(empty, tmp_path / 'p.png')
    assert (pixels(tmp_path / 'p.png').min(axis=2) > 250).mean() > 0.9


def test_the_confusion_matrix_is_dark_where_it_counts(tmp_path):
    plots.confusion([[9, 0], [0, 9]], ['rice', 'soba'], tmp_path / 'a.png', 'rows', 'columns')
    plots.confusion([[0, 9], [9, 0]], ['rice', 'soba'], tmp_path / 'b.png', 'rows', 'columns')
    a, b = pixels(tmp_path / 'a.png'), pixels(tmp_path / 'b.png')
    assert a.shape == b.shape
    dark = [(picture[..., 2] - picture[..., 0] > 80) for picture in (a, b)]
    rows, columns = numpy.nonzero(dark[0] & ~dark[1])  # the diagonal
    assert numpy.corrcoef(rows, columns)[0, 1] > 0.5
    rows, columns = numpy.nonzero(dark[1] & ~dark[0])
    assert numpy.corrcoef(rows, columns)[0, 1] < -0.5


def test_a_picture_that_cannot_be_written(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(FoodganError, match='cannot write'):
        plots.bars(record(), tmp_path / 'file' / 'p.png')
