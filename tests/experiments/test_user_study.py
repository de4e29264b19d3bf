"""The study "real or fake": its pictures, its page in a browser, its answers and the answers."""

import base64
import collections
import csv
import io
import json
import math
import re

import numpy
import pytest
from PIL import Image

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import loading
from user_studies import answers, page

# --- Counting.

@pytest.mark.parametrize('hits, tries', [(153, 400), (304, 400), (1, 3), (7, 50)])
@pytest.mark.parametrize('level, z', [(0.95, 1.959964), (0.99, 2.575829)])
def test_wilson_solves_the_score_equation(hits, tries, level, z):
    low, high = answers.wilson(hits, tries, level)
    assert 0 < low < hits / tries < high < 1
    for p in (low, high):
        assert abs(hits / tries - p) == pytest.approx(z * math.sqrt(p * (1 - p) / tries), rel=1e-5)


def test_wilson_at_the_ends():
    z = 1.959964
    assert answers.wilson(0, 20) == pytest.approx((0, z ** 2 / (20 + z ** 2)), rel=1e-5)
    assert answers.wilson(20, 20) == pytest.approx((20 / (20 + z ** 2), 1), rel=1e-5)


def test_published_counts():
    whole = answers.together('all', answers.PUBLISHED)
    assert whole == ('all', 400, 153, 400, 304)
    assert len(answers.PUBLISHED) == 8
    found = [person.fooled / person.fakes for person in answers.PUBLISHED]
    assert (min(found), max(found)) == (0.28, 0.66)
    row = answers.table([whole])[1]
    assert row[1].startswith('153/400 = 38.2%') and row[2].startswith('304/400 = 76.0%')
    assert answers.rates(whole)['right'] == pytest.approx((400 - 153 + 304) / 800)


def published(person, path):
    """A file as the published study left it, with a person's counts."""
    rows = ['path,label,prediction']
    rows += [f'data/fake/{n}.png,0,{n < person.fooled:d}' for n in range(person.fakes)]
    rows += [f'data/real/{n}.jpg,1,{n < person.trusted:d}' for n in range(person.reals)]
    path.write_text('\n'.join(rows) + '\n')
    return path


def test_files_of_the_published_study(script, tmp_path):
    """Other people than those who were published, none of whom saw as many of each."""
    people = [answers.PUBLISHED[0]._replace(fakes=fakes, fooled=fooled, reals=reals,
                                            trusted=trusted)
              for fakes, fooled, reals, trusted in ((7, 2, 5, 5), (3, 3, 11, 1), (10, 0, 1, 0))]
    files = [published(person, tmp_path / f'{number}.csv')
             for number, person in enumerate(people)]
    out = script('user_study', 'count', *files, '--out', tmp_path / 'out')
    record = json.loads((tmp_path / 'out' / 'results' / 'answers.json').read_text())
    assert record['all']['fakes_called_real'] == 5 and record['all']['fakes'] == 20
    assert record['all']['reals_called_real'] == 6 and record['all']['reals'] == 17
    assert [person['fakes_called_real'] for person in record['people']] == [2, 3, 0]
    assert '5/20 = 25.0%' in out and '6/17 = 35.3%' in out
    assert out.count('153/400') == out.count('304/400') == 1  # theirs, beside it


# --- Pictures.

@pytest.mark.parametrize('real, fake', [(10, 10), (3, 7), (1, 1), (20, 5)])
def test_split(real, fake):
    rng = numpy.random.default_rng(1)
    labels = rng.integers(0, 3, 40)
    kept, changed = page.split(labels, real, fake, numpy.random.default_rng(2))
    assert (len(kept), len(changed)) == (real, fake)
    assert len(set(kept + changed)) == real + fake and set(kept + changed) <= set(range(40))
    assert page.split(labels, real, fake, numpy.random.default_rng(2)) == (kept, changed)
    if real == fake:  # every category as often on both sides, one picture at most aside
        counts = [numpy.bincount(labels[part], minlength=3) for part in (kept, changed)]
        assert abs(counts[0] - counts[1]).max() <= 1


def test_split_of_too_few():
    with pytest.raises(FoodganError, match='3 real and 2 fake .* there are 4'):
        page.split(numpy.zeros(4, int), 3, 2, numpy.random.default_rng(0))


@pytest.fixture
def study(script, tmp_path):
    """A tiny study; ``study(*options)`` returns its page, the key and the record."""
    def make(*options):
        script('user_study', 'make', '--config', 'tiny', *options, '--out', tmp_path / 'study')
        folder = tmp_path / 'study'
        return ((folder / 'study.html').read_text('utf-8'),
                page.read_key(folder / 'key.json'),
                json.loads((folder / 'results' / 'user_study.json').read_text('utf-8')))
    return make


def inside(text):
    return json.loads(re.search(r'<script type="application/json" id="study">(.*?)</script>',
                                text, re.S).group(1))


def test_page(study):
    text, key, record = study('--real', '5', '--fake', '4', '--seconds', '0.5')
    found = inside(text)
    assert found['seconds'] == 0.5 and found['study'] == key['study'] == record['study']
    assert len(found['pictures']) == len(key['pictures']) == 9
    assert [picture['real'] for picture in key['pictures']].count(True) == 5
    for uri, truth in zip(found['pictures'], key['pictures']):
        start, code = uri.split(',')
        assert start == 'data:image/jpeg;base64'
        with Image.open(io.BytesIO(base64.b64decode(code))) as image:
            assert image.size == (32, 32) and not image.getexif()
        assert (truth['dish'] is None) == truth['real']
        assert truth['real'] or truth['dish'] == truth['category']  # as in the published study
    # Nothing from elsewhere, and no word of the truth.
    assert not re.search(r'https?:|src=|@import|url\(', text)
    assert "default-src 'none'" in text
    assert set(found) == {'study', 'seconds', 'pause', 'rest', 'size', 'kind', 'pictures', 'words'}
    assert set(found['words']['en']) == set(found['words']['ja'])
    for name, words in found['words']['en'].items():
        assert sorted(re.findall(r'{\w+}', words)) == sorted(
            re.findall(r'{\w+}', found['words']['ja'][name]))


def test_real_pictures_are_untouched_and_fakes_are_translations(study):
    from chainer_foodgan import Translator
    from chainer_foodgan.datasets.bowls import RenderedBowls
    text, key, record = study('--fakes', 'other', '--seed', '3')
    bowls = RenderedBowls(6, 32, 3)
    translator = Translator('bowls_64', 'photo', output_size='network')
    changes = []
    for uri, truth in zip(inside(text)['pictures'], key['pictures']):
        bowl = bowls.image(int(truth['source'].split()[1]))
        assert truth['real'] or truth['dish'] != truth['category']
        expected = bowl if truth['real'] else translator(bowl, truth['dish'])
        with Image.open(io.BytesIO(base64.b64decode(uri.split(',')[1]))) as image:
            seen = numpy.asarray(image, float)
        assert abs(seen - numpy.asarray(expected)).mean() < 4  # of JPEG
        if not truth['real']:
            changes.append(abs(numpy.asarray(expected, float) - numpy.asarray(bowl)).mean())
    assert record['change'] == pytest.approx(numpy.mean(changes), rel=1e-4)


def test_a_study_repeats_and_its_order_says_nothing(study):
    first, key, _ = study('--real', '12', '--fake', '12')
    assert study('--real', '12', '--fake', '12')[0] == first
    _, other, _ = study('--real', '12', '--fake', '12', '--seed', '1')
    assert other['study'] != key['study']
    for found in (key, other):
        truth = [picture['real'] for picture in found['pictures']]
        changes = sum(a != b for a, b in zip(truth, truth[1:]))
        assert 5 < changes < 19  # neither in blocks nor in turns


def test_photos(study, tmp_path):
    rng = numpy.random.default_rng(0)
    for category in ('soba', 'ramen'):
        folder = tmp_path / 'photos' / category
        folder.mkdir(parents=True)
        for number in range(3):
            Image.fromarray(rng.integers(0, 256, (40, 50, 3), numpy.uint8)).save(
                folder / f'{number}.png')
    weights = tmp_path / 'weights.npz'
    loading.save(Generator(4, 2, 1, rng=rng), weights, {
        'categories': ['ramen', 'soba'], 'image_size': 16})
    text, key, _ = study('--weights', weights, '--images', tmp_path / 'photos', '--size', '16')
    assert inside(text)['kind'] == 'photos' and inside(text)['size'] == 16
    sources = collections.Counter(picture['source'] for picture in key['pictures'])
    assert len(sources) == 6 and all(source.endswith('.png') for source in sources)
    for picture in key['pictures']:
        assert '/{}/'.format(picture['category']) in picture['source']


# --- Answers.

def test_a_machine_tells_noise_from_bowls(script, tmp_path):
    """Two generators without training: who has seen the noise of one knows that of the other."""
    paths = [tmp_path / f'{number}.npz' for number in range(2)]
    for number, path in enumerate(paths):
        loading.save(Generator(4, 3, 1, rng=numpy.random.default_rng(number)), path, {
            'categories': ['curry', 'rice', 'soba'], 'image_size': 32})
    out = script('user_study', 'machine', '--config', 'tiny', '--weights', paths[0], '--others',
                 paths[1], '--real', '20', '--fake', '20', '--judge-bowls', '120', '--num-epochs',
                 '6', '--conv-dim', '8', '--out', tmp_path / 'out')
    record = json.loads((tmp_path / 'out' / 'results' / 'machine.json').read_text('utf-8'))
    assert (record['fakes'], record['reals']) == (20, 20)
    assert record['fakes_called_real'] <= 2 and record['reals_called_real'] >= 18
    assert '153/400 = 38.2%' in out and 'not people' in out
    # The bowls that it has seen are others than those that it is asked about.
    seen = {path.read_bytes() for path in (tmp_path / 'out' / 'pictures' / 'real').iterdir()}
    assert len(seen) == 120


def record_of(key, truthful):
    return {'study': key['study'], 'session': '0a1b', 'participant': '花子', 'answers': [
        {'picture': n, 'answer': 'real' if truth['real'] == truthful else 'fake', 'shown': 1003,
         'milliseconds': 500} for n, truth in enumerate(key['pictures'])]}


@pytest.mark.parametrize('truthful', [True, False])
def test_counting_with_the_key(script, study, tmp_path, truthful):
    _, key, _ = study('--real', '4', '--fake', '2')
    path = tmp_path / 'answers.json'
    path.write_text(json.dumps([record_of(key, truthful)]), 'utf-8')
    out = script('user_study', 'count', path, '--out', tmp_path / 'study')
    found = json.loads((tmp_path / 'study' / 'results' / 'answers.json').read_text('utf-8'))
    assert found['people'][0]['person'] == '花子' and found['all']['right'] == float(truthful)
    assert found['all']['reals_called_real'] == 4 * truthful
    assert found['all']['fakes_called_real'] == 2 * (not truthful)
    assert 'shown for 1.00 to 1.00 s' in out and 'same dish' in out


BAD = {
    'nothing': '', 'no JSON': '{"study": ', 'deep': '[' * 100000, 'a number': '[1]',
    'no table': 'a,b\n1,2\n', 'no answers': '{"study": "s", "session": "a", "participant": "", '
    '"answers": []}', 'a wide table': 'path,label,prediction\nx.png,2,1\n',
    'colours': '{"study": "s", "session": "\\u001b[31m", "participant": "", "answers": [1]}',
    'a word': '{"study": "s", "session": "a", "participant": "", "answers": [{"picture": 0, '
    '"answer": "maybe"}]}', 'empty list': '[]',
    'twice': 'path,label,prediction\nx.png,0,1\nx.png,0,1\n'}


@pytest.mark.parametrize('name', sorted(BAD))
def test_malformed_answers_are_one_line(script, tmp_path, name):
    path = tmp_path / 'answers.json'
    path.write_text(BAD[name], 'utf-8')
    line = script('user_study', 'count', path, '--out', tmp_path, status=1)
    assert line.startswith(f'user_study: {path}') and '\n' not in line
    assert 'no answers' in line


def test_other_mistakes_are_one_line(script, study, tmp_path):
    _, key, _ = study()
    record, path = record_of(key, True), tmp_path / 'a.json'
    path.write_text(json.dumps(record), 'utf-8')

    def line(*files, out='study'):
        found = script('user_study', 'count', *files, '--out', tmp_path / out, status=1)
        assert '\n' not in found
        return found
    assert 'the same answers' in line(path, path)
    assert 'key.json' in line(path, out='elsewhere')
    assert 'nowhere.json' in line(tmp_path / 'nowhere.json')
    (tmp_path / 'bytes.json').write_bytes(b'\xff\xfe\x00')
    assert 'no answers' in line(tmp_path / 'bytes.json')
    for change, words in ((dict(study='other'),
                           'the study other, the key is that of ' + key['study']),
                          (dict(answers=[{'picture': 99, 'answer': 'real'}]), 'no picture 99')):
        path.write_text(json.dumps({**record, **change}), 'utf-8')
        assert words in line(path)
    (tmp_path / 'study' / 'key.json').write_text('{}')
    assert 'no key' in line(path)


@pytest.mark.parametrize('options, words', [
    (['--real', '40', '--images', 'photos'], 'photos'), (['--weights', 'nothing'], 'nothing'),
    (['--size', '8'], '8')])
def test_studies_that_cannot_be_made(script, tmp_path, options, words):
    line = script('user_study', 'make', '--config', 'tiny', *options, '--out', tmp_path, status=1)
    assert words in line and '\n' not in line
    assert not (tmp_path / 'study.html').exists()


# --- The page, by hand: keys, touch, a reload in the middle.

def told(browser):
    return browser.run('kept.current ? kept.current.answers.length : -1')


def test_a_person_answers(browser, script, study, tmp_path):
    text, key, _ = study('--real', '2', '--fake', '3', '--seconds', '0.05')
    html = tmp_path / 'study' / 'study.html'
    # A rest after four, and hardly a pause: nobody waits here.
    html.write_text(text.replace('"rest": 25', '"rest": 4').replace('"pause": 0.6',
                                                                    '"pause": 0.01'), 'utf-8')
    browser.open(html.as_uri())
    browser.run('document.querySelector("[data-language=ja]").click()')
    assert browser.run('document.documentElement.lang') == 'ja'
    assert browser.run('document.querySelector("h1").textContent') == '本物？ 偽物？'
    browser.run('document.querySelector("#name").value = "a \\"b\\", c"')
    browser.press('f')  # a key before its time answers nothing
    browser.run('document.querySelector("#start").click()')

    said = []
    browser.wait('document.querySelector("#stage img")')
    assert browser.run('[...document.querySelectorAll(".answers button")]'
                       '.every((button) => button.disabled)')
    for number, key_pressed in enumerate(['ArrowLeft', 'f', 'r']):
        browser.wait('asked !== null')
        assert browser.run('document.querySelector("#stage img")') is None
        assert told(browser) == number
        browser.press(key_pressed)
        said.append({'ArrowLeft': 'real', 'f': 'fake', 'r': 'real'}[key_pressed])
    browser.wait('asked !== null')

    # A reload: the picture that was seen is asked for, and not shown again.
    before = browser.run('kept.current')
    browser.open(html.as_uri())
    assert browser.run('kept.current') == before and told(browser) == 3
    browser.resize(390, 844, phone=True)
    browser.run('document.querySelector("#start").click()')
    assert browser.run('asked !== null && !document.querySelector("#stage img")')
    assert browser.run('document.documentElement.scrollWidth') <= 390
    browser.tap('[data-answer=fake]')
    browser.wait('!document.querySelector("#rest").hidden')
    browser.tap('#rest button')
    browser.wait('asked !== null')
    browser.tap('[data-answer=real]')
    browser.wait('!document.querySelector("#end").hidden')
    said += ['fake', 'real']

    for kind in ('json', 'csv'):
        browser.run(f'document.querySelector("[data-save={kind}]").click()')
    browser.wait('true')
    files = finished_downloads(browser, 2)
    sheets = [answers.read(path)[0] for path in files]
    assert sheets[0].person == 'a "b", c' and sheets[0]._replace(file='') == sheets[1]._replace(
        file='')
    assert ['real' if given.said_real else 'fake' for given in sheets[0].answers] == said
    assert sorted(given.picture for given in sheets[0].answers) == [0, 1, 2, 3, 4]
    assert all(given.shown >= 49 for given in sheets[0].answers)
    with open(next(path for path in files if path.suffix == '.csv'), encoding='utf-8-sig') as file:
        assert len(list(csv.DictReader(file))) == 5

    script('user_study', 'count', files[0], '--out', tmp_path / 'study')
    found = json.loads((tmp_path / 'study' / 'results' / 'answers.json').read_text('utf-8'))
    assert found['all']['fakes_called_real'] == sum(
        given.said_real and not key['pictures'][given.picture]['real']
        for given in sheets[0].answers)

    # The next person has another order, and the first one's answers are kept.
    order = before['order']
    browser.run('document.querySelector("#next").click()')
    assert browser.run('kept.done.length') == 1
    orders = browser.run('Array.from({length: 20}, () => (begin(""), kept.current.order))')
    assert all(sorted(found) == [0, 1, 2, 3, 4] for found in orders)
    assert any(found != order for found in orders)

    assert not [event for event in browser.events if event[0] == 'Runtime.exceptionThrown'
                or event[0] == 'Log.entryAdded' and event[1]['entry']['level'] == 'error']
    assert {event[1]['request']['url'].split(':')[0] for event in browser.events
            if event[0] == 'Network.requestWillBeSent'} <= {'file', 'data', 'blob'}


def finished_downloads(browser, count):
    """The files that were saved, once they are complete (list of pathlib.Path)."""
    for _ in range(2000):
        files = [path for path in browser.downloads.iterdir() if path.suffix in ('.json', '.csv')]
        if len(files) == count and all(path.stat().st_size for path in files):
            return sorted(files)
        browser.run('wait(5)')
    raise AssertionError(list(browser.downloads.iterdir()))
