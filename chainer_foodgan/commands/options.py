"""Options of the command line, made from the definitions of :mod:`chainer_foodgan.config`.

And back: the command that goes on with a training that was interrupted.
"""

import argparse
import contextlib
import functools
import os
import pathlib
import shlex
import shutil
import sys

from chainer_foodgan.config import base, default_text, name_of


def add_options(parser, config, leave_out=(), required=True):
    """Adds the options of a configuration, in its groups, but for some fields. Where ``required``
    is False, none has to be given.
    """
    groups, exclusive = {}, {}
    for field in config.options():
        if field.name in leave_out:
            continue
        title, word = (field.metadata[key] for key in ('group', 'one_of'))
        group = groups[title] = groups.get(title) or parser.add_argument_group(title)
        if word is not None:
            if word not in exclusive:
                exclusive[word] = group.add_mutually_exclusive_group(
                    required=required and field.metadata['required'])
            group = exclusive[word]
        add_option(group, field, required)


def add_option(group, field, required=True):
    """Adds one option, of a field that :func:`chainer_foodgan.config.base.option` made."""
    meta, default = field.metadata, default_text(field)
    text = meta['help'].replace('%', '%%') + (f' (default: {default})' if default else '')
    if meta['kind'] is bool:
        group.add_argument(name_of(field), action='store_true', help=text)
        return
    more = {'choices': meta['choices']} if meta['choices'] else {'metavar': meta['unit']}
    if meta['required'] and not meta['one_of']:
        more['required'] = required
    else:
        more['default'] = list(field.default) if isinstance(field.default, tuple) else field.default
    group.add_argument(name_of(field), type=argument(meta['kind']), help=text, **more)


def argument(kind):
    """A kind of values as a ``type`` of argparse, which shows a ValueError's text."""
    if kind is os.fspath:
        return str

    @functools.wraps(kind)
    def read(text):
        try:
            return kind(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    return read


names, positive, natural, share = map(argument, (
    base.names, base.positive, base.natural, base.share))


@contextlib.contextmanager
def explained(config, args, *others):
    """Around a training: where a signal ends it, the error names the command that goes on, with the
    options of a configuration's class and others that are not in a run's record.
    """
    from chainer_foodgan.training.stopping import Saved

    try:
        yield
    except Saved as error:
        words = ['mpiexec', '-n', str(error.ranks)] * (error.ranks > 1) + _program()
        names = [field.name for field in config.options() if not field.metadata['kept']
                 and getattr(args, field.name) not in (None, field.default)]
        for name in [*names, *(name for name in others if getattr(args, name) is not None)]:
            if name != 'resume':
                words += ['--' + name.replace('_', '-'), str(getattr(args, name))]
        raise Saved(error.signum, f'{error}; go on by: {shlex.join([*words, "--resume"])}',
                    error.ranks) from None


def _program():
    """How this program was started (list of str)."""
    path = pathlib.Path(sys.argv[0])
    if path.suffix != '.py':
        return [path.name if shutil.which(path.name) == str(path) else str(path), *sys.argv[1:2]]
    python = 'python' if shutil.which('python') == sys.executable else sys.executable
    if path.name == '__main__.py':
        return [python, '-m', path.parent.name, *sys.argv[1:2]]
    return [python, str(path)]
