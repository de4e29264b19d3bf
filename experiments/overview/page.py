"""One page with what all experiments have found; it opens from disk, wherever it is."""

import datetime
import html
import os
import pathlib

from benchmarking import machine
from chainer_foodgan import pages
from chainer_foodgan.training.run import commit
from overview import found

_FOLDER = pathlib.Path(__file__).parent


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
    good = sum(outcome.status == 0 for outcome in over)
    return pages.fill((_FOLDER / 'page.html').read_text('utf-8'), {
        'style': (_FOLDER / 'page.css').read_text('utf-8'),
        'said': html.escape('{} of {} experiments went well, in {} altogether.'.format(
            good, len(experiments), _time(sum(outcome.seconds for outcome in over)))),
        'made': html.escape('{:%Y-%m-%d %H:%M}, commit {}, {}, {} cores'.format(
            datetime.datetime.now(), _short(commit()), machine.processor(), machine.cores())),
        'index': '\n'.join(map(_line, experiments, outcomes)),
        'sections': '\n'.join(_section(experiment, outcome, runner)
                              for experiment, outcome in zip(experiments, outcomes))})


def _line(experiment, outcome):
    """The experiment's line in the index."""
    state, kind = ('not run', 'missing') if outcome is None else (
        (_time(outcome.seconds), 'good') if outcome.status == 0 else ('failed', 'bad'))
    return ('<tr><td><a href="#{0}">{0}</a></td><td>{1}</td><td>{2}</td>'
            '<td class="right {4}">{3}</td></tr>').format(
                experiment.name, html.escape(experiment.paper), html.escape(experiment.what),
                state, kind)


def _section(experiment, outcome, runner):
    """All about an experiment."""
    folder = runner.out / experiment.name
    facts = [('paper', html.escape(experiment.paper)), ('command', '<code>python experiments/{}</code>'.format(
        html.escape(experiment.command.format(out=folder.as_posix()))))]
    parts = []
    if outcome is None:
        parts.append('<p class="missing">Not run yet.</p>')
    else:
        if outcome.status:
            parts.append('<p class="bad">It failed: {}</p>'.format(html.escape(outcome.error)))
        elif experiment.tiny:
            parts.append('<p class="note">Shrunken, to see that it runs: its figures say '
                         'nothing.</p>')
        seen = found.look(folder, runner.log(experiment, '.out')) if not outcome.status else (
            found.Found([], [], []))
        if seen.seeds:
            facts.append(('seed', ', '.join(map(str, seen.seeds))))
        facts += [('time', _time(outcome.seconds)), ('commit', _short(outcome.commit)),
                  ('date', outcome.date[:10])]
        parts += [_figure(runner.out, *picture) for picture in seen.pictures] + seen.tables
    return ('<section id="{0}"><h2>{0}</h2>\n<p>{1}.</p>\n<dl>{2}</dl>\n{3}</section>').format(
        experiment.name, html.escape(experiment.what[0].upper() + experiment.what[1:]),
        ''.join('<dt>{}</dt><dd>{}</dd>'.format(*fact) for fact in facts), '\n'.join(parts))


def _figure(out, path, address, width, height):
    name = html.escape(os.path.relpath(path, out).replace(os.sep, '/'))
    return ('<figure><a href="{0}"><img src="{1}" alt="{2}" width="{3}" height="{4}" '
            'loading="lazy"></a><figcaption>{2}</figcaption></figure>').format(
                name, address, html.escape(path.name), width, height)


def _time(seconds):
    return '{:.0f} s'.format(seconds) if seconds < 100 else '{:.1f} min'.format(seconds / 60)


def _short(revision):
    """A commit's first digits; ``+`` says that files differed from it."""
    known = revision or 'unknown'
    return known[:10] + ('+' if known.endswith('+') else '')
