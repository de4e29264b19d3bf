"""The border between picture files and arrays.

Files and PIL images are uint8 RGB, height x width; networks see float32 RGB (3, H, W) in [-1, 1].
:func:`to_array` and :func:`to_image` are the only ways across.
"""

import contextlib
import io
import os
import pathlib
import warnings

import numpy
from PIL import ExifTags, Image, ImageOps, PngImagePlugin, UnidentifiedImageError

import chainer_foodgan
from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.opening import formats, open_image, to_srgb
from chainer_foodgan.printing import printable

#: What :func:`find_images` takes for a picture, in lower case.
SUFFIXES = ('.avif', '.bmp', '.gif', '.heic', '.heif', '.hif', '.jfif', '.jpe', '.jpeg', '.jpg',
            '.pgm', '.png', '.ppm', '.tif', '.tiff', '.webp')

_SAVE_OPTIONS = {
    '.png': {'format': 'PNG', 'compress_level': 6},
    '.jpg': {'format': 'JPEG', 'quality': 95},
    '.jpeg': {'format': 'JPEG', 'quality': 95},
    '.webp': {'format': 'WEBP', 'quality': 95},
}

# Pixels from which on a PNG file is compressed in a fifth of the time, to a tenth more bytes.
_LARGE = 2 ** 20

# A keyword of PNG (section 11.3.3.2), and what stands behind it.
_SOFTWARE, _PROGRAM = 'Software', 'chainer_foodgan'

# Tags of TIFF 6.0, section 8.
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257

_ON_ITS_SIDE = (5, 6, 7, 8)  # by EXIF 2.3, section 4.6.4 A

# An error of read_image says all there is to say, and a broken EXIF block is no reason to speak.
warnings.filterwarnings('ignore', category=Image.DecompressionBombWarning)
warnings.filterwarnings('ignore', category=UserWarning, module=r'PIL\.TiffImagePlugin')


def read_image(path_or_file, enough=None, check=None, srgb=False):
    """Reads a picture file (a path, also a :class:`~chainer_foodgan.files.Part`, or a binary file)
    as an image viewer shows it: mode RGB, in memory (the file is closed).

    EXIF orientation is applied, transparency is laid on white, 16-bit grey is scaled to 8 bits, of
    an animation the first frame is taken.

    ``enough`` (int): pixels of the shorter side from which on more of them are of no use to the
    caller. A JPEG of four or more times that is decoded at 1/2, 1/4 or 1/8 of its sides (rounded
    up), which takes a fraction of the time; twice ``enough`` is always left, so that the caller's
    own scaling decides what the picture looks like. None: all pixels. ``check`` takes the width and
    the height that the file says, before anything is decoded, and raises a FoodganError where they
    are of no use to the caller. ``srgb``: whether an embedded colour profile is applied. Training
    does without, as the original does.

    A FoodganError where it does not exist, is a folder, is no picture, is cut off or broken, has
    more pixels than ``PIL.Image.MAX_IMAGE_PIXELS``, or does not pass the check.
    """
    if isinstance(path_or_file, (str, os.PathLike)):
        name = os.fspath(path_or_file)
    else:
        name = getattr(path_or_file, 'name', 'the picture')
    with _explained(name):
        if isinstance(path_or_file, files.Part):
            path_or_file = path_or_file.open()
        with open_image(path_or_file) as image:
            limit = Image.MAX_IMAGE_PIXELS
            if limit is not None and image.width * image.height > limit:
                raise Image.DecompressionBombError
            if check is not None:
                check(*image.size)
            if enough is not None:
                image.draft(None, (2 * enough, 2 * enough))  # formats other than JPEG: nothing
            return _upright_rgb(image, srgb)


def read_size(path):
    """Width and height of a picture as :func:`read_image` gives it (pixels), from the file's head
    alone; a FoodganError where it does not exist, is a folder, or is no picture."""
    with _explained(path), open_image(path) as image:
        size = image.size
        if image.format == 'TIFF':  # some versions of Pillow say how it will lie once turned
            size = image.tag_v2[_TIFF_WIDTH], image.tag_v2[_TIFF_HEIGHT]
        with contextlib.suppress(Exception):  # as below
            if image.getexif().get(ExifTags.Base.Orientation) in _ON_ITS_SIDE:
                return size[::-1]
        return size


@contextlib.contextmanager
def _explained(name):
    try:
        yield
    except FoodganError as error:
        raise FoodganError(f'{name}: {error}') from error
    except Exception as error:  # Pillow's readers raise all sorts of errors on broken files.
        raise FoodganError(f'cannot read {name}: {_explain(error)}') from error


def _explain(error):
    """The reason and the next step for what a read raised."""
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return f'it has more than {Image.MAX_IMAGE_PIXELS:,} pixels; scale it down'
    if isinstance(error, UnidentifiedImageError):
        return 'it is no picture of a known format ({}); save it as JPEG or PNG'.format(
            ', '.join(formats()))
    if isinstance(error, FileNotFoundError):
        return 'it does not exist; check the name'
    if isinstance(error, IsADirectoryError):
        return 'it is a folder; name a picture in it'
    if isinstance(error, OSError) and error.errno is not None:
        return f'{error.strerror}; check the name and who may read it'
    return f'it is cut off or broken ({_one_line(error)}); get a whole copy'


def to_rgb(image, srgb=False):
    """A PIL image of any mode as an image viewer shows it: mode RGB, upright, without EXIF or other
    information; the image itself is not changed. ``srgb``: whether an embedded colour profile is
    applied.

    A ValueError where Pillow knows no way from its mode to RGB, an OSError where it is still to be
    read from its file, which is broken.
    """
    upright = None
    with contextlib.suppress(Exception):  # not in place: a copy loses an EXIF block set in memory
        upright = ImageOps.exif_transpose(image)
    return _upright_rgb(image.copy() if upright is None else upright, srgb)


def _upright_rgb(image, srgb):
    """``image`` itself, changed, where that suffices: a copy may cost as much as decoding did."""
    image.load()
    with contextlib.suppress(Exception):  # a viewer shows a picture whose EXIF block is broken, too
        ImageOps.exif_transpose(image, in_place=True)
    if srgb:
        image = to_srgb(image)
    if image.mode.startswith('I'):
        # 'I' is what Pillow gives for some 16-bit grey files; its own conversion only cuts off.
        rgb = _grey(numpy.asarray(image).astype(numpy.float64) / 65535)
    elif image.mode == 'F':
        rgb = _grey(numpy.asarray(image))
    elif image.has_transparency_data:
        rgba = image.convert('RGBA')
        white = Image.new('RGBA', rgba.size, (255, 255, 255, 255))
        rgb = Image.alpha_composite(white, rgba).convert('RGB')
    else:
        rgb = image if image.mode == 'RGB' else image.convert('RGB')
    rgb.info = {}
    return rgb


def _grey(values):
    """RGB image from grey values in [0, 1]."""
    values = numpy.nan_to_num(values) * 255
    return Image.fromarray(numpy.rint(values).clip(0, 255).astype(numpy.uint8)).convert('RGB')


def _one_line(error):
    return ' '.join(str(error).split()) or type(error).__name__


def to_array(image):
    """uint8 RGB image to the networks' range: float32 (3, H, W) in [-1, 1]; 0 becomes -1, 255
    becomes 1."""
    array = numpy.asarray(image).transpose(2, 0, 1).astype(numpy.float32, order='C')
    array /= 127.5
    array -= 1
    return array


def to_image(array):
    """The inverse of :func:`to_array`, of float (3, H, W): rounded to the nearest of 256 values,
    clipped."""
    pixels = numpy.rint((numpy.asarray(array, numpy.float32) + 1) * 127.5).clip(0, 255)
    return Image.fromarray(numpy.ascontiguousarray(pixels.astype(numpy.uint8).transpose(1, 2, 0)))


def save_image(image, path, made=None):
    """Writes a picture; the suffix names the format (.png, .jpg, .jpeg or .webp). An existing file
    is replaced once all is written.

    ``made`` (dict): what a PNG file says of how the picture was made, keywords to texts, beside
    this program and its version, see :func:`is_made`. A FoodganError for another suffix, a picture
    that the format cannot hold, or a file that cannot be written.
    """
    path = pathlib.Path(path)
    options = _SAVE_OPTIONS.get(path.suffix.lower())
    if options is None:
        raise FoodganError('cannot write {}: no known picture format has the suffix {!r}; use one '
                           'of {}'.format(path, path.suffix, ', '.join(_SAVE_OPTIONS)))
    if image.width * image.height > _LARGE and 'compress_level' in options:
        options = {**options, 'compress_level': 1}
    if made is not None and options['format'] == 'PNG':
        text = PngImagePlugin.PngInfo()
        for key, value in {_SOFTWARE: f'{_PROGRAM} {chainer_foodgan.__version__}', **made}.items():
            text.add_text(key, printable(value))
        options = {**options, 'pnginfo': text}
    encoded = io.BytesIO()
    try:
        image.save(encoded, **options)
    except (OSError, ValueError) as error:
        raise FoodganError('cannot write {}: {} cannot hold this {} x {} picture ({}); use .png'
                           .format(path, options['format'], image.width, image.height,
                                   _one_line(error))) from error
    with files.replacing(path) as file:
        file.write(encoded.getbuffer())


def is_made(path):
    """Whether a file is a picture that :func:`save_image` marked as made by this program (bool)."""
    with contextlib.suppress(Exception), Image.open(path, formats=('PNG',)) as image:
        return image.info.get(_SOFTWARE, '').startswith(_PROGRAM)
    return False


def find_images(path, recursive=False):
    """Pictures of a folder by suffix (see :data:`SUFFIXES`), hidden files and folders left out,
    sorted (list of pathlib.Path); a file is taken whatever its suffix. ``recursive``: in
    sub-folders too (links to folders are followed). A FoodganError where ``path`` does not exist or
    its folder cannot be read."""
    path = pathlib.Path(path)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FoodganError(f'cannot find {path}: it does not exist; check the name')
    try:
        return sorted(_walk(path, recursive, {path.resolve()}))
    except OSError as error:
        raise FoodganError(f'cannot read the folder {path}: {error.strerror or error}; check who '
                           'may read it') from error


def _walk(folder, recursive, seen):
    for entry in folder.iterdir():
        if entry.name.startswith('.'):
            continue
        if not entry.is_dir():
            if entry.suffix.lower() in SUFFIXES:
                yield entry
        elif recursive:
            # Each folder once: a link to a folder above would never end.
            target = entry.resolve()
            if target not in seen:
                seen.add(target)
                yield from _walk(entry, recursive, seen)
