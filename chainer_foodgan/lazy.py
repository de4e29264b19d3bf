"""Packages whose public names are imported when they are first used."""

import importlib
import sys


def exports(package, modules):
    """The ``__getattr__``, ``__dir__`` and ``__all__`` of a package that imports its public names
    late.

    ``modules`` (dict): public name to the module of the package that has it; None: the name is that
    of a module itself. No other name may be that of a module of the package, which would take its
    place once it is imported.
    """
    def find(name):
        if name not in modules:
            raise AttributeError(f'module {package!r} has no attribute {name!r}')
        module = importlib.import_module(f'{package}.{modules[name] or name}')
        return getattr(module, name) if modules[name] else module
    return find, lambda: sorted({*vars(sys.modules[package]), *modules}), list(modules)
