"""Is it the common structure of the dishes, a round bowl, that makes the translation learnable?

Examples:
  python experiments/common_structure.py --out runs/common_structure
  python experiments/common_structure.py --config short --out runs/common_structure_short

The same StarGAN is trained on round bowls, on vessels of four shapes (round, oval, square, box),
and on close-ups, cut out without regard to where the bowl lies: all else, dishes, number of
pictures, iterations and seeds, is equal. Each is measured on unseen pictures of its own kind, by a
judge of that kind that knows fakes (flat, recoloured, blurred), beside what colour alone achieves.
Leaves a table and a sheet of pictures in OUT/results; trainings that are there already are gone on
with or used.
"""

import argparse
import functools
import pathlib
import sys

import numpy
from PIL import Image

import scripts
from chainer_foodgan import images
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.bowls.scene import SHAPES
from chainer_foodgan.evaluations.controls import palettes
from chainer_foodgan.evaluations.findings import evaluate_generator
from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.visualizations.grids import grid
from lib import comparison, data, results
from lib.measuring import CONTROLS, UNSEEN, with_controls

#: Bowls of this seed are shown to the judges alone.
JUDGED_BY = 1000

#: Key of the figures, title of the column, how a figure is written, its factor.
COLUMNS = (('accuracy', 'named as the target, %', '{:.1f}', 100),
           ('psnr_gain', 'PSNR gain, dB', '{:+.2f}', 1),
           ('texture', 'texture distance', '{:.3f}', 1),
           ('diversity', 'diversity, 1/255', '{:.1f}', 1),
           ('change_outside', 'change outside, 1/255', '{:.1f}', 1))


class CloseUps(RenderedBowls):
    """Squares of 0.4 to 0.75 of the side, anywhere in the pictures of :class:`RenderedBowls`."""

    def __init__(self, count, size, seed, categories):
        super().__init__(count, 2 * size, seed, categories)

    def _cut(self, index, image):
        rng = numpy.random.default_rng((self.seed, index, 99))
        side = rng.uniform(0.4, 0.75)
        start = rng.uniform(0, 1 - side, 2)
        box = numpy.concatenate([start, start + side]) * self.size
        return image.resize(2 * (self.size // 2,), Image.Resampling.BILINEAR, box.tolist())

    def render(self, index, category=None):
        return self._cut(index, super().render(index, category))

    def mask(self, index):
        whole = Image.fromarray(255 * super().mask(index).astype(numpy.uint8))
        return numpy.asarray(self._cut(index, whole)) > 0


KINDS = {'round bowls': RenderedBowls,
         'mixed vessels': functools.partial(RenderedBowls, shapes=tuple(SHAPES)),
         'close-ups': CloseUps}


def written(kind, folder, config, count, seed):
    """Writes pictures of a kind that are not there yet; the options that name them (dict)."""
    bowls = KINDS[kind](count, config['image-size'], seed, config['categories'])
    folder = folder / f'seed_{seed}'
    for index, label in enumerate(bowls.labels):
        path = folder / bowls.categories[label] / f'{index:06d}.png'
        if not path.exists():
            images.save_image(bowls.image(index), path)
    return {'images': str(folder), 'categories': ','.join(bowls.categories)}


def measured(kind, args, config):
    """Trains on a kind of pictures from every seed, and measures.

    Returns:
        tuple: Figures of each seed (list of dict; of the controls, too, by name), the sheet's
        lines, and what is said of the judge.
    """
    out, size = pathlib.Path(args.out) / kind.replace(' ', '_'), config['image-size']
    unseen = KINDS[kind](config['judged'], size, UNSEEN, config['categories'])
    options = written(kind, out / 'pictures', config, config['bowls'], args.seed)
    judged_by = written(kind, out / 'pictures', config, config['judges'], JUDGED_BY)
    source = data.Data(numpy.arange(config['bowls']), None, unseen, unseen, lambda _: options,
                       {**judged_by, 'hold-out': data.HELD_OUT}, 'bowls')
    judge, said, trained = comparison.trainings(
        argparse.Namespace(**{**vars(args), 'out': out}), {**config, 'rows': [
            {'name': f'seed {seed}', 'system': 'stargan', 'config': config['stargan'],
             'options': {**config['options'], 'image-size': size, 'seed': seed}}
            for seed in range(args.seed, args.seed + config['seeds'])]}, source)
    found, lines, numbers = [], [], range(len(unseen.categories))
    colours = palettes(unseen, unseen)
    for row in trained:
        findings = evaluate_generator(
            row.links['G'], unseen, classifier=judge, metrics=['content', 'psnr'], truth=unseen,
            textures=True, palettes=colours)
        found.append({**with_controls(findings, numbers), **row.took})
        lines = lines or _shown(row, unseen)
    return found, lines, said


def _shown(row, unseen):
    """A line for a bowl of each dish: the input, its translation into the next dish, the truth."""
    lines = []
    for index in range(len(unseen.categories)):
        target = unseen.categories[(index + 1) % len(unseen.categories)]
        x = unseen[index][0]
        lines.append(pictures([x, row.system.translate(row.links, x[None], target)[0],
                               images.to_array(unseen.render(index, target))]))
    return lines


def table(found):
    """A row for each kind of pictures and each control (list of list of str)."""
    rows = [['pictures', 'what', *(title for _, title, _, _ in COLUMNS)]]
    for kind, seeds in found.items():
        rows.append([kind, 'true pictures', f"{100 * seeds[0]['inputs']:.1f}", '',
                     f"{seeds[0]['texture_floor']:.3f}", '', ''])
        rows.append([kind, 'translation', *(
            comparison.spread([one[key] for one in seeds], form, factor)
            for key, _, form, factor in COLUMNS)])
        rows += [[kind, name, *(form.format(factor * seeds[0]['controls'][name][key])
                                for key, _, form, factor in COLUMNS)] for name in CONTROLS]
    return rows


def run(args, config):
    folder, found, lines, notes = results.Results(args.out, args), {}, [], []
    for kind in KINDS:
        found[kind], shown, said = measured(kind, args, config)
        lines += shown
        notes.append(f'{kind}: {said}')
    names = [kind for kind in KINDS for _ in config['categories']]
    folder.picture('common_structure.png', grid(
        lines, ['input', 'as another dish', 'truth'], cell=max(96, config['image-size']),
        names=names))
    folder.figures('common_structure', found, [table(found)], [
        '{} pictures of each kind, of seed {}, each into the other dishes of {}'.format(
            config['judged'], UNSEEN, ', '.join(config['categories'])),
        '{} seeds of {} iterations; in brackets the least and the most'.format(
            config['seeds'], found['round bowls'][0]['iterations']), *notes])


if __name__ == '__main__':
    sys.exit(scripts.main(run, *comparison.parse('common_structure', __doc__)))
