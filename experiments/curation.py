"""What the choice of the photos buys: the same training on bowls as they come and on chosen ones.

Examples:
  python experiments/curation.py --out runs/curation
  python experiments/curation.py --config short --out runs/curation_short

Some of the bowls show another dish than they are said to, or a corner of the table. The same
StarGAN is trained on all of them, on the fifth of each category that `foodgan rank` is surest of,
on as many drawn by lot, and on right ones alone. In a second collection a part of the ramen is of
an odd kind, which looks like another dish; it is trained on as it is, and without the smaller of
the two clusters that `foodgan cluster` finds, a rule that knows no truth. The classifier that ranks
and clusters has seen other bowls than the judge, which names all ten dishes and knows fakes (flat,
recoloured, blurred). Each training has equally many iterations and is measured on unseen bowls, all
of them right. Leaves a table and a sheet of pictures in OUT/results; trainings that are there
already are gone on with or used.
"""

import csv
import pathlib
import sys

import numpy

import scripts
from chainer_foodgan import ClusterConfig, RankConfig, cluster, rank
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.lists import ManifestDataset, write_manifest
from chainer_foodgan.evaluations.controls import palettes
from chainer_foodgan.evaluations.figures import figures_of
from chainer_foodgan.evaluations.findings import evaluate_generator
from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.visualizations.grids import grid
from lib import comparison, results
from lib.measuring import CONTROLS, UNSEEN, Translation
from lib.uncurated import RIGHT, write_odd, write_wrong

#: Seeds of the bowls to train on, and of those that the ranking classifier has seen.
WRONG_BOWLS, ODD_BOWLS, RANKED_BY = 3000, 3001, 4000

#: Key of the figures, title of the column, how a figure is written, its factor.
COLUMNS = (('accuracy', 'named as the target, %', '{:.1f}', 100),
           ('psnr_gain', 'PSNR gain, dB', '{:+.2f}', 1),
           ('texture', 'texture distance', '{:.3f}', 1),
           ('diversity', 'diversity, 1/255', '{:.1f}', 1))


def wrong_bowls(folder, config, ranker):
    """Bowls some of which are wrong, and lists of them.

    Returns:
        dict: What is trained on to (folder, its list file, the share that is wrong).
    """
    kinds = write_wrong(folder, config['bowls'], config['image-size'], config['wrong'], WRONG_BOWLS,
                        config['categories'])
    everything = folder / 'photos.csv'
    ranked = rank(RankConfig(str(folder), str(ranker), str(folder / 'ranked'), str(everything),
                             keep=config['keep'])).list
    photos = listed(folder, everything, config)
    lists = {
        'all': everything,
        'the surest': ranked,
        'as many by lot': chosen(
            folder / 'lot.csv', [photos[index] for index in numpy.random.default_rng(0).permutation(
                len(photos))], len(listed(folder, ranked, config)), config),
        'right ones': chosen(
            folder / 'right.csv', [photo for photo in photos
                                   if kinds[_name(photo, folder)] == RIGHT],
            len(photos) // 2, config)}
    return {name: (folder, path, numpy.mean([kinds[_name(photo, folder)] != RIGHT
                                             for photo in listed(folder, path, config)]))
            for name, path in lists.items()}


def odd_bowls(folder, config, ranker):
    """Bowls some of which are of an odd kind, and lists of them; as :func:`wrong_bowls`."""
    first, *others = config['categories']
    each = config['bowls'] // len(config['categories'])
    write_odd(folder, (first, config['odd']), others, (each, each), config['odd-share'],
              config['image-size'], ODD_BOWLS)
    everything = folder / 'photos.csv'
    given = {'images': str(folder), 'category': first, 'out': str(folder / 'clusters'),
             'list': str(everything), 'classifier': str(ranker), 'clusters': 2}
    sizes = [found['photos'] for found in cluster(ClusterConfig(**given)).clusters]
    dropped = cluster(ClusterConfig(**given, drop=[int(numpy.argmin(sizes))])).list
    with open(everything, encoding='utf-8', newline='') as file:
        kinds = {row['file']: row['kind'] for row in csv.DictReader(file)}
    found = {}
    for name, path in (('with the odd kind', everything), ('without a cluster', dropped)):
        path = chosen(folder / (name.replace(' ', '_') + '.csv'), listed(folder, path, config),
                      len(kinds) // 2, config)
        found[name] = folder, path, numpy.mean([
            kinds[_name(photo, folder)] == config['odd']
            for photo in listed(folder, path, config) if photo.label == 0])
    return found


def listed(folder, path, config):
    """The photos of a list of a folder (list of Photo)."""
    return ManifestDataset(folder, path, categories=config['categories']).photos


def _name(photo, folder):
    return pathlib.Path(photo.file).relative_to(folder).as_posix()


def chosen(path, photos, count, config):
    """Writes the list of the first ``count`` photos, equally many of each category; its path."""
    each, of = count // len(config['categories']), range(len(config['categories']))
    write_manifest(path, path.parent, [photo for label in of for photo in [
        photo for photo in photos if photo.label == label][:each]], config['categories'])
    return path


def measured(row, judge, unseen, config, colours=None):
    """Figures of a training (dict), ``odd``: the share of the translations into the first dish that
    is taken for the odd kind; and, with ``colours``, of the controls, by name (dict).
    """
    findings = evaluate_generator(
        Translation(row.system, row.links), unseen, classifier=judge, metrics=['content', 'psnr'],
        truth=unseen, targets=config['categories'], textures=True, palettes=colours)
    numbers = [NAMES.index(name) for name in config['categories']]

    def figures(found):
        return {**figures_of(found, numbers), **row.took,
                'odd': taken_for(found.target, found.translations.called, numbers[0],
                                 NAMES.index(config['odd']))}
    return figures(findings), {name: figures(findings.controls[name])
                               for name in CONTROLS} if colours else {}


def taken_for(target, called, first, odd):
    """The share (float) of what should be ``first`` that is called ``odd``; target and called are
    the numbers of dishes, int (T,).
    """
    return float((called[target == first] == odd).mean())


def table(found, controls, shares, odd):
    """A row for each choice of photos and each control (list of list of str)."""
    columns = [*COLUMNS, ('odd', f'taken for {odd}, %', '{:.1f}', 100)]
    rows = [['trained on', 'photos', 'wrong or odd', *(title for _, title, _, _ in columns)]]
    for name, seeds in found.items():
        rows.append([name, *shares[name], *(
            comparison.spread([one[key] for one in seeds], form, factor)
            for key, _, form, factor in columns)])
    return rows + [[name, '', '', *(form.format(factor * one[key])
                                    for key, _, form, factor in columns)]
                   for name, one in controls.items()]


def run(args, config):
    out, folder = pathlib.Path(args.out), results.Results(args.out, args)
    ranker = out / 'ranker.npz'
    comparison.classifier(ranker, {
        **config['ranker'], 'categories': config['categories'], 'bowls-seed': RANKED_BY,
        'image-size': config['image-size']})
    rows, shares = [], {}
    for name, (root, path, share) in {**wrong_bowls(out / 'wrong', config, ranker),
                                      **odd_bowls(out / 'odd', config, ranker)}.items():
        count = len(listed(root, path, config))
        epochs = max(2, round(config['iterations'] * config['batch-size'] / count))
        shares[name] = f'{count:,}', f'{share:.1%}'
        rows += [{'name': f'{name}, seed {seed}', 'system': 'stargan', 'config': config['stargan'],
                  'options': {**config['options'], 'images': str(root), 'list': str(path),
                              'categories': ','.join(config['categories']), 'seed': seed,
                              'image-size': config['image-size'], 'minutes': args.minutes,
                              'batch-size': config['batch-size'], 'num-epochs': epochs,
                              'num-epochs-decay': epochs // 2}}
                 for seed in range(args.seed, args.seed + config['seeds'])]
    judge, said, trained = comparison.trainings(args, {**config, 'rows': rows})
    unseen = RenderedBowls(config['judged'], config['image-size'], UNSEEN)
    unseen.labels[...] = numpy.resize([NAMES.index(name) for name in config['categories']],
                                      len(unseen))
    found, controls, lines = {name: [] for name in shares}, {}, []
    for row in trained:
        name = row.name.rpartition(',')[0]
        figures, of_controls = measured(row, judge, unseen, config,
                                        None if controls else palettes(unseen, unseen))
        controls = controls or of_controls
        if not found[name]:
            lines.append((name, _shown(row, unseen)))
        found[name].append(figures)
    first = config['categories'][0]
    folder.picture('curation.png', grid(
        [pictures([unseen[index][0] for index in range(1, 4)]), *(line for _, line in lines),
         [unseen.render(index, first) for index in range(1, 4)]],
        [f'as {first}'] * 3, cell=max(96, config['image-size']),
        names=['input', *(name for name, _ in lines), 'truth']))
    folder.figures('curation', {'trainings': found, 'controls': controls}, [
        table(found, controls, shares, config['odd'])], [
        '{} bowls of seed {}, each into the other dishes of {}'.format(
            config['judged'], UNSEEN, ', '.join(config['categories'])),
        '{} seeds; in brackets the least and the most'.format(config['seeds']), said])


def _shown(row, unseen):
    """Three bowls as the first dish."""
    x = numpy.stack([unseen[index][0] for index in range(1, 4)])
    return pictures(row.system.translate(row.links, x, row.system.categories[0]))


if __name__ == '__main__':
    sys.exit(scripts.main(run, *comparison.parse('curation', __doc__)))
