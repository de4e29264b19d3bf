"""Frames as a player shows them: turned, with square pixels, in the right colours."""

import struct
from fractions import Fraction

import numpy as np
import pytest

av = pytest.importorskip('av', reason='makes and reads videos: pip install av')

from chainer_foodgan.errors import FoodganError  # noqa: E402  nothing is there without PyAV
from chainer_foodgan.video import upright  # noqa: E402
from chainer_foodgan.video.reading import open_video  # noqa: E402

ONE = 1 << 16


def first(path):
    with open_video(path) as video:
        return np.int16(video.first)


# The matrix in the track's header, and the same by NumPy.
@pytest.mark.parametrize('matrix, turned', [
    ((1, 0, 0, 1), lambda frame: frame),
    ((0, 1, -1, 0), lambda frame: np.rot90(frame, -1)),  # a phone held upright
    ((-1, 0, 0, -1), lambda frame: np.rot90(frame, 2)),
    ((0, -1, 1, 0), np.rot90),
    ((-1, 0, 0, 1), np.fliplr), ((1, 0, 0, -1), np.flipud),
    ((0, 1, 1, 0), lambda frame: frame.transpose(1, 0, 2)),
    ((0, -1, -1, 0), lambda frame: np.rot90(frame, 2).transpose(1, 0, 2))])
def test_the_display_matrix_is_applied(tmp_path, clips, matrix, turned):
    path = clips.make(tmp_path / 'clip.mp4')
    plain = first(path)
    content = bytearray(path.read_bytes())
    # ISO 14496-12, 8.3.2: the matrix begins 40 bytes after the version of a tkhd of version 0.
    place = content.index(b'tkhd') + 4 + 40
    assert struct.unpack_from('>9i', content, place) == (ONE, 0, 0, 0, ONE, 0, 0, 0, ONE << 14)
    a, b, c, d = (sign * ONE for sign in matrix)
    struct.pack_into('>5i', content, place, a, b, 0, c, d)
    path.write_bytes(content)
    np.testing.assert_array_equal(first(path), turned(plain))
    assert not np.array_equal(plain, np.rot90(plain, 2))


def test_the_tag_of_older_files_is_applied(tmp_path, clips):
    path = clips.make(tmp_path / 'clip.mkv')
    plain = first(path)
    with av.open(str(path)) as source, av.open(str(tmp_path / 'tagged.mkv'), 'w') as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.metadata['rotate'] = '90'
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    np.testing.assert_array_equal(first(tmp_path / 'tagged.mkv'), np.rot90(plain, -1))


@pytest.mark.parametrize('shape, size', [
    (Fraction(2), (128, 48)), (Fraction(1, 2), (64, 96)), (Fraction(4, 3), (85, 48))])
def test_pixels_become_square(tmp_path, clips, shape, size):
    path = clips.make(tmp_path / 'clip.mkv', sample_aspect_ratio=shape)
    assert first(path).shape == (size[1], size[0], 3)


# RGB from Y'CbCr by ITU-R BT.601 and BT.709: Kr and Kb.
@pytest.mark.parametrize('matrix, kr, kb', [(5, 0.299, 0.114), (6, 0.299, 0.114),
                                            (1, 0.2126, 0.0722), (9, 0.2627, 0.0593)])
@pytest.mark.parametrize('full', [False, True])
def test_colours_are_those_that_the_video_says(tmp_path, clips, matrix, kr, kb, full):
    path, values = tmp_path / 'clip.mkv', (90, 100, 170)
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('ffv1', 10)
        stream.width = stream.height = 16
        stream.pix_fmt = 'yuv444p'
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = 2 if full else 1
        frame = av.VideoFrame(16, 16, 'yuv444p')
        frame.colorspace, frame.color_range = matrix, 2 if full else 1
        for plane, value in zip(frame.planes, values):
            plane.update(bytes([value]) * plane.buffer_size)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    y, cb, cr = values
    y = y / 255 if full else (y - 16) / 219
    cb, cr = ((value - 128) / (255 if full else 224) for value in (cb, cr))
    red, blue = y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    np.testing.assert_allclose(first(path)[8, 8], np.array([red, green, blue]) * 255, atol=1.5)


def test_unlabelled_videos_have_the_usual_colours():
    assert upright.usual_matrix(720) == upright.BT709
    assert upright.usual_matrix(576) == upright.BT601


def test_frames_of_too_many_pixels_are_refused(tmp_path, clips):
    path = tmp_path / 'huge.avi'
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('mjpeg', 10)
        stream.width, stream.height, stream.pix_fmt = 8000, 5000, 'yuvj420p'
        container.mux(stream.encode(av.VideoFrame(8000, 5000, 'yuvj420p')))
        container.mux(stream.encode(None))
    with pytest.raises(FoodganError, match='huge.avi: its frames have 8000 x 5000 pixels'):
        first(path)
    path = clips.make(tmp_path / 'tall.mp4', [0], size=(4096, 48),
                      sample_aspect_ratio=Fraction(1, 2000))
    with pytest.raises(FoodganError, match='tall.mp4: its frames have 4096 x 96000 pixels'):
        first(path)


def test_a_size_that_changes_is_scaled_to_the_first(tmp_path, clips):
    parts = [clips.make(tmp_path / name, times, size=size).read_bytes() for name, times, size in [
        ('a.ts', range(5), (64, 48)), ('b.ts', range(5, 10), (96, 80))]]
    (tmp_path / 'both.ts').write_bytes(b''.join(parts))
    with open_video(tmp_path / 'both.ts') as video:
        frames = [frame for packet in video.packets() if packet.stream is video.stream
                  for frame in packet.decode()]
        assert {(frame.width, frame.height) for frame in frames} == {(64, 48), (96, 80)}
        assert {video.upright(frame).size for frame in frames} == {(64, 48)}
