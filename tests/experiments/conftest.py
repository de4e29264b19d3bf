"""Makes `experiments/` importable, as it is for the scripts in it."""

import pathlib
import sys

EXPERIMENTS = pathlib.Path(__file__).parents[2] / 'experiments'

sys.path.insert(0, str(EXPERIMENTS))
