"""Trains a StarGAN by a configuration: the paper's, that of a weight that ships, or a short one.

Examples:
  python experiments/train.py --out runs/laptop
  python experiments/train.py --num-epochs 1 --out runs/short
  python experiments/train.py --config paper --images photos --out runs/paper
  python experiments/train.py --out runs/laptop --resume

Without --images it trains on rendered bowls. The run folder is that of `foodgan train`; figures on
bowls that it has not seen and a sheet of pictures are left in its folder results.
"""

import sys

import scripts

if __name__ == '__main__':
    sys.exit(scripts.train_system('stargan', __doc__, default='laptop'))
