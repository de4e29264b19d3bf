"""The options that choose what changes the dish, and the translator that they name."""

import argparse
import functools
import sys
import time

from chainer_foodgan import i18n
from chainer_foodgan.commands import options
from chainer_foodgan.commands.options import names, positive
from chainer_foodgan.config import EvaluateConfig
from chainer_foodgan.errors import FoodganError

PHOTO = 'photo'  # as in chainer_foodgan.translation.sizes, which takes NumPy


def add_arguments(parser, what, precision='float32', weights='the one it marks'):
    """Adds the options that translate ``what``; two defaults differ, that of the weights is in
    words.
    """
    parser.add_argument('--weights', metavar='NAME|FILE',
                        help='a name that `foodgan weights` lists, or a file (default: '
                             f'{weights})')
    parser.add_argument('--size', type=_size, metavar='N|photo',
                        help='pixels of the shorter side of what the network sees (default: as '
                             f"many as in the training); photo: the {what}'s own size")
    parser.add_argument('--mask', metavar='FILE|auto',
                        help='change nothing but the food: auto looks for it, or a picture that '
                             f'is white where the {what} may change')
    parser.add_argument('--backend', default='auto', metavar='NAME',
                        help='what computes: auto, chainer, onnxruntime or openvino (default: '
                             'auto, the fastest that is installed)')
    parser.add_argument('--precision', default=precision, metavar='NAME',
                        help='float32; bf16, which rounds, takes half the time, and needs '
                             'OpenVINO and a processor that has it; int8, most convolutions in '
                             'eight bits, calibrated once; or auto, bf16 where it can be had '
                             f'(default: {precision})')
    add_device(parser)
    add_label_strength(parser)
    parser.add_argument('--categories', type=names, metavar='NAME,...',
                        help="the weights' categories in label order, in place of those stored "
                             'with them')


def _size(text):
    if text == PHOTO:
        return PHOTO
    try:
        return positive(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f'{text!r} is neither a whole number above 0 nor '
                                         'photo') from error


def add_device(parser):
    """Adds the option of that name."""
    parser.add_argument('--device', metavar='DEVICE',
                        help='a GPU, as @cupy or @cupy:1, on which Chainer computes (default: the '
                             'processor, by --backend)')


def add_label_strength(parser):
    """Adds the option of that name."""
    options.add_option(parser, next(
        field for field in EvaluateConfig.options() if field.name == 'label_strength'))


def open_translator(args):
    """The Translator that the options name; what is to be known of its weights is said on standard
    error.
    """
    from chainer_foodgan.weights import DEFAULT_WEIGHTS, registry

    translator = _make(args, args.backend)
    record = registry.find(args.weights or DEFAULT_WEIGHTS)
    if record is not None and record.order_note is not None and args.categories is None:
        print(i18n.message(record.order_note), file=sys.stderr)
    return translator


def open_fastest(args, size):
    """As :func:`open_translator`; but ``--backend auto`` times the engines that are installed on a
    picture of that width and height.
    """
    translator = open_translator(args)
    if args.backend != 'auto' or translator.backend != 'openvino':
        return translator
    try:
        other = _make(args, 'onnxruntime')
    except FoodganError:  # it is not installed, or does not compute in the precision
        return translator
    return min(translator, other, key=lambda translator: _seconds(translator, size))


def _make(args, backend):
    from chainer_foodgan.translation import Translator
    from chainer_foodgan.weights import DEFAULT_WEIGHTS

    make = functools.partial(
        Translator, args.weights or DEFAULT_WEIGHTS, size=args.size, backend=backend,
        device=args.device, categories=args.categories, label_strength=args.label_strength,
        output_size=getattr(args, 'output_size', 'network'))
    if args.precision == 'auto':
        try:
            return make(precision='bf16')
        except FoodganError:  # for want of it, or for another reason, which comes up again
            return make()
    return make(precision=args.precision)


def _seconds(translator, size):
    """What a picture takes: the shortest of those that a fifth of a second is enough for."""
    from PIL import Image

    photo = translator.prepare(Image.new('RGB', size))
    next(translator.translate([photo], translator.categories[:1]))  # compiles
    seconds = []
    while sum(seconds) < 0.2:
        start = time.perf_counter()
        next(translator.translate([photo], translator.categories[:1]))
        seconds.append(time.perf_counter() - start)
    return min(seconds)
