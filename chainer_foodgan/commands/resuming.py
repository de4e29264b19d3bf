"""The command that goes on with a training that was interrupted."""

import contextlib
import pathlib
import shlex
import shutil
import sys


@contextlib.contextmanager
def explained(config, args, *others):
    """Around a training: where a signal ends it, the error names the command that goes on.

    Args:
        config (type): The class of its configuration.
        args (argparse.Namespace): The arguments of the program.
        others (str): Names of further arguments that are not in a run's record.
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
