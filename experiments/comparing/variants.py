"""Variants of StarGAN, on all pairs of a few dishes."""

import results
from chainer_foodgan.datasets.bowls import RenderedBowls
from comparing import measuring, table

MEASURED = ['psnr_translation', 'psnr_gain', 'accuracy', 'change_outside', 'cycle']


def compare(name, args, config):
    """Trains and measures the rows of a configuration and writes the results.

    Args:
        name (str): Of the files.
        args (argparse.Namespace): See :func:`comparing.table.parse`.
        config (dict): See :func:`comparing.table.train`; ``judged``, how many bowls; ``pair``, the
            two dishes of the sheet; and ``image-size``.
    """
    folder = results.Results(args.out, args)
    judge, said, rows = table.train(args, config)
    rows = [row._replace(figures=measuring.of_all(
        row.system, row.links, judge, config['judged'])) for row in rows]
    bowls = RenderedBowls(4, config['image-size'], measuring.UNSEEN)
    folder.picture(name + '.png', table.sheet(rows, bowls, *config['pair']))
    folder.figures(name, table.record(rows), [table.table(rows, MEASURED, untouched=True)], notes=[
        '{} bowls of seed {}, each into the other dishes of {}'.format(
            config['judged'], measuring.UNSEEN, ', '.join(rows[0].system.categories)), said])
