"""What a run has trained, ready to use."""

import numpy

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import by_place
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.systems import make_system
from chainer_foodgan.weights.loading import locate


def load(path):
    """Loads the newest generators of a run.

    Args:
        path (str or os.PathLike): A run folder, of any system.

    Returns:
        tuple: The system (see :class:`chainer_foodgan.training.systems.base.System`), and its
        generators, a dict as its ``weights`` has them, on the CPU.

    Raises:
        FoodganError: It is no run, has saved nothing, or its files cannot be read.
    """
    run = Run(path)
    system = make_system(run.config())
    saved = system.weights(*system.networks(numpy.random.default_rng(0)).values())
    links = {suffix: link for suffix, (link, _) in saved.items() if suffix.startswith('G')}
    for suffix, link in links.items():
        weights.load_into(link, newest(run.models, f'_{suffix}.npz'))
    return system, links


def load_trained(source, links):
    """Fills networks that are about to be trained with weights of an earlier training.

    Args:
        source (str or os.PathLike): A run folder, of which the newest are taken, a file
            ``..._G.npz``, or the name of a generator.
        links (dict): ``'G'`` and others. Only ``'G'`` has to be there: the others are filled from
            the files beside it, named alike, and stay as they are where there are none.

    Raises:
        FoodganError: There is no such generator, or keys or shapes differ.
    """
    _, path = locate(source)
    weights.load_into(links['G'], path)
    for suffix, link in links.items():
        beside = path.with_name(path.name.replace('_G.', f'_{suffix}.'))
        if beside != path and beside.exists():
            weights.load_into(link, beside)


def newest(folder, suffix):
    """The newest of the files named ``{epoch}_{iteration}{suffix}``.

    Args:
        folder (pathlib.Path): Of a run.
        suffix (str): What follows epoch and iteration: ``'_G.npz'``, ...

    Returns:
        pathlib.Path: The file.

    Raises:
        FoodganError: There is none.
    """
    saved = by_place(folder, suffix)
    if not saved:
        raise FoodganError(f'{folder}: nothing has been saved there yet; go on with the training '
                           'by --resume')
    return saved[-1]
