"""What builds Chainer and ChainerCV; .ci/run builds and installs both with plain pip."""

import pathlib
import subprocess
import sys

import numpy
import pytest

import chainer_foodgan
from chainer_foodgan import bootstrap

ROOT = pathlib.Path(__file__).parents[1]


@pytest.mark.parametrize('asked, installed, built', [
    ([], (), ['chainer']),
    (['chainercv'], (), ['chainer', 'chainercv']),
    (['chainercv'], ('chainer',), ['chainercv']),
    (['chainer', 'chainercv'], ('chainer', 'chainercv'), [])])
def test_what_is_missing_is_built_and_installed(monkeypatch, asked, installed, built):
    found, calls = [], []
    monkeypatch.setattr(bootstrap, '_installed', installed.__contains__)
    monkeypatch.setattr(bootstrap, 'pip', lambda *arguments: calls.append(arguments))

    def build(name, folder):
        found.append(name)
        (folder / f'{name}.whl').touch()

    monkeypatch.setattr(bootstrap, 'build', build)
    bootstrap.main(asked)
    assert found == built
    assert [sorted(pathlib.Path(path).stem for path in wheels)
            for command, *wheels in calls if command == 'install'] == ([built] if built else [])


def test_builds_are_verified_and_take_an_old_setuptools(monkeypatch, tmp_path):
    # The constraints that the user gives stay.
    monkeypatch.setenv('PIP_CONSTRAINT', 'mine.txt')
    seen = []
    monkeypatch.setattr(bootstrap, 'pip', lambda *arguments, **environment: seen.append(
        (arguments, environment)))
    bootstrap.build('chainer', tmp_path)
    (arguments, environment), = seen
    assert arguments[0] == 'wheel' and '--require-hashes' in arguments
    requirements = pathlib.Path(arguments[arguments.index('-r') + 1]).read_text()
    assert requirements.startswith('chainer==7.8.1 --hash=sha256:')
    mine, old = environment['PIP_CONSTRAINT'].split()
    assert mine == 'mine.txt' and environment['PIP_BUILD_CONSTRAINT'] == old
    assert pathlib.Path(old.replace('file://', '')).read_text() == 'setuptools<81\n'


def test_failing_pip_ends_it(monkeypatch, capfd):
    with pytest.raises(SystemExit) as caught:
        bootstrap.pip('no-such-command')
    assert caught.value.code == 1
    assert 'unknown command "no-such-command"' in capfd.readouterr().err


def test_wrong_usage_shows_the_usage():
    with pytest.raises(SystemExit, match='bootstrap chainercv'):
        bootstrap.main(['tensorflow'])


def test_version_is_one():
    found = subprocess.run([sys.executable, 'setup.py', '--version'], cwd=str(ROOT), check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    assert found.split()[-1] == chainer_foodgan.__version__
    assert f'version: {chainer_foodgan.__version__}\n' in (ROOT / 'CITATION.cff').read_text()
    assert f'## {chainer_foodgan.__version__} ' in (ROOT / 'CHANGELOG.md').read_text()


@pytest.mark.parametrize('n_bbox', [1, 64, 65, 200])
def test_nms_gpu_post_selects_what_the_cpu_selects(n_bbox):
    utils = pytest.importorskip(
        'chainercv.utils', reason='tests its build: python -m chainer_foodgan.bootstrap chainercv')
    from chainercv.utils.bbox._nms_gpu_post import _nms_gpu_post
    rng = numpy.random.default_rng(n_bbox)
    corner = rng.uniform(0, 8, (n_bbox, 2))
    bbox = numpy.hstack([corner, corner + rng.uniform(1, 4, (n_bbox, 2))])

    # What the GPU hands over: bit j of row i says that box i suppresses the later box j.
    col_blocks = -(-n_bbox // 64)
    mask = numpy.zeros((n_bbox, col_blocks), dtype=numpy.uint64)
    for i, j in zip(*numpy.where(numpy.triu(utils.bbox_iou(bbox, bbox) >= .4, 1))):
        mask[i, j // 64] |= numpy.uint64(1 << int(j) % 64)

    selection, n_selection = _nms_gpu_post(mask.ravel(), n_bbox, 64, col_blocks)
    expected = utils.non_maximum_suppression(bbox, .4)
    assert n_bbox == 1 or n_selection < n_bbox
    numpy.testing.assert_array_equal(selection[:n_selection], expected)
