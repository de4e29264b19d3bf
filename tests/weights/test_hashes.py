"""Hashes against published answers."""

import dataclasses

import pytest

from chainer_foodgan.weights import hashes
from chainer_foodgan.weights.records import Record

ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'  # FIPS 180-2, B.1
HELLO = 'ce013625030ba8dba906f756967f9e9ca394464a'  # git hash-object


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'file'


def test_sha256(path):
    path.write_bytes(b'abc')
    assert hashes.sha256(path) == ABC


@pytest.mark.parametrize('content, expected', [
    (b'hello\n', HELLO), (b'', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')])
def test_git_blob_sha1(path, content, expected):
    path.write_bytes(content)
    assert hashes.git_blob_sha1(path) == expected


def test_fault_says_what_differs(path):
    by_git = Record('bowl', 'G.pth', 'generator', ('ramen',), 8, 'MIT', '', '',
                    git_blob_sha1=HELLO)
    by_sha = dataclasses.replace(by_git, git_blob_sha1=None, sha256=ABC)
    path.write_bytes(b'hello\n')
    assert hashes.fault(path, by_git) is None
    assert 'as bowl (SHA-256 5891b5b522d5..., recorded is ba7816bf8f01...)' in hashes.fault(
        path, by_sha)
    path.write_bytes(b'\n <html>')
    assert 'but a web page (git blob SHA-1' in hashes.fault(path, by_git)
    path.write_bytes(b'abc')
    assert hashes.fault(path, by_sha) is None
