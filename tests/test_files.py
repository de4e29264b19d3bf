import errno
import os
import stat
import subprocess
import sys

import pytest

from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_writes_bytes_and_text(tmp_path):
    with files.replacing(tmp_path / 'a.bin') as file:
        file.write(b'\x00\r\n')
    with files.replacing(str(tmp_path / 'a.txt'), 'w') as file:
        file.write('カレー\n')
    assert (tmp_path / 'a.bin').read_bytes() == b'\x00\r\n'
    assert (tmp_path / 'a.txt').read_bytes() == 'カレー\n'.encode()
    assert names(tmp_path) == ['a.bin', 'a.txt']


@pytest.mark.skipif(sys.platform == 'win32', reason='removes what nobody has open')
def test_what_was_killed_is_removed_and_what_is_written_is_not(tmp_path):
    program = """
import sys
from chainer_foodgan.files import replacing
with replacing(sys.argv[1]) as file:
    print(file.name, flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, '-c', program, str(tmp_path / 'a')],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        part = os.path.basename(process.stdout.readline().strip())
        with files.replacing(tmp_path / 'b') as file:
            files.remove_abandoned(tmp_path)
            assert names(tmp_path) == sorted([part, os.path.basename(file.name)])
            process.kill()
            process.wait()
            files.remove_abandoned(tmp_path)
            assert names(tmp_path) == [os.path.basename(file.name)]
    assert names(tmp_path) == ['b']


def test_makes_the_folder(tmp_path):
    with files.replacing(tmp_path / 'new' / 'deeper' / 'a') as file:
        file.write(b'x')
    assert (tmp_path / 'new' / 'deeper' / 'a').read_bytes() == b'x'


def test_previous_content_is_there_until_the_end(tmp_path):
    path = tmp_path / 'a'
    path.write_bytes(b'before')
    with files.replacing(path) as file:
        file.write(b'after')
        file.flush()
        assert path.read_bytes() == b'before'
        # In the same folder, so that the rename stays on one disk.
        assert len(names(tmp_path)) == 2
    assert path.read_bytes() == b'after'
    assert names(tmp_path) == ['a']


def test_the_rights_are_those_of_an_ordinary_file(tmp_path):
    with files.replacing(tmp_path / 'a') as file:
        file.write(b'x')
    with open(str(tmp_path / 'b'), 'wb') as file:
        file.write(b'x')
    modes = {stat.S_IMODE(os.stat(str(tmp_path / name)).st_mode) for name in 'ab'}
    assert len(modes) == 1


@pytest.mark.parametrize('error', [ValueError('wrong'), KeyboardInterrupt()])
def test_an_error_while_writing(tmp_path, error):
    path = tmp_path / 'a'
    path.write_bytes(b'before')
    with pytest.raises(type(error)), files.replacing(path) as file:
        file.write(b'half')
        raise error
    assert path.read_bytes() == b'before'
    assert names(tmp_path) == ['a']


FULL_DISK = '''
import resource, signal, sys
from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
try:
    with files.replacing(sys.argv[1]) as file:
        for _ in range(100):
            file.write(b'x' * 10000)
except FoodganError as error:
    print(error)
'''


@pytest.mark.skipif(sys.platform == 'win32', reason='limits the size of files by POSIX calls')
def test_no_room_left(tmp_path):
    path = tmp_path / 'a'
    path.write_bytes(b'before')
    result = subprocess.run(
        [sys.executable, '-c', FULL_DISK, str(path)], stdout=subprocess.PIPE,
        text=True, check=True)
    message, = result.stdout.splitlines()
    assert str(path) in message and os.strerror(errno.EFBIG) in message
    assert path.read_bytes() == b'before'
    assert names(tmp_path) == ['a']


@pytest.mark.parametrize('call', ['fsync', 'replace'])
def test_a_disk_that_fails_at_the_end(tmp_path, monkeypatch, call):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / 'a'
    path.write_bytes(b'before')
    monkeypatch.setattr(files.os, call, full)
    with pytest.raises(FoodganError) as info, files.replacing(path) as file:
        file.write(b'after')
    assert 'No space left on device' in str(info.value) and str(path) in str(info.value)
    assert path.read_bytes() == b'before'
    assert names(tmp_path) == ['a']


def test_a_read_only_folder(tmp_path, monkeypatch):
    # Root may write anywhere, so the refusal of the system is played.
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    path = tmp_path / 'a'
    path.write_bytes(b'before')
    monkeypatch.setattr(files.tempfile, 'mkstemp', refuse)
    with pytest.raises(FoodganError) as info, files.replacing(path):
        pytest.fail('nothing was opened')
    assert 'Permission denied' in str(info.value) and str(path) in str(info.value)
    assert path.read_bytes() == b'before'


def test_targets_that_cannot_be_files(tmp_path):
    (tmp_path / 'file').write_bytes(b'before')
    (tmp_path / 'folder').mkdir()
    for path in (tmp_path / 'file' / 'a', tmp_path / 'folder'):
        with pytest.raises(FoodganError) as info, files.replacing(path) as file:
            file.write(b'x')
        assert str(path) in str(info.value) and '\n' not in str(info.value)
    assert (tmp_path / 'file').read_bytes() == b'before'
    assert names(tmp_path) == ['file', 'folder'] and names(tmp_path / 'folder') == []


def test_make_folder(tmp_path):
    made = files.make_folder(str(tmp_path / 'a' / 'b'))
    assert made == tmp_path / 'a' / 'b' and made.is_dir()
    assert files.make_folder(made) == made
    (tmp_path / 'file').write_bytes(b'')
    for path in (tmp_path / 'file', tmp_path / 'file' / 'below'):
        with pytest.raises(FoodganError, match='cannot make the folder'):
            files.make_folder(path)


def test_fresh_path(tmp_path):
    path = tmp_path / 'bowl.tar.png'
    assert files.fresh_path(path) == path
    path.write_bytes(b'')
    assert files.fresh_path(path).name == 'bowl.tar-2.png'
    (tmp_path / 'bowl.tar-2.png').mkdir()
    assert files.fresh_path(str(path)).name == 'bowl.tar-3.png'


def test_what_is_saved_comes_oldest_first_by_number(tmp_path):
    for name in ('10_2.npz', '9_30.npz', '9_4.npz', '100_1.npz', 'notes.txt', '.9_5.npz.x.part',
                 '9_5_G.npz', '9_x.npz'):
        (tmp_path / name).write_text('')
    assert [path.name for path in files.by_place(tmp_path, '.npz')] == [
        '9_4.npz', '9_30.npz', '10_2.npz', '100_1.npz']
    assert [path.name for path in files.by_place(tmp_path, '_G.npz')] == ['9_5_G.npz']
    assert files.by_place(tmp_path / 'nowhere', '.npz') == []


def test_sha256_is_that_of_the_standard(tmp_path):
    (tmp_path / 'file').write_bytes(b'abc')
    assert files.sha256(tmp_path / 'file') == (  # FIPS 180-2, B.1
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
