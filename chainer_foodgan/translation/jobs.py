"""Many photos: files and folders in, files with new names out."""

import pathlib
import re
import shutil
import sys

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import fresh_path, make_folder
from chainer_foodgan.images import find_images, read_image, save_image
from chainer_foodgan.translation.grid import fit, grid

# A sheet of ten dishes at full size would be wider than screens are.
_CELL_MIN, _CELL_MAX = 128, 256


def translate_photos(translator, sources, dishes, out=None, sheet=None, report=None):
    """Translates photos to dishes and writes the results.

    Args:
        translator (Translator): What changes the dish.
        sources (list of path): Pictures, and folders whose pictures are all taken.
        dishes (list of str): Names among the translator's categories.
        out (path): The folder for ``{photo}_{dish}.png``, a number behind it where that name is
            taken; None: only the sheet is written.
        sheet (path): A PNG file for all of them side by side, the photo first, or None. What it
            held is replaced, unless it is one of the photos.
        report (callable): Takes the FoodganError of each source that had to be left out. None:
            it is raised.

    Yields:
        pathlib.Path: Each file, once it is written.

    Raises:
        FoodganError: Nothing could be written, or an argument is of no use.
    """
    report = _raise if report is None else report
    for dish in dishes:
        translator.check(dish)
    photos = list(_photos(sources, report))
    if sheet is not None:
        sheet = pathlib.Path(sheet)
        _check_sheet(sheet, photos)
    if out is not None:
        out = make_folder(out)

    rows, written = [], set()
    for number, photo in enumerate(photos, start=1):
        try:
            image = read_image(photo)
            results = {}
            for dish in dishes:
                _progress('{}/{} {}: {}'.format(number, len(photos), photo.name, dish))
                results[dish] = translator(image, dish)
        except FoodganError as error:
            _progress('')
            report(FoodganError('{}: {}'.format(photo, error)) if str(photo) not in str(error)
                   else error)
            continue
        _progress('')
        if out is not None:
            for dish, result in results.items():
                path = fresh_path(out / output_name(photo, dish))
                save_image(result, path)
                written.add(path.resolve())
                yield path
        if sheet is not None:
            rows.append([fit(picture, min(_CELL_MAX, max(picture.size)))
                         for picture in (image, *results.values())])
    if rows:
        if sheet.resolve() in written:
            sheet = fresh_path(sheet)
        cell = max(_CELL_MIN, *(max(row[-1].size) for row in rows))
        save_image(grid(rows, ['photo', *dishes], cell), sheet)
        yield sheet


def output_name(photo, dish):
    """``{stem}_{dish}.png``; what a file name should not hold (``/``) becomes ``_``."""
    return '{}_{}.png'.format(pathlib.Path(photo).stem, re.sub(r'[^\w.-]+', '_', dish))


def _photos(sources, report):
    for source in sources:
        try:
            found = find_images(source)
            if not found:
                raise FoodganError('{}: there is no picture in this folder; name one that has '
                                   'some'.format(source))
        except FoodganError as error:
            report(error)
        else:
            yield from found


def _check_sheet(sheet, photos):
    if sheet.suffix.lower() != '.png':
        raise FoodganError('{}: the grid is a PNG file; let its name end in .png'.format(sheet))
    if sheet.resolve() in {photo.resolve() for photo in photos}:
        raise FoodganError('{}: the grid would replace one of the photos; choose another '
                           'name'.format(sheet))


def _progress(text):
    """Replaces the last line of a terminal; says nothing anywhere else."""
    if sys.stderr.isatty():
        columns = shutil.get_terminal_size().columns
        sys.stderr.write('\r\x1b[K' + text[:columns - 1])
        sys.stderr.flush()


def _raise(error):
    raise error
