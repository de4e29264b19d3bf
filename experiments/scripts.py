"""What the scripts of this folder share: configurations, and one line for what goes wrong."""

import argparse
import pathlib
import sys

import yaml

from chainer_foodgan import signals
from chainer_foodgan.commands import options
from chainer_foodgan.config import SYSTEMS
from chainer_foodgan.errors import FoodganError, one_line
from chainer_foodgan.printing import guarded

CONFIGS = pathlib.Path(__file__).parent / 'configs'


def read(name, config):
    """A configuration, configs/NAME/CONFIG.yaml (dict)."""
    return yaml.safe_load((CONFIGS / name / (config + '.yaml')).read_text('utf-8')) or {}


def fields(given):
    """Options and their values as fields of a configuration (dict)."""
    return {option.replace('-', '_'): value for option, value in given.items()}


def config(system, given):
    """The configuration of a system's training, of options and their values."""
    return SYSTEMS[system](**fields(given))


def as_arguments(given):
    """Options and their values as a command line has them (list of str)."""
    found = []
    for option, value in given.items():
        if value is not False:
            found.append('--' + option)
        if not isinstance(value, bool):
            found.append(str(value))
    return found


def add_numbers(parser, title, rows):
    """Adds a group of options that are a number each: ``(name, kind, default, help)``."""
    group = parser.add_argument_group(title)
    for name, kind, default, text in rows:
        group.add_argument('--' + name, type=kind, default=default, metavar='N',
                           help=text + ' (%(default)s)')
    return group


def parser_of(name, description, default, out='(%(default)s)'):
    """A parser with ``--config``, of the folder configs/NAME, and ``--out`` with its help, if any.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--config', default=default,
                        choices=sorted(path.stem for path in (CONFIGS / name).glob('*.yaml')),
                        help=f'a file of configs/{name}/; options given here take its place '
                        '(%(default)s)')
    if out is not None:
        parser.add_argument('--out', default='runs/' + name, metavar='DIR', help=out)
    return parser


def parse(parser, name, argv=None):
    """The arguments: those of the configuration, and in their place those of the command line."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument('--config', default=parser.get_default('config'))
    config = first.parse_known_args(argv)[0].config
    argv = sys.argv[1:] if argv is None else argv
    known = (CONFIGS / name / (config + '.yaml')).exists()  # else the parser says what there is
    return parser.parse_args((as_arguments(read(name, config)) if known else []) + argv)


def main(run, *args):
    """Calls ``run(*args)``; the exit status. A user's mistake is one line, without a traceback."""
    try:
        with guarded(), signals.raising():
            run(*args)
        return 0
    except FoodganError as error:
        return f'{pathlib.Path(sys.argv[0]).stem}: {one_line(error)}'
    except KeyboardInterrupt as error:
        print(f'{pathlib.Path(sys.argv[0]).stem}: {one_line(error) or "interrupted"}',
              file=sys.stderr)
        return getattr(error, 'status', 130)


def train_system(system, description, default='bowls'):
    """The whole of a script that trains a system; the exit status."""
    parser, config = parser_of(system, description, default, None), SYSTEMS[system]
    options.add_options(parser, config)
    own = [] if hasattr(config, 'classifier') else ['classifier']
    if own:
        parser.add_argument('--classifier', metavar='FILE',
                            help='made by `foodgan train-classifier` of all ten dishes: figures '
                            'that need a judge are added to the results')

    def run(args):
        from chainer_foodgan import train
        from lib import measuring
        with options.explained(config, args, *own):
            result = train(config.given(vars(args)))
        if result is not None:
            measuring.summarise(args, result)
    return main(run, parse(parser, system))
