"""Classifiers as files."""

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import Classifier
from chainer_foodgan.weights.fitting import check_shapes

_LARGEST_IMAGE = 4096  # pixels; pictures are scaled to the size that a file names


def save_classifier(classifier, path, meta):
    """Writes a classifier as npz.

    Args:
        classifier (BaseClassifier): The network.
        path (str or os.PathLike): Where to; the suffix is ``.npz``.
        meta (dict): What else is known: ``test_accuracy``, ``trained_on``, ...

    Raises:
        FoodganError: See :func:`chainer_foodgan.weights.save`.
    """
    sizes = {'conv_dim': classifier.conv_dim} if classifier.network == 'small' else {}
    weights.save(classifier, path, {
        'network': 'classifier', 'architecture': classifier.network,
        'categories': list(classifier.categories), 'image_size': classifier.image_size,
        **sizes, **meta})


def load_classifier(path):
    """Reads what :func:`save_classifier` wrote.

    Args:
        path (str or os.PathLike): The file.

    Returns:
        tuple: The classifier and the file's meta (dict).

    Raises:
        FoodganError: The file cannot be read or holds no classifier. Nothing is made of a size
            that the file claims before its arrays are found to have it.
    """
    arrays, meta = weights.read_npz(path)
    if meta.get('network') not in (None, 'classifier'):
        raise FoodganError('{}: holds a {}; a classifier is made by `foodgan train-classifier`'
                           .format(path, meta['network']))
    architecture = meta.get('architecture', 'small')  # files of version 0.1 do not say it
    if not _plausible(meta, architecture):
        raise FoodganError('{}: holds no classifier of this package; make one with `foodgan '
                           'train-classifier`'.format(path))
    categories, image_size = meta['categories'], meta['image_size']
    if architecture == 'small':
        check_shapes(path, arrays, shapes(meta['conv_dim'], len(categories)), 'classifier')
        classifier = Classifier(categories, image_size, meta['conv_dim'])
    else:
        from chainer_foodgan.evaluations.imagenet import CHANNELS, FineTuned
        head = {'head/W': (len(categories), CHANNELS[architecture]), 'head/b': (len(categories),)}
        check_shapes(path, {key: arrays[key] for key in head if key in arrays}, head, 'classifier')
        classifier = FineTuned(categories, image_size, architecture)
    weights.load_into(classifier, path)
    return classifier, meta


def shapes(conv_dim, c_dim):
    """The shapes of all arrays of a :class:`Classifier`, without making it.

    Returns:
        dict: Chainer's keys to tuples of int.
    """
    found = {'stem/W': (conv_dim, 3, 5, 5), 'head/W': (c_dim, 8 * conv_dim), 'head/b': (c_dim,)}

    def normalisation(name, channels):
        found.update({'{}/{}'.format(name, leaf): (channels,)
                      for leaf in ('gamma', 'beta', 'avg_mean', 'avg_var')})
        found[name + '/N'] = ()

    normalisation('norm', conv_dim)
    below = conv_dim
    for number, channels in enumerate((conv_dim, 2 * conv_dim, 4 * conv_dim, 8 * conv_dim), 1):
        for name, shape in (('1', (channels, below, 3, 3)), ('2', (channels, channels, 3, 3))):
            found['block{}/conv{}/W'.format(number, name)] = shape
            normalisation('block{}/norm{}'.format(number, name), channels)
        found['block{}/skip/W'.format(number)] = (channels, below, 1, 1)
        normalisation('block{}/norm_skip'.format(number), channels)
        below = channels
    return found


def _plausible(meta, architecture):
    """Whether a file's words are those of a classifier."""
    def whole(value, largest):
        return type(value) is int and 1 <= value <= largest
    categories = meta.get('categories')
    return (isinstance(categories, list) and all(isinstance(name, str) for name in categories)
            and len(set(categories)) == len(categories) > 0
            and whole(meta.get('image_size'), _LARGEST_IMAGE)
            and (architecture in ('vgg16', 'resnet50')
                 or architecture == 'small' and whole(meta.get('conv_dim'), 2 ** 20)))
