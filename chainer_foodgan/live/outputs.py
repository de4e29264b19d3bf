"""Where the pictures go beside the window: a file, or a camera that other programs see."""

from __future__ import annotations

import contextlib
import fractions
import importlib
import os
from collections.abc import Iterator
from typing import Callable, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing

__all__ = ['recording', 'virtual_camera']

_MILLISECONDS = fractions.Fraction(1, 1000)


@contextlib.contextmanager
def recording(path: Union[str, os.PathLike]) -> Iterator[Callable[[np.ndarray, float], None]]:
    """Records pictures as they come, each at its time, as H.264.

    Args:
        path: An .mp4 or .mkv file; it has its name once it is complete.

    Yields:
        callable: Takes a picture, uint8 RGB (H, W, 3), and its time in seconds.

    Raises:
        FoodganError: PyAV is missing, another suffix, or the file cannot be written.
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
    """A camera that other programs see (OBS's, or v4l2loopback), by pyvirtualcam.

    Yields:
        callable: Takes a picture, uint8 RGB (H, W, 3), and its time, which does not matter.

    Raises:
        FoodganError: The library or the system's camera is missing.
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
