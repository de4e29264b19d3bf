"""The networks for PyTorch, to take away: modules of today under the released keys.

In five lines, from a registered name, a file of any format that the package reads, or the released
file by PyTorch itself:

    from chainer_foodgan.pytorch import Generator
    gen = Generator.from_pretrained('20_7189_G.pth')            # a name or a file, checked
    y = gen(x, torch.eye(10)[[5]])                              # x float32 (1, 3, H, W) in [-1, 1]

    gen = Generator(conv_dim=64, c_dim=10, repeat_num=6)        # or by hand, with PyTorch's reader
    gen.load_state_dict(torch.load('20_7189_G.pth', map_location='cpu'))

Weights of students, whose label picks scales and shifts, take ``ConditionalGenerator`` instead;
the networks of pix2pix and CycleGAN are here too.

Nothing else of the package imports this one. :mod:`~chainer_foodgan.pytorch.training` is the
released code's training step in plain PyTorch, which ``experiments/check_parity.py`` compares with
Chainer's.
"""

from chainer_foodgan.errors import FoodganError

try:
    import torch  # noqa: F401
except ImportError as error:
    raise FoodganError('chainer_foodgan.pytorch needs PyTorch, which cannot be imported '
                       f'({error}): pip install torch') from error

from chainer_foodgan.pytorch.networks import (
    ConditionalGenerator,
    Discriminator,
    Generator,
    NLayerDiscriminator,
    PixelDiscriminator,
    ResnetGenerator,
    UnetGenerator,
)

__all__ = ['ConditionalGenerator', 'Discriminator', 'Generator', 'NLayerDiscriminator',
           'PixelDiscriminator', 'ResnetGenerator', 'UnetGenerator']
