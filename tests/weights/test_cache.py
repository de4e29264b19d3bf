"""Weights that are fetched when first used, and the cache they are kept in."""

import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import filelock
import numpy as np
import pytest

import chainer_foodgan  # before chainer, which it makes run
from chainer_foodgan import Translator, weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import cache, pth, registry
from chainer_foodgan.weights.naming import arrays_of
from chainer_foodgan.weights.registry import git_blob_sha1

import chainer

NETWORK = {'timeout': 5, 'attempts': 2, 'pause': 0.01}
ROOT = pathlib.Path(chainer_foodgan.__file__).parents[1]


@pytest.fixture
def gen():
    return Generator(8, 2, 2, rng=np.random.default_rng(0))


@pytest.fixture
def released(gen, tmp_path):
    """The file as its authors released it: without categories."""
    chainer.serializers.save_npz(str(tmp_path / 'G.npz'), gen)
    return tmp_path / 'G.npz'


@pytest.fixture
def record(released, server, tmp_path, monkeypatch):
    """A record of the file on the server, as the only one in the list."""
    server.content = released.read_bytes()
    entry = {'name': 'far', 'file': 'G.npz', 'network': 'generator', 'image_size': 16,
             'categories': ['ramen', 'soba'], 'category_order': 'inferred', 'licence': 'MIT',
             'attribution': 'nobody', 'trained_on': 'nothing', 'size': len(server.content),
             'addresses': [server.address], 'git_blob_sha1': git_blob_sha1(released)}
    (tmp_path / 'list').mkdir()
    (tmp_path / 'list' / 'records.json').write_text(json.dumps([entry]))
    monkeypatch.setattr(registry, 'folder', lambda: tmp_path / 'list')
    monkeypatch.setattr(chainer.dataset.download, '_dataset_root', str(tmp_path / 'root'))
    return registry.record('far')


@pytest.fixture
def folder(tmp_path):
    """The folder of the cache."""
    return tmp_path / 'root' / 'chainer_foodgan' / 'weights' / 'far'


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_same(first, second):
    first, second = arrays_of(first), arrays_of(second)
    assert first.keys() == second.keys()
    for key, array in first.items():
        np.testing.assert_array_equal(array, second[key])


def test_the_first_use_fetches_and_converts_and_later_ones_take_the_npz(
        record, folder, server, gen, capsys):
    for _ in range(2):
        loaded = weights.load('far')
        assert_same(loaded, gen)
        assert loaded.categories == ('ramen', 'soba') and loaded.image_size == 16
    assert Translator('far').categories == ['ramen', 'soba']
    assert len(server.ranges) == 1
    assert names(folder) == ['far.npz', 'lock', 'record.json']
    assert capsys.readouterr() == ('', f'fetching far, {record.about_size}, once\n')
    meta = weights.read_npz(folder / 'far.npz')[1]
    assert meta['category_order'] == 'inferred' and meta['licence'] == 'MIT'


def test_categories_given_go_before_the_inferred_ones(record):
    assert Translator('far', categories=['soba', 'ramen']).categories == ['soba', 'ramen']


def test_a_list_that_was_corrected_goes_before_what_was_cached(record, server, tmp_path):
    weights.load('far')
    entry = {**dataclasses.asdict(record), 'categories': ['soba', 'ramen'],
             'category_order': 'known'}
    (tmp_path / 'list' / 'records.json').write_text(json.dumps([entry]))
    assert weights.load('far').categories == ('soba', 'ramen')
    assert len(server.ranges) == 1


def test_a_file_takes_the_place_of_the_network(record, released, server, gen, folder):
    path = cache.fetch(record, from_file=released)
    assert_same(weights.load(path), gen)
    assert server.ranges == [] and released.exists()
    assert names(folder) == ['far.npz', 'lock', 'record.json']


@pytest.mark.parametrize('change, says', [
    (lambda path: path.write_bytes(b'<html>'), 'G.npz: not the file that .* but a web page'),
    (lambda path: path.write_bytes(path.read_bytes()[:-1]), 'git blob SHA-1 .*; get http.* again'),
    (lambda path: path.unlink(), 'cannot be read: No such file')])
@pytest.mark.parametrize('cached', [True, False])
def test_a_file_is_verified(record, released, server, folder, change, says, cached):
    if cached:
        cache.fetch(record)
    change(released)
    with pytest.raises(FoodganError, match=says):
        cache.fetch(record, from_file=released)
    assert folder.exists() == cached and len(server.ranges) == cached


def test_a_pytorch_file_is_converted(record, server, gen, tmp_path):
    pth.write(tmp_path / 'G.pth', arrays_of(gen), {})
    server.content = (tmp_path / 'G.pth').read_bytes()
    far = dataclasses.replace(record, file='G.pth', size=len(server.content),
                              git_blob_sha1=git_blob_sha1(tmp_path / 'G.pth'))
    path = cache.fetch(far)
    assert path.name == 'far.npz'
    assert_same(weights.load(path), gen)


def test_what_cannot_be_fetched_says_how_to_do_without(record, server, folder):
    for answer, says in ('page', 'but a web page'), ('whole', 'more than the'):
        server.answers = [server.kinds[answer]]
        server.content = bytes(10 ** 6)
        with pytest.raises(FoodganError, match=r'far: could not be fetched: 127.0.0.1:\d+: .*'
                           + says + '.*/file .* `foodgan fetch far --from-file FILE`'):
            cache.fetch(record, **NETWORK)
        assert names(folder) == ['lock']


def test_a_damaged_cache_is_fetched_anew(record, folder, server, gen):
    path = cache.fetch(record)
    for damage in (lambda: path.write_bytes(path.read_bytes()[:-1]), path.unlink,
                   (folder / 'record.json').unlink,
                   lambda: (folder / 'record.json').write_text('[]'),
                   lambda: (folder / 'record.json').write_text('{}')):
        damage()
        assert_same(weights.load('far'), gen)
    assert len(server.ranges) == 6


def test_another_released_file_is_fetched(record, folder, server, tmp_path):
    cache.fetch(record)
    chainer.serializers.save_npz(str(tmp_path / 'new.npz'), Generator(8, 2, 2))
    server.content = (tmp_path / 'new.npz').read_bytes()
    entry = {**dataclasses.asdict(record), 'size': len(server.content),
             'git_blob_sha1': git_blob_sha1(tmp_path / 'new.npz')}
    (tmp_path / 'list' / 'records.json').write_text(json.dumps([entry]))
    assert_same(weights.load('far'), weights.load(tmp_path / 'new.npz'))


def test_a_released_file_that_is_there_already_is_not_fetched_again(
        record, released, folder, server, monkeypatch):
    def fail(*arguments):
        raise FoodganError('no room')

    with monkeypatch.context() as patch:
        patch.setattr(cache.npz, 'write', fail)
        with pytest.raises(FoodganError, match='no room'):
            cache.fetch(record)
    assert names(folder) == ['lock', 'released.npz']
    cache.fetch(record)
    assert len(server.ranges) == 1


def start(tmp_path, stderr):
    """Another process that fetches; ``stderr`` is the path of a file."""
    code = ('import pathlib, sys; from chainer_foodgan.weights import registry; '
            'registry.folder = lambda: pathlib.Path(sys.argv[1]); '
            'print(registry.record("far").path())')
    with open(stderr, 'w') as file:
        return subprocess.Popen(
            [sys.executable, '-c', code, str(tmp_path / 'list')], stdout=subprocess.PIPE,
            stderr=file, text=True,
            env={**os.environ, 'CHAINER_DATASET_ROOT': str(tmp_path / 'root'),
                 'PYTHONPATH': str(ROOT)})


def wait_for(condition):
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_processes_at_once_fetch_once(record, folder, server, tmp_path, monkeypatch):
    both_are_here = threading.Event()
    outwait = cache._outwait

    def arrived(*arguments):
        both_are_here.set()
        outwait(*arguments)

    monkeypatch.setattr(cache, '_outwait', arrived)
    server.answers = [lambda handler: both_are_here.wait(25) and server.kinds['ranged'](handler)]
    process = start(tmp_path, tmp_path / 'log')
    wait_for(lambda: server.ranges)
    path = cache.fetch(record)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0 and output.split() == [str(path)]
    assert len(server.ranges) == 1
    assert names(folder) == ['far.npz', 'lock', 'record.json']


def test_a_process_that_was_killed_holds_no_lock_and_its_part_is_completed(
        record, folder, server, tmp_path, gen):
    server.answers = [server.kinds['stall'](70000), server.kinds['ranged']]
    process = start(tmp_path, tmp_path / 'log')
    part = folder / '.released.npz.part'
    wait_for(lambda: part.exists() and part.stat().st_size > 0)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    size = part.stat().st_size
    assert (folder / 'lock').exists() and names(folder) == ['.released.npz.part', 'lock']
    assert_same(weights.load('far'), gen)
    assert server.ranges == [None, f'bytes={size}-']


def test_a_process_that_hangs_is_named_in_time(record, folder, capsys):
    folder.mkdir(parents=True)
    with filelock.FileLock(str(folder / 'lock')), pytest.raises(
            FoodganError, match='without any progress; end .* remove .*lock'):
        cache.fetch(record, patience=0.2)
    assert capsys.readouterr().err == 'waiting for another process that fetches far\n'
    cache.fetch(record)


def test_a_process_that_makes_progress_is_waited_for(record, folder, monkeypatch):
    folder.mkdir(parents=True)
    lock = filelock.FileLock(str(folder / 'lock'))
    sizes = cache._sizes
    calls = []

    def growing(place):
        calls.append(None)
        (folder / 'part').write_bytes(bytes(len(calls)))
        if len(calls) == 8:
            lock.release()
        return sizes(place)

    monkeypatch.setattr(cache, '_sizes', growing)
    lock.acquire()
    cache.fetch(record, patience=0.05)
    assert len(calls) >= 8


def test_a_folder_that_cannot_be_made_is_one_line(record, tmp_path):
    (tmp_path / 'root').write_text('a file')
    with pytest.raises(FoodganError, match='cannot make the folder .*root'):
        cache.fetch(record)
