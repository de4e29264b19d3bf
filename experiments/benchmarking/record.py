"""benchmark.json: what was measured, and what need not be measured again."""

import json
import pathlib

from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError

NAME = 'benchmark.json'


class Record(object):
    """The results in a folder.

    Args:
        folder (str or os.PathLike): Where ``benchmark.json`` is or will be.
        conditions (dict): What must be the same for figures to stand in one table: form, machine,
            threads, versions. JSON values.
        replace (bool): Start anew where there are results of other conditions.

    Attributes:
        conditions (dict): As given.
        parts (dict): Part to its ``code``, ``commit``, ``date``, ``seconds`` and ``rows``.

    Raises:
        FoodganError: The folder holds results of other conditions, or the file cannot be read.
    """

    def __init__(self, folder, conditions, replace=False):
        self.path = pathlib.Path(folder) / NAME
        self.conditions = json.loads(json.dumps(conditions))  # tuples are lists in JSON
        self.parts = {}
        try:
            if self.path.exists():
                self.parts = self._read()
        except FoodganError:
            if not replace:
                raise

    def _read(self):
        try:
            found = json.loads(self.path.read_text('utf-8'))
            differing = sorted(key for key in self.conditions.keys() | found['conditions'].keys()
                               if self.conditions.get(key) != found['conditions'].get(key))
            parts = dict(found['parts'])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise FoodganError('cannot read {}: {}; choose another --out, or replace it by '
                               '--again'.format(self.path, error)) from error
        if differing:
            raise FoodganError('{}: measured under other conditions ({}); choose another --out, or '
                               'replace it by --again'.format(self.path, ', '.join(differing)))
        return parts

    def has(self, part, code):
        """Whether a part was measured of the very same code."""
        return part in self.parts and self.parts[part]['code'] == code

    def add(self, part, **result):
        """Keeps the result of a part, on disk too."""
        self.parts[part] = json.loads(json.dumps(result))
        with files.replacing(self.path, 'w') as file:
            json.dump({'conditions': self.conditions, 'parts': self.parts}, file, indent=1)
            file.write('\n')
