"""Opening picture files that may come from anybody, and telling what their colours are."""

import contextlib
import functools
import importlib
import io
import os

from PIL import Image, UnidentifiedImageError

from chainer_foodgan.errors import FoodganError

# Only plain picture formats: Pillow hands some others (EPS) to a program that runs their code.
_FORMATS = ('JPEG', 'PNG', 'WEBP', 'AVIF', 'GIF', 'BMP', 'DIB', 'TIFF', 'PPM')

# Four bytes that name what is in a box of ISO/IEC 14496-12: those of HEIC files and of AVIF files.
_HEIF = (b'heic', b'heix', b'heim', b'heis', b'hevc', b'hevx', b'mif1', b'msf1')
_AVIF = (b'avif', b'avis')


@functools.cache
def formats():
    """The names of the formats that are read (tuple of str); HEIF, by an extra, beside them."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def open_image(path_or_file):
    """``PIL.Image.open`` of plain picture formats and of HEIF, a path or a binary file; not decoded
    yet. A FoodganError where it takes a library that is not there; else what Pillow raises."""
    try:
        return Image.open(path_or_file, formats=formats())
    except UnidentifiedImageError:
        brand = _brand(path_or_file)
        if brand in _AVIF and 'AVIF' not in formats():
            raise FoodganError('it is an AVIF file, which takes Pillow 11.3: pip install '
                               '"pillow>=11.3"') from None
        if brand not in _HEIF:
            raise
    try:
        importlib.import_module('pillow_heif').register_heif_opener(thumbnails=False)
    except ImportError as error:
        raise FoodganError(f'it is a HEIC file, which takes pillow-heif ({error}): pip install '
                           '"chainer_foodgan[heif]"') from error
    return Image.open(path_or_file, formats=('HEIF',))


def _brand(path_or_file):
    if isinstance(path_or_file, (str, os.PathLike)):
        with open(path_or_file, 'rb') as file:
            head = file.read(12)
    else:
        path_or_file.seek(0)
        head = path_or_file.read(12)
        path_or_file.seek(0)
    return head[8:] if head[4:8] == b'ftyp' else b''


def to_srgb(image):
    """Applies the colour profile of a picture of any mode: mode RGB or RGBA, in the colours of
    sRGB; the image itself, of any mode, where there is no profile, or a broken one."""
    profile = image.info.get('icc_profile')
    if profile:
        with contextlib.suppress(Exception):  # as of a viewer; some builds of Pillow lack ImageCms
            from PIL import ImageCms

            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if 'sRGB' not in ImageCms.getProfileDescription(source):
                mode = 'RGBA' if image.has_transparency_data else 'RGB'
                if image.mode in ('P', 'PA'):
                    image = image.convert(mode)
                return ImageCms.profileToProfile(
                    image, source, ImageCms.createProfile('sRGB'), outputMode=mode)
    return image
