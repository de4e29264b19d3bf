"""What a script that trains a system says at its end."""

import argparse

from chainer_foodgan.categories import NAMES
from chainer_foodgan.training.updaters.loading import load, newest
from lib import measuring, results

import chainer

COUNT = 100  # bowls that a training is measured on, or as many as it was trained on

#: Key of the figures, what it is, how it is written.
FIGURES = (
    ('psnr_input', 'PSNR of the untouched food to the true one', '{:.2f} dB'),
    ('psnr_translation', 'PSNR of the translated food to the true one', '{:.2f} dB'),
    ('change_outside', 'change outside the food', '{:.1f}/255'),
    ('untouched', 'untouched bowls that the judge calls the target', '{:.1%}'),
    ('accuracy', 'pictures that the judge calls what they should be', '{:.1%}'),
    ('fid_classifier', "FID on the classifier's features", '{:.2f}'))


def write(args, result):
    """Measures what was trained, prints it and writes the folder ``results``.

    Args:
        args (argparse.Namespace): What it was trained with; ``classifier`` is a judge's file or
            None.
        result (chainer_foodgan.TrainResult): What the training left.
    """
    chainer.global_config.torch_precision = 'float32'
    # A run that was resumed is what it was started with, not what the command line says by default.
    known = {**vars(args), **result.run.arguments()}
    if args.resume:
        del known['config']
    folder = results.Results(args.out, argparse.Namespace(**known), result.seconds)
    system, links = load(args.out)
    figures = {
        'iterations': result.iterations, 'training_seconds': result.seconds,
        'parameters': result.parameters,
        **measured(system, links, args.classifier)}
    rows = [
        ['figure', system.config.system],
        ['parameters of G and D', '{:,} and {:,}'.format(*figures['parameters'].values())],
        ['iterations', '{:,}'.format(figures['iterations'])],
        ['training', '{:.1f} minutes'.format(figures['training_seconds'] / 60)]]
    rows += [[title, form.format(figures[key])] for key, title, form in FIGURES
             if figures.get(key) is not None]
    folder.copy('samples.png', newest(result.run.samples, '_fake.png'))
    folder.figures('figures', figures, [rows], notes=[
        'measured on {} bowls of seed {}'.format(figures['bowls'], measuring.UNSEEN)]
        if 'bowls' in figures else [])


def measured(system, links, classifier):
    """Figures on bowls, where the system was trained on bowls.

    A classifier of other dishes than all ten was for the training alone.
    """
    if not set(system.categories) <= set(NAMES) or any(
            getattr(system.config, name, None) for name in ('images', 'images2', 'pairs')):
        return {}
    judge = None
    if classifier is not None:
        from chainer_foodgan.evaluations.classifier import load_classifier
        judge, _ = load_classifier(classifier)
        if set(judge.categories) != set(NAMES):
            judge = None
    count = min(COUNT, system.config.bowls)
    if system.targets():
        return {'bowls': count, **measuring.of_all(system, links, judge, count, cycle=False)}
    return {'bowls': count, **measuring.of_noise(system, links, judge, count)} if judge else {}

