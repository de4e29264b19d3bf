"""StarGAN's networks (upstream: model.py), and those of a student that learns from a teacher: a
generator whose label picks scales and shifts, and its critic."""

from __future__ import annotations

import functools

import numpy

from chainer_foodgan.functions.activations import leaky_relu, with_label
from chainer_foodgan.kernels import Array
from chainer_foodgan.links.primitives import Convolution2D, TorchUniform
from chainer_foodgan.links.sequential import Built, Rng, Sequential

import chainer
import chainer.functions as F
from chainer.link_hooks import spectral_normalization


class Generator(Built):
    """Changes the dish in a photo to the one that a label vector names (Johnson et al. 2016).

    8,446,208 parameters at the defaults.

    Args:
        conv_dim (int): Channels of the first convolution.
        c_dim (int): Number of categories.
        repeat_num (int): Number of residual blocks.
        label_position (str): Where the label joins the picture: ``'input'``, beside its colours,
            as in the released code, or ``'middle'``, after down-sampling, as the paper's text has
            it, by a further convolution (3 x 3, normalised) of both.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.
    """

    def __init__(self, conv_dim: int = 64, c_dim: int = 10, repeat_num: int = 6,
                 label_position: str = 'input', *, rng: Rng = None):
        super().__init__('generator', rng, conv_dim=conv_dim, c_dim=c_dim, repeat_num=repeat_num,
                         label_position=label_position)
        # Before which layer: the first, or the one that follows down-sampling.
        self._join = {'input': 0, 'middle': 9}[label_position]

    def forward(self, x: Array, c: Array) -> chainer.Variable:
        """Translates a batch.

        Args:
            x (Variable or ndarray): Photos, float32 (B, 3, H, W) in [-1, 1]; H and W multiples
                of 4.
            c (Variable or ndarray): Label vectors, float32 (B, c_dim), or a label map, float32
                (B, c_dim, H, W); of a quarter of H and W where the label joins in the middle.

        Returns:
            Variable: Translations, float32 (B, 3, H, W) in [-1, 1].
        """
        h = self.main(x, stop=self._join)
        return self.main(with_label(h, c), start=self._join)


class Discriminator(Built):
    """Scores how real each patch of a photo looks, and tells its category.

    45,048,768 parameters at the defaults. No normalisation, as WGAN-GP asks.

    Args:
        image_size (int): Side of the photos in pixels, a multiple of 2 ** repeat_num.
        conv_dim (int): Channels of the first convolution; each further one doubles them.
        c_dim (int): Number of categories.
        repeat_num (int): Number of convolutions that halve the size.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.
    """

    def __init__(self, image_size: int = 256, conv_dim: int = 64, c_dim: int = 10,
                 repeat_num: int = 6, *, rng: Rng = None):
        super().__init__('discriminator', rng, image_size=image_size, conv_dim=conv_dim,
                         c_dim=c_dim, repeat_num=repeat_num)

    def forward(self, x: Array) -> tuple[chainer.Variable, chainer.Variable]:
        """Scores a batch.

        Args:
            x (Variable or ndarray): Photos, float32 (B, 3, image_size, image_size) in [-1, 1].

        Returns:
            tuple: ``src``, the patches' scores, float32 (B, 1, s, s) with
            s = image_size / 2 ** repeat_num, and ``cls``, logits, float32 (B, c_dim).
        """
        h = self.main(x)
        return self.conv1(h), F.reshape(self.conv2(h), (len(x), self.c_dim))


class ConditionalGenerator(Built):
    """The network of StarGAN's generator with two departures, for students of a teacher.

    The label does not join the picture as maps: it picks the scale and the shift of every instance
    normalisation (conditional instance normalisation: Dumoulin, Shlens and Kudlur 2017). Constant
    maps before a normalised convolution without bias are taken out again by the normalisation,
    but for the padded border; scales and shifts are not.

    The last convolution has a bias and four channels, a picture and how much of it to take: the
    translation is ``x + m * (tanh(picture) - x)`` with ``m = sigmoid(mask)`` (the attention mask
    of GANimation: Pumarola et al. 2018). What the dish leaves alone need not be painted again.

    1,545,188 parameters with 32 channels, four blocks and ten categories.

    Args:
        conv_dim (int): Channels of the first convolution.
        c_dim (int): Number of categories.
        repeat_num (int): Number of residual blocks.
        separable (bool): Whether the residual blocks' convolutions are depthwise-separable, which
            takes an eighth of their arithmetic.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.
    """

    def __init__(self, conv_dim: int = 32, c_dim: int = 10, repeat_num: int = 4,
                 separable: bool = False, *, rng: Rng = None):
        super().__init__('conditional_generator', rng, conv_dim=conv_dim, c_dim=c_dim,
                         repeat_num=repeat_num, separable=separable)

    def forward(self, x: Array, c: Array) -> chainer.Variable:
        """Translates a batch.

        Args:
            x (Variable or ndarray): Photos, float32 (B, 3, H, W) in [-1, 1]; H and W multiples
                of 4.
            c (Variable or ndarray): Label vectors, float32 (B, c_dim). Fractions that add up to 1
                blend dishes.

        Returns:
            Variable: Translations, float32 (B, 3, H, W) in [-1, 1].
        """
        h = self.main(x, c)
        picture, mask = F.tanh(h[:, :3]), F.sigmoid(h[:, 3:])
        return x + F.broadcast_to(mask, picture.shape) * (picture - x)


_leaky_relu = functools.partial(leaky_relu, slope=0.2)


class SpectralNormalization(spectral_normalization.SpectralNormalization):
    """Chainer's hook (Miyato et al. 2018), its first vector drawn from a generator of the caller's.
    """

    def __init__(self, rng: numpy.random.Generator):
        super().__init__()
        self._rng = rng

    def _prepare_parameters(self, link, input_variable=None):
        setattr(link, self.vector_name,
                self._rng.normal(size=len(link.W)).astype(link.W.dtype))
        link.register_persistent(self.vector_name)
        self._initialized = True


class ConditionalDiscriminator(chainer.Chain):
    """A critic of pairs, a photo and its translation for a dish: a PatchGAN (Isola et al. 2017).

    Every filter is spectrally normalised (Miyato et al. 2018), the label joins by projection
    (Miyato and Koyama 2018): the inner product of a patch's features and a vector of the category.

    Args:
        conv_dim (int): Channels of the first convolution.
        c_dim (int): Number of categories.
        layers (int): Number of convolutions that double the channels; all but the last halve the
            size. Patches are 16, 34, 70 pixels wide at 1, 2, 3.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.

    Attributes:
        conv_dim, c_dim, layers (int): As given.
    """

    def __init__(self, conv_dim: int = 48, c_dim: int = 10, layers: int = 2, *, rng: Rng = None):
        super().__init__()
        self.conv_dim, self.c_dim, self.layers = conv_dim, c_dim, layers
        rng = numpy.random.default_rng() if rng is None else rng

        def normalised(*args):
            return Convolution2D(*args, rng=rng).add_hook(SpectralNormalization(rng))

        sequence = [normalised(6, conv_dim, 4, 2, 1), _leaky_relu]
        channels = conv_dim
        for n in range(1, layers + 1):
            sequence += [normalised(channels, 2 * channels, 4, 2 if n < layers else 1, 1),
                         _leaky_relu]
            channels *= 2
        with self.init_scope():
            self.main = Sequential(*sequence)
            self.score = normalised(channels, 1, 4, 1, 1)
            self.embed = chainer.links.Linear(
                c_dim, channels, nobias=True,
                initialW=TorchUniform.fan_in(c_dim, rng)).add_hook(SpectralNormalization(rng))

    def forward(self, x: Array, y: Array, c: Array) -> chainer.Variable:
        """Scores translations.

        Args:
            x (Variable or ndarray): Photos, float (B, 3, H, W).
            y (Variable or ndarray): What was made of them, float (B, 3, H, W).
            c (Variable or ndarray): Label vectors of what was asked for, float (B, c_dim).

        Returns:
            Variable: Float (B, 1, h, w); the higher, the more like the teacher's.
        """
        h = self.main(F.concat((x, y), axis=1))
        # The same inner product at every patch, laid out as the scores are.
        label = F.reshape(self.embed(c), (len(c), -1, 1, 1))
        match = F.sum(h * F.broadcast_to(label, h.shape), axis=1, keepdims=True)
        return self.score(h) + match[:, :, :-1, :-1]
