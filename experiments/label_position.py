"""Where the label joins: at the input, as the released code has it, or after down-sampling.

Examples:
  python experiments/label_position.py --out runs/label_position
  python experiments/label_position.py --minutes 8 --out runs/label_position_8
  python experiments/label_position.py --config paper --images photos --out runs/position

The paper's text and the code differ. Both are trained for equally many iterations, or with
--minutes for equal time, from several seeds, and measured alike; leaves a table and a sheet of
pictures in OUT/results.
"""

import sys

import scripts
from lib import comparison

if __name__ == '__main__':
    args, config = comparison.parse('label_position', __doc__, comparison.add_photos)
    sys.exit(scripts.main(comparison.compare, 'label_position', args, config))
