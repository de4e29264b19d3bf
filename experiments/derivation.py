"""Every system of the article's derivation, trained for equal time and measured alike.

Examples:
  python experiments/derivation.py --out runs/derivation
  python experiments/derivation.py --minutes 8 --out runs/derivation_8

From noise: GAN, conditional GAN, ACGAN. From one dish to another: pix2pix, CycleGAN, StarGAN of the
same two dishes, and StarGAN of all ten, on the same pair. Each training has a run folder in OUT:
one that was interrupted is gone on with, one that is finished is used as it is. Leaves two tables,
what one StarGAN costs against a CycleGAN for every pair of ten dishes, and sheets of pictures in
OUT/results.
"""

import sys

import numpy

import scripts
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.training.updaters.loading import make_system
from lib import comparison, measuring, results


def costs_of(one, each, dishes):
    """Parameters and time of both.

    Args:
        one (Row): A StarGAN of all dishes.
        each (Row): A CycleGAN of two.
        dishes (int): How many there are.

    Returns:
        dict: For JSON.
    """
    pairs = dishes * (dishes - 1) // 2
    found = {'dishes': dishes, 'pairs': pairs}
    for name, row, number in (('one', one, 1), ('each', each, pairs)):
        parameters = [row.parameters, paper(row.system.config.system)]
        found[name] = {
            'name': row.name, 'number': number, 'minutes': number * row.took['seconds'] / 60,
            'parameters': number * sum(parameters[0].values()),
            'generators': number * parameters[0]['G'],
            'parameters_of_the_paper': number * sum(parameters[1].values()),
            'generators_of_the_paper': number * parameters[1]['G']}
    return found


def paper(system):
    """Parameters of a system's networks as its paper has them, a dict of ``G`` and ``D``."""
    config = scripts.config(system, {
        **scripts.read(system, 'paper'), 'out': '-', 'bowls': 20,
        **({'categories': 'rice,curry'} if system == 'cyclegan' else {})})
    networks = make_system(config).networks(numpy.random.default_rng(0))
    return {key: networks[name].count_params() for key, name in (('G', 'gen'), ('D', 'dis'))}


def costs_table(cost):
    """The figures in rows (list of list of str)."""
    rows = [('minutes of training, here', 'minutes', '{:,.1f}'),
            ('parameters to use it (generators), here', 'generators', '{:,}'),
            ('parameters to train it, here', 'parameters', '{:,}'),
            ("to use it, at the papers' sizes", 'generators_of_the_paper', '{:,}'),
            ("to train it, at the papers' sizes", 'parameters_of_the_paper', '{:,}')]
    one, each = cost['one'], cost['each']
    return [['all {} dishes into one another'.format(cost['dishes']),
             '{} {}'.format(one['number'], one['name']),
             '{} x {}'.format(each['number'], each['name']), 'ratio']] + [
        [title, form.format(one[key]), form.format(each[key]),
         f'{each[key] / one[key]:.1f}'] for title, key, form in rows]


def compare(args, config):
    """Trains and measures the rows of a configuration and writes the results.

    Args:
        args (argparse.Namespace): See :func:`lib.comparison.parse`.
        config (dict): See :func:`lib.comparison.trainings`; ``judged``, how many bowls; ``pair``,
            the two dishes; ``image-size``; ``one`` and ``each``, the names of the StarGAN and the
            CycleGAN whose costs are compared.
    """
    folder = results.Results(args.out, args)
    judge, said, trained = comparison.trainings(args, config)
    (source, target), count = config['pair'], config['judged']
    noise, pairs = [], []
    for row in trained:
        if row.system.targets():
            pairs.append(row._replace(figures=measuring.of_pair(
                row.system, row.links, judge, source, target, count)))
        else:
            noise.append(row._replace(figures=measuring.of_noise(
                row.system, row.links, judge, 5 * count)))

    bowls = RenderedBowls(4, config['image-size'], measuring.UNSEEN)
    folder.picture('pair.png', comparison.sheet(pairs, bowls, source, target))
    folder.picture('noise.png', measuring.sheet(noise, numpy.random.default_rng(args.seed)))
    by_name = {row.name: row for row in pairs}
    cost = costs_of(by_name[config['one']], by_name[config['each']], len(NAMES))
    folder.figures('derivation', {**comparison.record(noise + pairs), 'costs': cost}, [
        comparison.table(pairs, ['psnr_translation', 'psnr_gain', 'accuracy', 'change_outside',
                                 'texture', 'diversity']),
        comparison.table(noise, ['accuracy', 'fid_classifier', 'kid_classifier']),
        costs_table(cost)], notes=[
            f'{count} bowls of seed {measuring.UNSEEN}, {source} into {target}',
            f'{5 * count} pictures out of noise, as many bowls', said])


if __name__ == '__main__':
    args, config = comparison.parse('derivation', __doc__)
    sys.exit(scripts.main(compare, args, config))
