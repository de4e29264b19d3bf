"""StarGAN with and without each of its parts, trained equally long and measured alike.

Examples:
  python experiments/ablation.py --out runs/ablation
  python experiments/ablation.py --minutes 8 --out runs/ablation_8
  python experiments/ablation.py --config paper --images photos --out runs/ablation_paper

As the released code has it; without the cycle loss; without the classification losses; with a step
of the generator in every iteration; with a sigmoid cross-entropy for each category instead of a
softmax over them. Leaves a table and a sheet of pictures in OUT/results.
"""

import sys

import scripts
from lib import comparison

if __name__ == '__main__':
    args, config = comparison.parse('ablation', __doc__, comparison.add_photos)
    sys.exit(scripts.main(comparison.compare, 'ablation', args, config))
