"""Two data sets side by side, whose photos have nothing to do with each other."""

import numpy

from chainer_foodgan.datasets.epochs import EpochDataset


class OneCategory(EpochDataset):
    """The photos of one category of a data set.

    Args:
        dataset: Any data set of this package, with one category a photo.
        label (int): Which category.

    Attributes:
        categories (tuple of str): Its name alone.
        labels (numpy.ndarray): int32 (N,), all the same.
    """

    def __init__(self, dataset, label):
        self._dataset = dataset
        self.categories = dataset.categories[label],
        self._indices = numpy.flatnonzero(dataset.labels == label)
        self.labels = dataset.labels[self._indices]

    def __len__(self):
        return len(self._indices)

    def example(self, epoch, index):
        """A photo as it looks in an epoch, with its label."""
        return self._dataset[epoch * len(self._dataset) + int(self._indices[index])]


class Unpaired(EpochDataset):
    """Photos of a first data set in order, each beside one of a second by chance.

    As long as the longer of the two (upstream: unaligned_data_loader of the CycleGAN code). An
    example is a function of ``(seed, epoch, index)`` alone, as everywhere in this package: the
    photo of the second set is as it looks in that epoch, too.

    Args:
        first, second: Data sets of this package.
        seed (int): Not negative.

    Attributes:
        first, second: As given.
        categories (tuple of str): Those of both.
    """

    def __init__(self, first, second, seed=0):
        self.first, self.second, self._seed = first, second, seed
        self.categories = tuple(first.categories) + tuple(second.categories)

    def __len__(self):
        return max(len(self.first), len(self.second))

    def example(self, epoch, index):
        """``(x, label, x, label)``: an example of the first set and one of the second."""
        other = int(numpy.random.default_rng((self._seed, epoch, index)).integers(
            len(self.second)))
        return (self.first[epoch * len(self.first) + index % len(self.first)]
                + self.second[epoch * len(self.second) + other])
