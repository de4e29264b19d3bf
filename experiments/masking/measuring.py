"""How good masks are, on bowls that the network has not seen, and what they are good for."""

import numpy

from chainer_foodgan import images, weights
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.figures import figures_of
from chainer_foodgan.evaluations.findings import evaluate_generator
from chainer_foodgan.masks import blend
from masking.examples import MaskedBowls
from masking.training import iou

import chainer


def overlaps(find_mask, count, size, seed):
    """How well masks cover the food of unseen bowls.

    Args:
        find_mask (FoodMask): Makes them.
        count, size, seed (int): Of the bowls.

    Returns:
        dict: ``plain`` (on their own tables) and ``grounds`` (on random grounds) to numpy.ndarray,
        float (count,): the share of the true mask or the one found that is in both.
    """
    found = {}
    for name, plain in (('plain', True), ('grounds', False)):
        examples = MaskedBowls(count, size, seed, plain)
        found[name] = numpy.array([
            iou(numpy.asarray(find_mask(images.to_image(x))) > 127, mask[0] > 0.5)
            for x, mask in examples])
    return found


class _Masked:
    """A generator whose changes are kept inside masks."""

    def __init__(self, gen, find_mask):
        self.gen, self.find_mask = gen, find_mask
        self._masks = {}  # a picture comes once for each dish

    def _mask(self, photo):
        key = photo.tobytes()
        if key not in self._masks:
            self._masks[key] = self.find_mask(photo)
        return self._masks[key]

    def __call__(self, x, c):
        pairs = zip(map(images.to_image, x), map(images.to_image, self.gen(x, c).array))
        return chainer.Variable(numpy.stack([
            images.to_array(blend(photo, changed, self._mask(photo)))
            for photo, changed in pairs]))


def change_outside(name, find_mask, count, seed):
    """How much a generator changes outside the food, and how much of that a mask keeps away.

    Every bowl is translated into all the generator's other dishes.

    Args:
        name (str): Weights that know dishes of rendered bowls.
        find_mask (FoodMask): Makes the masks.
        count, seed (int): Of the bowls, which are of the size that the generator was trained on.

    Returns:
        dict: ``without`` and ``with`` the mask: figures of
        :func:`chainer_foodgan.evaluations.figures.figures_of`.
    """
    gen = weights.load(name)
    bowls = RenderedBowls(count, gen.image_size, seed, gen.categories)
    found = {}
    for key, translate in (('without', gen), ('with', _Masked(gen, find_mask))):
        findings = evaluate_generator(translate, bowls, metrics=['content', 'psnr'], truth=bowls)
        found[key] = figures_of(findings, range(len(gen.categories)))
    return found
