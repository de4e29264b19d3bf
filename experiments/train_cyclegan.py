r"""Trains a CycleGAN between two dishes, without pairs.

Examples:
  python experiments/train_cyclegan.py --out runs/cyclegan
  python experiments/train_cyclegan.py --config paper --images photos --categories ramen,pho \
      --out runs/cyclegan_paper
  python experiments/train_cyclegan.py --out runs/cyclegan --resume

Without --images it trains on rendered bowls. The run folder is that of `foodgan train`; figures on
bowls that it has not seen and a sheet of pictures are left in its folder results.
"""

import sys

import scripts

if __name__ == '__main__':
    sys.exit(scripts.train_system('cyclegan', __doc__))
