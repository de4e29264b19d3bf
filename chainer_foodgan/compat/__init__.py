"""Chainer 7.8.1 and ChainerCV 0.13.1 on today's Python and NumPy.

One function per upstream defect, each a cure that changes nothing where the defect isn't: names
that are gone from what Chainer stands on in :mod:`removed`, functions that are wrong in
:mod:`changed`. They run at the moment when the module concerned is imported, so that importing this
package stays light: it loads neither Chainer nor NumPy.
"""

import importlib.abc
import importlib.machinery
import sys

from .changed import AFTER
from .removed import BEFORE


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that have cures as ever, and runs the cures around their execution."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in BEFORE and fullname not in AFTER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module = _with_cures(fullname, spec.loader.exec_module)
        return spec


class _Missing(importlib.abc.MetaPathFinder):
    """Stands behind all finders and says how to install what none of them has found."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname in ('chainer', 'chainercv'):
            raise ModuleNotFoundError(
                f'{fullname} is not installed; to build and install it: '
                f'python -m chainer_foodgan.bootstrap {fullname}', name=fullname)


def _with_cures(name, execute):
    def exec_module(module):
        for cure in BEFORE.get(name, ()):
            cure()
        execute(module)
        for cure in AFTER.get(name, ()):
            cure()
    return exec_module


def apply():
    """Makes ``import chainer`` and ``import chainercv`` work from here on.

    Where Chainer is imported already, its cures run at once. Calling it again changes nothing.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    sys.meta_path.append(_Missing())
    for cures in BEFORE, AFTER:
        for name in sys.modules.keys() & cures.keys():
            for cure in cures[name]:
                cure()
