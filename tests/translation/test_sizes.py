"""Whether a photo can be translated is seen before it is decoded; multiples of four."""

import struct
import zlib

import numpy as np
import pytest

from chainer_foodgan import images, memory
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation import sizes
from chainer_foodgan.translation.sizes import crop, pad

GIGA = 10 ** 9


@pytest.mark.parametrize('shape, size, refused', [
    ((1, 16), 256, False), ((1, 17), 256, True), ((4000, 1), 256, True),
    ((100, 100000), 64, False),  # scaled down, nothing grows
    ((1, 400), 2, False),  # fewer pixels than are computed at once anyway
    ((300, 200), 2000, False), ((1, 5000), 'photo', False)])
def test_thin_photos(monkeypatch, shape, size, refused):
    monkeypatch.setattr(memory, 'available', lambda: None)
    for width, height in shape, shape[::-1]:
        if refused:
            with pytest.raises(FoodganError, match='too thin'):
                sizes.check(width, height, size)
        else:
            sizes.check(width, height, size)


def test_memory(monkeypatch):
    monkeypatch.setattr(memory, 'available', lambda: GIGA)

    def cost(pixels):
        return 1000 * pixels

    sizes.check(1000, 900, 'photo', cost)  # 0.9 GB, and what the photo itself takes
    with pytest.raises(FoodganError, match=r'^a photo of 1,000 x 1,000 pixels, translated at 1,000 '
                       r'x 1,000, takes about 1\.0 GB of memory, and 1\.0 GB are available'):
        sizes.check(1000, 1000, 'photo', cost)
    sizes.check(1000, 1000, 990, cost)
    sizes.check(1000, 1000, 5000)  # on another device


def test_a_file_is_refused_by_what_its_head_says(tmp_path):
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data
                + struct.pack('>I', zlib.crc32(kind + data)))

    header = struct.pack('>IIBBBBB', 1, 80000000, 8, 2, 0, 0, 0)
    (tmp_path / 'thin.png').write_bytes(
        b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(b''))
        + chunk(b'IEND', b''))
    with pytest.raises(FoodganError, match='thin.png: a photo of 1 x 80,000,000 pixels is too '
                       'thin to be scaled to 64 x 5,120,000,000: crop it'):
        images.read_image(tmp_path / 'thin.png',
                          check=lambda *size: sizes.check(*size, 64))


@pytest.mark.parametrize('H', range(1, 10))
@pytest.mark.parametrize('W', [1, 2, 3, 4, 7, 8])
def test_sides_become_the_next_multiple_and_crop_undoes_it(H, W):
    array = np.random.default_rng(0).standard_normal((3, H, W)).astype(np.float32)
    padded = pad(array)
    assert padded.shape == (3, (H + 3) // 4 * 4, (W + 3) // 4 * 4)
    assert padded.dtype == np.float32
    np.testing.assert_array_equal(crop(padded, H, W), array)


def test_a_multiple_is_left_alone():
    array = np.zeros((3, 8, 12), np.float32)
    assert pad(array) is array


def test_the_edge_is_mirrored_without_being_repeated():
    array = np.array([[[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]]])
    expected = [[1, 2, 3, 4, 5, 4, 3, 2], [6, 7, 8, 9, 10, 9, 8, 7],
                [11, 12, 13, 14, 15, 14, 13, 12], [6, 7, 8, 9, 10, 9, 8, 7]]
    np.testing.assert_array_equal(pad(array)[0], expected)
