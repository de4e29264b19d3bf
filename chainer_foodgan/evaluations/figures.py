"""The figures of a table, from what was found."""

import math

import numpy

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import distances, texture

#: Metrics that compare the features of all translations with those of all untouched pictures.
OF_FEATURES = ('fid', 'kid', 'is')

_DRAWN = 2 ** 21  # photos that are drawn at once


def summary(findings, categories, metrics=()):
    """The figures of what was found.

    Args:
        findings (Findings): What was found.
        categories (sequence of str): Names in label order.
        metrics (sequence of str): Which of :data:`OF_FEATURES` to make of each extractor.

    Returns:
        dict: For JSON; None where nothing could be measured. ``pictures``: how many untouched
        ones; ``all`` and, for each name, ``targets[name]`` hold

        - ``translations``: how many; ``references``: how many untouched pictures there are of the
          categories that were translated into;
        - ``accuracy``: share of the translations that the classifier calls the target;
          ``untouched``: share of the same pictures, before translation, that it does; ``inputs``:
          share of the untouched pictures *of* that category that it names right;
        - the mean of everything that was measured of a translation, see
          :mod:`~chainer_foodgan.evaluations.metrics`;
        - ``fid_NAME``; ``kid_NAME`` and ``is_NAME`` with ``_std`` beside them, NAME the extractor:
          translations against those untouched pictures. There is no bootstrap interval
          of them: pictures that are drawn twice are nearer to one another than pictures are;
        - ``texture`` and ``texture_floor``, see
          :func:`chainer_foodgan.evaluations.texture.figures`, and ``diversity``, the mean over the
          targets of ``findings.spread``, without an interval, too;
        - ``intervals``: 95 % bootstrap intervals of the accuracy and the means, photos drawn.

        With a classifier also ``confusion``: rows are targets, columns what it called them. Where
        there are controls, ``controls[name]`` holds ``all`` and ``targets`` of each of them.
    """
    def both(made):
        return {'all': figures_of(made, range(len(categories)), metrics),
                'targets': {name: figures_of(made, [target], metrics)
                            for target, name in enumerate(categories)}}

    result = {'pictures': len(findings.labels), **both(findings)}
    if findings.controls is not None:
        result['controls'] = {name: both(made) for name, made in findings.controls.items()}
        for found in result['controls'].values():
            for part in (found['all'], *found['targets'].values()):
                for name in 'untouched', 'inputs':  # they are those of the translations' photos
                    part.pop(name, None)
    if findings.translations.called is not None:
        result['confusion'] = confusion(
            findings.target, findings.translations.called, len(categories)).tolist()
    return result


def groups(record):
    """The rows of a table, of a :func:`summary`: names and figures of each target, of all of them
    and, for all of them, of the controls.
    """
    controls = record.get('controls', {})
    everything = 'all: translation' if controls else 'all'
    return [*record['targets'].items(), (everything, record['all']),
            *(('all: ' + name, found['all']) for name, found in controls.items())]


def confusion(label, found, c_dim):
    """How often pictures of a category (row) were taken for another (column), int (c_dim, c_dim);
    of what they are and were taken for, int (N,), where -1 counts for nothing.
    """
    counts = numpy.zeros((c_dim, c_dim), int)
    dish = found >= 0
    numpy.add.at(counts, (label[dish], found[dish]), 1)
    return counts


def top(scores, label, k):
    """The share of pictures whose category, int (N,), is among the k with the highest scores, float
    (N, c_dim).
    """
    best = numpy.argsort(-scores, axis=1, kind='stable')[:, :k]
    return float((best == label[:, None]).any(axis=1).mean())


def figures_of(findings, targets, metrics=()):
    """The figures over these targets (sequence of int), a dict: see :func:`summary`."""
    made, own = (numpy.isin(label, list(targets)) for label in (findings.target, findings.labels))
    compared = own & numpy.isin(findings.labels, findings.target)
    seen, called = findings.untouched.called, findings.translations.called
    photo = numpy.arange(len(made)) if findings.photo is None else findings.photo
    figures = {'translations': int(made.sum()), 'references': int(compared.sum())}
    values = {}
    if called is not None:
        values['accuracy'] = called == findings.target
        figures['inputs'] = _finite(_mean((seen == findings.labels)[own]))
        if findings.photo is not None:
            figures['untouched'] = _finite(_mean((seen[photo] == findings.target)[made]))
    values.update(findings.values)
    if findings.textures is not None:
        figures.update(texture.figures(findings.textures, findings.target, targets))
    if findings.spread is not None:
        spread = [findings.spread[target] for target in targets
                  if findings.spread.get(target) is not None]
        figures['diversity'] = float(numpy.mean(spread)) if spread else None
    figures['intervals'] = {}
    for name, array in values.items():
        figures[name] = _finite(_mean(array[made]))
        figures['intervals'][name] = _interval(array[made], photo[made])
    for extractor, (real, _) in findings.untouched.features.items():
        features, p = findings.translations.features[extractor]
        figures.update(_distances(extractor, metrics, real[compared], features[made], p[made]))
    return figures


def _distances(extractor, metrics, real, features, p):
    """Distances of translations from untouched pictures; None where there are too few of them."""
    functions = {'fid': lambda: [distances.fid(real, features)],
                 'kid': lambda: distances.kid(real, features),
                 'is': lambda: distances.inception_score(p)}
    figures = {}
    for metric in metrics:
        try:
            found = functions[metric]()
        except FoodganError:
            found = [None, None][:1 if metric == 'fid' else 2]
        for form, value in zip(('{}_{}', '{}_{}_std'), found):
            figures[form.format(metric, extractor)] = value
    return figures


def _mean(values):
    values = values[~numpy.isnan(values)]
    return values.mean() if len(values) else math.nan


def _interval(values, photo):
    """The 95 % bootstrap interval of the mean of values of these photos, or None."""
    known = ~numpy.isnan(values)
    if not known.any() or numpy.isinf(values).any():
        return None
    _, photo = numpy.unique(photo[known], return_inverse=True)
    return list(bootstrap(numpy.bincount(photo, values[known]), numpy.bincount(photo)))


def _finite(value):
    return float(value) if math.isfinite(value) else None


def bootstrap(sums, counts, seed=0, repeats=2000, level=0.95):
    """The ends of an interval for a mean, by drawing the photos anew (Efron 1979, percentile
    method).

    Translations of one photo are not independent, so photos are drawn, each with all it brings:
    ``sums`` and ``counts`` (N,) are what is summed of each photo (how often it was right) and over
    how many. NaN where nothing was counted.
    """
    used = numpy.flatnonzero(counts)
    if not len(used):
        return float('nan'), float('nan')
    rng = numpy.random.default_rng(seed)
    means, step = [], max(1, _DRAWN // len(used))
    for start in range(0, repeats, step):
        drawn = used[rng.integers(0, len(used), (min(step, repeats - start), len(used)))]
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    low, high = numpy.quantile(numpy.concatenate(means), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
