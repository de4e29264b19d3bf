"""Generators whose convolutions compute in eight bits.

*Inputs* are rounded to 256 steps between the least and the greatest number that was met while
photos for calibration were translated, *filters* to 127 steps, a scale for each channel.

*Outputs* are rounded to whole numbers. Instance normalisation takes any factor out of a channel, so
the filters of each channel are scaled until its outputs fill that range: 7 dB less noise than a
common scale for all channels gives.

*In floating point* stay the first convolution, which sees the photo, the last one, which makes the
picture and its mask, transposed convolutions, normalisations and sums.

Source: Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference; the scaling is in the spirit of Nagel et al. 2019, Data-Free
Quantization Through Weight Equalization and Bias Correction.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pathlib
import sys
from collections.abc import Iterable
from typing import Callable, NamedTuple, Optional, Union

import numpy as np

import chainer_foodgan
from chainer_foodgan import i18n, images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links.graph import places_of_int8
from chainer_foodgan.translation import engines, sizes
from chainer_foodgan.translation.photo import scale
from chainer_foodgan.translation.sizes import pad
from chainer_foodgan.weights import NetworkWeights, onnx, read_generator
from chainer_foodgan.weights.converting import open_weights

__all__ = ['Quantization', 'kept', 'quantize', 'write']

Path = Union[str, os.PathLike]

# What the outputs of a channel reach over the calibration photos; other photos may go beyond by a
# quarter, up to 127.
_OUTPUTS = 100


class Quantization(NamedTuple):
    """What :func:`write` did.

    Attributes:
        convolutions: How many compute in eight bits.
        photos: How many calibrated them.
        psnr: Of translations of those photos in eight bits to those in float32, in dB.
    """

    convolutions: int
    photos: int
    psnr: float


def write(source: Path, target: Path, photos: Optional[Path] = None,
          progress: Optional[Callable[[int, int], None]] = None) -> Quantization:
    """Writes a generator as an .onnx file whose convolutions compute in eight bits.

    Args:
        source: A name of :func:`chainer_foodgan.weights.names`, a file or a run folder.
        target: The file.
        photos: A picture or a folder of some, for calibration; None: the dozen that ships.
        progress: Called with how many pictures are computed and of how many.

    Raises:
        FoodganError: Weights or photos cannot be used, or the file cannot be written.
    """
    if pathlib.Path(target).suffix.lower() != '.onnx':
        raise FoodganError(f'{target}: weights in eight bits are written as .onnx; choose such a '
                           'name')
    network, arrays, meta, _ = open_weights(source)
    if 'ranges' in meta:
        raise FoodganError(f'{source}: in eight bits already; name the weights that it was made of')
    weights = NetworkWeights(network, arrays, image_size=meta.get('image_size'))
    paths = _paths(photos)
    count = iter(range(1, 2 * len(paths) + 1))

    def counted(pictures):
        for picture in pictures:
            yield picture
            progress and progress(next(count), 2 * len(paths))

    made = quantize(weights, counted(_opened(weights, paths)))
    onnx.write(target, made.arrays, {**meta, 'ranges': made.ranges}, half=True)
    pair = [engines.make('onnxruntime', one) for one in (weights, read_generator(target))]
    errors = [np.mean((pair[0](x, c) - pair[1](x, c)) ** 2)
              for x, c in _labelled(weights, counted(_opened(weights, paths)))]
    return Quantization(len(made.ranges), len(paths), float(10 * np.log10(4 / np.mean(errors))))


def kept(weights: NetworkWeights) -> NetworkWeights:
    """Weights of a generator in eight bits, calibrated by the photos that ship; made once and kept
    in the cache.
    """
    from chainer_foodgan.weights import cache

    path = (cache.root() / 'chainer_foodgan' / f'int8-{chainer_foodgan.__version__}'
            / f'{_digest(weights)}.onnx')
    if path.exists():
        with contextlib.suppress(FoodganError):  # a damaged file is made anew
            return read_generator(path)
    print(i18n.message('calibrating eight bits, once for these weights'), file=sys.stderr)
    made = quantize(weights, _opened(weights, _paths()))
    with contextlib.suppress(FoodganError):  # a cache that cannot be written costs time alone
        onnx.write(path, made.arrays, {'ranges': made.ranges})
    return made


def quantize(weights: NetworkWeights, photos: Iterable[np.ndarray]) -> NetworkWeights:
    """Prepares a generator for eight bits.

    Args:
        weights: A generator in floating point.
        photos: For calibration, float32 (3, H, W) in [-1, 1]; H and W are multiples of 4. They are
            translated to the categories in turn.

    Returns:
        NetworkWeights: With ``ranges``, and with filters of another scale. In floating point, it
        gives the same translations.

    Raises:
        FoodganError: The generator is of a kind that has no such form.
    """
    if not weights.network.translates_by_onnx:
        raise FoodganError(f'int8: there are the released generator and conditional ones in eight '
                           f'bits, and this is {weights.network}; leave it in float32')
    places = places_of_int8(weights.network)
    ranges, greatest = {place: [0., 0.] for place in places}, dict.fromkeys(places, 0)
    run = _watched(weights, places)
    for x, c in _labelled(weights, photos):
        for place, (inputs, outputs) in zip(places, run(x, c)):
            low, high = ranges[place]
            ranges[place] = [min(low, float(inputs.min())), max(high, float(inputs.max()))]
            greatest[place] = np.maximum(greatest[place], abs(outputs).max((0, 2, 3)))
    arrays = dict(weights.arrays)
    for place in places:
        # A channel of zeros stays one.
        factor = _OUTPUTS / np.where(greatest[place] > 0, greatest[place], _OUTPUTS)
        arrays[place + '/W'] = np.float32(arrays[place + '/W']) * np.float32(
            factor)[:, None, None, None]
    return weights._replace(arrays=arrays, ranges=ranges)


def _watched(weights, places):
    """From photos and labels to pairs: the input and the output of the convolution at each place.
    """
    engines.choose('onnxruntime')  # it says so where the library is missing
    import onnx as library
    import onnxruntime

    from chainer_foodgan.translation.engines.program import make_program

    data, inputs = make_program(library, weights.network, weights.arrays)
    model = library.load_model_from_string(data)
    nodes = {node.input[1]: node for node in model.graph.node if node.op_type == 'Conv'}
    pairs = [(nodes[place + '/W'].input[0], nodes[place + '/W'].output[0]) for place in places]
    names = sorted({name for pair in pairs for name in pair})
    model.graph.output.extend(library.helper.make_empty_tensor_value_info(name) for name in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), None,
                                           ['CPUExecutionProvider'])

    def run(x, c):
        found = dict(zip(names, session.run(names, inputs(x, c))))
        return [(found[first], found[second]) for first, second in pairs]
    return run


def _paths(source=None):
    if source is None:
        from chainer_foodgan.datasets import example_photos

        return [path for path, _ in example_photos()]
    paths = images.find_images(source)
    if not paths:
        raise FoodganError(f'{source}: there is no picture in this folder; name one that has some')
    return paths


def _opened(weights, paths):
    """What the network sees of photos, one by one."""
    size = sizes.parse(None, weights.image_size)
    cost = functools.partial(sizes.bytes_of, 'onnxruntime', weights.network.sizes['conv_dim'])
    for path in paths:
        photo = images.read_image(
            path, size, lambda width, height: sizes.check(width, height, size, cost), srgb=True)
        yield pad(images.to_array(scale(photo, size)))


def _labelled(weights, photos):
    """A batch of each photo, and the category whose turn it is."""
    labels = np.eye(weights.network.sizes['c_dim'], dtype=np.float32)
    for number, photo in enumerate(photos):
        yield photo[None], labels[[number % len(labels)]]


def _digest(weights):
    found = hashlib.sha256(repr((weights.network, weights.image_size)).encode())
    for key, array in sorted(weights.arrays.items()):
        found.update(f'{key} {array.dtype} {array.shape}'.encode())
        found.update(np.ascontiguousarray(array))
    return found.hexdigest()
