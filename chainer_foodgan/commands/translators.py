"""The options that choose what changes the dish, and the translator that they name."""

import sys

from chainer_foodgan.commands import options
from chainer_foodgan.commands.options import names, positive
from chainer_foodgan.config import EvaluateConfig


def add_arguments(parser, what):
    """Adds the options.

    Args:
        parser (argparse.ArgumentParser): Where.
        what (str): What is translated: ``'photo'``.
    """
    parser.add_argument('--weights', metavar='NAME|FILE',
                        help='a name that `foodgan weights` lists, or a file (default: the '
                             'one it marks)')
    parser.add_argument('--size', type=positive, metavar='N',
                        help="scale so that the shorter side has N pixels; the paper's test has "
                             f'512 (default: the size of the {what})')
    parser.add_argument('--mask', metavar='FILE|auto',
                        help='change nothing but the food: auto looks for it, or a picture that '
                             f'is white where the {what} may change')
    parser.add_argument('--backend', default='auto', metavar='NAME',
                        help='what computes: auto, chainer, onnxruntime or openvino (default: '
                             'auto, the fastest that is installed)')
    parser.add_argument('--precision', default='float32', metavar='NAME',
                        help='float32 or bf16 (default: float32); bf16 rounds, takes half the '
                             'time, and needs OpenVINO and a processor that has it')
    add_label_strength(parser)
    parser.add_argument('--categories', type=names, metavar='NAME,...',
                        help="the weights' categories in label order, in place of those stored "
                             'with them')


def add_label_strength(parser):
    """Adds the option of that name."""
    options.add_option(parser, next(
        field for field in EvaluateConfig.options() if field.name == 'label_strength'))


def open_translator(args):
    """What the options name; what is to be known of its weights is said on standard error.

    Args:
        args (argparse.Namespace): What was given.

    Returns:
        Translator: Ready to use.

    Raises:
        FoodganError: An option is of no use.
    """
    from chainer_foodgan.translation import Translator
    from chainer_foodgan.weights import DEFAULT_WEIGHTS, registry

    weights = args.weights or DEFAULT_WEIGHTS
    translator = Translator(weights, size=args.size, backend=args.backend,
                            categories=args.categories, precision=args.precision,
                            label_strength=args.label_strength)
    record = registry.find(weights)
    if record is not None and record.order_note is not None and args.categories is None:
        print(record.order_note, file=sys.stderr)
    return translator
