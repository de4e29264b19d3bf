"""The table of the experiments, and running them one after the other."""

import collections
import datetime
import json
import pathlib
import shlex
import subprocess
import sys
import time

import yaml

from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.training.run import commit

Experiment = collections.namedtuple('Experiment', 'name paper what command tiny')
Experiment.__doc__ = """An experiment in the form in which it is to be run.

Attributes:
    name (str): Of its folder.
    paper (str): What of the paper or the article it is.
    what (str): What it does.
    command (str): Script and options, ``{out}`` where its folder goes.
    tiny (bool): Whether it is only to be seen that it runs.
"""

FORMS = ('short', 'tiny')

#: The table.
PATH = pathlib.Path(__file__).with_name('experiments.yaml')


def experiments(form, only=None):
    """The experiments in their order.

    Args:
        form (str): Of :data:`FORMS`.
        only (list of str): Names; None: all.

    Returns:
        list of Experiment: As they are to be run.

    Raises:
        FoodganError: There is none of a name.
    """
    found = {row['name']: _experiment(row, form)
             for row in yaml.safe_load(PATH.read_text('utf-8'))}
    for name in only or ():
        if name not in found:
            raise FoodganError(f'{name}: there is no such experiment; {nearest(name, found)}')
    return [experiment for name, experiment in found.items() if only is None or name in only]


def _experiment(row, form):
    tiny = form == 'tiny' or 'short' not in row
    command = row.get('tiny' if tiny else 'short')
    if command is None:
        command = '{} --config tiny --out {{out}}'.format(shlex.split(row['short'])[0])
    return Experiment(row['name'], row['paper'], row['what'], command, tiny)


SCRIPTS = pathlib.Path(__file__).parents[1]

Outcome = collections.namedtuple('Outcome', 'command status seconds commit date error')
Outcome.__doc__ = """How an experiment went.

Attributes:
    command (str): Script and options, as in the table.
    status (int): 0 where it went well.
    seconds (float): Wall time.
    commit (str): Of the code, None where it is not known.
    date (str): ISO 8601.
    error (str): Where it failed: the last line that it said.
"""


class Runner:
    """Runs experiments, each into a folder of its name.

    Args:
        out (str or os.PathLike): The folder above those.

    Each leaves ``logs/NAME.out`` and ``.err``, what it printed, and ``logs/NAME.json``, its
    outcome, once it is over.
    """

    def __init__(self, out):
        self.out = pathlib.Path(out)

    def log(self, experiment, suffix):
        """The path of what an experiment printed, or of its outcome."""
        return self.out / 'logs' / (experiment.name + suffix)

    def outcome(self, experiment):
        """How it went, or None where this command was not run to its end."""
        try:
            found = Outcome(**json.loads(self.log(experiment, '.json').read_text('utf-8')))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.command == experiment.command else None

    def run(self, experiment):
        """Runs it; goes on with a training that was interrupted.

        Returns:
            Outcome: How it went; it is written too.
        """
        folder = self.out / experiment.name
        words = [word.format(out=folder) for word in shlex.split(experiment.command)]
        if (folder / 'run.json').exists():
            words.append('--resume')
        files.make_folder(self.out / 'logs')
        code, start = commit(), time.time()
        with open(self.log(experiment, '.out'), 'wb') as out, \
                open(self.log(experiment, '.err'), 'wb') as err:
            process = subprocess.Popen([sys.executable, str(SCRIPTS / words[0]), *words[1:]],
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            try:
                status = process.wait()
            except BaseException:
                _end(process)
                raise
        outcome = Outcome(experiment.command, status, round(time.time() - start, 1), code,
                          datetime.datetime.now().astimezone().isoformat(timespec='seconds'),
                          _last_line(self.log(experiment, '.err')) if status else None)
        with files.replacing(self.log(experiment, '.json'), 'w') as file:
            json.dump(outcome._asdict(), file, indent=2)
            file.write('\n')
        return outcome


def _end(process):
    """Gives a program that Ctrl-C has reached too the time to save what it has."""
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()


def _last_line(path):
    lines = path.read_text('utf-8', 'replace').split('\n')
    return next((line.strip() for line in reversed(lines) if line.strip()), 'it said nothing')
