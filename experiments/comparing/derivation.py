"""The systems of the article's derivation, side by side."""

import numpy

import results
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls
from comparing import costs, measuring, table


def compare(args, config):
    """Trains and measures the rows of a configuration and writes the results.

    Args:
        args (argparse.Namespace): See :func:`comparing.table.parse`.
        config (dict): See :func:`comparing.table.train`; ``judged``, how many bowls; ``pair``, the
            two dishes; ``image-size``; ``one`` and ``each``, the names of the StarGAN and the
            CycleGAN whose costs are compared.
    """
    folder = results.Results(args.out, args)
    judge, said, trained = table.train(args, config)
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
    folder.picture('pair.png', table.sheet(pairs, bowls, source, target))
    folder.picture('noise.png', measuring.sheet(noise, numpy.random.default_rng(args.seed)))
    by_name = {row.name: row for row in pairs}
    cost = costs.of(by_name[config['one']], by_name[config['each']], len(NAMES))
    folder.figures('derivation', {**table.record(noise + pairs), 'costs': cost}, [
        table.table(pairs, ['psnr_translation', 'psnr_gain', 'accuracy', 'change_outside'], True),
        table.table(noise, ['accuracy', 'fid_classifier', 'kid_classifier']),
        costs.table(cost)], notes=[
            '{} bowls of seed {}, {} into {}'.format(count, measuring.UNSEEN, source, target),
            '{} pictures out of noise, as many bowls'.format(5 * count), said])
