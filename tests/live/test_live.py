"""A camera in a window: nothing piles up, keys do what they say, recordings keep their times."""

import argparse
import shutil
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import images, weights
from chainer_foodgan.commands import translate, translators
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.live import streams, window
from chainer_foodgan.live.streams import Frame
from chainer_foodgan.translation import engines

COLOURS = {'curry': (200, 120, 0), 'ramen': (0, 120, 200)}


class Painter:
    """A translator that fills the picture with the dish's colour."""

    categories = list(COLOURS)

    def check(self, dish):
        if dish not in COLOURS:
            raise FoodganError(f'{dish}: the weights know no such dish')
        return dish

    def prepare(self, image):
        return images.to_array(image)

    def translate(self, photos, dishes, masks=None):
        for photo in photos:
            yield Image.new('RGB', photo.shape[:0:-1], COLOURS[dishes[0]])


class Script:
    """Grey frames; before each, keys are pressed or released."""

    def __init__(self, pygame, *steps):
        self._pygame, self._steps = pygame, iter(steps)

    def next(self):
        step = next(self._steps, None)
        if step is None:
            return None
        for kind, key, text in step:
            self._pygame.event.post(self._pygame.event.Event(
                kind, {'key': key, **({'unicode': text} if kind == self._pygame.KEYDOWN else {})}))
        return Frame(np.full((24, 32, 3), 100, np.uint8), time.monotonic())


@pytest.fixture
def pygame(monkeypatch):
    monkeypatch.setenv('SDL_VIDEODRIVER', 'dummy')
    return pytest.importorskip('pygame', reason='the window: pip install "chainer_foodgan[live]"')


def run(pygame, *steps, **options):
    shown = []
    summary = window.show(Painter(), Script(pygame, *steps), 'curry', outputs=(
        lambda pixels, time: shown.append(tuple(pixels[0, 0].tolist())),), **options)
    return summary, shown


def press(pygame, key, text=''):
    return pygame.KEYDOWN, key, text


def test_keys_choose_dish_and_strength(pygame):
    # A key takes effect with the frame after the one it was pressed at.
    summary, shown = run(
        pygame, [press(pygame, pygame.K_2, '2')], [press(pygame, pygame.K_DOWN)] * 5,
        [press(pygame, pygame.K_9, '9')], [press(pygame, pygame.K_q, 'q')], [])
    assert shown == [(200, 120, 0), (0, 120, 200), (50, 110, 150), (50, 110, 150)]
    assert summary.frames == 4 and 0 <= summary.latency <= summary.latest < 10


def test_space_shows_what_was_there(pygame, monkeypatch):
    seen = []
    flip = pygame.display.flip
    monkeypatch.setattr(pygame.display, 'flip', lambda: (
        seen.append(tuple(pygame.display.get_surface().get_at((630, 0)))[:3]), flip()))
    run(pygame, [press(pygame, pygame.K_SPACE, ' ')], [(pygame.KEYUP, pygame.K_SPACE, ' ')], [],
        scale=20)
    assert seen == [(200, 120, 0), (100, 100, 100), (200, 120, 0)]


def test_pictures_are_saved_beside_those_that_are_there(pygame, tmp_path):
    key = press(pygame, pygame.K_s, 's')
    run(pygame, [key], [key], saved=str(tmp_path / 'live.png'))
    assert sorted(path.name for path in tmp_path.iterdir()) == ['live-2.png', 'live.png']
    with Image.open(tmp_path / 'live.png') as picture:
        assert picture.size == (32, 24) and picture.getpixel((5, 5)) == (200, 120, 0)


def test_no_frame_and_no_dish(pygame):
    with pytest.raises(FoodganError, match='no frame was shown'):
        run(pygame)
    with pytest.raises(FoodganError, match='sushi: the weights know no such dish'):
        window.show(Painter(), Script(pygame, []), 'sushi')


class Camera:
    """OpenCV's capture of a camera that sends a number a frame, as fast as it is told to."""

    def __init__(self, source):
        self.number, self.go, self.read_one = 0, threading.Semaphore(0), threading.Event()

    def isOpened(self):
        return True

    def get(self, key):
        return 0

    def read(self):
        self.go.acquire()
        self.number += 1
        self.read_one.set()
        return self.number < 6, np.full((2, 2, 3), self.number, np.uint8)

    def release(self):
        pass


def test_whoever_is_slow_gets_the_latest_frame(monkeypatch):
    cv2 = pytest.importorskip('cv2', reason='the camera: pip install "chainer_foodgan[live]"')
    monkeypatch.setattr(cv2, 'VideoCapture', Camera)
    with streams.Frames(0) as source:
        source._capture.go.release()
        assert source.next().pixels.max() == 1
        source._capture.go.release(4)  # 2 to 5 while nobody looks
        until = time.monotonic() + 10
        while source._latest is None or source._latest.pixels.max() < 5:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert source.next().pixels.max() == 5
        with pytest.raises(FoodganError, match='camera 0: no frame in 0 seconds'):
            source.next(timeout=0.01)
        source._capture.go.release()
        assert source.next() is None


def test_recordings_keep_their_times(tmp_path):
    av = pytest.importorskip('av', reason='recording: pip install "chainer_foodgan[video]"')
    path = tmp_path / 'live.mp4'
    with streams.recording(path) as record:
        for time_, value in ((10, 50), (10.1, 100), (10.7, 200)):
            record(np.full((33, 49, 3), value, np.uint8), time_)
    with av.open(str(path)) as container:
        seen = [(round(float(frame.time), 3), frame.to_ndarray(format='rgb24'))
                for frame in container.decode(video=0)]
    assert [when for when, _ in seen] == [0, 0.1, 0.7]
    assert seen[0][1].shape == (32, 48, 3)
    for (_, pixels), value in zip(seen, (50, 100, 200)):
        assert abs(pixels.mean() - value) < 4
    with pytest.raises(FoodganError, match=r'live\.avi: recordings are \.mp4 or \.mkv'), \
            streams.recording(tmp_path / 'live.avi'):
        pass


class Engine:
    """Stands in for an engine that takes so many seconds."""

    def __init__(self, name, seconds):
        self.name, self.seconds, self.sizes = name, seconds, set()

    def __call__(self, x, c):
        self.sizes.add(x.shape)
        time.sleep(self.seconds)
        return np.zeros_like(x)


@pytest.mark.parametrize('options, installed, seconds, chosen', [
    ([], ['openvino', 'onnxruntime'], {'openvino': 0.06, 'onnxruntime': 0.01}, 'onnxruntime'),
    ([], ['openvino', 'onnxruntime'], {'openvino': 0.01, 'onnxruntime': 0.06}, 'openvino'),
    ([], ['openvino'], {'openvino': 0.06}, 'openvino'),
    ([], ['onnxruntime'], {'onnxruntime': 0.06}, 'onnxruntime'),
    (['--backend', 'openvino'], ['openvino', 'onnxruntime'],
     {'openvino': 0.06, 'onnxruntime': 0.01}, 'openvino'),
    (['--precision', 'bf16'], ['openvino', 'onnxruntime'],
     {'openvino': 0.06, 'onnxruntime': 0.01}, 'openvino')])
def test_the_faster_engine_computes(tmp_path, monkeypatch, options, installed, seconds, chosen):
    from chainer_foodgan.links import Generator

    weights.save(Generator(4, 2, 1, rng=np.random.default_rng(0)), tmp_path / 'G.npz',
                 {'categories': ['curry', 'ramen'], 'image_size': 32})
    made = {name: Engine(name, delay) for name, delay in seconds.items()}
    monkeypatch.setattr(engines, '_fault', lambda name: (
        None if name in installed else ImportError(name)))
    monkeypatch.setattr(engines, 'make', lambda name, *args: made[name])
    parser = argparse.ArgumentParser()
    translate.add_live_options(parser)
    args = parser.parse_args(['--to', 'ramen', '--weights', str(tmp_path / 'G.npz'), *options])
    assert translators.open_fastest(args, (64, 48)).backend == chosen
    timed = not options and len(installed) == 2
    for engine in made.values():  # as large as the frames that come
        assert engine.sizes == ({(1, 3, 32, 44)} if timed else set())


@pytest.mark.skipif(shutil.which('xvfb-run') is None, reason='a screen that nobody sees: '
                    'apt-get install xvfb xauth')
def test_the_command_on_a_screen(tmp_path):
    av = pytest.importorskip('av', reason='makes a video: pip install "chainer_foodgan[video]"')
    for name in ('cv2', 'pygame'):
        pytest.importorskip(name, reason='the window: pip install "chainer_foodgan[live]"')
    from chainer_foodgan.links import ConditionalGenerator

    weights.save(ConditionalGenerator(4, 2, 1, rng=np.random.default_rng(0)), tmp_path / 'G.npz',
                 {'categories': ['curry', 'ramen'], 'image_size': 32})
    with streams.recording(tmp_path / 'in.mp4') as record:
        for number in range(30):
            record(np.full((48, 64, 3), 8 * number, np.uint8), number / 10)
    ended = subprocess.run(
        ['xvfb-run', '-a', sys.executable, '-m', 'chainer_foodgan', 'live', '--to', 'ramen',
         '--weights', 'G.npz', '--input', 'in.mp4', '--size', '32', '--record', 'out.mkv'],
        cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == 'out.mkv\n'
    assert ended.stderr.split()[0] in engines.LIBRARIES
    assert 'frames, ' in ended.stderr and 'latency' in ended.stderr
    with av.open(str(tmp_path / 'out.mkv')) as container:
        times = [float(frame.time) for frame in container.decode(video=0)]
    assert 1 <= len(times) <= 30 and times[-1] < 3.5  # at the film's pace
    absent = subprocess.run(
        [sys.executable, '-m', 'chainer_foodgan', 'live', '--to', 'ramen', '--weights', 'G.npz',
         '--input', 'absent.mp4'], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert absent.returncode == 1
    assert absent.stderr.strip().endswith('name a video, or an address that FFmpeg reads')
