"""Many photos: files and folders in, files with new names out.

Reading, computing and writing go on at the same time. What is computed, its order and the names
of the files do not depend on it, and no more than some photos are in memory, however many there
are.
"""

import collections
import functools
import logging
import os
import pathlib
import re

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import make_folder
from chainer_foodgan.images import find_images, is_made, read_image, save_image
from chainer_foodgan.masks import note
from chainer_foodgan.printing import Progress
from chainer_foodgan.translation.pipeline import Writer, ahead, threads
from chainer_foodgan.translation.sizes import PIXELS
from chainer_foodgan.visualizations.grids import Sheets, small

# Files that wait to be written, and the pixels in them where there are more than two.
_BEHIND, _BEHIND_PIXELS = 16, 2 ** 25

# Bytes of a result's name. File systems take 255; temporary files and numbers make it longer.
_LONGEST = 200

_log = logging.getLogger('chainer_foodgan')


class _Source(collections.namedtuple('_Source', 'number path photo small error')):
    """A file that has been read: a Photo and what a sheet shows of it; or a FoodganError."""

    nbytes = property(lambda self: 0 if self.error else self.photo.nbytes)


def translate_photos(translator, sources, dishes, out=None, sheet=None, report=None,
                     find_mask=None):
    """Translates photos to dishes and writes the results.

    Args:
        translator (Translator): What changes the dish.
        sources (list of path): Pictures, and folders, whose pictures are all taken but for those
            that this function has written.
        dishes (list of str): Names that the translator takes.
        out (path): The folder for ``{photo}_{dish}.png``, a number behind it where that name is
            taken; None: only the sheet is written.
        sheet (path): A PNG file for all of them side by side, the photo first, or None. What it
            held is replaced, unless it is one of the photos. There are further sheets where the
            photos are many, see :class:`chainer_foodgan.visualizations.Sheets`.
        report (callable): Takes the FoodganError of each source that had to be left out. None:
            it is raised.
        find_mask (callable): From a photo (PIL.Image.Image) to where it may change, see
            :func:`chainer_foodgan.masks.blend`; the logger ``chainer_foodgan`` names the photos of
            which that is nothing, or all. None: everywhere.

    Yields:
        pathlib.Path: Each file, once it is written.

    Raises:
        FoodganError: Nothing could be written, or an argument is of no use.
    """
    report = _raise if report is None else report
    dishes = list(dict.fromkeys(map(translator.check, dishes)))
    photos = list(find_photos(sources, report))
    sheets = None if sheet is None else Sheets(sheet, photos, dishes)
    out = None if out is None else make_folder(out)
    with threads() as pool, Progress(
            len(photos) * len(dishes), 'picture', leave=False) as progress:
        results = collections.deque()
        for result in _results(pool, translator, photos, dishes, out, sheets, find_mask,
                               progress):
            results.append(result)
            while results and (_are_many(results) or _is_done(results[0])):
                yield from _finish(results.popleft(), report, progress)
        while results:
            yield from _finish(results.popleft(), report, progress)


def find_photos(sources, report):
    """The photos that are named, one by one or by their folders, whose pictures come sorted;
    earlier results are left out of these, of which the logger ``chainer_foodgan`` tells. ``report``
    takes the FoodganError of each source that is of no use.
    """
    for source in sources:
        try:
            found = find_images(source)
            if os.path.isdir(source):
                found = _without_results(source, found)
        except FoodganError as error:
            report(error)
        else:
            yield from found


def _without_results(folder, found):
    kept = [path for path in found if not is_made(path)]
    if not found:
        raise FoodganError(f'{folder}: there is no picture in this folder; name one that has some')
    if not kept:
        raise FoodganError(f'{folder}: there are only earlier results in this folder; name one '
                           'that has photos')
    if len(kept) < len(found):
        _log.warning('%s: earlier results are left out (%d); to translate one, name the file',
                     folder, len(found) - len(kept))
    return kept


def output_name(photo, dish):
    """``{stem}_{dish}.png``, shortened where a file system would not take it; what a file name
    should not hold (``/``) becomes ``_``."""
    dish = _shortened(re.sub(r'[^\w.-]+', '_', dish), _LONGEST // 2)
    return _shortened(pathlib.Path(photo).stem, _LONGEST - len(os.fsencode(dish))) + f'_{dish}.png'


def _shortened(text, most):
    while len(os.fsencode(text)) > most:
        text = text[:-1]
    return text


def _results(pool, translator, photos, dishes, out, sheets, find_mask, progress):
    """Computes all, in order. Yields a path, the Future of what is written there, and the pixels
    that wait for it; or None, the FoodganError of a photo that has to be left out, and 0.
    """
    writer, written, done = Writer(pool), set(), 0

    def file(path, pixels, write):
        written.add(path.resolve())
        return path, writer.submit(path, write), pixels

    def sheet():
        path, write = sheets.finish()
        return file(writer.fresh_path(path) if path.resolve() in written else path, 0, write)

    read = functools.partial(_read, translator, sheets is not None, find_mask)
    for group in _groups(ahead(pool, read, enumerate(photos, start=1)), len(dishes)):
        source = group[0]
        try:
            if source.error:
                raise source.error
            pictures = translator.translate([source.photo.array for source in group], dishes)
            for source in group:
                row = [source.small]
                for dish in dishes:
                    progress.describe(f'{source.path.name}: {dish}')
                    picture = source.photo.finish(next(pictures))
                    done += 1
                    progress(done)
                    if sheets is not None:
                        row.append(small(picture))
                    if out is not None:
                        yield file(writer.fresh_path(out / output_name(source.path, dish)),
                                   picture.width * picture.height, functools.partial(
                                       save_image, picture,
                                       made={'Dish': dish, 'Weights': translator.name}))
                if sheets is not None:
                    sheets.add(row)
                    if sheets.full:
                        yield sheet()
        except (FoodganError, MemoryError) as error:
            if isinstance(error, MemoryError):
                error = FoodganError('it needs more memory than there is')
            for other in group[source.number - group[0].number:]:
                yield None, _naming(other.path, error), 0
    if sheets:
        yield sheet()


def _read(translator, for_sheet, find_mask, numbered):
    number, path = numbered
    try:
        image = read_image(path, translator.enough, translator.check_size, srgb=True)
        photo = translator.open(image, find_mask)
        if photo.mask and (said := note(photo.mask)):
            _log.warning('%s: the mask found is %s', path, said)
        return _Source(number, path, photo, for_sheet and small(image), None)
    except FoodganError as error:
        return _Source(number, path, None, None, error)


def _groups(photos, dishes):
    """Photos that are computed together: small ones in a row of which the network sees one size."""
    group = []
    for source in photos:
        if group and (source.error or source.photo.array.shape != group[0].photo.array.shape):
            yield group
            group = []
        group.append(source)
        if source.error or (len(group) + 1) * dishes * source.photo.array[0].size > PIXELS:
            yield group
            group = []
    if group:
        yield group


def _are_many(results):
    return len(results) > _BEHIND or len(results) > 2 and sum(
        pixels for _, _, pixels in results) > _BEHIND_PIXELS


def _is_done(result):
    path, outcome, _ = result
    return path is None or outcome.done()


def _finish(result, report, progress):
    """Waits until a file is written and yields its path; or reports what is wrong with a photo."""
    path, outcome, _ = result
    progress.clear()
    if path is None:
        report(outcome)
    else:
        outcome.result()
        yield path


def _naming(photo, error):
    return error if str(photo) in str(error) else FoodganError(f'{photo}: {error}')


def _raise(error):
    raise error
