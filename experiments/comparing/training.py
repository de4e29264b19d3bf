"""Trainings that a comparison is made of; each is started, gone on with, or done already."""

import argparse

import scripts
from chainer_foodgan.commands import main as foodgan
from chainer_foodgan.commands import options, train
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training.run import Run


def finish(folder, system, given):
    """Trains a system until it is done.

    Args:
        folder (pathlib.Path): Of the run. Where there is one already, it is gone on with.
        system (str): Its name.
        given (dict): Options and their values.

    Returns:
        dict: ``iterations`` and ``seconds`` that it took.
    """
    parser = argparse.ArgumentParser(prog=system)
    options.add_training(parser, system)
    resume = ['--resume'] if Run(folder).record_path.exists() else []
    trainer = train.train(parser.parse_args(
        scripts.as_arguments({'out': folder, **given}) + resume))
    return {'iterations': trainer.updater.iteration, 'seconds': trainer.elapsed_time}


def classifier(path, given):
    """The judge of a comparison, trained if it is not there.

    Args:
        path (pathlib.Path): Its file.
        given (dict): Options of ``foodgan train-classifier``.

    Returns:
        tuple: The classifier and what its file says of it.
    """
    from chainer_foodgan.evaluations.classifier_files import load_classifier
    if not path.exists() and foodgan(['train-classifier', *scripts.as_arguments(
            {'out': path, **given})]):
        raise FoodganError('{}: the judge could not be trained'.format(path))
    return load_classifier(path)
