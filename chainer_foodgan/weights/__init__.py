"""Weights: files, names, and the links they belong to."""

from chainer_foodgan.weights.converting import convert
from chainer_foodgan.weights.loading import (
    load, load_into, read_npz, read_state_dict, save, state_dict)
from chainer_foodgan.weights.registry import DEFAULT_WEIGHTS, names, record
from chainer_foodgan.weights.sources import read_generator

__all__ = ['DEFAULT_WEIGHTS', 'convert', 'load', 'load_into', 'names', 'read_generator',
           'read_npz', 'read_state_dict', 'record', 'save', 'state_dict']
