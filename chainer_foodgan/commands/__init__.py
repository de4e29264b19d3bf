"""The command line: one module per sub-command, with ``add_parser(subparsers)`` and ``run(args)``.

Modules import what they need inside ``run``, so that help and usage errors come at once.
"""

import argparse
import importlib
import os
import sys

import chainer_foodgan
from chainer_foodgan.errors import FoodganError

MODULES = ('translate', 'video', 'serve', 'weights', 'fetch', 'convert', 'bowls', 'rank', 'cluster',
           'train', 'report', 'train_classifier', 'evaluate')

EPILOG = """\
to begin with:
  foodgan translate lunch.jpg --to ramen             another dish in the same bowl
  foodgan translate lunch.jpg --to all --grid a.png  every dish that the weights know, on a sheet
  foodgan serve                                      the same on a page, in a browser
  foodgan train --images photos --out run            weights of your own: a folder per dish
  foodgan translate lunch.jpg --to ramen --weights run

`foodgan COMMAND --help` explains a command, with examples.
"""


def main(argv=None):
    """Runs a command.

    Args:
        argv (list of str): The arguments; None: those of the process.

    Returns:
        int: Exit status: 0 when all was done, 1 when not, 130 when interrupted.

    Raises:
        SystemExit: After help (status 0) and for wrong usage (status 2).
    """
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        status = args.run(args)
        sys.stdout.flush()  # a closed pipe is noticed here rather than when Python ends
        return status or 0
    except BrokenPipeError:
        # Python flushes once more when it ends; that must not find the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except FoodganError as error:
        complain(error)
    except ModuleNotFoundError as error:
        if error.name not in ('chainer', 'chainercv'):
            raise
        complain(error)
    except MemoryError:
        complain('not enough memory for this; choose a smaller size or batch')
    except OSError as error:
        complain(error)
    except KeyboardInterrupt:
        complain('interrupted')
        return 130
    return 1


def complain(error):
    """Prints one line on standard error: what went wrong."""
    print('foodgan:', ' '.join(str(error).split()), file=sys.stderr)


def _parser():
    parser = argparse.ArgumentParser(
        prog='foodgan', description='Changes the dish in a photo and keeps the bowl.',
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--version', action='version',
                        version='foodgan {}'.format(chainer_foodgan.__version__))
    subparsers = parser.add_subparsers(dest='command', metavar='COMMAND', title='commands')
    for name in MODULES:
        module = importlib.import_module('chainer_foodgan.commands.' + name)
        module.add_parser(subparsers).set_defaults(run=module.run)
    return parser
