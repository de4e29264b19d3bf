"""Trains a GAN, which makes bowls of noise; as --config conditional, of noise and a dish's name.

Examples:
  python experiments/train_gan.py --out runs/gan
  python experiments/train_gan.py --config conditional --out runs/cgan
  python experiments/train_gan.py --config paper --images photos --out runs/gan_paper
  python experiments/train_gan.py --out runs/gan --resume

Without --images it trains on rendered bowls. The run folder is that of `foodgan train`; figures on
bowls that it has not seen and a sheet of pictures are left in its folder results.
"""

import sys

import scripts

if __name__ == '__main__':
    sys.exit(scripts.train_system('gan', __doc__))
