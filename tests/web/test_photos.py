"""The folder of uploads."""

import os
import subprocess
import sys
import tempfile
import time

from chainer_foodgan.web.photos import Uploads, temporary_folder


def write(path, size, age):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (time.time() - age, time.time() - age))


def test_gradio_is_told_how_old_files_get(tmp_path):
    assert Uploads(tmp_path / 'a').delete_cache == (30, 900)
    assert Uploads(tmp_path / 'b', minutes=0.05).delete_cache == (3, 3)


def test_empty_folders_go_but_for_new_ones(tmp_path):
    uploads = Uploads(tmp_path / 'uploads')
    for name, age in ('old', 61), ('new', 50):
        (uploads.folder / name).mkdir()
        os.utime(uploads.folder / name, (time.time() - age, time.time() - age))
    write(uploads.folder / 'full' / 'x.png', 1, 100)
    os.utime(uploads.folder / 'full', (0, 0))
    uploads.room()
    assert {path.name for path in uploads.folder.iterdir()} == {'new', 'full'}


def test_what_belongs_to_it(tmp_path):
    uploads = Uploads(tmp_path / 'uploads')
    assert uploads.has(uploads.folder / 'a' / 'x.png')
    (uploads.folder / 'link').symlink_to('/etc/hostname')
    for path in '/etc/hostname', uploads.folder / '..' / 'x', uploads.folder / 'link', 'http://x/y':
        assert not uploads.has(path)


def test_room(tmp_path):
    uploads = Uploads(tmp_path / 'uploads', most=100)
    write(uploads.folder / 'a' / 'x.png', 30, 0)
    write(uploads.folder / 'y.png', 20, 0)
    assert uploads.room() == 50


def test_paths_of_pictures_are_not_to_be_guessed(tmp_path):
    uploads = Uploads(tmp_path / 'uploads')
    paths = {uploads.new_path('lunch.png') for _ in range(100)}
    assert len(paths) == 100
    assert all(len(bytes.fromhex(path.parent.name)) >= 16 for path in paths)


def test_photos_of_a_server_that_was_killed_are_removed_by_the_next(tmp_path, monkeypatch):
    """Those of a server that runs are not, nor what others have in a folder of such a name."""
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path))
    code = f'''if True:
        import tempfile, time
        tempfile.tempdir = {str(tmp_path)!r}
        from chainer_foodgan.web.photos import temporary_folder
        with temporary_folder() as folder:
            (folder / 'photo.jpg').write_bytes(b'x')
            print(flush=True)
            time.sleep(600)'''
    servers = [subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE)
               for _ in range(2)]
    try:
        for server in servers:
            server.stdout.readline()
        (tmp_path / 'foodgan-page-other').mkdir()
        servers[0].kill()
        servers[0].wait()
        assert len(list(tmp_path.glob('*/photo.jpg'))) == 2
        with temporary_folder() as folder:
            assert len(list(tmp_path.glob('*/photo.jpg'))) == 1
            assert folder.stat().st_mode & 0o777 == 0o700
        assert not folder.exists() and (tmp_path / 'foodgan-page-other').exists()
    finally:
        for server in servers:
            server.kill()
            server.communicate()
