"""Parting the photos of a category by what they look like, and leaving some of them out."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
from typing import Optional

import numpy

from chainer_foodgan import images, parallel
from chainer_foodgan.config import ClusterConfig
from chainer_foodgan.curation import features, kmeans
from chainer_foodgan.datasets.opening import leave_out_bad, open_all
from chainer_foodgan.datasets.sampling import one_each
from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.visualizations import curation as visualizations

_Work = collections.namedtuple('_Work', 'dataset splits indices network made_of')


@dataclasses.dataclass
class ClusterResult:
    """What a clustering found and left.

    Attributes:
        clusters (list of dict): For each its ``photos``, their ``share`` of all, the
            ``mean_distance`` from the centre, and whether it is ``dropped``.
        features (str): What the photos were clustered by.
        kept (int): Photos of all categories in the list; None where nothing is dropped.
        list (pathlib.Path): The table of them, for ``list`` of a training, or None.
        files (list of pathlib.Path): The other files that were written.
    """

    clusters: list[dict]
    features: str
    kept: Optional[int]
    list: Optional[pathlib.Path]
    files: list[pathlib.Path]


def cluster(config: ClusterConfig, progress=None) -> ClusterResult | None:
    """Clusters photos and writes the tables and pictures; what is there already is used again.

    Args:
        config (ClusterConfig): Which photos, by which features, and which clusters to leave out.
        progress (callable): Called with how many photos are done and how many there are.

    Returns:
        ClusterResult: What was found, and the files in ``out``; None on other ranks of an MPI job
        than 0, which help with the features.

    Raises:
        FoodganError: The photos, the network or the folder cannot be used.
    """
    comm = parallel.join()
    parallel.warn_on_rank_0(comm)
    with parallel.raise_on_rank_0(comm):
        kmeans.check_installed()
        _check_drop(config)
        dataset, splits = open_all(config.images, config.list, test=config.test, skip_bad=None)
    with parallel.abort_on_error(comm):
        splits = leave_out_bad(dataset, splits, config.list or config.images, comm)
    with parallel.raise_on_rank_0(comm):
        work = _prepare(config, dataset, splits)
    with parallel.raise_on_rank_0(comm):
        _agree(work.made_of, comm)
        store = features.FeatureStore(config.out, work.made_of) if comm.rank == 0 else None
    with parallel.raise_on_rank_0(comm):
        pending = comm.gather(store and store.pending[:])[0]
        if pending:
            work.network.load()
    with parallel.abort_on_error(comm):
        features.compute(store, pending, work.network, work.dataset, work.indices,
                         config.batch_size, comm, progress if comm.rank == 0 else None)
    return _finish(config, work, store) if comm.rank == 0 else None


def _prepare(config, dataset, splits):
    """What to work on."""
    if config.category not in dataset.categories:
        raise FoodganError(f'{config.list or config.images}: there is no category '
                           f'{config.category}; {nearest(config.category, dataset.categories)}')
    label = dataset.categories.index(config.category)
    indices = numpy.flatnonzero(one_each(dataset) == label).tolist()
    if len(indices) < config.clusters:
        raise FoodganError(f'--clusters {config.clusters}: {config.category} has {len(indices)} '
                           'photos that can be read; choose fewer')
    network = (features.OfClassifier(config.classifier, config.device)
               if config.classifier else
               features.VGG16Features(config.start, device=config.device))
    made_of = features.made_of(network, config.images, [dataset.photos[i] for i in indices],
                               config.batch_size)
    return _Work(dataset, splits, indices, network, made_of)


def _finish(config, work, store):
    """Clusters, or finds the clusters that are there, and writes the rest."""
    out = pathlib.Path(config.out)
    record = {'clusters': config.clusters, 'seed': config.seed, 'features': work.made_of}
    photos = config.images, work.dataset, work.splits, work.indices
    words = 'features of ' + work.network.words
    clusters = kmeans.read(out, record)
    if clusters is None:
        points = kmeans.principal_components(store, len(work.indices))
        clusters = kmeans.cluster(points, config.clusters, config.seed)
        title = f'{config.category}: {len(work.indices):,} photos', words
        sheet = visualizations.cluster_sheet(*title, clusters, work.dataset, work.indices)
        images.save_image(sheet, out / 'sheet.png')
        visualizations.draw_map(out / 'map.png', *title, points, clusters, work.dataset,
                                work.indices, config.seed)
        kmeans.write(out, record, clusters, *photos)
    found = []
    for number, size in enumerate(numpy.bincount(clusters.labels, minlength=config.clusters)):
        mean = clusters.distance[clusters.labels == number].mean() if size else 0
        found.append({'photos': int(size), 'share': float(size / len(clusters.labels)),
                      'mean_distance': float(mean), 'dropped': number in config.drop})
    path = out / 'list.csv' if config.drop else None
    kept = path and kmeans.write_list(path, config.drop, record, clusters, *photos)
    return ClusterResult(found, words, kept, path,
                         [out / name for name in ('clusters.csv', 'sheet.png', 'map.png')])


def _agree(made_of, comm):
    for rank, there in enumerate(comm.gather(made_of)):
        if there != made_of:
            raise FoodganError('rank {} does not find the same photos or weights ({} photos, not '
                               '{}): give all machines the same ones'.format(
                                   rank, there['photos'], made_of['photos']))


def _check_drop(config):
    beyond = [number for number in config.drop if number >= config.clusters]
    if beyond:
        raise FoodganError(f'--drop {beyond[0]}: there is no such cluster; '
                           f'they are 0 to {config.clusters - 1}')
    if len(config.drop) == config.clusters:
        raise FoodganError('--drop {}: no photo of {} would be left; keep a cluster'.format(
            ','.join(map(str, config.drop)), config.category))
