"""The run folder and its record."""

import json
import pathlib
import subprocess

import numpy
import pytest

import chainer_foodgan
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training import run as module
from chainer_foodgan.training.run import Run

import chainer

ARGUMENTS = {'images': None, 'seed': 7, 'g_lr': 1e-4, 'categories': ['ラーメン', 'soba']}


def test_a_run_starts_with_its_record(tmp_path):
    run = Run(tmp_path / 'a' / 'run')
    run.start(ARGUMENTS)
    assert sorted(path.name for path in run.path.iterdir()) == [
        'logs', 'models', 'results', 'run.json', 'samples', 'snapshots']
    record = json.loads((run.path / 'run.json').read_text('utf-8'))
    assert record['arguments'] == ARGUMENTS == Run(run.path).arguments()
    assert record['versions']['numpy'] == numpy.__version__
    assert record['versions']['chainer'] == '7.8.1'
    assert record['versions']['python'].count('.') == 2
    assert set(record) == {'arguments', 'versions', 'commit', 'machine', 'ranks', 'communicator',
                           'device', 'kernels', 'threads'}
    assert record['ranks'] == 1 and record['communicator'] is None
    assert record['device'] == '@numpy'


def test_the_record_says_what_computes(tmp_path, use_torch):
    run = Run(tmp_path)
    with chainer.using_config('torch_precision', 'bfloat16'):
        run.start(ARGUMENTS)
    assert json.loads(run.record_path.read_text('utf-8'))['kernels'] == {
        'use_torch': use_torch, 'torch_computes': use_torch == 'always',
        'torch_precision': 'bfloat16'}


def test_a_second_run_does_not_take_the_place_of_the_first(tmp_path):
    run = Run(tmp_path)
    run.start(ARGUMENTS)
    (run.snapshots / '1_2.npz').touch()
    before = run.record_path.read_bytes()
    with pytest.raises(FoodganError, match='--resume'):
        run.start({'seed': 8})
    assert run.record_path.read_bytes() == before


def test_a_run_that_saved_nothing_makes_way(tmp_path):
    run = Run(tmp_path)
    run.start(ARGUMENTS)
    run.start({'seed': 8})
    assert run.arguments() == {'seed': 8}


def test_a_file_in_the_way(tmp_path):
    (tmp_path / 'run').write_text('mine')
    with pytest.raises(FoodganError, match='run'):
        Run(tmp_path / 'run').start(ARGUMENTS)
    assert (tmp_path / 'run').read_text() == 'mine'


def test_no_run_to_resume(tmp_path):
    with pytest.raises(FoodganError, match='leave out --resume'):
        Run(tmp_path / 'nowhere').arguments()


@pytest.mark.parametrize('text', [
    b'', b'{"arguments": {"seed": 1', b'[]', b'{}', b'{"arguments": 5}', b'null', b'\xff\xfe'])
def test_a_damaged_record_is_one_line(tmp_path, text):
    run = Run(tmp_path)
    run.record_path.write_bytes(text)
    with pytest.raises(FoodganError, match='run.json.*not the record of a training'):
        run.arguments()
    assert run.record_path.read_bytes() == text


# The commit

def git(folder, *arguments):
    subprocess.run(['git', '-C', str(folder), '-c', 'user.name=n', '-c', 'user.email=e@example.org']
                   + list(arguments), check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout that the module believes to be in."""
    try:
        git(tmp_path, 'init')
    except (OSError, subprocess.CalledProcessError):
        pytest.skip('git is not installed')
    monkeypatch.setattr(module, '__file__', str(tmp_path / 'package' / 'run.py'))
    (tmp_path / 'package').mkdir()
    (tmp_path / 'package' / 'run.py').write_text('1\n')
    return tmp_path


def test_commit(checkout):
    assert module.commit() is None  # none yet
    git(checkout, 'add', '.')
    git(checkout, 'commit', '-m', 'first')
    head = subprocess.check_output(['git', '-C', str(checkout), 'rev-parse', 'HEAD'])
    head = head.decode().strip()
    assert len(head) == 40
    (checkout / 'new').write_text('not tracked')
    assert module.commit() == head
    (checkout / 'package' / 'run.py').write_text('2\n')
    assert module.commit() == head + '+'


def test_no_commit_without_git(monkeypatch):
    monkeypatch.setenv('PATH', '')
    assert module.commit() is None


def test_the_package_is_where_the_commit_is_looked_up():
    assert pathlib.Path(module.__file__).parent.parent == pathlib.Path(
        chainer_foodgan.__file__).parent
