"""What `experiments/benchmark.py` is made of: one subject a file.

==========  ======================================================================================
machine     threads, processor, versions
bench       what is measured in the full, the short and the tiny form; what the parts share
timing      contenders in turn, repeats within a limit; medians, ratios, fits
contenders  who is measured, and how each translates and trains
stock       the networks and the released training step in stock Chainer
parts/      a module per part, ``measure(bench) -> list of rows``
record      benchmark.json, what need not be measured again, and benchmark.md
==========  ======================================================================================
"""

import chainer_foodgan  # noqa: F401  before Chainer is imported: it makes it run
