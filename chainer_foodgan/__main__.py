"""``python -m chainer_foodgan``: the command line."""

import sys

from chainer_foodgan.commands import main

if __name__ == '__main__':
    sys.exit(main())
