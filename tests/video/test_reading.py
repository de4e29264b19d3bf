"""What strangers may hand over: one line says what is wrong with it."""

import os
import struct
import wave

import pytest

av = pytest.importorskip('av', reason='makes and reads videos: pip install av')

from chainer_foodgan.errors import FoodganError  # noqa: E402  nothing is there without PyAV
from chainer_foodgan.video.reading import open_video  # noqa: E402

BROKEN = 'no video that FFmpeg knows, is cut off or broken'


def check(path, says):
    with pytest.raises(FoodganError) as raised, open_video(path):
        pass
    assert str(raised.value).startswith(f'cannot read {path}: ')
    assert says in str(raised.value) and '\n' not in str(raised.value)


@pytest.mark.parametrize('name, content, says', [
    ('text.mp4', b'Ramen is a dish.\n' * 500, BROKEN), ('text.txt', b'a dish\n' * 500, 'no moving'),
    ('empty.mp4', b'', BROKEN), ('zeros.mkv', bytes(10000), BROKEN),
    ('noise.avi', b'RIFF' + bytes(range(256)) * 100, BROKEN),
    ('drawing.mp4', b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', 'no moving'),
    ('words.mp4', b'1\n00:00:01,000 --> 00:00:02,000\nhello\n\n' * 50, 'no moving'),
    ('large.y4m', b'YUV4MPEG2 W60000 H60000 F25:1\n' + (b'FRAME\n' + bytes(999)) * 3, BROKEN),
    ('large.gif', b'GIF89a' + struct.pack('<HHBBB', 65535, 65535, 128, 0, 0) + bytes(6) + b';',
     BROKEN)])
def test_what_is_no_video(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    check(tmp_path / name, says)


def test_what_is_no_file(tmp_path):
    check(tmp_path / 'gone.mp4', 'does not exist')
    check(tmp_path, 'is a folder')


@pytest.mark.parametrize('suffix', ['.mp4', '.mkv', '.webm', '.avi', '.mov'])
def test_what_is_cut_off(tmp_path, clips, suffix):
    whole = clips.make(tmp_path / ('whole' + suffix), range(60),
                       sound='libopus' if suffix == '.webm' else 'libmp3lame')
    content = whole.read_bytes()
    (tmp_path / ('cut' + suffix)).write_bytes(content[:len(content) * 6 // 10])
    check(tmp_path / ('cut' + suffix), 'cut off')
    with open_video(whole) as video:
        assert video.frames == 60


def test_a_slow_video_is_not_taken_for_one_that_is_cut_off(tmp_path, clips):
    clips.make(tmp_path / 'slow.webm', [0, 100, 200])  # 10 seconds each
    with open_video(tmp_path / 'slow.webm') as video:
        assert video.frames == 3


def test_no_frames(tmp_path):
    with av.open(str(tmp_path / 'none.avi'), 'w') as container:
        stream = container.add_stream('mpeg4', 10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, 'yuv420p'
        container.start_encoding()
    check(tmp_path / 'none.avi', 'no frame in it can be decoded')


def test_broken_frames(tmp_path, clips):
    path = clips.make(tmp_path / 'clip.mp4')
    content = bytearray(path.read_bytes())
    start, end = content.index(b'mdat') + 4, content.index(b'moov') - 4
    content[start:end] = bytes(end - start)
    path.write_bytes(content)
    check(path, 'no frame in it can be decoded')


def test_sound_alone(tmp_path):
    with wave.open(str(tmp_path / 'sound.wav'), 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    check(tmp_path / 'sound.wav', 'no moving pictures')


def test_the_cover_of_music_is_no_video(tmp_path):
    from PIL import Image
    Image.new('RGB', (32, 32), 'red').save(tmp_path / 'cover.png')
    with av.open(str(tmp_path / 'music.mp3'), 'w') as container:
        stream = container.add_stream('libmp3lame', 44100)
        frame = av.AudioFrame('s16p', 'mono', 1152)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    picture = b'\0image/png\0\x03\0' + (tmp_path / 'cover.png').read_bytes()
    tag = b'APIC' + struct.pack('>IH', len(picture), 0) + picture  # ID3v2.3, 4.15
    size = bytes(len(tag) >> shift & 127 for shift in (21, 14, 7, 0))
    (tmp_path / 'covered.mp3').write_bytes(
        b'ID3\x03\0\0' + size + tag + (tmp_path / 'music.mp3').read_bytes())
    with av.open(str(tmp_path / 'covered.mp3')) as container:
        assert len(container.streams.video) == 1
    check(tmp_path / 'covered.mp3', 'no moving pictures')


@pytest.mark.parametrize('content', [
    '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n',
    '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\nfile://{}\n#EXT-X-ENDLIST\n',
    "ffconcat version 1.0\nfile '{}'\n"])
@pytest.mark.parametrize('name', ['list.mp4', 'list.m3u8'])
def test_lists_of_other_files_are_not_followed(tmp_path, clips, name, content):
    secret = clips.make(tmp_path / 'secret.ts')
    (tmp_path / name).write_text(content.format(os.path.abspath(secret)))
    check(tmp_path / name, BROKEN)
