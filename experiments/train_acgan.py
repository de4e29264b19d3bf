"""Trains an ACGAN, which makes bowls of noise and a dish's name; its discriminator names the dish.

Examples:
  python experiments/train_acgan.py --out runs/acgan
  python experiments/train_acgan.py --config paper --images photos --out runs/acgan_paper
  python experiments/train_acgan.py --out runs/acgan --resume

Without --images it trains on rendered bowls. The run folder is that of `foodgan train`; figures on
bowls that it has not seen and a sheet of pictures are left in its folder results.
"""

import sys

import scripts

if __name__ == '__main__':
    sys.exit(scripts.train_system('acgan', __doc__))
