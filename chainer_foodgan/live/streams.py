"""Where frames come from and where pictures go: cameras, streams and files.

Of a camera the latest frame counts: whoever is slow skips frames and never falls behind.
"""

from __future__ import annotations

import contextlib
import fractions
import importlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Callable, NamedTuple, Optional, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing

__all__ = ['Frame', 'Frames', 'recording', 'virtual_camera']

class Frame(NamedTuple):
    """What the camera saw: ``pixels``, uint8 RGB (H, W, 3), and when they came, seconds of
    ``time.monotonic``.
    """

    pixels: np.ndarray
    time: float


class Frames:
    """Reads on a thread of its own and keeps the latest frame.

    A file is read at its own pace, as a camera would show it. To be used in a ``with`` block.

    Args:
        source: The number of a camera, a file, or an address that FFmpeg reads (``rtsp://...``).

    Raises:
        FoodganError: OpenCV is missing, or the source gives no frame.

    Attributes:
        size: Width and height of a frame, in pixels; a guess where the source does not say.
    """

    def __init__(self, source: Union[int, str, os.PathLike]):
        self._name = f'camera {source}' if isinstance(source, int) else os.fspath(source)
        cv2 = _library()
        self._convert = lambda frame: cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        self._capture = cv2.VideoCapture(source if isinstance(source, int) else self._name)
        self._file = not isinstance(source, int) and os.path.exists(self._name)
        self._seconds = 1 / (self._capture.get(cv2.CAP_PROP_FPS) or 30) if self._file else 0
        self._arrived = threading.Condition()
        self._latest, self._ended = None, False
        if not self._capture.isOpened():
            raise FoodganError(f'{self._name}: cannot be opened; ' + (
                'name another with --camera' if isinstance(source, int) else
                'name a video, or an address that FFmpeg reads'))
        self.size = (round(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)) or 640,
                     round(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)) or 480)
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Frames:
        self._thread.start()
        return self

    def __exit__(self, *args):
        self._ended = True
        self._thread.join(timeout=5)
        self._capture.release()

    def next(self, timeout: float = 10) -> Optional[Frame]:
        """Waits for the latest frame that has not been returned yet; None where the source has
        ended. A FoodganError says that there was none in so many seconds.
        """
        with self._arrived:
            if not self._arrived.wait_for(lambda: self._latest or self._ended, timeout):
                raise FoodganError(f'{self._name}: no frame in {timeout:.0f} seconds; see whether '
                                   'another program holds the camera')
            frame, self._latest = self._latest, None
            return frame

    def _read(self):
        due = time.monotonic()
        while not self._ended:
            good, frame = self._capture.read()
            due += self._seconds
            if self._file:  # a camera waits by itself
                time.sleep(max(0, due - time.monotonic()))
            with self._arrived:
                self._ended = self._ended or not good
                if good:
                    self._latest = Frame(self._convert(frame), time.monotonic())
                self._arrived.notify_all()


def _library():
    try:
        return importlib.import_module('cv2')
    except ImportError as error:
        raise FoodganError(f'a camera is read by OpenCV ({error}): pip install '
                           '"chainer_foodgan[live]"') from error


_MILLISECONDS = fractions.Fraction(1, 1000)


@contextlib.contextmanager
def recording(path: Union[str, os.PathLike]) -> Iterator[Callable[[np.ndarray, float], None]]:
    """Records pictures as they come as H.264, in an .mp4 or .mkv file that has its name once it is
    complete. Yields what takes a picture, uint8 RGB (H, W, 3), and its time in seconds.

    A FoodganError says that PyAV is missing, the suffix is another, or the file cannot be written.
    """
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if suffix not in ('.mkv', '.mp4'):
        raise FoodganError(f'{path}: recordings are .mp4 or .mkv; choose such a name')
    try:
        av = importlib.import_module('av')
    except ImportError as error:
        raise FoodganError(f'recording needs PyAV ({error}): pip install '
                           '"chainer_foodgan[video]"') from error
    stream = start = None
    with replacing(path) as file, av.open(
            file, 'w', format={'.mkv': 'matroska', '.mp4': 'mp4'}[suffix]) as container:
        def record(pixels, time):
            nonlocal stream, start
            pixels = pixels[:len(pixels) // 2 * 2, :pixels.shape[1] // 2 * 2]  # 4:2:0 takes pairs
            if stream is None:
                start = time
                stream = container.add_stream('libx264', rate=30, time_base=_MILLISECONDS)
                stream.width, stream.height = pixels.shape[1], pixels.shape[0]
                stream.pix_fmt, stream.codec_context.time_base = 'yuv420p', _MILLISECONDS
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), 'rgb24')
            frame.pts, frame.time_base = round((time - start) * 1000), _MILLISECONDS
            container.mux(stream.encode(frame))

        yield record
        if stream is not None:
            container.mux(stream.encode())


@contextlib.contextmanager
def virtual_camera() -> Iterator[Callable[[np.ndarray, float], None]]:
    """A camera that other programs see (OBS's, or v4l2loopback), by pyvirtualcam: yields what takes
    a picture, uint8 RGB (H, W, 3), and its time, which does not matter. A FoodganError says that
    the library or the system's camera is missing.
    """
    try:
        library = importlib.import_module('pyvirtualcam')
    except ImportError as error:
        raise FoodganError(f'a virtual camera needs pyvirtualcam ({error}): pip install '
                           'pyvirtualcam') from error
    camera = None

    def send(pixels, time):
        nonlocal camera
        if camera is None:
            try:
                camera = library.Camera(pixels.shape[1], pixels.shape[0], 30)
            except RuntimeError as error:
                raise FoodganError(f'there is no virtual camera here ({error}); install OBS '
                                   'Studio, or v4l2loopback on Linux') from error
        camera.send(pixels)

    try:
        yield send
    finally:
        if camera is not None:
            camera.close()
