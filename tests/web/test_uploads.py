"""The folder of uploads."""

import os
import time

from chainer_foodgan.web.uploads import Uploads


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
