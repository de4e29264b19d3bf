"""``foodgan video`` from end to end, with a small generator of random weights."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

av = pytest.importorskip('av', reason='makes and reads videos: pip install av')

from chainer_foodgan import Translator, weights  # noqa: E402  nothing is there without PyAV
from chainer_foodgan.commands import main  # noqa: E402
from chainer_foodgan.errors import FoodganError  # noqa: E402
from chainer_foodgan.links import Generator  # noqa: E402
from chainer_foodgan.video.upright import reformat  # noqa: E402


def make_clip(path, count, size=(48, 32)):
    """Frames of a moving square, losslessly coded."""
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('ffv1', 10)
        (stream.width, stream.height), stream.pix_fmt = size, 'bgr0'
        for number in range(count):
            frame = np.full((size[1], size[0], 3), 90, np.uint8)
            frame[8:24, number % 30:number % 30 + 16] = 230, 180, 60
            container.mux(stream.encode(reformat(
                av.VideoFrame.from_ndarray(frame, 'rgb24'), format='bgr0')))
        container.mux(stream.encode(None))


def frames(path):
    with av.open(str(path)) as container:
        return [Image.fromarray(reformat(frame, format='rgb24').to_ndarray())
                for frame in container.decode(video=0)]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The current folder, with weights and a clip."""
    monkeypatch.chdir(tmp_path)
    weights.save(Generator(4, 3, 1, rng=np.random.default_rng(0)), 'G.npz',
                 {'categories': ['curry', 'ramen', 'soba'], 'image_size': 16})
    make_clip(tmp_path / 'lunch.mkv', 8)
    return tmp_path


def video(*arguments):
    return main(['video', *arguments, '--weights', 'G.npz'])


def difference(found, expected):
    """Grey levels, since colour is stored for two by two pixels; the greatest mean of a frame."""
    assert len(found) == len(expected) and found[0].size == expected[0].size
    return max(abs(np.int16(one.convert('L')) - np.int16(other.convert('L'))).mean()
               for one, other in zip(found, expected))


def test_every_frame_is_what_the_translator_makes_of_it(place, capsys):
    assert video('lunch.mkv', 'out.mp4', '--to', 'ramen', '--keyframes', '1') == 0
    translator = Translator('G.npz', output_size='network')
    output, error = capsys.readouterr()
    assert output == 'out.mp4\n'
    assert error.splitlines()[0] == translator.engine
    expected = [translator(frame, 'ramen') for frame in frames('lunch.mkv')]
    assert difference(frames('out.mp4'), expected) < 4
    small = [frame.resize((24, 16), Image.BILINEAR) for frame in frames('lunch.mkv')]
    assert difference(frames('out.mp4'), small) > 20


def test_options(place):
    Image.fromarray(np.uint8([[0, 255]])).resize((48, 32), Image.NEAREST).save('mask.png')
    assert video('lunch.mkv', 'out.mp4', '--to', 'soba', '--size', '64', '--every', '3',
                 '--mask', 'mask.png', '--smooth') == 0
    translator = Translator('G.npz', size=64, output_size='network')
    mask = Image.open('mask.png')
    first = translator(frames('lunch.mkv')[0], 'soba', mask=mask)
    assert len(frames('out.mp4')) == 3 and first.size == (96, 64)
    assert difference(frames('out.mp4')[:1], [first]) < 4


@pytest.mark.parametrize('arguments, says', [
    (['lunch.mkv', 'out.mp4', '--to', 'raman'], 'did you mean ramen?'),
    (['lunch.mkv', 'out.xyz', '--to', 'ramen'], 'ends in one of .mp4'),
    (['lunch.mkv', './lunch.mkv', '--to', 'ramen'], 'would replace the video itself'),
    (['gone.mkv', 'out.mp4', '--to', 'ramen'], 'does not exist'),
    (['G.npz', 'out.mp4', '--to', 'ramen'], 'no video'),
    (['lunch.JPG', '--to', 'ramen'], 'lunch.JPG: a photo, not a video; change its dish by foodgan'),
    (['lunch.mkv', '--to', 'all'], '--to all: a video has one dish: name one'),
    (['lunch.mkv', '--to', 'ramen,soba'], '--to ramen,soba: a video has one dish: name one'),
    (['lunch.mkv', 'out.mp4', '--to', 'ramen', '--mask', 'gone.png'], 'gone.png')])
def test_a_mistake_is_one_line_and_changes_nothing(place, capsys, arguments, says):
    before = {path: path.read_bytes() for path in place.iterdir()}
    assert video(*arguments) == 1
    output, error = capsys.readouterr()
    assert output == '' and says in error.splitlines()[-1]
    assert error.splitlines()[-1].startswith('foodgan: ') and error.count('foodgan: ') == 1
    assert {path: path.read_bytes() for path in place.iterdir()} == before


def test_by_itself_the_result_lies_beside_the_video(place, capsys):
    for name in 'lunch_soba.mkv', 'lunch_soba-2.mkv':
        assert video('lunch.mkv', '--to', 'soba') == 0
        assert capsys.readouterr().out == name + '\n' and len(frames(name)) == 8


@pytest.mark.parametrize('there, expected', [(True, ['bf16']), (False, ['bf16', 'float32'])])
def test_auto_is_bf16_where_it_can_be_had(place, monkeypatch, there, expected):
    asked = []

    class Either(Translator):
        def __init__(self, *args, precision='float32', **options):
            asked.append(precision)
            if precision == 'bf16' and not there:
                raise FoodganError('bf16: this processor does not compute in it')
            super().__init__(*args, **options)

    monkeypatch.setattr('chainer_foodgan.translation.Translator', Either)
    assert video('lunch.mkv', 'out.mp4', '--to', 'soba', '--every', '4') == 0
    assert asked == expected


@pytest.mark.parametrize('options', [[], ['--keyframes', '1', '--smooth']])
def test_without_opencv(place, monkeypatch, capsys, options):
    monkeypatch.setitem(sys.modules, 'cv2', None)
    assert video('lunch.mkv', 'out.mp4', '--to', 'ramen', *options) == 1
    assert 'needs OpenCV' in capsys.readouterr().err
    assert video('lunch.mkv', 'out.mp4', '--to', 'ramen', '--keyframes', '1') == 0


def test_without_pyav(place):
    result = start(place, 'sys.modules["av"] = None', 'lunch.mkv', 'out.mp4').communicate()
    assert result[1].startswith('foodgan: videos need PyAV')
    assert result[1].rstrip().endswith('pip install "chainer_foodgan[video]"')


def start(place, before, *arguments):
    """Runs the command in another process, after a line of Python."""
    code = 'import sys; {}; from chainer_foodgan.commands import main; sys.exit(main())'
    environment = dict(os.environ, PYTHONPATH=str(pathlib.Path(__file__).parents[2]))
    return subprocess.Popen(
        [sys.executable, '-c', code.format(before), 'video', *arguments, '--to', 'ramen',
         '--weights', 'G.npz'], cwd=str(place), env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize('number, left', [(signal.SIGINT, 0), (signal.SIGKILL, 1)])
def test_a_run_that_is_cut_off_leaves_no_half_file(place, number, left):
    make_clip(place / 'long.mkv', 300)
    before = set(os.listdir())
    with start(place, 'pass', 'long.mkv', 'out.mp4', '--size', '256') as process:
        while not list(place.glob('.out.mp4.*.part')):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(number)
        error = process.communicate()[1]
    new = set(os.listdir()) - before
    assert 'out.mp4' not in new and len(new) == left
    if number == signal.SIGINT:
        assert process.returncode == 130 and error.splitlines()[-1] == 'foodgan: interrupted'


def test_a_full_disk_is_one_line(place):
    limit = 'import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))'
    before = set(os.listdir())
    with start(place, limit, 'lunch.mkv', 'out.mp4') as process:
        output, error = process.communicate()
    assert process.returncode == 1 and set(os.listdir()) == before
    assert error.splitlines()[-1].startswith('foodgan: cannot write out.mp4: File too large')
    assert 'Traceback' not in error
