"""The window: what the camera sees as another dish, as fast as the machine computes."""

from __future__ import annotations

import collections
import contextlib
import importlib
import math
import os
import statistics
import time
from collections.abc import Iterator
from typing import Any, Callable, NamedTuple, Optional

import numpy as np
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import fresh_path
from chainer_foodgan.live.streams import Frames

__all__ = ['Summary', 'show']

_DIGITS = '1234567890'
_KEPT = 30  # frames that rate and latency are taken from


class Summary(NamedTuple):
    """How it went: frames shown, frames a second from the first to the last, median seconds from
    the camera to the window, and seconds that 95 % of the frames stayed below.
    """

    frames: int
    rate: float
    latency: float
    latest: float


def show(translator: Any, frames: Frames, dish: str, find_mask: Optional[Callable] = None,
         scale: int = 3, outputs: tuple = (), saved: str = 'live.png') -> Summary:
    """Shows frames as another dish until they end, or the window is closed.

    Args:
        translator (Translator): What changes the dish, and scales the frames.
        frames: Where they come from, open.
        dish: The one at the start, one of the translator's categories.
        find_mask: From a frame (PIL.Image.Image) to where it may change; None: everywhere.
        scale: Pixels of the window for each of the picture.
        outputs: Functions that take each picture that is shown, uint8 RGB (H, W, 3), and when the
            frame came, seconds.
        saved: The name of pictures that are saved.

    Raises:
        FoodganError: The library is missing, there is no screen, or no frame comes.
    """
    dish = translator.check(dish)
    state = _State(dish, translator.categories)
    latencies, times = [], []
    recent = collections.deque(maxlen=_KEPT)
    with _opened() as pygame:
        screen = None
        while not state.ended and (frame := frames.next()) is not None:
            photo, picture = _translated(translator, frame.pixels, state, find_mask)
            if screen is None:
                size = photo.width * scale, photo.height * scale
                screen = _screen(pygame, size)
                font = pygame.font.Font(None, 28)
            visible = photo if state.before else picture
            surface = pygame.image.frombytes(visible.tobytes(), visible.size, 'RGB')
            screen.blit(pygame.transform.smoothscale(surface, size), (0, 0))
            recent.append((time.monotonic(), time.monotonic() - frame.time))
            _caption(pygame, screen, font, state, recent)
            pygame.display.flip()
            times.append(time.monotonic())
            latencies.append(times[-1] - frame.time)
            for output in outputs:
                output(np.asarray(picture), frame.time)
            state.handle(pygame, picture, saved)
    if not latencies:
        raise FoodganError('no frame was shown; see whether the source has any')
    seconds = times[-1] - times[0]
    return Summary(len(times), (len(times) - 1) / seconds if seconds else 0,
                   statistics.median(latencies),
                   sorted(latencies)[math.ceil(0.95 * len(latencies)) - 1])


class _State:
    """What the keys have set."""

    def __init__(self, dish, dishes):
        self.dish, self.dishes = dish, dishes
        self.strength, self.before, self.ended = 1.0, False, False

    def handle(self, pygame, picture, saved):
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self.ended = True
            elif event.type == pygame.KEYUP and event.key == pygame.K_SPACE:
                self.before = False
            elif event.type == pygame.KEYDOWN:
                self._press(pygame, event, picture, saved)

    def _press(self, pygame, event, picture, saved):
        number = _DIGITS.find(event.unicode) if event.unicode else -1
        if event.key in (pygame.K_q, pygame.K_ESCAPE):
            self.ended = True
        elif event.key == pygame.K_SPACE:
            self.before = True
        elif event.key in (pygame.K_UP, pygame.K_DOWN):
            step = 0.1 if event.key == pygame.K_UP else -0.1
            self.strength = min(1.0, max(0.0, round(self.strength + step, 1)))
        elif event.key == pygame.K_s:
            images.save_image(picture, fresh_path(saved))
        elif 0 <= number < len(self.dishes):
            self.dish = self.dishes[number]


def _translated(translator, pixels, state, find_mask):
    """A frame, scaled, and what becomes of it."""
    frame = Image.fromarray(pixels)
    x = translator.prepare(frame)
    photo = images.to_image(x)
    picture = next(translator.translate([x], [state.dish], [find_mask and find_mask(frame)]))
    if state.strength < 1:
        picture = Image.blend(photo, picture, state.strength)
    return photo, picture


def _caption(pygame, screen, font, state, recent):
    seconds = recent[-1][0] - recent[0][0]
    rate = (len(recent) - 1) / seconds if seconds else 0
    latency = statistics.median(latency for _, latency in recent)
    text = font.render(f'{state.dish}  {rate:.1f} frames/s  {1000 * latency:.0f} ms', True,
                       (255, 255, 255), (0, 0, 0))
    screen.blit(text, (8, screen.get_height() - text.get_height() - 8))


def _screen(pygame, size):
    try:
        screen = pygame.display.set_mode(size)
    except pygame.error as error:
        raise FoodganError(f'there is no screen to show the window on ({error}); run it on a '
                           'desktop') from error
    pygame.display.set_caption('foodgan live')
    return screen


@contextlib.contextmanager
def _opened() -> Iterator[Any]:
    try:
        os.environ.setdefault('PYGAME_HIDE_SUPPORT_PROMPT', '1')
        pygame = importlib.import_module('pygame')
    except ImportError as error:
        raise FoodganError(f'the window needs pygame-ce ({error}): pip install '
                           '"chainer_foodgan[live]"') from error
    pygame.display.init()
    pygame.font.init()
    try:
        yield pygame
    finally:
        pygame.quit()
