"""How steady a translated video is: pans whose motion is known, and what is counted of them."""

import json

import numpy
import pytest
from PIL import Image

import flicker

pytest.importorskip('av', reason='makes a video: pip install av')
pytest.importorskip('cv2', reason='finds motion: pip install opencv-python-headless')


def photo(size):
    rng = numpy.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (*size, 3)).astype(numpy.uint8))


@pytest.mark.parametrize('size', [(40, 60), (60, 40), (200, 200)])
def test_a_pan_moves_to_the_right_by_whole_pixels(size):
    frames = numpy.array([numpy.asarray(frame) for frame in flicker.pan(photo(size), 32, 5, 2)])
    assert frames.shape == (5, 32, 32, 3)
    assert (frames[1:, :, :-2] == frames[:-1, :, 2:]).all() and (frames[1:] != frames[:-1]).any()


def test_what_is_measured():
    """Noise that moves does not flicker; brightness that jumps by 6 does, by 6."""
    frames = numpy.array([numpy.asarray(frame, float)
                          for frame in flicker.pan(photo((40, 60)), 32, 5, 2)])
    assert flicker.measure(frames, 2)['flicker'] == 0 < flicker.measure(frames, 2)['moves']
    jumps = frames + 6 * (numpy.arange(5) % 2)[:, None, None, None]
    assert flicker.measure(jumps, 2)['flicker'] == pytest.approx(6)
    still = numpy.repeat(frames[:1], 5, axis=0)
    assert flicker.measure(still, 2)['moves'] == 0 < flicker.measure(still, 2)['flicker']


def test_the_script(script, tmp_path):
    Image.fromarray(numpy.kron(numpy.random.default_rng(0).integers(40, 215, (6, 8, 3)),
                               numpy.ones((8, 8, 1))).astype(numpy.uint8)).save(
        tmp_path / 'photo.png')
    script('flicker', '--config', 'tiny', '--photos', tmp_path / 'photo.png', '--out',
           tmp_path / 'out')
    record = json.loads((tmp_path / 'out' / 'results' / 'flicker.json').read_text('utf-8'))
    video = record['the video itself']
    assert video['ratio'] == 1 and video['flicker'] < 3 < video['moves']  # what the codec leaves
    for name in flicker.WAYS:
        assert record[name]['moves'] > record[name]['flicker'] > 0
        assert record[name]['ratio'] == pytest.approx(record[name]['moves'] / video['moves'])
