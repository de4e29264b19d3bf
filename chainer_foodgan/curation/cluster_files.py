"""What a clustering leaves: which photo is in which cluster, and lists without some of them."""

import csv
import json

import numpy

from chainer_foodgan import files
from chainer_foodgan.curation.clustering import Clusters
from chainer_foodgan.datasets.manifest import write_manifest
from chainer_foodgan.errors import FoodganError


def write(folder, record, clusters, root, dataset, splits, indices):
    """Writes ``clusters.csv``, the photos as a list that training takes, and ``clusters.json``.

    Further columns are ``cluster``, ``distance`` from its centre, and ``features``, what they are
    of.

    Args:
        folder (pathlib.Path): Where to.
        record (dict): What the clusters are made of, JSON values: ``clusters``, ``seed`` and
            ``features``, see :func:`chainer_foodgan.curation.features.made_of`.
        clusters (Clusters): The clusters.
        root (str or os.PathLike): The folder that the files are named from.
        dataset (ImageDataset), splits (sequence of str): All photos, and the split of each.
        indices (sequence of int): The photos that are clustered.

    Raises:
        FoodganError: A file cannot be written.
    """
    write_manifest(
        folder / 'clusters.csv', root, [dataset.photos[index] for index in indices],
        dataset.categories, [splits[index] for index in indices],
        {'cluster': clusters.labels,
         'distance': ['{:.6g}'.format(distance) for distance in clusters.distance],
         'features': len(indices) * [record['features']['network']]})
    with files.replacing(folder / 'clusters.json', 'w') as file:
        json.dump(record, file, indent=2)
        file.write('\n')


def read(folder, record):
    """The clusters that :func:`write` left in a folder, if they are made of the same.

    Returns:
        Clusters or None: None where there are none, or others.

    Raises:
        FoodganError: Its table is damaged.
    """
    try:
        if json.loads((folder / 'clusters.json').read_text('utf-8')) != record:
            return None
        with open(folder / 'clusters.csv', encoding='utf-8', newline='') as file:
            rows = list(csv.DictReader(file, strict=True))
        labels = numpy.array([int(row['cluster']) for row in rows])
        distance = numpy.array([float(row['distance']) for row in rows])
        if len(rows) != record['features']['photos'] or not (
                0 <= labels.min() and labels.max() < record['clusters']):
            raise ValueError('its rows are not those of these clusters')
        return Clusters(labels, distance)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        raise FoodganError('cannot read the clusters in {}: {}; delete clusters.json there, and '
                           'they are made again'.format(folder, error)) from error


def write_list(path, drop, record, clusters, root, dataset, splits, indices):
    """Writes the list of all photos of the data set, of all categories, but those of clusters.

    Args:
        path (pathlib.Path): The list, for ``foodgan train --list``.
        drop (collection of int): The clusters to leave out.
        record, clusters, root, dataset, splits, indices: See :func:`write`. The further columns
            are ``cluster`` and ``features``, empty for photos that were not clustered.

    Returns:
        int: How many photos are on the list.

    Raises:
        FoodganError: No photo of the category would be left to train on.
    """
    cluster = dict(zip(indices, clusters.labels.tolist()))
    kept = [index for index in range(len(dataset)) if cluster.get(index) not in drop]
    if not any(splits[index] == 'train' for index in kept if index in cluster):
        raise FoodganError('--drop {}: no photo of {} would be left to train on; keep a '
                           'cluster'.format(','.join(map(str, drop)),
                                            dataset.categories[dataset.labels[indices[0]]]))
    write_manifest(
        path, root, [dataset.photos[index] for index in kept], dataset.categories,
        [splits[index] for index in kept],
        {'cluster': [cluster.get(index, '') for index in kept],
         'features': [record['features']['network'] if index in cluster else ''
                      for index in kept]})
    return len(kept)
