"""The folder of uploads."""

import os
import time

from chainer_foodgan.web.uploads import Uploads


def write(path, size, age):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (time.time() - age, time.time() - age))


def test_what_is_old_goes_with_its_folder(tmp_path):
    uploads = Uploads(tmp_path / 'uploads', minutes=1)
    old, new = uploads.folder / 'a' / 'old.png', uploads.folder / 'b' / 'new.png'
    beside = uploads.folder / 'b' / 'old.png'
    for path, age in (old, 61), (new, 50), (beside, 61):
        write(path, 3, age)
    assert uploads.clean() == {str(old), str(beside)}
    assert list(uploads.folder.rglob('*')) == [new.parent, new]
    assert uploads.clean(time.time() + 20) == {str(new)}
    assert list(uploads.folder.iterdir()) == []


def test_what_was_there_first_is_kept(tmp_path):
    uploads = Uploads(tmp_path / 'uploads')
    write(uploads.folder / 'bowl.png', 5, 0)
    uploads.keep()
    write(uploads.folder / 'lunch.png', 7, 0)
    assert uploads.clean(time.time() + 10 ** 6) == {str(uploads.folder / 'lunch.png')}
    assert (uploads.folder / 'bowl.png').exists()


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
