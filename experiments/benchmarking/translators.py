"""The contenders' translating, as functions of arrays.

None imports what only another one needs, so that each can be measured in a process of its own.
"""

from benchmarking.arithmetic import BASELINE
from benchmarking.contenders import ENGINES, STOCK
from benchmarking.forms import C_DIM


def make(name, bench):
    """A function of arrays.

    Args:
        name (str): One of :func:`benchmarking.contenders.translators`.
        bench (Bench): Its weights are written.

    Returns:
        callable: Photo, float32 (1, 3, H, W), and label vectors, float32 (n, c_dim), to a list of
        arrays, float32 (m, 3, H, W), that make n translations together.

    Raises:
        FoodganError: The engine does not run here, such as bf16 on a processor without it.
    """
    if name == STOCK:
        return _stock(bench)
    if name == BASELINE:
        return _torch(bench)
    return _our(*ENGINES[name], bench)


def _stock(bench):
    import chainer

    from benchmarking import stock_networks
    gen = stock_networks.Generator(bench.conv_dim, C_DIM)
    chainer.serializers.load_npz(str(bench.weights), gen)
    device = chainer.get_device(bench.chainer_device)
    device.use()
    gen.to_device(device)

    def translate(x, c):
        with chainer.using_config('train', False), chainer.no_backprop_mode():
            x = gen.xp.asarray(x)
            return [chainer.backends.cuda.to_cpu(gen(x, gen.xp.asarray(each[None])).array)
                    for each in c]
    return translate


def _torch(bench):
    import torch

    from chainer_foodgan import weights
    from chainer_foodgan.pytorch import Generator
    gen = Generator(bench.conv_dim, C_DIM)
    gen.load_state_dict({key: torch.tensor(array)
                         for key, array in weights.read_state_dict(bench.weights).items()})
    gen.eval().to(bench.torch_device)

    def translate(x, c):
        with torch.no_grad():
            x, c = (torch.from_numpy(array).to(bench.torch_device) for array in (x, c))
            return [gen(x, each[None]).cpu().numpy() for each in c]
    return translate


def _our(backend, precision, bench):
    from chainer_foodgan.translation import engines
    from chainer_foodgan.translation.translator import PIXELS
    from chainer_foodgan.weights import read_generator
    engine = engines.make(engines.choose(backend, precision), read_generator(bench.weights),
                          precision, None if bench.device is None else bench.chainer_device)

    def translate(x, c):
        together = max(1, PIXELS // x[0, 0].size)  # as the Translator does
        return [engine(x, c[start:start + together]) for start in range(0, len(c), together)]
    return translate
