"""Features of photos on disk, kept batch by batch as they come.

====================  =======================================================================
``features.npy``      float32 (N, D), a row per photo; ``numpy.load(path, mmap_mode='r')``
``features.json``     what they are made of
``features.journal``  a line per batch that is kept: its number and the CRC-32 of its bytes
====================  =======================================================================

The process may end anywhere. A batch is kept once its line is whole and its bytes are those that
the line tells of, so nothing has to be forced to the disk in between.
"""

import contextlib
import json
import os
import zlib

import numpy

from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError


class FeatureStore:
    """Features in a folder: started, or gone on with where it holds some of the same already.

    Args:
        folder (str or os.PathLike): The folder; it is made where it is missing.
        made_of (dict): What the features depend on, JSON values; among them ``photos`` (N),
            ``dimension`` (D) and ``batch_size``.

    Attributes:
        pending (list of int): Batches that are missing, in order. Batch b is of the photos from
            ``b * batch_size`` on.

    Raises:
        FoodganError: The folder holds a batch or more of something else, or it cannot be read or
            written.
    """

    def __init__(self, folder, made_of):
        self._folder = files.make_folder(folder)
        self._shape = made_of['photos'], made_of['dimension']
        self._batch_size = made_of['batch_size']
        self.path = self._folder / 'features.npy'
        self._journal = self._folder / 'features.journal'
        record = self._folder / 'features.json'
        with _explained(self._folder):
            if record.exists() and self.path.exists() and self._lines():  # else nothing to lose
                self._check_same(record, made_of)
            else:
                self._start(record, made_of)
            header = numpy.load(self.path, mmap_mode='r')
            if (header.shape, header.dtype) != (self._shape, numpy.float32):
                raise ValueError('its features have another shape')
            self._offset = header.offset
            kept = self._read_journal()
        self.pending = [batch for batch in range(-(-self._shape[0] // self._batch_size))
                        if batch not in kept]

    def rows(self, batch):
        """The photos of a batch (range)."""
        start = batch * self._batch_size
        return range(start, min(start + self._batch_size, self._shape[0]))

    def add(self, batch, features):
        """Keeps a batch, float32 (len(rows(batch)), D).

        Raises:
            FoodganError: A feature is not finite, or the disk is full.
        """
        if not numpy.isfinite(features).all():
            raise FoodganError('the network gives no finite features: use other weights')
        data = numpy.ascontiguousarray(features, numpy.float32).tobytes()
        with _explained(self._folder):
            # Not through a memory map: a full disk would end the process without a word.
            with open(self.path, 'r+b') as file:
                file.seek(self._place(self.rows(batch).start))
                file.write(data)
            with open(self._journal, 'a', encoding='ascii') as file:
                file.write(f'{batch} {zlib.crc32(data):08x}\n')
        self.pending.remove(batch)

    def read(self, start, stop):
        """Rows of the features, float32 (stop - start, D), as a copy.

        Read rather than mapped, so that a pass over all of them leaves nothing in memory.

        Raises:
            FoodganError: They cannot be read.
        """
        width = self._shape[1]
        with _explained(self._folder):
            return numpy.fromfile(self.path, numpy.float32, (stop - start) * width,
                                  offset=self._place(start)).reshape(stop - start, width)

    def _place(self, row):
        return self._offset + 4 * self._shape[1] * row

    def _start(self, record, made_of):
        record.unlink(missing_ok=True)
        numpy.lib.format.open_memmap(self.path, 'w+', numpy.float32, self._shape)
        self._journal.write_bytes(b'')
        with files.replacing(record, 'w') as file:  # last: without it, all starts anew
            json.dump(made_of, file, indent=2)
            file.write('\n')

    def _check_same(self, record, made_of):
        there = json.loads(record.read_text('utf-8'))
        others = ['{}: {:.60}, not {:.60}'.format(
            key.replace('_', ' '), str(there.get(key)), str(value))
                  for key, value in made_of.items() if there.get(key) != value]
        if others:
            raise FoodganError(
                '{} holds features of something else ({}): choose another --out, or delete {} to '
                'start afresh'.format(self._folder, '; '.join(others), record.name))

    def _read_journal(self):
        """The numbers of the batches that are kept."""
        whole = self._lines()
        if len(whole) < self._journal.stat().st_size:  # a line that was being written
            os.truncate(self._journal, len(whole))
        sums = {}
        for line in whole.split(b'\n'):
            with contextlib.suppress(ValueError):  # a damaged line vouches for nothing
                batch, crc = line.split()
                sums[int(batch)] = int(crc, 16)
        return {batch for batch, crc in sums.items()
                if batch >= 0 and self.rows(batch) and self._crc(batch) == crc}

    def _lines(self):
        """The whole lines of the journal (bytes)."""
        journal = self._journal.read_bytes() if self._journal.exists() else b''
        return journal[:journal.rfind(b'\n') + 1]

    def _crc(self, batch):
        return zlib.crc32(self.read(self.rows(batch).start, self.rows(batch).stop).tobytes())


@contextlib.contextmanager
def _explained(folder):
    """Says of an error of the disk, or of damaged files, what it is about."""
    try:
        yield
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise FoodganError('cannot use the features in {}: {}; make room, or delete features.json '
                           'there to start afresh'.format(
                               folder, getattr(error, 'strerror', None) or error)) from error
