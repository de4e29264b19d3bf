"""What the parts of one run of the benchmark share."""

import importlib.util
import pathlib
import subprocess
import sys

from benchmarking.forms import C_DIM
from chainer_foodgan.errors import FoodganError

SCRIPT = pathlib.Path(__file__).parents[1] / 'benchmark.py'
SEED = 0


class Bench(object):
    """A run of the benchmark.

    Args:
        form (dict): One of :data:`benchmarking.forms.FORMS`.
        folder (str or os.PathLike): For files that are needed meanwhile.
        threads (int): Cores that every contender gets.
        device (int): Number of the GPU that computes; None for the processor.

    Attributes:
        conv_dim (int): Channels of the first convolutions.
        weights (pathlib.Path): A generator with random weights, see :meth:`write_weights`.
    """

    def __init__(self, form, folder, threads, device=None):
        self.form, self.folder = form, pathlib.Path(folder)
        self.threads, self.device = threads, device
        self.conv_dim = form['conv_dim']
        self.weights = self.folder / 'gen.npz'
        if device is not None and not (self.has_cupy or self.has_torch):
            raise FoodganError('--device {}: neither CuPy nor PyTorch finds such a GPU here; leave '
                               'it out to measure the processor'.format(device))

    def write_weights(self):
        """Writes the generator that all contenders translate with."""
        import numpy

        from chainer_foodgan import weights
        from chainer_foodgan.links import Generator
        gen = Generator(self.conv_dim, C_DIM, rng=numpy.random.default_rng(SEED))
        weights.save(gen, self.weights, {})

    @property
    def has_torch(self):
        """Whether PyTorch is installed, and has the GPU if one is asked for."""
        if not installed('torch'):
            return False
        if self.device is None:
            return True
        import torch
        return self.device < torch.cuda.device_count()

    @property
    def has_cupy(self):
        """Whether Chainer computes on the GPU that is asked for."""
        if self.device is None or not installed('cupy'):
            return False
        import cupy
        try:
            return self.device < cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError:
            return False

    @property
    def has_chainer(self):
        """Whether Chainer computes on the device: on the processor always."""
        return self.device is None or self.has_cupy

    @property
    def chainer_device(self):
        return '@numpy' if self.device is None else '@cupy:{}'.format(self.device)

    @property
    def torch_device(self):
        return 'cpu' if self.device is None else 'cuda:{}'.format(self.device)

    @property
    def device_name(self):
        """What computes, for a person."""
        if self.device is None:
            return 'the processor'
        if self.has_torch:
            import torch
            name = torch.cuda.get_device_name(self.device)
        else:
            import cupy
            name = cupy.cuda.runtime.getDeviceProperties(self.device)['name'].decode()
        return 'GPU {}: {}'.format(self.device, name)

    def synchronise(self):
        """Waits for the GPU."""
        if self.device is None:
            return
        if self.has_torch:
            import torch
            torch.cuda.synchronize(self.device)
        if self.has_cupy:
            import cupy
            cupy.cuda.Device(self.device).synchronize()

    def python(self, *arguments):
        """Runs Python in a process of its own and returns what it writes.

        Raises:
            FoodganError: It failed; with the last line of what it said.
        """
        done = subprocess.run([sys.executable, *map(str, arguments)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True)
        if done.returncode:
            raise FoodganError('python {} failed: {}'.format(
                ' '.join(map(str, arguments)), (done.stderr.strip() or 'without a word')
                .splitlines()[-1]))
        return done.stdout


def installed(name):
    """Whether a module can be imported."""
    return importlib.util.find_spec(name) is not None
