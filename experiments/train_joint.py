"""Trains one StarGAN on two data sets whose categories differ: rice dishes and noodle dishes.

Examples:
  python experiments/train_joint.py --out runs/joint
  python experiments/train_joint.py --config paper --images photos --images2 more --out runs/both
  python experiments/train_joint.py --out runs/joint --resume

Without --images it trains on rendered bowls. The run folder is that of `foodgan train`; figures on
bowls that it has not seen and a sheet of pictures are left in its folder results.
"""

import sys

import scripts

if __name__ == '__main__':
    sys.exit(scripts.train_system('joint', __doc__))
