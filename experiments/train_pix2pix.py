"""Trains pix2pix on pairs: the same rendered bowl with one dish and with another.

Examples:
  python experiments/train_pix2pix.py --out runs/pix2pix
  python experiments/train_pix2pix.py --categories ramen,soba --out runs/ramen_soba
  python experiments/train_pix2pix.py --config paper --out runs/pix2pix_paper
  python experiments/train_pix2pix.py --out runs/pix2pix --resume

Photos have no such pairs, so there are no --images. The run folder is that of `foodgan train`;
figures on bowls that it has not seen and a sheet of pictures are left in its folder results.
"""

import sys

import scripts

if __name__ == '__main__':
    sys.exit(scripts.train_system('pix2pix', __doc__))
