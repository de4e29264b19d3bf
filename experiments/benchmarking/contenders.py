"""Who is measured: stock Chainer, plain PyTorch, and this package."""

from benchmarking.arithmetic import BASELINE
from benchmarking.bench import installed

STOCK = 'stock Chainer'
OURS = 'this package'
FUSED = 'PyTorch, fused Adam'

#: Contender to the backend of the Translator and its precision.
ENGINES = {OURS + ', ' + name: (backend, precision) for name, backend, precision in (
    ('chainer', 'chainer', 'float32'), ('onnxruntime', 'onnxruntime', 'float32'),
    ('openvino', 'openvino', 'float32'), ('openvino bf16', 'openvino', 'bf16'))}


def translators(bench):
    """Names of those that translate here, as far as that is known before they are made."""
    return ([STOCK] * bench.has_chainer + [BASELINE] * bench.has_torch
            + [name for name, (backend, _) in ENGINES.items()
               if (bench.has_chainer if backend == 'chainer'
                   else bench.device is None and has_backend(backend))])


def has_backend(name):
    """Whether the libraries of a backend of the Translator are installed."""
    from chainer_foodgan.translation.engines import LIBRARIES
    return all(map(installed, LIBRARIES[name]))


def trainers(bench):
    """Names of those that train here."""
    return [STOCK, OURS] * bench.has_chainer + [BASELINE, FUSED] * bench.has_torch
