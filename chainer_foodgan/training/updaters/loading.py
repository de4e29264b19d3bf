"""Systems by their names and configurations, and what a run has trained, ready to use."""

import numpy

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import by_place
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.updaters.cyclegan import CycleGAN
from chainer_foodgan.training.updaters.gan import ACGAN, GAN
from chainer_foodgan.training.updaters.joint import Joint
from chainer_foodgan.training.updaters.pix2pix import Pix2Pix
from chainer_foodgan.training.updaters.stargan import StarGAN
from chainer_foodgan.training.updaters.student import Student

SYSTEMS = {'stargan': StarGAN, 'joint': Joint, 'gan': GAN, 'acgan': ACGAN, 'pix2pix': Pix2Pix,
           'cyclegan': CycleGAN, 'student': Student}


def make_system(config):
    """The system that a configuration is for, with its data; a FoodganError where they cannot be
    used, or options do not fit together."""
    return SYSTEMS[config.system](config)


def load(path):
    """The system of a run folder, and its newest generators, a dict as :meth:`System.weights` has
    them, on the CPU. A FoodganError where it is no run, has saved nothing, or its files cannot be
    read."""
    run = Run(path)
    system = make_system(run.config())
    saved = system.weights(*system.networks(numpy.random.default_rng(0)).values())
    links = {suffix: link for suffix, (link, _) in saved.items() if suffix.startswith('G')}
    for suffix, link in links.items():
        weights.load_into(link, newest(run.models, f'_{suffix}.npz'))
    return system, links


def newest(folder, suffix):
    """The newest of the files ``{epoch}_{iteration}{suffix}`` in a folder of a run, such as
    ``_G.npz`` (pathlib.Path); a FoodganError where there is none."""
    saved = by_place(folder, suffix)
    if not saved:
        raise FoodganError(f'{folder}: nothing has been saved there yet; go on with the training '
                           'by --resume')
    return saved[-1]
