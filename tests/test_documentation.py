"""Every command and snippet of the documentation runs, on shrunken data; links lead somewhere."""

import importlib.util
import json
import pathlib
import re
import shlex
import subprocess
import sys

import numpy
import pytest
from PIL import Image

from chainer_foodgan.categories import NAMES

ROOT = pathlib.Path(__file__).parents[1]
GUIDE = ['README.md', 'README.ja.md'] + sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / 'docs').rglob('*.md'))
DOCUMENTS = GUIDE + ['experiments/README.md', 'pretrained/README.md']

#: What makes a command small, by its first two words.
SMALL = {
    'foodgan train': '--image-size 16 --batch-size 2 --num-iters 2 --g-conv-dim 4 --d-conv-dim 4 '
                     '--g-repeat-num 1 --d-repeat-num 2 --precision float32',
    'experiments/train.py': '--image-size 16 --batch-size 2 --num-iters 2 --g-conv-dim 4 '
                            '--d-conv-dim 4 --g-repeat-num 1 --d-repeat-num 2 '
                            '--precision float32 --bowls 20',
    'experiments/train_student.py': '--image-size 32 --batch-size 2 --num-iters 2 --bowls 12 '
                                    '--g-conv-dim 2 --d-conv-dim 2 --g-repeat-num 1',
    'experiments/benchmark.py': '--tiny --parts arithmetic',
    **{f'experiments/{name}.py': '--config tiny' for name in (
        'train_gan', 'train_acgan', 'train_pix2pix', 'train_cyclegan', 'train_joint',
        'derivation', 'ablation', 'label_position', 'label_under_norm', 'stability',
        'common_structure', 'curation', 'family', 'networks', 'table1', 'figure2', 'data_size',
        'rank_photos', 'cluster_ramen', 'anime', 'flicker', 'user_study', 'train_mask')},
    'experiments/all.py': '--config tiny --only networks',
    'experiments/interpolate.py': '--bowls 1 --steps 2',
    'foodgan bowls': '--count 20 --size 16',
    'foodgan train-classifier': '--image-size 16 --batch-size 4 --num-epochs 1 '
                                '--precision float32 --bowls 40',
    'foodgan cluster': '--clusters 2',
    'foodgan quantize': '--calibrate lunch.jpg',
    'foodgan evaluate': '--bowls 10'}

#: What makes a snippet of Python small, by what it is written behind.
SMALL_SNIPPETS = {
    'batch_size=16': ', num_iters=2, g_conv_dim=4, d_conv_dim=4, g_repeat_num=1, d_repeat_num=2',
    'hold_out=0.2': ', image_size=16, batch_size=4, num_epochs=1'}

#: What a command needs that not everybody has installed.
NEEDED = {'foodgan video': 'av', 'flicker.py': 'av', 'foodgan cluster': 'sklearn',
          'cluster_ramen.py': 'sklearn', 'curation.py': 'sklearn', '.tflite': 'ai_edge_litert',
          '.mlpackage': 'coremltools'}

#: Run by `make demo`, `make test` and the tests of packaging, or not to be run by a test: it
#: installs, reaches the network, takes a GPU or a camera, or serves until it is stopped.
ELSEWHERE = re.compile(r'^(make |git clone |cd |\S*pip |.*chainer_foodgan\.bootstrap|.* --device 0'
                       r'|foodgan fetch magical_rice_bowl$|\S*foodgan (serve|site |live )'
                       r'|tensorboard |docker |python -m pytest )')

SEVERAL = re.compile(r'^\S*mpiexec -n 2 ')


#: Runs command lines, the arguments of Python, one after the other in one process.
RUNNER = '''
import json, runpy, sys
import chainer_foodgan.commands
for script, *arguments in json.load(sys.stdin):
    print('$', script, *arguments, flush=True)
    sys.argv = [script, *arguments]
    try:
        if script == 'foodgan':
            status = chainer_foodgan.commands.main(arguments)
        else:
            sys.path[0] = script.rpartition('/')[0]
            runpy.run_path(script, run_name='__main__')
            status = 0
    except SystemExit as end:
        status = end.code
    if status:
        sys.exit(status)
'''


def text(document):
    return (ROOT / document).read_text('utf-8')


def blocks(document, *languages):
    """The fenced blocks of these languages (list of str)."""
    return [block for language, block in re.findall(
        r'^```([^\n]*)\n(.*?)^```$', text(document), re.M | re.S) if language in languages]


def prose(document):
    """The text without its fenced blocks."""
    return re.sub(r'^```.*?^```', '', text(document), flags=re.M | re.S)


def commands(*documents):
    """The command lines of documents that are read together, in order (list of str).

    A block that several of them have, whatever its comments, is there once.
    """
    seen, found = set(), []
    for document in documents:
        for block in blocks(document, '', 'sh'):
            lines = [' '.join(line.split()) for line in re.sub(
                r' +#.*', '', block).splitlines() if line and not line.startswith('#')]
            if tuple(lines) not in seen:
                seen.add(tuple(lines))
                found.extend(lines)
        found.extend(re.findall(r'`((?:foodgan|python experiments/\S+) [^`]* [^`]*)`',
                                prose(document)))
    return found


@pytest.fixture
def place(tmp_path):
    """A folder with the photos that the documents speak of."""
    folder = tmp_path
    rng = numpy.random.default_rng(0)

    def photo(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (40, 48, 3), numpy.uint8)).save(path)

    photo(folder / 'lunch.jpg')
    rows = ['file,category,split,dish_box']
    for category in ('ramen', 'tantanmen', 'pho', 'com_tam', 'com_ga', 'mi_quang'):
        for number in range(4):
            file = f'{category}/{number}.jpg'
            photo(folder / 'photos' / file)
            photo(folder / 'labelled' / file)
            rows.append('{},{},{},'.format(file, category, 'test' if number == 0 else 'train'))
    (folder / 'photos' / 'manifest.csv').write_text('\n'.join(rows) + '\n')
    rows = ['file,input,source,target']
    for number in range(6):
        dish = ('ramen', 'curry')[number % 2]
        for target in ('input',) + NAMES:
            file = f'{number}_{target}.jpg'
            photo(folder / 'published' / file)
            rows.append(f'{file},{number},{dish},{target}')
    (folder / 'published' / 'manifest.csv').write_text('\n'.join(rows) + '\n')
    return folder


def film(path):
    """A moment of video."""
    av = pytest.importorskip('av', reason='makes a video: pip install av')
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('mpeg4', rate=10)
        stream.width = stream.height = 48
        for level in (50, 150):
            frame = av.VideoFrame.from_ndarray(
                numpy.full((48, 48, 3), level, numpy.uint8), format='rgb24')
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def run(folder, *arguments, **options):
    done = subprocess.run([sys.executable, *arguments], cwd=str(folder), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    assert done.returncode == 0, done.stdout


def shrunken(line):
    """A command line with what makes it small: the script, or foodgan, and its arguments."""
    words = shlex.split(re.sub(r'^\.venv/bin/', '', line), comments=True)
    if words[0] == 'python':
        script, *rest = words[1:]
        words, start = [script], [str(ROOT / script)]
    else:
        assert words[0] == 'foodgan', line
        words, start, rest = words[:2], words[:2], words[2:]
    small = SMALL.get(' '.join(words), '')
    if '--resume' in rest or words == ['foodgan', 'evaluate'] and '--pairs' in rest:
        small = ''
    return start + rest + small.split()


@pytest.mark.parametrize('documents', [GUIDE, *([name] for name in DOCUMENTS[len(GUIDE):])],
                         ids=lambda names: names[0])
def test_commands(documents, place):
    lacking, lines = [], []
    for line in commands(*documents):
        if ELSEWHERE.match(line) or SEVERAL.match(line):
            continue
        needed = next((NEEDED[words] for words in NEEDED if words in line), None)
        if needed is not None and importlib.util.find_spec(needed) is None:
            lacking.append(f'{line} needs {needed}')
            continue
        if 'lunch.mp4' in line:
            film(place / 'lunch.mp4')
        lines.append(shrunken(line))
    run(place, '-c', RUNNER, input=json.dumps(lines))
    if lacking:
        pytest.skip('; '.join(lacking))


def test_commands_of_several_processes(mpiexec, place):
    found = [SEVERAL.sub('', line) for line in commands(*DOCUMENTS) if SEVERAL.match(line)]
    assert found
    for line in found:
        arguments = ['-m', 'chainer_foodgan', *shrunken(line)[1:]]
        done = mpiexec(arguments, arguments, folders=[place, place], timeout=600)
        assert done.returncode == 0, f'{line}\n{done.stderr}'


SNIPPETS = {re.sub(' +#.*', '', block): (document, block) for document in reversed(DOCUMENTS)
            for block in blocks(document, 'python')}


@pytest.mark.parametrize('document, block', SNIPPETS.values())
def test_snippets(document, block, place):
    if 'import torch' in block:
        pytest.importorskip('torch', reason='a snippet for PyTorch users: pip install torch')
    for words, small in SMALL_SNIPPETS.items():
        block = block.replace(words, words + small)
    run(place, '-c', block)


def anchors(path):
    """The anchors of a document's headings, as GitHub and the site make them."""
    headings = re.findall(r'^#+ (.+)$', prose(path), re.M)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


@pytest.mark.parametrize('document', DOCUMENTS)
def test_links(document):
    for target, anchor in re.findall(r'\]\(([^)#\s]*)(?:#([^)\s]*))?\)', prose(document)):
        if '://' in target:
            continue
        path = (ROOT / document).parent / target if target else ROOT / document
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path), f'{target}#{anchor}'


def test_both_readmes_say_the_same():
    english, japanese = text('README.md'), text('README.ja.md')
    assert len(english.splitlines()) <= 130
    for pattern in r'^```.*?^```', r'^#+ ', r'^- ', r'^\| \[':
        flags = re.M | re.S
        assert len(re.findall(pattern, english, flags)) == len(
            re.findall(pattern, japanese, flags)) - (pattern == r'^\| \['), pattern
