"""The notebook runs from its first cell to its last, with small settings, and shows its outputs."""

import base64
import hashlib
import io
import pathlib
import re
import shutil
import subprocess

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets import example_photos

ROOT = pathlib.Path(__file__).parents[2]
NOTEBOOK = ROOT / 'experiments' / 'demo.ipynb'

SMALL = '''
PHOTO, WEIGHTS, SIZE, MINUTES, REPOSITORY = {photo!r}, {weights!r}, 32, 0.05, 'REPOSITORY_URL'
TRAINING = ('--image-size 16 --batch-size 2 --bowls 8 --categories rice,curry --g-conv-dim 2 '
            '--d-conv-dim 2 --g-repeat-num 1 --d-repeat-num 2 --sample-step 1 --log-step 1')
'''


@pytest.fixture
def nbformat():
    pytest.importorskip('nbclient', reason='runs the notebook: pip install nbclient')
    pytest.importorskip('ipykernel', reason='runs the notebook: pip install ipykernel')
    return pytest.importorskip('nbformat', reason='reads the notebook: pip install nbformat')


def run(nbformat, folder, monkeypatch, **settings):
    """-> the outputs of every code cell."""
    from nbclient import NotebookClient
    # The kernel is another process, which finds the package as this one does.
    monkeypatch.setenv('PYTHONPATH', str(ROOT))
    monkeypatch.setenv('OMP_NUM_THREADS', '1')
    notebook = nbformat.read(str(NOTEBOOK), as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == 'code']
    first, = [cell for cell in cells if 'parameters' in cell.metadata.get('tags', ())]
    first.source = SMALL.format(**settings)
    NotebookClient(notebook, timeout=300, kernel_name='python3',
                   resources={'metadata': {'path': str(folder)}}).execute()
    return [cell.outputs for cell in cells]


def test_every_cell(nbformat, tmp_path, monkeypatch):
    outputs = run(nbformat, tmp_path, monkeypatch, photo=None, weights='bowls_64')
    pictures = [any({'image/png', 'image/jpeg'} & set(output.get('data', {})) for output in cell)
                for cell in outputs]
    # The settings and the installation show nothing; every other cell shows a picture.
    assert pictures == [False, False] + [True] * (len(outputs) - 2)
    assert (tmp_path / 'notebook_run' / 'models').is_dir()


def test_a_photo_of_ones_own(nbformat, tmp_path, monkeypatch):
    from chainer_foodgan import images
    from chainer_foodgan.datasets.bowls import RenderedBowls
    images.save_image(RenderedBowls(1, 48, seed=5).image(0), tmp_path / 'lunch.png')
    run(nbformat, tmp_path, monkeypatch, photo='lunch.png', weights='photos_96')


def outputs(cell):
    """The kinds of what a cell shows: media types and names of streams."""
    return {kind for output in cell.outputs
            for kind in output.get('data', {output.get('name'): None})}


def test_its_outputs_are_those_of_its_code(nbformat):
    notebook = nbformat.read(str(NOTEBOOK), as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == 'code']
    code = re.sub('(?m)^REPOSITORY = .*', '', '\n'.join(cell.source for cell in cells))
    assert notebook.metadata['outputs_of'] == hashlib.sha256(code.encode()).hexdigest(), (
        'its code has changed since it was run: make notebook')
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    assert [bool({'image/jpeg', 'image/png'} & outputs(cell)) for cell in cells] == (
        [False, False] + [True] * (len(cells) - 2))
    assert not {'stderr', None} & set().union(*map(outputs, cells))  # an error has no name
    assert NOTEBOOK.stat().st_size < 2e6
    assert str(ROOT) not in NOTEBOOK.read_text('utf-8')


def test_its_pictures_are_of_the_photos_that_ship(nbformat):
    """The first sheet: its left column shows three photos, which differ from their translations."""
    notebook = nbformat.read(str(NOTEBOOK), as_version=4)
    cell, = [cell for cell in notebook.cells if 'translator.all(' in cell.source]
    data, = [output.data['image/jpeg'] for output in cell.outputs]
    sheet = Image.open(io.BytesIO(base64.b64decode(data))).convert('L')
    pixels = numpy.asarray(sheet, float)

    def likeness(path):
        """The best correlation of a photo with a place of the left column of the sheet."""
        with Image.open(path) as photo:
            photo.thumbnail((96, 96))
            small = numpy.asarray(photo.convert('L'), float)
        height, width = small.shape
        return max(numpy.corrcoef(small.ravel(), pixels[y:y + height, x:x + width].ravel())[0, 1]
                   for y in range(0, len(pixels) - height) for x in range(20))

    found = [likeness(path) for path, _ in example_photos()]
    assert sum(value > 0.97 for value in found) == 3


def test_every_document_names_the_repository_as_setup_does():
    source = re.search("SOURCE = '(.*)'", (ROOT / 'setup.py').read_text('utf-8')).group(1)
    colab = 'https://colab.research.google.com/github/' + source.replace('https://github.com/', '')
    text = NOTEBOOK.read_text('utf-8')
    assert f"REPOSITORY = '{source}'" in text
    for path in NOTEBOOK, ROOT / 'docs' / 'tour.md':
        assert f']({colab}/blob/main/experiments/demo.ipynb)' in path.read_text('utf-8')
    clones = {}
    for path in (ROOT / 'README.md', ROOT / 'README.ja.md', *(ROOT / 'docs').glob('*.md')):
        clones.update((address, path) for address in re.findall(
            r'git clone (\S+)', path.read_text('utf-8')))
    assert set(clones) == {source}


def test_the_address_is_filled_in_at_once(tmp_path):
    """`make repository` in a copy of the checkout: nothing is left, and the badge is Colab's."""
    if shutil.which('make') is None or not (ROOT / '.git').exists():
        pytest.skip('needs make and a git checkout')
    copy = tmp_path / 'copy'
    subprocess.run(['git', 'clone', '-q', '--no-checkout', '--shared', str(ROOT), str(copy)],
                   check=True)
    subprocess.run(['git', '-C', str(copy), 'checkout', '-q', 'HEAD', '--', 'README.md', 'docs'],
                   check=True)
    for name in 'Makefile', 'setup.py', 'docs/tour.md', 'experiments/demo.ipynb':
        (copy / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    subprocess.run(['git', '-C', str(copy), 'add', '.'], check=True)
    subprocess.run(['make', '-s', '-C', str(copy), 'repository',
                    'URL=https://github.com/owner/name'], check=True)
    written = {name: (copy / name).read_text('utf-8') for name in (
        'README.md', 'setup.py', 'docs/tour.md', 'docs/index.md', 'experiments/demo.ipynb')}
    assert [name for name, text in written.items() if 'REPOSITORY_URL' in text] == []
    assert 'git clone https://github.com/owner/name chainer_foodgan' in written['README.md']
    assert "REPOSITORY = 'https://github.com/owner/name'" in written['experiments/demo.ipynb']
    for name in 'docs/tour.md', 'experiments/demo.ipynb':
        assert ('(https://colab.research.google.com/github/owner/name/blob/main/experiments/'
                'demo.ipynb)') in written[name]
