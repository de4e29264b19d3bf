"""What a generator does to bowls that nobody trains on, measured by loops."""

import numpy

from chainer_foodgan import images, weights
from chainer_foodgan.datasets.bowls import RenderedBowls

import chainer


def figures(run, count, size, translate=None):
    """The mean PSNR of the food to the true food, before and after, and the change outside.

    Args:
        run (pathlib.Path): A run folder. Bowl i has the dish i of those that it knows, again and
            again, and becomes every other one.
        count, size (int): Of the bowls, of seed 2000.
        translate (dict): Source and target to the network that turns one into the other; None:
            the one of the run, which takes labels, for all of its dishes.

    Returns:
        dict: ``psnr_input``, ``psnr_translation`` (dB) and ``change_outside`` (1/255).
    """
    if translate is None:
        gen = weights.load(run)
        labels = dict(zip(gen.categories, numpy.eye(gen.c_dim, dtype='f')))
        translate = {(own, target): lambda x, c=labels[target]: gen(x, c[None])
                     for own in labels for target in labels if own != target}
    dishes = list(dict.fromkeys(name for names in translate for name in names))
    bowls, found = RenderedBowls(count, size, 2000, cache_size=0), []
    for index in range(count):
        own, mask = dishes[index % len(dishes)], bowls.mask(index)
        x = images.to_array(bowls.render(index, own))
        for target in (target for source, target in translate if source == own):
            truth = images.to_array(bowls.render(index, target))
            with chainer.no_backprop_mode(), chainer.using_config('train', False):
                y = translate[own, target](x[None]).array[0]
            found.append([psnr(x[:, mask], truth[:, mask]), psnr(y[:, mask], truth[:, mask]),
                          127.5 * abs(y - x)[:, ~mask].mean()])
    return dict(zip(('psnr_input', 'psnr_translation', 'change_outside'),
                    numpy.mean(found, axis=0)))


def psnr(a, b):
    """Of values in [-1, 1], in dB."""
    return 20 * numpy.log10(255 / (127.5 * numpy.sqrt(((a.astype('d') - b) ** 2).mean())))
