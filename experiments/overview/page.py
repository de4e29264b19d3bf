"""One page with what all experiments have found; it opens from disk, wherever it is."""

import datetime
import os
import pathlib

from benchmarking import machine

from chainer_foodgan import pages
from chainer_foodgan.training.run import commit
from overview import found


def page(experiments, runner):
    """The page.

    Args:
        experiments (list of Experiment): What is on it, in that order.
        runner (Runner): What knows how they went.

    Returns:
        str: HTML with all pictures in it; larger ones are links to the files beside it.
    """
    outcomes = [runner.outcome(experiment) for experiment in experiments]
    over = [outcome for outcome in outcomes if outcome is not None]
    return pages.render(
        pathlib.Path(__file__).with_suffix('.html'), count=len(experiments),
        good=sum(outcome.status == 0 for outcome in over),
        took=_time(sum(outcome.seconds for outcome in over)),
        date=datetime.datetime.now(), commit=_short(commit()), machine=machine,
        experiments=[_about(*each, runner) for each in zip(experiments, outcomes)])


def _about(experiment, outcome, runner):
    """What the template says of an experiment (dict)."""
    folder = runner.out / experiment.name
    about = {**experiment._asdict(), 'outcome': outcome, 'found': None,
             'command': experiment.command.format(out=folder.as_posix())}
    if outcome is not None:
        about.update(time=_time(outcome.seconds), commit=_short(outcome.commit))
        if outcome.status == 0:
            seen = found.look(folder, runner.log(experiment, '.out'))
            about['found'] = seen._replace(pictures=[
                (os.path.relpath(path, runner.out).replace(os.sep, '/'), path.name, *rest)
                for path, *rest in seen.pictures])
    return about


def _time(seconds):
    return f'{seconds:.0f} s' if seconds < 100 else f'{seconds / 60:.1f} min'


def _short(revision):
    """A commit's first digits; ``+`` says that files differed from it."""
    known = revision or 'unknown'
    return known[:10] + ('+' if known.endswith('+') else '')
