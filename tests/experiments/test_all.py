"""All experiments after each other, and the page of what they found."""

import base64
import io
import json
import pathlib
import re

import pytest
import yaml
from PIL import Image

import scripts
from overview import page, running

EXPERIMENTS = pathlib.Path(scripts.__file__).parent

SCRIPT = '''\
import json, os, pathlib, signal, sys
name, out = sys.argv[1], pathlib.Path(sys.argv[3])
tries = pathlib.Path(out.parent / (name + '.tries'))
tries.write_text(tries.read_text() + 'x' if tries.exists() else 'x')
print('arguments:', *sys.argv[4:])
if name == 'bad':
    print('Traceback\\nbad: <b>no</b> such thing\\n', file=sys.stderr)
    sys.exit(1)
if name == 'stops' and len(tries.read_text()) == 1:
    out.mkdir()
    (out / 'run.json').write_text('{}')
    os.kill(os.getppid(), signal.SIGINT)
if name == 'tables':
    from PIL import Image
    results = out / 'results'
    results.mkdir(parents=True)
    Image.new('RGB', (3000, 60), (200, 30, 30)).save(results / 'wide.png')
    Image.new('RGB', (8, 8)).save(results / 'moves.gif', save_all=True, append_images=[
        Image.new('RGB', (8, 8), 'white')], duration=50)
    (results / 'figures.json').write_text(json.dumps({'arguments': {'seed': 17}}))
    (results / 'figures.md').write_text(
        '| <i>a</i> | b |\\n|---|---:|\\n| one | 1.5 |\\n\\n- a point')
'''


@pytest.fixture
def of(script, tmp_path, monkeypatch):
    """``of(names, *options)``: runs experiments made up for a test; returns what was printed."""
    (tmp_path / 'made_up.py').write_text(SCRIPT)
    monkeypatch.setattr(running, 'SCRIPTS', tmp_path)
    monkeypatch.setattr(running, 'PATH', tmp_path / 'table.yaml')

    def run(names, *options, status=0):
        running.PATH.write_text(yaml.safe_dump([
            {'name': name, 'paper': 'Table <1>', 'what': 'does ' + name,
             'short': f'made_up.py {name} --out {{out}}'} for name in names]))
        return script('all', *options, '--out', tmp_path / 'all', status=status)
    return run


def test_one_fails_and_the_others_go_on(of, tmp_path):
    line = of(['tables', 'bad', 'prints'], status=1)
    assert line.startswith('all: 1 of 3 experiments failed: bad;') and '\n' not in line
    out = tmp_path / 'all'
    text = (out / 'index.html').read_text('utf-8')
    sections = dict(re.findall(r'<section id="(\w+)">(.*?)</section>', text, re.S))
    assert list(sections) == ['tables', 'bad', 'prints']
    assert 'bad: &lt;b&gt;no&lt;/b&gt; such thing' in sections['bad']
    assert '2 of 3 experiments went well' in text

    # Where it stands in the paper, the command, figures, seed, time and commit.
    seen = sections['tables']
    assert '<dd>Table &lt;1&gt;</dd>' in seen and '<dt>seed</dt><dd>17</dd>' in seen
    assert 'python experiments/made_up.py tables --out {}'.format(out / 'tables') in seen
    assert '<dt>time</dt>' in seen and '<dt>commit</dt>' in seen
    assert '<th>&lt;i&gt;a&lt;/i&gt;</th>' in seen
    assert '<td style="text-align:right">1.5</td>' in seen
    assert '<li>a point</li>' in seen
    assert '<pre>arguments:' in sections['prints']  # where there are no tables

    # The pictures are in the page, none larger than it needs, and link to the files.
    sizes = {}
    for target, kind, code in re.findall(
            r'<a href="([^"]+)"><img src="data:image/(\w+);base64,([^"]+)"', seen):
        assert (out / target).exists()
        with Image.open(io.BytesIO(base64.b64decode(code))) as image:
            sizes[target] = (kind, image.size, getattr(image, 'n_frames', 1))
    assert sizes == {'tables/results/wide.png': ('webp', (1400, 28), 1),
                     'tables/results/moves.gif': ('gif', (8, 8), 2)}
    assert not re.search(r'https?:|<script|src="(?!data:)', text)


def test_what_is_finished_is_kept_and_what_failed_is_tried_again(of, tmp_path):
    for _ in range(2):
        of(['prints', 'bad'], status=1)
    tries = {path.stem: path.read_text() for path in (tmp_path / 'all').glob('*.tries')}
    assert tries == {'prints': 'x', 'bad': 'xx'}
    # Of another form is another experiment.
    assert '--config short' in of(['prints'], '--config', 'tiny', status=1)
    assert of(['prints', 'other'], '--only', 'other').strip() == str(
        tmp_path / 'all' / 'index.html')


def test_an_interrupted_run_goes_on(of, tmp_path):
    assert of(['prints', 'stops', 'last'], status=130) == 130
    text = (tmp_path / 'all' / 'index.html').read_text('utf-8')
    assert text.count('Not run yet') == 2 and '1 of 3 experiments' in text
    of(['prints', 'stops', 'last'])
    out = tmp_path / 'all'
    assert (out / 'prints.tries').read_text() == 'x' and (out / 'stops.tries').read_text() == 'xx'
    # A run folder was there: it was told to go on with it.
    assert (out / 'logs' / 'stops.out').read_text() == 'arguments: --resume\n'
    assert (out / 'logs' / 'last.out').read_text() == 'arguments:\n'
    assert 'Not run' not in (out / 'index.html').read_text('utf-8')


def test_unknown_names_are_one_line(script, tmp_path):
    line = script('all', '--only', 'networx', '--out', tmp_path, status=1)
    assert line.startswith('all: networx') and 'networks' in line


def test_an_experiment_as_it_is(script, tmp_path):
    script('all', '--only', 'networks', '--config', 'tiny', '--out', tmp_path)
    text = (tmp_path / 'index.html').read_text('utf-8')
    record = json.loads((tmp_path / 'networks' / 'results' / 'networks.json').read_text())
    assert '{:,}'.format(record['generator']['parameters']) in text
    assert 'networks.py --config tiny --out {}'.format(tmp_path / 'networks') in text


def of_the_folder():
    return {path.name for path in EXPERIMENTS.glob('*.py') if '__main__' in path.read_text('utf-8')}


def test_the_table_has_every_script():
    named = {experiment.command.split()[0] for experiment in running.experiments('short')}
    assert named == of_the_folder() - {'all.py'}
    text = (EXPERIMENTS / 'README.md').read_text('utf-8')
    assert [name for name in sorted(of_the_folder()) if f'`]({name})' not in text] == []
    rows = yaml.safe_load(running.PATH.read_text('utf-8'))
    assert len({row['name'] for row in rows}) == len(rows)
    assert all(set(row) <= {'name', 'paper', 'what', 'short', 'tiny'} for row in rows)


@pytest.mark.parametrize('form', running.FORMS)
def test_commands_are_understood(script, tmp_path, monkeypatch, form):
    """Every script takes the options of its row."""
    understood = []
    monkeypatch.setattr(scripts, 'main', lambda run, *args: understood.append(run) or 0)
    given = [experiment.command.format(out=tmp_path / 'run').split()
             for experiment in running.experiments(form)]
    own = {'check_parity.py', 'benchmark.py'}  # have no scripts.main
    for words in given:
        if words[0] not in own:
            script(words[0][:-3], *words[1:])
    assert len(understood) == sum(words[0] not in own for words in given)
    assert not (tmp_path / 'run').exists()


def test_markup_is_text():
    text = page.html_of('# A <b>\n\nwords `a|b` and\n**more** [link](https://x)\n\n'
                         '| a | b |\n|---|---|\n| x \\| y | |\n\n![alt](https://x) <img src=x>')
    assert '<h4>A &lt;b&gt;</h4>' in text and 'https' not in text and '<img' not in text
    assert '<p>words <code>a|b</code> and\n<strong>more</strong> link</p>' in text
    assert re.search(r'<td>x \| y</td>\s*<td></td>', text)
