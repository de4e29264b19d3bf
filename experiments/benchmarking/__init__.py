"""What `experiments/benchmark.py` is made of: one subject a file.

==============  ==================================================================================
forms           what is measured in the full, the short and the tiny form
machine         threads, processor, versions
bench           what the parts of a run share
arithmetic      medians, ratios, fits
timing          contenders in turn, repeats within a limit
flops           multiplications and additions of the generator
contenders      who is measured; translators and trainers: how each is called
stock_networks  the networks in stock Chainer
stock           the released training step in stock Chainer
parts/          a module per part, ``measure(bench) -> list of rows``
record          benchmark.json, and what need not be measured again
table           benchmark.md
figure          scaling.png
==============  ==================================================================================
"""

import chainer_foodgan  # noqa: F401  before Chainer is imported: it makes it run
