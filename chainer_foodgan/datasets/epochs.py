"""Data sets whose numbering goes on from epoch to epoch."""

import chainer


class EpochDataset(chainer.dataset.DatasetMixin):
    """``self[i]`` is example ``i % len(self)`` as it looks in epoch ``i // len(self)``.

    Samplers hand out such numbers (see :class:`chainer_foodgan.datasets.order.SeededOrder`), so an
    example is a function of its number alone, whatever process reads it. Sub-classes have
    ``__len__`` and ``example(epoch, index)``.
    """

    def __iter__(self):
        # Numbers beyond the end are later epochs, so Python's default would never stop.
        return (self[index] for index in range(len(self)))

    def get_example(self, i):
        if i < 0:
            raise IndexError('{} is negative'.format(i))
        return self.example(*divmod(int(i), len(self)))

    def example(self, epoch, index):
        """An example.

        Args:
            epoch (int): From 0 on.
            index (int): In [0, len(self)).
        """
        raise NotImplementedError
