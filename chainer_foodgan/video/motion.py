"""Carrying translated frames along the motion of a video.

The motion between two frames is found by dense optical flow (Kroeger et al. 2016, DIS, of OpenCV).
A picture is carried to another frame by looking up, for each pixel, where it was. Whether that can
be trusted is seen from the frames themselves: carried the same way, the one has to look like the
other. Where it does not, something was hidden or came into view.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chainer_foodgan.errors import FoodganError

_OFF = 12.0  # grey levels of 255 by which a carried frame may miss the other one
_NOISE = (5, 5)  # of a camera: pixels that are averaged before they are compared
_LIGHT = (25, 25)  # pixels: what changes in light is smoother than that
_LEAST = 1e-3  # trust that is left where there is none, so that there is a picture everywhere

#: Share of a frame that has to be trusted; else it is another scene, or moves too fast.
ENOUGH = 0.7


class Still(NamedTuple):
    """A frame, ``photo``, uint8 (H, W, 3), RGB, and its translation, ``picture``, float32 (H, W, 3)
    in [0, 255].
    """

    photo: np.ndarray
    picture: np.ndarray


class Motion:
    """Finds motion and carries pictures along it; a FoodganError where OpenCV is not installed."""

    def __init__(self):
        try:
            import cv2
        except ImportError as error:
            raise FoodganError(
                f'following the motion of a video needs OpenCV ({error}): pip install '
                '"chainer_foodgan[video]", or have every frame translated by --keyframes 1 '
                'without --smooth') from error
        self._cv2, self._flow = cv2, cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def carry(self, still, photo):
        """Carries a translation (a Still) to another frame, uint8 (H, W, 3).

        Returns the picture, float32 (H, W, 3), and how far it can be trusted, float32 (H, W) in [0,
        1]. What is trusted is the translation itself, in the light of the frame; elsewhere it is
        the frame with the colours of the change.
        """
        cv2 = self._cv2
        to, since = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (photo, still.photo))
        H, W = to.shape
        place = self._flow.calc(to, since, None)
        place += np.stack(np.meshgrid(np.arange(W), np.arange(H)), axis=2).astype(np.float32)
        before, after = (
            cv2.remap(image.astype(np.float32), place, None, way, borderMode=cv2.BORDER_REPLICATE)
            for image, way in ((still.photo, cv2.INTER_LINEAR), (still.picture, cv2.INTER_CUBIC)))
        off = photo - before
        trust = np.exp(-(cv2.blur(np.abs(cv2.blur(off, _NOISE)).max(axis=2), _NOISE) / _OFF) ** 2)
        # What came in over the border was nowhere.
        x, y = np.moveaxis(place, 2, 0)
        trust *= (x > -1) & (x < W) & (y > -1) & (y < H)
        light, change = (cv2.stackBlur(image, _LIGHT) for image in (off, after - before))
        picture = trust[..., None] * (after + light) + (1 - trust[..., None]) * (photo + change)
        return picture, trust

    def between(self, first, second, photo, share):
        """The picture, float32 (H, W, 3) in [0, 255], of a frame, uint8 (H, W, 3), between two
        Stills, which is so far (a share in (0, 1)) on the way from the first to the second. None
        where neither can be trusted, so that the frame itself has to be translated.
        """
        (one, trust), (other, trust_) = self.carry(first, photo), self.carry(second, photo)
        if np.maximum(trust, trust_).mean() < ENOUGH:
            return None
        a, b = ((1 - share) * (trust + _LEAST))[..., None], (share * (trust_ + _LEAST))[..., None]
        return (a * one + b * other) / (a + b)

    def smooth(self, last, still, kept):
        """A translation, averaged with the one before (of the share ``kept`` in [0, 1)) where that
        can be trusted: a Still of the frame at hand.
        """
        picture, trust = self.carry(last, still.photo)
        share = kept * trust[..., None]
        return still._replace(picture=still.picture + share * (picture - still.picture))
