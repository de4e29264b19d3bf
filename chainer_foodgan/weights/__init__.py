"""Weights: files, names, and the links they belong to."""

from chainer_foodgan.links.recognising import GENERATORS
from chainer_foodgan.weights.converting import convert
from chainer_foodgan.weights.loading import (
    NetworkWeights,
    load,
    load_into,
    read_generator,
    read_network,
    read_state_dict,
    save,
    state_dict,
)
from chainer_foodgan.weights.npz import read as read_npz
from chainer_foodgan.weights.registry import DEFAULT_WEIGHTS, LIVE_WEIGHTS, names, record

__all__ = ['DEFAULT_WEIGHTS', 'GENERATORS', 'LIVE_WEIGHTS', 'NetworkWeights', 'convert', 'load',
           'load_into', 'names', 'read_generator', 'read_network', 'read_npz', 'read_state_dict',
           'record', 'save', 'state_dict']
