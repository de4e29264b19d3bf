"""What is left of a label behind the first normalisation: by the formula, and by trying it."""

import numpy

from chainer_foodgan.functions.activations import with_label

import chainer

#: By how much the picture is smaller where the label joins it.
SMALLER = {'input': 1, 'middle': 4}


def filters(gen):
    """The convolution that a label's maps go through.

    Args:
        gen (Generator): Whose label joins as maps.

    Returns:
        tuple: The link, and its filters for the label, float (C, c_dim, k, k), k odd.
    """
    convolution = gen.main[{'input': '0', 'middle': '9'}[gen.label_position]]
    return convolution, convolution.W.array[:, -gen.c_dim:]


def share(W, side):
    """The share of a label that the normalisation leaves inside the picture.

    A constant map goes into a convolution of stride 1 whose border is padded with zeros. Far from
    the border every channel gets the sum of its filter. The tap (u, v) meets zeros in
    ``1 - (1 - |u| / side) (1 - |v| / side)`` of the pixels, so the channel's mean lacks as much of
    that tap; and it is the mean that the normalisation subtracts.

    Args:
        W (numpy.ndarray): Filters, float (C, c_dim, k, k), k odd.
        side (int): Of the picture that is convolved, pixels, at least k.

    Returns:
        float: Root mean square over channels and categories of what is left, to that of the sums.
    """
    k = W.shape[-1]
    inside = 1 - abs(numpy.arange(k) - k // 2) / side
    lacking = 1 - numpy.outer(inside, inside)
    W = W.astype(numpy.float64)
    left, whole = (W * lacking).sum(axis=(2, 3)), W.sum(axis=(2, 3))
    return float(numpy.sqrt((left ** 2).mean() / (whole ** 2).mean()))


def even(k, side):
    """:func:`share` of filters of k x k whose taps are all alike."""
    return share(numpy.ones((1, 1, k, k)), side)


def band(side, width=3):
    """The share of the pixels that are nearer to the border than ``width``."""
    return 1 - max(0, side - 2 * width) ** 2 / side ** 2


def response(gen, side):
    """What the convolution makes of label maps alone, float (c_dim, C, side, side)."""
    convolution, W = filters(gen)
    black = numpy.zeros((gen.c_dim, convolution.W.shape[1] - gen.c_dim, side, side), W.dtype)
    with chainer.no_backprop_mode():
        return convolution(with_label(black, numpy.eye(gen.c_dim, dtype=W.dtype))).array


def measured(gen, side):
    """:func:`share`, tried out: what the middle pixel differs by from the mean.

    Args:
        gen (Generator): See :func:`filters`.
        side (int): As of :func:`share`.
    """
    y = response(gen, side).astype(numpy.float64)
    whole = y[:, :, side // 2, side // 2]
    left = whole - y.mean(axis=(2, 3))
    return float(numpy.sqrt((left ** 2).mean() / (whole ** 2).mean()))


#: What the rows of :func:`shares` are called.
BAND, EVEN, MEASURED = 'pixels near the border', 'even 7 x 7 filters', ', measured'


def shares(generators, sizes):
    """What is left of a label behind the normalisation, by the size of the picture.

    Args:
        generators (dict): Name to Generator, whose labels join as maps.
        sizes (list of int): Sides of the picture, pixels.

    Returns:
        dict: Title to list of float, one for each size: by the formula, of even filters and of
        each generator, and of the latter, under its name and :data:`MEASURED`, tried out.
    """
    found = {BAND: [band(side) for side in sizes], EVEN: [even(7, side) for side in sizes]}
    for name, gen in generators.items():
        sides = [side // SMALLER[gen.label_position] for side in sizes]
        found[name] = [share(filters(gen)[1], side) for side in sides]
        found[name + MEASURED] = [measured(gen, side) for side in sides]
    return found


def reach(repeat_num):
    """How far from the border the padding acts directly on a pixel of a translation.

    Args:
        repeat_num (int): Residual blocks.

    Returns:
        int: Pixels. Further inside, only the statistics of the normalisations know of the border.
    """
    low, high = -3, 3  # the last convolution: 7 x 7
    for _ in range(2):  # transposed ones, 4 x 4, stride 2
        low, high = -(-(low - 2) // 2), (high + 1) // 2
    low, high = low - 2 * repeat_num, high + 2 * repeat_num
    for _ in range(2):  # 4 x 4, stride 2
        low, high = 2 * low - 1, 2 * high + 2
    return max(-low, high) + 3  # the first: 7 x 7
