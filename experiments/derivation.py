"""Every system of the article's derivation, trained for equal time and measured alike.

Examples:
  python experiments/derivation.py --out runs/derivation
  python experiments/derivation.py --minutes 8 --out runs/derivation_8

From noise: GAN, conditional GAN, ACGAN. From one dish to another: pix2pix, CycleGAN, StarGAN of the
same two dishes, and StarGAN of all ten, on the same pair. Each training has a run folder in OUT:
one that was interrupted is gone on with, one that is finished is used as it is. Leaves two tables,
what one StarGAN costs against a CycleGAN for every pair of ten dishes, and sheets of pictures in
OUT/results.
"""

import sys

import scripts
from comparing import derivation, table

if __name__ == '__main__':
    args, config = table.parse('derivation', __doc__)
    sys.exit(scripts.main(derivation.compare, args, config))
