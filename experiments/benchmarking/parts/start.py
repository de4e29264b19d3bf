"""Seconds from the shell to the end of a command, the interpreter's own start included."""

import numpy
from PIL import Image

from benchmarking.contenders import has_backend
from benchmarking.timing import alternate, row


def measure(bench, size, most):
    """Rows: a translation by each backend, the help, the import, and Python alone."""
    photo = bench.folder / 'photo.jpg'
    noise = numpy.random.default_rng(0).integers(0, 256, (32, 32, 3), numpy.uint8)
    Image.fromarray(noise).resize((size, size), Image.Resampling.BICUBIC).save(photo, quality=90)

    def translate(backend):
        # A result never replaces another one, and is named anew: that costs nothing.
        bench.python('-m', 'chainer_foodgan', 'translate', photo, '--to', 'ramen', '--weights',
                     'photos_96', '--backend', backend, '--size', 'photo', '--out', bench.folder)

    columns = {'--backend ' + name: lambda name=name: translate(name)
               for name in ('auto', 'openvino', 'onnxruntime', 'chainer')
               if name == 'auto' or has_backend(name)}
    seconds = alternate(columns, most, limit=120)
    others = alternate(
        {'--help': lambda: bench.python('-m', 'chainer_foodgan', '--help'),
         'import': lambda: bench.python('-c', 'import chainer_foodgan'),
         'python': lambda: bench.python('-c', 'pass')}, most, limit=60)
    return [
        row(f'foodgan translate, weights photos_96, a photo of {size} px', 's', seconds,
            note='to the end of the command, after the picture is written; at most 2 s is the '
                 'aim on two cores at 512 px'),
        row('foodgan --help', 's', {'command': others['--help']}, note='at most 0.6 s is the aim'),
        row('import chainer_foodgan', 's', {'command': others['import']},
            note='at most 0.6 s is the aim'),
        row('Python alone', 's', {'command': others['python']}, note='for comparison')]
