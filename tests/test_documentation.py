"""Every command and snippet of the documents runs, on shrunken data."""

import importlib.util
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
DOCUMENTS = ('README.md', 'README.ja.md', 'experiments/README.md', 'pretrained/README.md',
             'docs/fidelity.md', 'docs/questions.md', 'docs/rendered_bowls.md')

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
    **{'experiments/{}.py'.format(name): '--config tiny' for name in (
        'train_gan', 'train_acgan', 'train_pix2pix', 'train_cyclegan', 'train_joint',
        'derivation', 'ablation', 'label_position', 'networks', 'table1',
        'figure2', 'data_size', 'rank_photos',
        'cluster_ramen', 'anime', 'user_study', 'train_mask')},
    'experiments/all.py': '--config tiny --only networks',
    'experiments/interpolate.py': '--bowls 1 --steps 2',
    'foodgan bowls': '--count 20 --size 16',
    'foodgan train-classifier': '--image-size 16 --batch-size 4 --num-epochs 1 '
                                '--precision float32 --bowls 40',
    'foodgan cluster': '--clusters 2',
    'foodgan evaluate': '--bowls 10'}

#: What a command needs that not everybody has installed.
NEEDED = {'foodgan video': 'av', 'foodgan cluster': 'sklearn', 'cluster_ramen.py': 'sklearn'}

#: Run by `make demo`, `make test` and the tests of packaging, or not to be run by a test: it
#: installs, reaches the network, takes a GPU, or serves until it is stopped.
ELSEWHERE = re.compile(r'^(make |\S*pip |foodgan fetch magical_rice_bowl$|.* --device 0'
                       r'|\S*foodgan serve|tensorboard )')

SEVERAL = re.compile(r'^\S*mpiexec -n 2 ')


def blocks(*languages):
    """Fenced blocks of these languages, as (document, text)."""
    for document in DOCUMENTS:
        text = (ROOT / document).read_text('utf-8')
        for language, block in re.findall(r'^```(\w*)\n(.*?)^```$', text, re.M | re.S):
            if language in languages:
                yield document, block


def commands():
    """Command lines of the documents in order; a backslash at the end goes on."""
    for document, block in blocks('', 'sh'):
        for line in block.replace('\\\n', ' ').splitlines():
            if line.strip() and not line.startswith('#'):
                yield document, ' '.join(line.split())
    for document in DOCUMENTS:
        text = (ROOT / document).read_text('utf-8')
        yield from ((document, code) for code in re.findall(
            r'`((?:foodgan|python experiments/\S+) [^`]* [^`]*)`', re.sub(
                r'^```.*?^```', '', text, flags=re.M | re.S)))


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
            file = '{}/{}.jpg'.format(category, number)
            photo(folder / 'photos' / file)
            photo(folder / 'labelled' / file)
            rows.append('{},{},{},'.format(file, category, 'test' if number == 0 else 'train'))
    (folder / 'photos' / 'manifest.csv').write_text('\n'.join(rows) + '\n')
    rows = ['file,input,source,target']
    for number in range(6):
        dish = ('ramen', 'curry')[number % 2]
        for target in ('input',) + NAMES:
            file = '{}_{}.jpg'.format(number, target)
            photo(folder / 'published' / file)
            rows.append('{},{},{},{}'.format(file, number, dish, target))
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


def run(arguments, folder):
    done = subprocess.run([sys.executable, *arguments], cwd=str(folder), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    assert done.returncode == 0, '{}\n{}'.format(' '.join(arguments), done.stdout)


def shrunken(line):
    """Python's arguments for a command line, with what makes it small."""
    words = shlex.split(re.sub(r'^\.venv/bin/', '', line), comments=True)
    if words[0] == 'python':
        script, *rest = words[1:]
        words = [script]
        start = [str(ROOT / script)]
    else:
        assert words[0] == 'foodgan', line
        words, rest = words[:2], words[2:]
        start = ['-m', 'chainer_foodgan', words[1]]
    small = SMALL.get(' '.join(words), '')
    if '--resume' in rest or words == ['foodgan', 'evaluate'] and '--pairs' in rest:
        small = ''
    return start + rest + small.split()


@pytest.mark.parametrize('document', DOCUMENTS)
def test_commands(document, place):
    found = [line for name, line in commands() if name == document]
    lacking = []
    for line in found:
        if ELSEWHERE.match(line) or SEVERAL.match(line):
            continue
        needed = next((NEEDED[words] for words in NEEDED if words in line), None)
        if needed is not None and importlib.util.find_spec(needed) is None:
            lacking.append('{} needs {}'.format(line, needed))
            continue
        if 'lunch.mp4' in line:
            film(place / 'lunch.mp4')
        run(shrunken(line), place)
    if lacking:
        pytest.skip('; '.join(lacking))


def test_commands_of_several_processes(mpiexec, place):
    found = [line for _, line in commands() if SEVERAL.match(line)]
    assert found
    for line in found:
        arguments = shrunken(SEVERAL.sub('', line))
        done = mpiexec(arguments, arguments, folders=[place, place])
        assert done.returncode == 0, '{}\n{}'.format(line, done.stderr)


@pytest.mark.parametrize('document, block', list(blocks('python')))
def test_snippets(document, block, place):
    if 'import torch' in block:
        pytest.importorskip('torch', reason='a snippet for PyTorch users: pip install torch')
    run(['-c', block], place)


def test_pictures_and_links_are_there():
    for document in DOCUMENTS:
        text = (ROOT / document).read_text('utf-8')
        for target in re.findall(r'\]\(([^)#]+)\)', text):
            if '://' not in target:
                assert (ROOT / document).parent.joinpath(target).exists(), (document, target)
