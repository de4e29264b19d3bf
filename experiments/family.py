"""Students of several widths, with plain and separable blocks: what they cost and what they can do.

Examples:
  python experiments/family.py --out runs/family
  python experiments/family.py --config published --pairs published --classifier judge.npz
  python experiments/family.py --teacher 20_7189_G.pth --out runs/released

All are trained for equally many iterations, by a teacher who is asked about rendered bowls, or by
published pictures (--pairs, see train_student.py). Leaves a table and a plot in OUT/results: time
for a picture against likeness to the teacher, against what a judge sees, and against texture, with
the weights that ship and the untouched photo beside them. Trainings that are there already are gone
on with or used.
"""

import csv
import functools
import pathlib
import sys

import numpy

import scripts
from benchmarking import contenders, machine, timing
from chainer_foodgan import EvaluateConfig, Translator, evaluate, files, images, weights
from chainer_foodgan.commands.options import positive
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.pairs import INPUT, TABLE
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.visualizations import plots
from lib import comparison, measuring, results

BLOCKS, FORMS = 6, ('plain', 'separable')

#: Key of the figures, title, factor, how a figure is written.
COLUMNS = (('difference', 'difference, 1/255', 1, '{:.1f}'),
           ('accuracy', 'named as the target, %', 100, '{:.0f}'),
           ('texture', 'texture', 1, '{:.3f}'))
UNTOUCHED = 'untouched'
CONTROLS = UNTOUCHED, 'colour transfer', 'mean colour'


def add_options(parser):
    parser.add_argument('--pairs', metavar='DIR',
                        help='learn from published pictures (default: ask a teacher)')
    parser.add_argument('--hold-out', type=positive, default=2, metavar='N',
                        help='judge on the last N photos of each dish of --pairs (%(default)s)')
    parser.add_argument('--teacher', metavar='NAME|FILE',
                        help="who is asked about bowls (default: the configuration's)")
    parser.add_argument('--classifier', metavar='FILE', help='made by `foodgan train-classifier` '
                        'of the ten dishes: names the dishes of the results')
    parser.add_argument('--rounds', type=positive, default=7, metavar='N',
                        help='how often each network is timed (%(default)s)')


def lessons(args, config):
    """Options of the trainings that say who teaches, and the folder to judge on."""
    if args.pairs:
        return {'pairs': args.pairs, 'hold-out': args.hold_out}, args.pairs
    teacher = args.teacher or config['options'].get('teacher')
    if teacher is None:
        raise FoodganError(f'--config {args.config}: name --pairs or --teacher')
    folder = pathlib.Path(args.out) / 'unseen'
    if not (folder / TABLE).exists():
        _ask(teacher, config['judged'], config['image-size'], folder)
    return {'teacher': teacher}, str(folder)


def _ask(teacher, count, size, folder):
    """Writes unseen bowls and what a teacher makes of them, as ``--pairs`` are laid out."""
    translator = Translator(teacher, size=size)
    bowls, rows = RenderedBowls(count, size, measuring.UNSEEN), []
    for number, label in enumerate(bowls.labels):
        bowl = images.to_image(bowls[number][0])
        for target, picture in {INPUT: bowl, **translator.all(bowl)}.items():
            rows.append([f'{number}_{target}.png', number, bowls.categories[label], target])
            images.save_image(picture, folder / rows[-1][0])
    with files.replacing(folder / TABLE, 'w') as file:
        csv.writer(file).writerows([['file', 'input', 'source', 'target'], *rows])


def members(args, config, who):
    """Trains the family: name to the run folder, width and form of each."""
    found, options = {}, {key: value for key, value in config['options'].items()
                          if key != 'teacher'}
    for width in config['widths']:
        for form in FORMS:
            name = f'{form} {width}'
            run = pathlib.Path(args.out) / name.replace(' ', '_')
            comparison.finish(run, 'student', {
                **scripts.read('student', 'narrow'), 'lambda-tex': 0, 'g-lr': 1e-3, **options,
                **who, 'g-conv-dim': width, 'g-repeat-num': BLOCKS, 'separable': form == FORMS[1],
                'minutes': args.minutes, 'seed': args.seed})
            found[name] = str(run), width, form
    return found


def backends():
    """The engines that are timed: those that are made for speed, as far as they are installed."""
    return list(filter(contenders.has_backend, ('onnxruntime', 'openvino'))) or ['chainer']


def times(sources, size, rounds):
    """Seconds for a picture by the faster engine, and by the original's network in PyTorch.

    Args:
        sources (dict): Name to weights.
        size (int): Side of the picture, pixels.
        rounds (int): How often each is timed; all in turn.

    Returns:
        tuple: Name to seconds (dict), and seconds of the original's (float; None: no PyTorch).
    """
    photo, label = numpy.zeros((1, 3, size, size), numpy.float32), numpy.eye(
        1, contenders.C_DIM, dtype=numpy.float32)
    made = {(name, backend): contenders.of_engine(backend, 'float32', source)
            for name, source in sources.items() for backend in backends()}
    if contenders.installed('torch'):
        made[timing.BASELINE, None] = contenders.original_in_torch()
    measured = {key: found['median'] for key, found in timing.alternate(
        {key: functools.partial(translate, photo, label) for key, translate in made.items()},
        rounds, limit=60).items()}
    return {name: min(seconds for (other, _), seconds in measured.items() if other == name)
            for name in sources}, measured.get((timing.BASELINE, None))


def measured(args, config, source, folder):
    """The figures of weights (dict), and those of each of the controls (dict of dicts)."""
    metrics = [key for key, *_ in COLUMNS if key != 'accuracy' or args.classifier]
    found = evaluate(EvaluateConfig(
        weights=source, pairs=folder, hold_out=args.hold_out if args.pairs else 0,
        image_size=config['image-size'], classifier=args.classifier, metrics=metrics))
    def figures(of):
        return {key: of['all'].get(key) for key, *_ in COLUMNS}

    return ({**figures(found), 'parameters': weights.load(source).count_params()},
            {name: figures(found['controls'][name]) for name in CONTROLS})


def table(rows, controls, original, size):
    """A row for each network, the narrowest first, then the controls."""
    def cells(figures):
        return ['-' if figures.get(key) is None else form.format(factor * figures[key])
                for key, _, factor, form in COLUMNS]

    faster = ['times faster'] if original else []
    return [['network', 'parameters', f's at {size} px', *faster, *(c[1] for c in COLUMNS)],
            *([name, '{:,}'.format(row['parameters']), '{:.3f}'.format(row['seconds']),
               *(['{:.1f}'.format(original / row['seconds'])] if original else []), *cells(row)]
              for name, row in rows.items()),
            *([name, '', '', *[''] * len(faster), *cells(figures)]
              for name, figures in controls.items())]


def plot(rows, untouched, size):
    """Each measure against the time: lines join the widths of a form, squares are what ships."""
    shown = [column for column in COLUMNS if untouched.get(column[0]) is not None]
    figure = plots.new_figure(4.2 * len(shown), 3.8)
    for axes, (key, title, factor, _) in zip(
            plots.panels(figure, len(shown), len(shown)), shown):
        axes.axhline(factor * untouched[key], color='#8a8a8a', ls=':', lw=1.2, label=UNTOUCHED)
        for form, colour in zip((*FORMS, None), ('#35688f', '#c4622d', '#444444')):
            own = {name: row for name, row in rows.items() if row['form'] == form}
            x, y = ([row['seconds'] for row in own.values()],
                    [factor * row[key] for row in own.values()])
            axes.plot(x, y, 's' if form is None else 'o-', color=colour, ms=5, lw=1.2,
                      label=form or 'trained for hours')
            for name, *place in zip(own, x, y):
                axes.annotate(name.removeprefix('magical_rice_bowl_').split()[-1], place,
                              (4, -11 if form == FORMS[1] else 5), fontsize=8, color=colour,
                              textcoords='offset points')
        axes.set(title=title, xlabel=f'seconds for a picture of {size} px')
        axes.title.set_fontsize(10)
        axes.margins(0.14)
    figure.legend(*axes.get_legend_handles_labels(), loc='outside lower center', ncols=4,
                  frameon=False, fontsize=9)
    return plots.as_image(figure)


def run(args, config):
    who, folder = lessons(args, config)
    known = members(args, config, who)
    known.update((name, (name, None, None)) for name in config['shipped'])
    size, rows = config['image-size'], {}
    seconds, original = times(
        {name: source for name, (source, _, _) in known.items()}, size, args.rounds)
    for name, (source, width, form) in known.items():
        figures, controls = measured(args, config, source, folder)
        rows[name] = {**figures, 'seconds': seconds[name], 'width': width, 'form': form}
    found = results.Results(args.out, args)
    found.picture('family.png', plot(rows, controls[UNTOUCHED], size))
    found.figures('family', {'rows': rows, 'controls': controls, 'original': original}, [
        table(rows, controls, original, size)], notes=[
        f'plain and separable: {BLOCKS} blocks, by mean absolute error alone, equally long; the '
        'others: see pretrained/README.md',
        'the fastest of {}, {}, {} cores'.format(
            ', '.join(backends()), machine.processor(), machine.cores()),
        *([f'times faster than the original network in PyTorch, {original:.3f} s'] if original
          else [])])


if __name__ == '__main__':
    sys.exit(scripts.main(run, *comparison.parse('family', __doc__, add_options)))
