"""Measuring: a classifier that judges translations, and what else can be said of them."""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {
    'evaluate_generator': 'findings',
    'evaluate_pictures': 'findings',
    'summary': 'figures',
    'Classifier': 'classifier',
    'FineTuned': 'imagenet',
    'load_classifier': 'classifier',
    'save_classifier': 'classifier',
    'fid': 'distances',
    'kid': 'distances',
    'inception_score': 'distances',
    'ClassifierFeatures': 'features',
    'InceptionFeatures': 'features'})
