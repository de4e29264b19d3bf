"""A page of a run holds what its files say, whatever they say, and needs no other file."""

import base64
import io
import json
import re

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training import report
from chainer_foodgan.training.run import Run

NASTY = '<script>alert("{{ facts }}")</script>'


@pytest.fixture
def started(tmp_path):
    """A run that has just begun."""
    run = Run(tmp_path / 'run')
    run.start({'system': 'stargan', 'images': NASTY, 'g_conv_dim': 7, 'balanced': True,
               'categories': ['ramen', 'soba']})
    return run


@pytest.fixture
def advanced(started):
    """The same, thirty samples later."""
    log = [{'epoch': n, 'iteration': 10 * n, 'elapsed_time': 61. * n, 'gen/loss_rec': 1 / n,
            'dis/loss_real': -n, 'eval/accuracy': .0125 * n} for n in range(1, 31)]
    (started.logs / 'log').write_text(json.dumps(log))
    for n in range(1, 31):
        images.save_image(Image.new('RGB', (1600, 80), (8 * n, 0, 0)),
                          started.samples / f'{n}_10_fake.png')
    return started


def page(run):
    return report.write(run.path).read_text('utf-8')


def frames(text):
    """-> list of (caption, PIL image)."""
    found = json.loads(re.search(r'id="frames">(.*?)</script>', text).group(1))
    return [(caption, Image.open(io.BytesIO(base64.b64decode(uri.split(',')[1]))))
            for caption, uri in found]


def test_a_run_that_has_just_begun(started):
    text = page(started)
    assert 'Nothing has been logged yet' in text and 'There are no samples yet' in text
    assert re.search(r'<th>g-conv-dim</th><td>7</td>', text)
    assert re.search(r'<th>balanced</th><td>yes</td>', text)
    assert re.search(r'<th>categories</th><td>ramen, soba</td>', text)


def test_what_the_log_says(advanced):
    text = page(advanced)
    assert text.count('<svg') == 3
    assert '<dt>iteration</dt><dd>300</dd>' in text
    assert '<dt>time</dt><dd>0:30:30</dd>' in text  # 30 times 61 seconds
    assert '<dd>37.5%</dd>' in text


# What is cut off or too small to read, in pixels of the screen.
MEASURE = """
const shown = [...document.querySelectorAll('main *')].filter(e => e.getClientRects().length);
const texts = shown.filter(e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()));
const ticks = [...document.querySelectorAll('svg [id^=text_] g')];
return {scrolls: document.documentElement.scrollWidth - innerWidth,
        outside: shown.filter(e => !e.closest('section') || e.matches('section'))
                      .filter(e => e.getBoundingClientRect().right > innerWidth).length,
        pictures: shown.filter(e => e.matches('img, svg')).map(
          e => e.getBoundingClientRect().right - e.parentElement.getBoundingClientRect().right),
        type: Math.min(...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
        ticks: Math.min(...ticks.map(e => e.getBoundingClientRect().height)),
        paper: getComputedStyle(document.body).backgroundColor,
        ink: getComputedStyle(document.querySelector('svg')).fill}"""


def test_it_can_be_read_at_every_width_and_in_the_dark(advanced, open_browser):
    browser = open_browser()
    record = json.loads(advanced.record_path.read_text())
    record['arguments'].update(images='a' * 300, categories=40 * ['fried_rice'])
    advanced.record_path.write_text(json.dumps(record))
    address = report.write(advanced.path).as_uri()
    for width in 375, 768, 1280:
        for scheme in 'light', 'dark':
            browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
                'width': width, 'height': 800, 'deviceScaleFactor': 1, 'mobile': width < 700})
            browser.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [
                {'name': 'prefers-color-scheme', 'value': scheme}]})
            browser.get(address)
            found = browser.execute_script(MEASURE)
            assert found['scrolls'] <= 0 and found['outside'] == 0
            assert max(found['pictures']) <= 0
            assert found['type'] >= 14 and found['ticks'] >= 7  # of a digit of 10 pixels
            paper, ink = (sum(map(int, re.findall(r'\d+', found[key])[:3]))
                          for key in ('paper', 'ink'))
            assert paper - ink > 300 if scheme == 'light' else ink - paper > 300
    browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
        'width': 375, 'height': 800, 'deviceScaleFactor': 1, 'mobile': True})
    browser.get(address)
    picture = 'return document.getElementById("grid").clientWidth'
    assert browser.execute_script(picture) < 375
    browser.find_element('css selector', '.time .size').click()
    assert browser.execute_script(picture) == 1400
    assert browser.execute_script('return document.documentElement.scrollWidth') == 375


def test_a_student_of_published_pairs(tmp_path):
    run = Run(tmp_path / 'run')
    run.start({'system': 'student', 'pairs': 'published', 'bowls': 10000, 'images': None})
    (run.logs / 'log').write_text(json.dumps([
        {'epoch': 1, 'iteration': 5, 'elapsed_time': 1., 'gen/loss_l1': 0.5, 'eval/l1': 7.25}]))
    text = page(run)
    assert 'student, photos of published' in text and 'rendered bowls' not in text
    assert '<dt>distance to the teacher, of 255</dt><dd>7.2</dd>' in text


def test_samples_are_thinned_evenly_and_keep_both_ends(advanced):
    found = frames(page(advanced))
    assert len(found) == report.FRAMES
    epochs = [int(re.match(r'epoch (\d+), iteration 10$', caption).group(1))
              for caption, _ in found]
    assert epochs[0] == 1 and epochs[-1] == 30
    assert set(numpy.diff(epochs)) == {1, 2}
    for epoch, (_, image) in zip(epochs, found):
        assert image.size == (1400, 70)
        assert numpy.asarray(image)[..., 0].mean() == pytest.approx(8 * epoch, abs=3)


def test_nothing_from_outside_and_nothing_that_runs(advanced):
    text = page(advanced)
    assert NASTY not in text and '&lt;script&gt;alert(&#34;{{ facts }}&#34;)' in text
    # Names of XML vocabularies inside the curves are no addresses to load from.
    loads = re.findall(r'(?:src|href)="(?!data:|#)[^"]+"', text)
    assert [found for found in loads if 'w3.org' not in found] == []


def test_where_it_goes(started, tmp_path):
    assert report.write(started.path) == started.results / 'report.html'
    assert report.write(started.path, tmp_path / 'a.html').exists()


def entry(**more):
    return json.dumps([{'iteration': 1, **more}])


@pytest.mark.parametrize('log', [
    '{', '[1]', '[{"epoch": 1}]', '{"iteration": 1}', 'null', '[' * 10 ** 5, '[{"iteration": "1"}]',
    '[{"iteration": NaN}]', '[{"iteration": -1}]', '[{"iteration": true}]',
    '[{"iteration": 1' + '0' * 400 + '}]', entry(elapsed_time=1e300), entry(epoch='<b>'),
    entry(**{'gen/' + NASTY: 1}), entry(**{r'gen/$\foo$': 1}), entry(**{'gen/x': [1]})])
def test_a_damaged_log(started, log):
    (started.logs / 'log').write_text(log)
    with pytest.raises(FoodganError, match='not the log of a training'):
        report.write(started.path)


@pytest.mark.parametrize('number', ['1e400', '-1e400', '1e308', '1' + '0' * 400, '3.5e38', 'NaN'])
@pytest.mark.parametrize('name', ['gen/loss_rec', 'eval/psnr'])
def test_figures_beyond_all_measure(started, name, number):
    (started.logs / 'log').write_text(f'[{{"iteration": 1, "{name}": {number}}}]')
    assert 'Nothing has been logged yet' not in page(started)


@pytest.mark.parametrize('record', [
    '[]', '{}', 'null', '[' * 10 ** 5, '{"arguments": {}}', '{"arguments": {}, "ranks": 1e400}',
    '{"arguments": {}, "ranks": "<b>"}', '{"arguments": [1], "ranks": 1}',
    '{"arguments": {"bowls": 1' + 5000 * '0' + '}, "ranks": 1}'])
def test_a_damaged_record(started, record):
    started.record_path.write_text(record)
    with pytest.raises(FoodganError, match='not the record of a training'):
        report.write(started.path)


def test_a_record_of_surrogates(started):
    started.record_path.write_text(
        '{"arguments": {"system": "\\ud800", "seed": "\\u001b[2J"}, "ranks": 1}')
    assert r'\ud800, 0 rendered bowls' in page(started)


def test_a_log_without_end(started):
    with open(started.logs / 'log', 'wb') as log:
        log.truncate(2 ** 40)
    with pytest.raises(FoodganError, match='more than .* bytes; it is not the log of a training'):
        report.write(started.path)


def test_a_loss_that_is_no_number_any_more(started):
    (started.logs / 'log').write_text(
        '[{"iteration": 1, "gen/loss_rec": NaN, "eval/accuracy": Infinity}]')
    assert '<dd>inf%</dd>' in page(started)


def test_a_record_that_somebody_made_up(started):
    record = json.loads(started.record_path.read_text())
    record.update(commit=[NASTY], machine=NASTY, versions=[1], device={NASTY: 1})
    record['arguments'].update(images=None, bowls=NASTY, seed=0, system=NASTY)
    started.record_path.write_text(json.dumps(record))
    text = page(started)
    assert NASTY not in text and re.search('<th>seed</th><td>0</td>', text)


def test_no_run(tmp_path):
    with pytest.raises(FoodganError, match='holds no run: name the --out of a training'):
        report.write(tmp_path)
