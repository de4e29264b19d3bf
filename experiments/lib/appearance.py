"""What food looks like, in two parts that do not know of each other: its colours, its texture.

Colours say nothing of where they are: pixels that change places leave them as they are. Texture
says nothing of colours: only which of two neighbours is brighter counts.
"""

import numpy

from chainer_foodgan import images
from chainer_foodgan.evaluations import distances

_SCALES = 2
# A pixel's neighbours, clockwise, as offsets into the 3 x 3 pixels around it.
_AROUND = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
_LEAST = 8  # pixels along a side of what is looked at: at half of it there are still neighbours
_LEVELS = 256


class Appearance:
    """An extractor, see :mod:`chainer_foodgan.evaluations.features`, of the middle of pictures.

    The middle is the square of half their sides, which is mostly food. A picture's features are

    - the cumulative histograms of its red, green and blue, 256 levels each;
    - the histograms of its local binary patterns (Ojala et al. 1996: for each pixel, which of its
      eight neighbours are brighter, 256 patterns), of its luma as it is and halved.

    Means over pictures are those of all their pixels.
    """

    name = 'appearance'
    facts = {'network': 'none', 'dimension': (3 + _SCALES) * _LEVELS}

    def __call__(self, x):
        middle = [_middle(images.to_image(picture)) for picture in x]
        features = numpy.array([
            numpy.concatenate([colours(picture), texture(picture)]) for picture in middle])
        return features.astype(numpy.float32), numpy.ones((len(x), 1), numpy.float32)


def colour_distance(a, b):
    """How far the colours of two sets of pictures are apart.

    Args:
        a, b (numpy.ndarray): Features, float (N, D) and (M, D).

    Returns:
        float: The mean distance that levels of red, green and blue have to be moved to make one
        set's colours the other's (Wasserstein's, of all pixels), in units of 1/255.
    """
    a, b = (features[:, :3 * _LEVELS].mean(axis=0, dtype=numpy.float64) for features in (a, b))
    return float(abs(a - b).sum() / 3)


def texture_distance(a, b):
    """How far the textures of two sets of pictures are apart.

    Args: As of :func:`colour_distance`.

    Returns:
        float: The share of the patterns that would have to be others (total variation), the mean
        of both scales; in [0, 1].
    """
    a, b = (features[:, 3 * _LEVELS:].mean(axis=0, dtype=numpy.float64) for features in (a, b))
    return float(abs(a - b).sum() / (2 * _SCALES))


def colours(picture):
    """Cumulative histograms, float64 (3 * 256,), of a picture (RGB)."""
    counts = numpy.array(picture.histogram(), numpy.float64).reshape(3, _LEVELS)
    return (counts.cumsum(axis=1) / (picture.width * picture.height)).ravel()


def texture(picture):
    """Histograms of local binary patterns, float64 (2 * 256,), of a picture (RGB)."""
    luma, found = numpy.asarray(picture.convert('L'), numpy.float64), []
    for _ in range(_SCALES):
        H, W = luma.shape
        patterns = numpy.zeros((H - 2, W - 2), int)
        for bit, (top, left) in enumerate(_AROUND):
            patterns |= (luma[top:H - 2 + top, left:W - 2 + left] > luma[1:-1, 1:-1]) << bit
        found.append(numpy.bincount(patterns.ravel(), minlength=_LEVELS) / patterns.size)
        luma = luma[:H // 2 * 2, :W // 2 * 2].reshape(H // 2, 2, W // 2, 2).mean(axis=(1, 3))
    return numpy.concatenate(found)


def _middle(picture):
    W, H = picture.size
    width, height = max(_LEAST, W // 2), max(_LEAST, H // 2)
    left, top = (W - width) // 2, (H - height) // 2
    return picture.crop((left, top, left + width, top + height))


#: How near pictures come to real ones of the same dish: key, what the table calls it, how it is
#: written, the features, the distance.
LIKENESS = (
    ('fid_classifier', 'FID (classifier)', '{:.1f}', 'classifier', distances.fid),
    ('colour', 'colour distance', '{:.1f}/255', 'appearance', colour_distance),
    ('texture', 'texture distance', '{:.3f}', 'appearance', texture_distance))


def likeness(findings, looks, chosen):
    """How near pictures come to the untouched ones of each category, a mean over the categories.

    Args:
        findings (Findings): What was found.
        looks (Collector): Of the pictures, one of those of ``findings``.
        chosen (list of numpy.ndarray): For each category, which of them are, or should be, of it.

    Returns:
        dict: By the keys of :data:`LIKENESS`.
    """
    real, made, found = findings.untouched.features, looks.features, {}
    for key, _, _, extractor, distance in LIKENESS:
        found[key] = float(numpy.mean([
            distance(real[extractor][0][findings.labels == number], made[extractor][0][rows])
            for number, rows in enumerate(chosen)]))
    return found
