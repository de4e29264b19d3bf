"""The latest frame of a camera: whoever is slow skips frames and never falls behind."""

from __future__ import annotations

import importlib
import os
import threading
import time
from typing import NamedTuple, Optional, Union

import numpy as np

from chainer_foodgan.errors import FoodganError

__all__ = ['Frame', 'Frames']


class Frame(NamedTuple):
    """What the camera saw.

    Attributes:
        pixels: uint8 RGB (H, W, 3).
        time: When it came, seconds of ``time.monotonic``.
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
        """Waits for a frame that has not been returned yet.

        Args:
            timeout: Seconds without a frame after which the source counts as broken.

        Returns:
            Frame: The latest; None where the source has ended.

        Raises:
            FoodganError: There was none in time.
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
