"""Translations that are carried along the motion: sharp, steady, and not where they are wrong."""

import pathlib

import numpy as np
import pytest
from PIL import Image

pytest.importorskip('av', reason='makes and reads videos: pip install av')
pytest.importorskip('cv2', reason='finds motion: pip install opencv-python-headless')

from chainer_foodgan.images import to_array, to_image  # noqa: E402  nothing is there without PyAV
from chainer_foodgan.video.motion import ENOUGH, Motion, Still  # noqa: E402
from chainer_foodgan.video.translating import _KEPT, translate_video  # noqa: E402

PHOTO = pathlib.Path(__file__).parents[2] / 'pretrained' / 'photos' / 'pho_1.jpg'
SIZE = 128, 96


def seen(x):
    """A part of a photo that lies x pixels further to the right, uint8 (96, 128, 3)."""
    photo = Image.open(PHOTO).convert('RGB').resize((320, 240), Image.LANCZOS)
    return np.asarray(photo.transform(SIZE, Image.AFFINE, (1, 0, 40 + x, 0, 1, 60), Image.BICUBIC))


def negative(photo):
    return 255 - photo.astype(np.float32)


def still(photo):
    return Still(photo, negative(photo))


def off(picture, expected, border=10):
    """The mean absolute difference, in grey levels of 255, without the borders."""
    inside = slice(border, -border)
    return abs(picture - expected)[inside, inside].mean()


def sharpness(picture):
    return abs(np.diff(picture, axis=1)).mean()


@pytest.mark.parametrize('x', [0, 1.5, 4])
def test_a_translation_follows_the_motion(x):
    picture, trust = Motion().carry(still(seen(0)), seen(x))
    expected = negative(seen(x))
    assert trust[10:-10, 10:-10].mean() > 0.9
    assert off(picture, expected) < 4
    # An average of both would be smeared.
    assert sharpness(picture) > 0.85 * sharpness(expected)


def test_light_that_changes_is_taken_from_the_frame():
    darker = (0.8 * seen(1)).astype(np.uint8)
    motion = Motion()
    same, _ = motion.carry(still(seen(0)), seen(1))
    dark, _ = motion.carry(still(seen(0)), darker)
    assert dark.mean() - same.mean() == pytest.approx(darker.mean() - seen(1).mean(), rel=0.15)


def test_what_came_into_view_is_not_trusted():
    photo = seen(0).copy()
    photo[30:60, 40:80] = 250, 10, 10
    _, trust = Motion().carry(still(seen(0)), photo)
    assert trust[35:55, 45:75].max() < 0.1 and trust[70:, 90:].mean() > 0.9


def test_another_scene_is_said():
    other = seen(0)[::-1, ::-1, ::-1].copy()
    motion = Motion()
    assert motion.carry(still(other), seen(0))[1].mean() < ENOUGH
    assert motion.between(still(other), still(other), seen(0), 0.5) is None
    # One of the two is enough, whichever is nearer.
    for share in 0.2, 0.8:
        found = motion.between(still(other), still(seen(0)), seen(0.5), share)
        assert off(found, negative(seen(0.5))) < 5


def test_between_two_it_goes_over_from_one_to_the_other():
    first, second = still(seen(0)), Still(seen(2), negative(seen(2)) - 40)
    found = [Motion().between(first, second, seen(2 * share), share) - negative(seen(2 * share))
             for share in (0.25, 0.5, 0.75)]
    means = [picture[10:-10, 10:-10].mean() for picture in found]
    np.testing.assert_allclose(means, [-10, -20, -30], atol=2)


def test_the_average_is_exponential_where_nothing_moves():
    motion, photo = Motion(), seen(0)
    last, average = Still(photo, np.full(photo.shape, 150, np.float32)), 150
    for value in 110, 150, 110:
        last = motion.smooth(last, Still(photo, np.full(photo.shape, value, np.float32)), _KEPT)
        average = _KEPT * average + (1 - _KEPT) * value
        np.testing.assert_allclose(last.picture[10:-10, 10:-10], average, atol=1)


class Flickering:
    """A translator whose colours jump from one frame to the next, as those of a network do."""

    categories, size = ['negative'], None

    def __init__(self):
        self.calls = 0

    def check(self, name):
        pass

    def prepare(self, image):
        return to_array(image.convert('RGB'))

    def translate(self, photos, names, masks):
        for photo in photos:
            self.calls += 1
            yield to_image(np.clip(-photo + 0.05 * (-1) ** self.calls, -1, 1))


def changes(pictures):
    """The mean difference of a frame to the next one."""
    return np.mean([abs(one - other).mean() for one, other in zip(pictures, pictures[1:])])


@pytest.mark.parametrize('options, calls, ratio', [
    ({}, 17, None), ({'smooth': True}, 17, 1.3), ({'keyframes': 4}, 5, 1.3),
    ({'keyframes': 4, 'smooth': True}, 5, 1.2)])
def test_a_slow_pan_stays_steady(tmp_path, clips, options, calls, ratio):
    clips.make(tmp_path / 'in.mp4', range(17), size=SIZE, draw=lambda number, _: seen(number / 2),
               options={'crf': '10'})
    translator = Flickering()
    translate_video(translator, tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'negative', **options)
    before, after = (clips.look(tmp_path / name) for name in ('in.mp4', 'out.mp4'))
    assert after.times == before.times and translator.calls == calls
    found = changes(after.pictures) / changes(before.pictures)
    assert found > 2 if ratio is None else found < ratio
    # It does not lag behind, either.
    assert off(after.pictures[11], negative(np.uint8(before.pictures[11]))) < 16


def test_a_cut_is_translated_itself(tmp_path, clips):
    """Whichever of the frames around it are translated, none shows the other scene."""
    clips.make(tmp_path / 'in.mp4', range(9), size=SIZE, options={'crf': '10'},
               draw=lambda number, _: seen(0) if number < 6 else 255 - seen(0)[::-1])
    translate_video(Flickering(), tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'negative',
                    keyframes=4)
    before, after = (clips.look(tmp_path / name).pictures for name in ('in.mp4', 'out.mp4'))
    for one, other in zip(before, after):
        assert off(other, negative(np.uint8(one))) < 20
