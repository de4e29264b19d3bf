"""Labelled pictures: grids, sheets and plots."""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {
    'grid': 'grids',
    'contact_sheet': 'grids',
    'Sheets': 'grids',
    'bars': 'plots',
    'confusion': 'plots',
    'losses': 'plots',
    'cluster_sheet': 'curation',
    'draw_map': 'curation',
    'write_ranking': 'curation'})
