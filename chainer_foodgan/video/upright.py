"""From a decoded frame to the picture that a player shows."""

import struct

import numpy
from PIL import Image

from chainer_foodgan.errors import FoodganError

#: Pixels that a frame may have: those of 8K, 7680 x 4320, and a few more.
MOST_PIXELS = 2 ** 25

# The signs of a, b, c, d in a display matrix (ISO 14496-12, 6.2.2: x' = ax + cy, y' = bx + dy) and
# what they do to a picture. Pillow counts degrees anticlockwise.
_TURNS = {
    (1, 0, 0, 1): None,
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}
# The same by the tag of older files: degrees clockwise.
_TAGS = {'90': Image.Transpose.ROTATE_270, '180': Image.Transpose.ROTATE_180,
         '270': Image.Transpose.ROTATE_90}

# Numbers of ITU-T H.273: matrix coefficients of BT.709, BT.601 (both variants) and BT.2020.
BT709, BT601, _BT601_PAL, _BT2020 = 1, 6, 5, 9
_LIMITED_RANGE, _FULL_RANGE = 1, 2
_SWS_BT601 = 5  # the scaler's own number for both variants


class Upright:
    """Makes pictures of the frames of one video (a stream of PyAV), all of the first one's size.

    Pixels become square, the display matrix is applied (frames lie down in videos of phones), and
    what is transparent is kept so. A FoodganError says that a frame has more than
    :data:`MOST_PIXELS`.
    """

    def __init__(self, frame, stream):
        shape = stream.sample_aspect_ratio or 1
        self._width = max(1, round(frame.width * max(shape, 1)))
        self._height = max(1, round(frame.height / min(shape, 1)))
        check(self._width, self._height)
        self._turn = _turn(frame, stream)

    def __call__(self, frame):
        """The picture (PIL.Image.Image, RGB or RGBA) of an av.VideoFrame of any pixel format and
        size.
        """
        check(frame.width, frame.height)
        transparent = frame.format.has_palette or any(
            component.is_alpha for component in frame.format.components)
        picture = Image.fromarray(reformat(
            frame, width=self._width, height=self._height,
            format='rgba' if transparent else 'rgb24', **_colours(frame)).to_ndarray())
        return picture if self._turn is None else picture.transpose(self._turn)


def reformat(frame, **options):
    """``frame.reformat`` on the caller's thread: starting threads takes longer than small frames.
    """
    try:
        return frame.reformat(threads=1, **options)
    except TypeError:  # before PyAV 17 there were no others
        return frame.reformat(**options)


def check(width, height):
    """Raises a FoodganError for a frame of too many pixels."""
    if width * height > MOST_PIXELS:
        raise FoodganError(f'its frames have {width} x {height} pixels, more than the '
                           f'{MOST_PIXELS:,} that are allowed; scale it down')


def usual_matrix(height):
    """The matrix of pictures of which nothing is said: BT.709 where they are of high definition."""
    return BT709 if height >= 720 else BT601


def _colours(frame):
    """How the numbers of a frame become RGB: what it says of itself, or what is usual."""
    if frame.format.is_rgb or frame.format.has_palette:
        return {}
    matrix = frame.colorspace
    if matrix not in (BT709, BT601, _BT601_PAL, _BT2020):
        matrix = usual_matrix(frame.height)
    full = frame.color_range == _FULL_RANGE or frame.format.name.startswith('yuvj')
    source = _SWS_BT601 if matrix == BT601 else matrix
    # RGB has no matrix, but PyAV before 17 heeds that of the frame only where the two differ.
    return {'src_colorspace': source, 'src_color_range': _FULL_RANGE if full else _LIMITED_RANGE,
            'dst_colorspace': BT709 if source == _SWS_BT601 else _SWS_BT601,
            'dst_color_range': _FULL_RANGE}


def _turn(frame, stream):
    data = frame.side_data.get('DISPLAYMATRIX')
    if data is None:
        tags = {name.lower(): value for name, value in stream.metadata.items()}
        return _TAGS.get(tags.get('rotate'))
    a, b, _, c, d = struct.unpack_from('=5i', bytes(data))
    # A turn by another angle is taken for the nearest quarter.
    along = abs(a) + abs(d) >= abs(b) + abs(c)
    signs = numpy.sign((a, 0, 0, d) if along else (0, b, c, 0))
    return _TURNS.get(tuple(int(sign) for sign in signs))
