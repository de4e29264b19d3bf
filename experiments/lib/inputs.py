"""What the figures start from: pictures, and weights that translate them; and means of figures."""

import collections
import math

import numpy
from PIL import Image

from chainer_foodgan import Translator, images
from chainer_foodgan.commands.options import names, natural, positive
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.bowls.dishes import DISHES
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import read_generator

#: Pixels along a side of the inputs, as in the paper's test.
SIZE = 512

#: Pictures that a figure has at most: a row of ten dishes takes 9 MB.
MOST = 40


class Bowls:
    """Rendered bowls, whose food and whose true translations are known.

    Args:
        count (int): How many.
        seed (int): Which.
    """

    def __init__(self, count, seed):
        self._count, self._seed = count, seed
        self._bowls = RenderedBowls(count, SIZE, seed)

    def __len__(self):
        return self._count

    def image(self, index):
        """A PIL image, RGB, of :data:`SIZE` pixels along each side."""
        return self._bowls.image(index)

    def dish(self, index):
        """The name of what is in it; None where it is not known."""
        return self._bowls.categories[self._bowls.labels[index]]

    def mask(self, index, size):
        """Where the food is, bool (size, size); None where it is not known."""
        return RenderedBowls(self._count, size, self._seed).mask(index)

    def truth(self, index, dish, size):
        """The same with another dish, float32 (3, size, size) in [-1, 1]; None: not known."""
        if dish not in DISHES:
            return None
        truth = self._bowls.render(index, dish)
        return images.to_array(truth.resize((size, size), Image.Resampling.BILINEAR))


class Photos:
    """Picture files, cropped to their largest centred square.

    Args:
        sources (list of path): Pictures, and folders whose pictures are all taken.

    Raises:
        FoodganError: One is not there, or there is no picture, or more than :data:`MOST`.
    """

    def __init__(self, sources):
        self._files = [file for source in sources for file in images.find_images(source)]
        if not self._files:
            raise FoodganError('{}: there is no picture in it; name one that has some'.format(
                ', '.join(sources)))
        if len(self._files) > MOST:
            raise FoodganError('{}: {} pictures are more than the {} of a figure; name some of '
                               'them'.format(', '.join(sources), len(self._files), MOST))

    def __len__(self):
        return len(self._files)

    def image(self, index):
        """See :meth:`Bowls.image`."""
        return EvalTransform(SIZE, math.inf)(images.read_image(self._files[index], enough=SIZE))

    def dish(self, index):
        """Not known: None."""

    def mask(self, index, size):
        """Not known: None."""

    def truth(self, index, dish, size):
        """Not known: None."""


def add_options(parser, bowls):
    """The options of a figure; ``bowls`` (int) are drawn where no photos are named."""
    parser.add_argument('--weights', default='bowls_64', metavar='NAME|FILE',
                        help='weights that ship, a file or a run folder (%(default)s)')
    parser.add_argument('--photos', nargs='+', metavar='FILE|DIR',
                        help='pictures, and folders of pictures (default: rendered bowls)')
    parser.add_argument('--bowls', type=positive, default=bowls, metavar='N',
                        help='how many bowls, where there are no photos (%(default)s)')
    parser.add_argument('--seed', type=natural, default=2000, metavar='N',
                        help='which bowls (%(default)s)')
    parser.add_argument('--dishes', type=names, metavar='NAME,NAME',
                        help='(default: all that the weights know)')
    parser.add_argument('--size', type=positive, metavar='N', help='pixels at which is translated '
                        '(default: that which the weights were trained on)')
    parser.add_argument('--backend', default='auto',
                        choices=('auto', 'openvino', 'onnxruntime', 'chainer'),
                        help='what computes (%(default)s: the first that is installed)')


def opened(args):
    """What the options name.

    Returns:
        tuple: The pictures (Bowls or Photos), the Translator, and the dishes (list of str).

    Raises:
        FoodganError: Weights, pictures or dishes that are not there, or a size that is not known.
    """
    size = args.size or read_generator(args.weights).image_size
    if not size:
        raise FoodganError(f'{args.weights}: the file does not say at how many pixels it was '
                           'trained: give --size')
    translator = Translator(args.weights, size=size, backend=args.backend, output_size='network')
    dishes = [translator.check(dish) for dish in args.dishes or translator.categories]
    inputs = Photos(args.photos) if args.photos else Bowls(args.bowls, args.seed)
    return inputs, translator, dishes


def described(inputs, args, translator):
    """What was translated, and how, for a person (str)."""
    what = (f'{len(inputs)} pictures' if args.photos else
            f'{len(inputs)} rendered bowls of seed {args.seed}')
    return f'{what}, translated at {translator.size} pixels by {args.weights}'


class Means:
    """Gathers figures and averages them.

    Args:
        dishes (sequence of str): A row each.
        columns (sequence of tuple): Key of the figures, title, how a figure is written; a column
            of which nothing is known is left out.
    """

    def __init__(self, dishes, columns):
        self._columns = columns
        self._found = {dish: collections.defaultdict(list) for dish in dishes}

    def add(self, dish, figures):
        """Adds the figures of a picture (dict of float; NaN: not known)."""
        for key, value in figures.items():
            if not math.isnan(value):
                self._found[dish][key].append(value)

    def record(self):
        """Key to mean (dict of dict), by dish and for ``all`` pictures."""
        lines = {**self._found, 'all': collections.defaultdict(list)}
        for found in self._found.values():
            for key, values in found.items():
                lines['all'][key] += values
        return {dish: {key: float(numpy.mean(values)) for key, values in found.items()}
                for dish, found in lines.items()}

    def table(self):
        """The same in rows (list of list of str)."""
        record = self.record()
        columns = [column for column in self._columns if column[0] in record['all']]
        return [['dish', *(title for _, title, _ in columns)]] + [
            [dish, *(form.format(found[key]) if key in found else '-' for key, _, form in columns)]
            for dish, found in record.items()]
