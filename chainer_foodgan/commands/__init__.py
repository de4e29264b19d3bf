"""The command line.

The module of a command such as ``rank`` has ``add_rank_options(parser)``, ``run_rank(args)``,
``RANK_DESCRIPTION`` and, where there are examples, ``RANK_EPILOG``. It is the only one that is
imported, and it imports what it needs inside ``run_rank``, so that help and usage errors come at
once.
"""

import argparse
import importlib
import os
import sys
import textwrap

import chainer_foodgan
from chainer_foodgan import i18n, signals
from chainer_foodgan.errors import FoodganError, one_line
from chainer_foodgan.printing import guarded, printable

#: Every command and what it does.
COMMANDS = {
    'translate': 'change the dish in photos',
    'video': 'change the dish in a video',
    'serve': 'a web page to change dishes on',
    'live': 'show a camera with another dish in a window',
    'site': 'a page that needs no server, with a live camera',
    'weights': 'list the weights that have a name',
    'fetch': 'get weights that do not ship',
    'convert': 'write weights in another format',
    'quantize': 'write weights that compute in eight bits',
    'bowls': 'write rendered bowls of food as pictures',
    'shard': 'pack many photos into tar files',
    'rank': 'keep the photos that a classifier is surest of',
    'cluster': 'part the photos of a category, and leave some of them out',
    'train': 'train on photos or rendered bowls',
    'report': 'write a page of a training',
    'train-classifier': 'train a network that names dishes, to judge translations by',
    'evaluate': 'measure how well weights change the dish',
    'doctor': 'print what this machine has and lacks'}

# Those that are not in a module of their name.
_MODULES = {'video': 'translate', 'live': 'translate', 'serve': 'pages', 'site': 'pages',
            'fetch': 'weights', 'convert': 'weights', 'quantize': 'weights', 'bowls': 'data',
            'shard': 'data', 'rank': 'curation', 'cluster': 'curation', 'report': 'train',
            'train-classifier': 'train'}

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
        int: Exit status: 0 when all was done, 1 when not, 130 after Ctrl-C and 128 + N after
        another signal N.

    Raises:
        SystemExit: After help (status 0) and for wrong usage (status 2).
    """
    with guarded():
        return _main(sys.argv[1:] if argv is None else argv)


def _main(argv):
    parser = make_parser(next((word for word in argv if word in COMMANDS), None))
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        with signals.raising():
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
    except MemoryError as error:
        complain(_of_a_gpu(error) or 'not enough memory for this; choose a smaller size or batch')
    except OSError as error:
        complain(error)
    except KeyboardInterrupt as error:
        complain(str(error) or 'interrupted')
        return getattr(error, 'status', 130)
    except Exception as error:
        said = _of_a_gpu(error)
        if said is None:
            raise
        complain(said)
    return 1


def _of_a_gpu(error):
    from chainer_foodgan import gpus
    return gpus.explanation(error)


def complain(error):
    """Prints one line on standard error: what went wrong."""
    print('foodgan:', i18n.message(one_line(error)), file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        super().error(i18n.message(printable(message)))


def make_parser(command):
    """The parser of all commands, with the options of one; None: of none."""
    form = i18n.formatter()
    parser = _Parser(
        prog='foodgan', description='Changes the dish in a photo and keeps the bowl.',
        epilog=EPILOG, formatter_class=form)
    parser.add_argument('--version', action='version',
                        version=f'foodgan {chainer_foodgan.__version__}')
    subparsers = parser.add_subparsers(dest='command', metavar='COMMAND', title='commands')
    for name, text in COMMANDS.items():
        sub = subparsers.add_parser(name, help=text, formatter_class=form)
        if name == command:
            module = importlib.import_module(
                'chainer_foodgan.commands.' + _MODULES.get(name, name))
            word = name.replace('-', '_')
            sub.description = textwrap.fill(getattr(module, word.upper() + '_DESCRIPTION'), 90)
            sub.epilog = getattr(module, word.upper() + '_EPILOG', None)
            getattr(module, f'add_{word}_options')(sub)
            sub.set_defaults(run=getattr(module, 'run_' + word))
    return parser
