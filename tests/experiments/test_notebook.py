"""The notebook runs from its first cell to its last, with small settings."""

import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[2]
NOTEBOOK = ROOT / 'experiments' / 'demo.ipynb'

SMALL = '''
PHOTO, WEIGHTS, SIZE, MINUTES, REPOSITORY = {photo!r}, {weights!r}, 32, 0.05, None
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
    pictures = [any('image/png' in output.get('data', {}) for output in cell) for cell in outputs]
    # The settings and the installation show nothing; every other cell shows a picture.
    assert pictures == [False, False] + [True] * (len(outputs) - 2)
    assert (tmp_path / 'notebook_run' / 'models').is_dir()


def test_a_photo_of_ones_own(nbformat, tmp_path, monkeypatch):
    from chainer_foodgan import images
    from chainer_foodgan.datasets.bowls import RenderedBowls
    images.save_image(RenderedBowls(1, 48, seed=5).image(0), tmp_path / 'lunch.png')
    run(nbformat, tmp_path, monkeypatch, photo='lunch.png', weights='photos_96')


def test_it_is_committed_without_outputs(nbformat):
    notebook = nbformat.read(str(NOTEBOOK), as_version=4)
    nbformat.validate(notebook)
    assert [cell.outputs for cell in notebook.cells if cell.get('outputs')] == []
