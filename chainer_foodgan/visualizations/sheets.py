"""Sheets of many photos: as many sheets as it takes, so that each fits a screen and in memory."""

import pathlib

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.images import save_image
from chainer_foodgan.visualizations.grids import fit, grid

#: Photos on a sheet; the next one goes on a further sheet, ``{stem}-2.png``.
ROWS = 10

# A sheet of ten dishes at full size would be wider than screens are.
_CELL_MIN, _CELL_MAX = 128, 256


class Sheets:
    """Gathers rows of pictures and writes them as sheets.

    Args:
        path (str or os.PathLike): The first sheet, a PNG file. What it held is replaced.
        photos (list of pathlib.Path): The photos of which none must be replaced.
        dishes (list of str): Titles of the columns, after that of the photo.

    Raises:
        FoodganError: The path is no PNG file, or one of the photos.
    """

    def __init__(self, path, photos, dishes):
        self._path, self._titles = pathlib.Path(path), ['photo', *dishes]
        self._rows, self._number = [], 0
        if self._path.suffix.lower() != '.png':
            raise FoodganError(f'{path}: the grid is a PNG file; let its name end in .png')
        ours = {photo.resolve() for photo in photos}
        for number in range(1, -(-len(photos) // ROWS) + 1):
            if self._name(number).resolve() in ours:
                raise FoodganError(f'{self._name(number)}: the grid would replace one of the '
                                   'photos; choose another name')

    def __len__(self):
        """How many photos are on the sheet that is being filled."""
        return len(self._rows)

    @property
    def full(self):
        """Whether the next row belongs on a further sheet."""
        return len(self) == ROWS

    def add(self, row):
        """Adds a row of pictures (see :func:`small`), the photo first."""
        self._rows.append(row)

    def finish(self):
        """Ends a sheet; the next row begins another.

        Returns:
            tuple: ``(path, write)``: where it goes, and a function that writes it to a path.
        """
        rows, self._rows, self._number = self._rows, [], self._number + 1
        return self._name(self._number), lambda path: _write(rows, self._titles, path)

    def _name(self, number):
        if number == 1:
            return self._path
        return self._path.with_name(f'{self._path.stem}-{number}{self._path.suffix}')


def small(picture):
    """A picture as a sheet needs it (PIL.Image.Image): 256 pixels at most."""
    return fit(picture, min(_CELL_MAX, max(picture.size)))


def _write(rows, titles, path):
    cell = max(_CELL_MIN, *(max(row[-1].size) for row in rows))
    save_image(grid(rows, titles, cell), path, made={})
