"""The table of the experiments."""

import collections
import pathlib
import shlex

import yaml

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.nearest import nearest

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
