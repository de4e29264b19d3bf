"""Adversarial losses, learning rates and seeds: which trainings of a StarGAN come to something.

Examples:
  python experiments/stability.py --out runs/stability
  python experiments/stability.py --config short --out runs/stability_short

The released code's WGAN-GP, the log D of the paper's text, hinge and least squares, each at several
learning rates and from several seeds, are trained for equally many iterations. Leaves a table in
OUT/results; trainings that are there already are gone on with or used.
"""

import sys

import scripts
from chainer_foodgan.training.extensions.snapshots import Diverged
from lib import comparison, measuring, results

#: Key of the figures, title of the column, how a figure is written, its factor.
COLUMNS = (('accuracy', 'accuracy, %', '{:.0f}', 100),
           ('psnr_gain', 'PSNR gain, dB', '{:.1f}', 1),
           ('change_outside', 'change outside, 1/255', '{:.1f}', 1))


def measured(args, config, loss, rate, seed):
    """The figures of a training (dict); None where it diverged."""
    row = {'name': f'{loss} {rate:g} {seed}', 'system': 'stargan', 'config': config['stargan'],
           'options': {**config['options'], 'adversarial': loss, 'g-lr': rate, 'd-lr': rate,
                       'seed': seed}}
    judge, said, trained = comparison.trainings(args, {**config, 'rows': [row]})
    try:
        row = next(trained)
    except Diverged:
        return None, said
    return {**row.took, **measuring.of_all(
        row.system, row.links, judge, config['judged'], cycle=False)}, said


def table(found):
    """A row for each loss and learning rate: means over the seeds, least and most in brackets.

    Args:
        found (dict): (loss, learning rate) to the figures of each seed, see :func:`measured`.

    Returns:
        list of list of str: The first is the head.
    """
    rows = [['adversarial loss', 'learning rate', 'trainings', 'diverged',
             *(title for _, title, _, _ in COLUMNS)]]
    for (loss, rate), figures in found.items():
        good = [each for each in figures if each]
        rows.append([loss, f'{rate:g}', str(len(figures)), str(len(figures) - len(good)), *(
            comparison.spread([each[key] for each in good], form, factor) if good else '-'
            for key, _, form, factor in COLUMNS)])
    return rows


def run(args, config):
    folder, found = results.Results(args.out, args), {}
    for loss in config['adversarial']:
        for rate in config['rates']:
            figures, said = zip(*(measured(args, config, loss, rate, args.seed + n)
                                  for n in range(config['seeds'])))
            found[loss, rate] = figures
    folder.figures('stability', {
        f'{loss} {rate:g}': figures for (loss, rate), figures in found.items()}, [table(found)], [
        '{} bowls of seed {}, each into the other dishes; means over {} seeds, in brackets the '
        'least and the most'.format(config['judged'], measuring.UNSEEN, config['seeds']), said[0]])


if __name__ == '__main__':
    sys.exit(scripts.main(run, *comparison.parse('stability', __doc__)))
