"""What the scripts share."""

import chainer_foodgan  # noqa: F401  before Chainer is imported: it makes it run
