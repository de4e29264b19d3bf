"""Runs an experiment as a program of its own, and remembers how it went."""

import collections
import datetime
import json
import pathlib
import shlex
import subprocess
import sys
import time

from chainer_foodgan import files
from chainer_foodgan.training.run import commit

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
