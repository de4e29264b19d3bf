"""Trainings that a comparison is made of; each is started, gone on with, or done already."""

import scripts
from chainer_foodgan import ClassifierConfig, fit_classifier, train
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
    result = train(scripts.config(system, {
        'out': folder, 'resume': Run(folder).record_path.exists(), **given}))
    return {'iterations': result.iterations, 'seconds': result.seconds}


def classifier(path, given):
    """The judge of a comparison, trained if it is not there.

    Args:
        path (pathlib.Path): Its file.
        given (dict): Fields of :class:`chainer_foodgan.ClassifierConfig`.

    Returns:
        tuple: The classifier and what its file says of it.
    """
    from chainer_foodgan.evaluations.classifier_files import load_classifier
    if not path.exists():
        fit_classifier(ClassifierConfig(path, **scripts.fields(given)))
    return load_classifier(path)
