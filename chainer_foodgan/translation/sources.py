"""Which photos are to be translated."""

import logging
import os

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.images import find_images, is_made

_log = logging.getLogger('chainer_foodgan')


def find_photos(sources, report):
    """The photos that are named, one by one or by their folders.

    Args:
        sources (list of path): Pictures, and folders.
        report (callable): Takes the FoodganError of each source that is of no use.

    Yields:
        pathlib.Path: Pictures as they are named; those in a folder sorted, earlier results left
        out, of which the logger ``chainer_foodgan`` tells.
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
