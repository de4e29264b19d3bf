"""Whole videos: frames, their times, sound, and what is left of a run that is cut off."""

import fractions
import itertools
import os
import threading

import numpy as np
import pytest
from PIL import Image

pytest.importorskip('av', reason='makes and reads videos: pip install av')

from chainer_foodgan.errors import FoodganError  # noqa: E402  nothing is there without PyAV
from chainer_foodgan.video import translate_video  # noqa: E402

TENTH = fractions.Fraction(1, 10)


def close(pictures, expected):
    """Whether pictures are the expected ones, within what codecs lose."""
    return len(pictures) == len(expected) and all(
        abs(np.int16(one) - np.int16(other)).mean() < 4 for one, other in zip(pictures, expected))


@pytest.mark.parametrize('source, sound, target', [
    ('in.mp4', 'aac', 'out.mp4'), ('in.mp4', 'aac', 'out.mkv'), ('in.mov', 'aac', 'out.mov'),
    ('in.mkv', 'libmp3lame', 'out.mkv'), ('in.mkv', 'libmp3lame', 'out.mp4'),
    ('in.webm', 'libopus', 'out.webm'), ('in.webm', 'libopus', 'out.m4v'),
    ('in.avi', 'libmp3lame', 'out.avi'), ('in.avi', 'libmp3lame', 'out.mkv'),
    ('in.mkv', None, 'out.webm'), ('in.mp4', None, 'out.avi')])
def test_containers(tmp_path, clips, negative, source, sound, target):
    clips.make(tmp_path / source, sound=sound)
    before = clips.look(tmp_path / source)
    translate_video(negative, tmp_path / source, tmp_path / target, 'negative')
    after = clips.look(tmp_path / target)
    assert close(after.pictures, [255 - picture for picture in before.pictures])
    assert after.sound == before.sound and bool(sound) == bool(after.sound)
    # Where times cannot be negative, as those of AAC are, all of them move alike.
    moved = after.times[0] - before.times[0]
    assert 0 <= moved < fractions.Fraction(1, 40)
    for one, other in zip(after.times, before.times):
        assert abs(one - other - moved) <= fractions.Fraction(1, 1000)
    if sound and target != 'out.avi':  # where sound has no times
        assert abs(after.sound_start - before.sound_start - moved) <= fractions.Fraction(1, 1000)
    assert abs(after.length - before.length) < 0.1 / 2


def test_variable_rate(tmp_path, clips, negative):
    times, base = [0, 40, 55, 300, 301, 1000], fractions.Fraction(1, 600)
    clips.make(tmp_path / 'in.mp4', times, base)
    translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'same')
    assert clips.look(tmp_path / 'out.mp4').times == [time * base for time in times]
    translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.mkv', 'same')
    assert clips.look(tmp_path / 'out.mkv').times == [
        fractions.Fraction(round(time * base * 1000), 1000) for time in times]


def test_every_frame_of_an_avi_has_a_place_of_its_own(tmp_path, clips, negative):
    clips.make(tmp_path / 'in.mp4', [0, 1, 10, 30], fractions.Fraction(1, 100))
    translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.avi', 'same')
    after = clips.look(tmp_path / 'out.avi')
    assert len(after.pictures) == 4 and sorted(set(after.times)) == after.times


def test_a_recording_that_starts_late_starts_at_0(tmp_path, clips, negative):
    clips.make(tmp_path / 'in.ts', range(300, 310), sound='libmp3lame')
    before = clips.look(tmp_path / 'in.ts')
    translate_video(negative, tmp_path / 'in.ts', tmp_path / 'out.mp4', 'same')
    after = clips.look(tmp_path / 'out.mp4')
    start = min(before.times[0], before.sound_start)
    assert start > 29 and min(after.times[0], after.sound_start) < 0.001
    for one, other in zip(after.times + [after.sound_start], before.times + [before.sound_start]):
        assert one == pytest.approx(other - start, abs=1e-4)
    assert after.sound == before.sound


@pytest.mark.parametrize('every, kept', [(3, [0, 3, 6, 9]), (4, [0, 4, 8]), (20, [0])])
def test_every_nth_frame_keeps_length_and_sound(tmp_path, clips, negative, every, kept):
    clips.make(tmp_path / 'in.mp4', sound='aac')
    before = clips.look(tmp_path / 'in.mp4')
    translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'same', every=every)
    after = clips.look(tmp_path / 'out.mp4')
    assert after.times == [TENTH * number for number in kept]
    assert after.end == 1 and after.length == before.length
    assert close(after.pictures, [before.pictures[number] for number in kept])
    assert after.sound == before.sound
    assert negative.prepared == len(kept) + 1  # the first one tells the size


def test_odd_sides_get_a_copy_of_their_last_row_and_column(tmp_path, clips, negative):
    clips.make(tmp_path / 'in.mkv', size=(63, 47), codec='ffv1', pix_fmt='yuv444p')
    translate_video(negative, tmp_path / 'in.mkv', tmp_path / 'out.mp4', 'same')
    for number, picture in enumerate(clips.look(tmp_path / 'out.mp4').pictures):
        assert picture.shape == (48, 64, 3)
        expected = np.pad(clips.draw(number, (63, 47)), [(0, 1), (0, 1), (0, 0)], 'edge')
        # Colour blurs where red meets blue, since those meet at an odd place.
        assert close([picture[26:]], [expected[26:]])
        assert close([picture[:20, 34:]], [expected[:20, 34:]])


def test_a_mask_keeps_the_rest(tmp_path, clips, negative):
    clips.make(tmp_path / 'in.mp4')
    before = clips.look(tmp_path / 'in.mp4')
    sizes = set()

    def right_half(frame):
        sizes.add(frame.size)
        return Image.fromarray(np.uint8([[0, 255]]).repeat(32, axis=1).repeat(48, axis=0))

    translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'negative', right_half)
    after = clips.look(tmp_path / 'out.mp4')
    assert sizes == {(64, 48)}
    assert close([picture[:, :30] for picture in after.pictures],
                 [picture[:, :30] for picture in before.pictures])
    assert close([picture[:, 34:] for picture in after.pictures],
                 [255 - picture[:, 34:] for picture in before.pictures])


def test_smoothing_is_off_unless_asked_for(tmp_path, clips, negative):
    clips.make(tmp_path / 'in.mp4', draw=lambda number, size: clips.draw(0, size))
    flicker = itertools.cycle([0, 60])
    translate = negative.translate

    def flickering(photos, names, masks):
        for picture in translate(photos, names, masks):
            brighter = next(flicker)
            yield picture.point([value // 2 + brighter for value in range(256)] * 3)

    negative.translate = flickering
    ranges = []
    for smooth in False, True:
        translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'same', smooth=smooth)
        grey = [picture[30:40].mean() for picture in clips.look(tmp_path / 'out.mp4').pictures]
        ranges.append(max(grey[4:]) - min(grey[4:]))
    assert ranges[0] > 50 and ranges[1] < 40


def test_frames_are_translated_together_and_never_many_are_read_ahead(tmp_path, clips, negative):
    clips.make(tmp_path / 'in.mp4', range(150), draw=lambda number, size: clips.draw(0, size))
    most, translate = 0, negative.translate

    def watching(photos, names, masks):
        nonlocal most
        most = max(most, negative.prepared - sum(negative.groups))
        return translate(photos, names, masks)

    negative.translate = watching
    translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'same')
    assert negative.groups == [85, 65]  # 2 ** 18 pixels at once
    assert most <= 85 + 16 + 2


@pytest.mark.parametrize('error', [FoodganError('too little memory'), KeyboardInterrupt()])
def test_a_run_that_is_cut_off_leaves_nothing(tmp_path, clips, negative, error):
    clips.make(tmp_path / 'in.mp4', sound='aac')
    (tmp_path / 'out.mp4').write_bytes(b'what was there before')

    def failing(photos, names, masks):
        raise error

    negative.translate = failing
    threads = threading.active_count()
    with pytest.raises(type(error)):
        translate_video(negative, tmp_path / 'in.mp4', tmp_path / 'out.mp4', 'same')
    assert sorted(os.listdir(tmp_path)) == ['in.mp4', 'out.mp4']
    assert (tmp_path / 'out.mp4').read_bytes() == b'what was there before'
    assert threading.active_count() == threads


@pytest.mark.parametrize('target, dish, says', [
    ('out.webm', 'same', r'out.webm: it cannot hold the sound of the video \(aac\).*choose .mkv'),
    ('out.gif', 'same', 'ends in one of .mp4'), ('in.mp4', 'same', 'would replace the video'),
    ('out.mp4', 'other', 'other: unknown'), ('in.mp4/out.mp4', 'same', 'cannot write .*out.mp4')])
def test_mistakes(tmp_path, clips, negative, target, dish, says):
    before = clips.make(tmp_path / 'in.mp4', sound='aac').read_bytes()
    with pytest.raises(FoodganError, match=says):
        translate_video(negative, tmp_path / 'in.mp4', tmp_path / target, dish)
    assert os.listdir(tmp_path) == ['in.mp4']
    assert (tmp_path / 'in.mp4').read_bytes() == before
