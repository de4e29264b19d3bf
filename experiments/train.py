"""Trains a StarGAN by a configuration: the paper's, or that of a weight that ships.

Examples:
  python experiments/train.py --images photos --out runs/paper
  python experiments/train.py --config laptop --out runs/laptop
  python experiments/train.py --config laptop --num-epochs 1 --out runs/short
  python experiments/train.py --out runs/laptop --resume

A configuration is a file of configs/: options of `foodgan train`, whose defaults are the released
code's, so that the paper's is empty. Options given here take its place.
"""

import argparse
import json
import pathlib
import sys

from chainer_foodgan.commands import main

CONFIGS = pathlib.Path(__file__).parent / 'configs'


def arguments(config):
    """The options of a configuration as ``foodgan train`` takes them."""
    found = []
    for name, value in json.loads((CONFIGS / (config + '.json')).read_text('utf-8')).items():
        found.append('--' + name)
        if value is not True:
            found.append(str(value))
    return found


if __name__ == '__main__':
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog='Further options: foodgan train --help')
    parser.add_argument('--config', default='paper',
                        choices=sorted(path.stem for path in CONFIGS.glob('*.json')),
                        help='(%(default)s)')
    args, rest = parser.parse_known_args()
    sys.exit(main(['train'] + arguments(args.config) + rest))
