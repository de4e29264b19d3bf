"""Weights that ship with the package, installed as ``chainer_foodgan.pretrained``."""
