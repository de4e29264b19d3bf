"""Runs every experiment's small form, and writes one page with all figures.

Examples:
  python experiments/all.py --out runs/all
  python experiments/all.py --config tiny --out runs/all_tiny
  python experiments/all.py --only networks,user_study --out runs/all

One after the other, in less than ten minutes on two cores; with --config tiny each is only to be
seen to run. One that fails is told of, and the others go on. What is finished is kept: the same
command goes on where an earlier one was interrupted, and tries again what failed. OUT/index.html is
the page, with the pictures inside; each experiment has a folder in OUT.
"""

import argparse
import sys

import scripts
from chainer_foodgan import files
from chainer_foodgan.commands.options import names
from chainer_foodgan.errors import FoodganError
from overview import running


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--config', choices=running.FORMS, default='short',
                        help='which form of overview/experiments.yaml (%(default)s)')
    parser.add_argument('--only', type=names, metavar='NAME,NAME', help='only these (all)')
    parser.add_argument('--out', default='runs/all', metavar='DIR', help='(%(default)s)')
    return parser.parse_args()


def run(args):
    from overview import page

    experiments, runner = running.experiments(args.config, args.only), running.Runner(args.out)
    mark = runner.out / 'config'
    if mark.exists() and mark.read_text('utf-8').strip() != args.config:
        raise FoodganError('{} holds the experiments of --config {}: choose another --out'.format(
            runner.out, mark.read_text('utf-8').strip()))
    with files.replacing(mark, 'w') as file:
        file.write(args.config + '\n')

    def write():
        with files.replacing(runner.out / 'index.html', 'w') as file:
            file.write(page.page(running.experiments(args.config), runner))

    failed = []
    try:
        for number, experiment in enumerate(experiments, start=1):
            outcome, said = runner.outcome(experiment), 'done before'
            if outcome is None or outcome.status:
                print(f'{number}/{len(experiments)} {experiment.name} ...',
                      file=sys.stderr, flush=True)
                outcome = runner.run(experiment)
                said = f'{outcome.seconds:.0f} s'
            if outcome.status:
                failed.append(experiment.name)
                said = 'failed: ' + outcome.error
            print(f'{experiment.name}: {said}', file=sys.stderr, flush=True)
    finally:
        write()
    print(runner.out / 'index.html')
    if failed:
        raise FoodganError('{} of {} experiments failed: {}; what they said is in {}'.format(
            len(failed), len(experiments), ', '.join(failed), runner.out / 'logs'))


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
