"""A machine in the place of people: a judge of real and fake bowls that has never seen the weights
in question.
"""

import argparse
import pathlib

import numpy

import scripts
from chainer_foodgan import images
from lib import comparison
from user_studies import answers, page

#: Bowls of this seed are shown to the judge alone.
JUDGED_BY = 1000

NAMES = ('fake', 'real')


def study(args):
    """Trains the judge, if it is not there, and asks it.

    Args:
        args (argparse.Namespace): The options of ``user_study.py machine``.

    Returns:
        tuple: What it answered (Tally), and what is said of it (str).
    """
    out = pathlib.Path(args.out)
    shown = page.gather(args)
    size = shown[0].image.width
    others = args.others or [other(out / 'other', args.iterations, size)]
    if not (out / 'judge.npz').exists():
        for number, weights in enumerate(others):
            gathered = page.gather(argparse.Namespace(**{
                **vars(args), 'weights': str(weights), 'seed': JUDGED_BY + number, 'size': size,
                'real': args.judge_bowls // len(others), 'fake': args.judge_bowls // len(others)}))
            for place, picture in enumerate(gathered):
                images.save_image(picture.image, out / 'pictures' / NAMES[picture.real]
                                  / f'{number}_{place}.png')
    judge, facts = comparison.classifier(out / 'judge.npz', {
        'images': str(out / 'pictures'), 'hold-out': 0.2, 'image-size': size,
        'num-epochs': args.num_epochs, 'conv-dim': args.conv_dim})
    said = judge.predict(numpy.stack([images.to_array(picture.image) for picture in shown]))
    sheet = answers.Sheet('', 'a machine', '', None, [
        answers.Answer(place, bool(NAMES[call] == 'real'), picture.real, None)
        for place, (call, picture) in enumerate(zip(said, shown))])
    return answers.tally(sheet, None), (
        'a machine, not people: a classifier trained on {} and on translations by {}, and right on '
        '{:.1%} of {}'.format(facts['trained_on'], ', '.join(map(str, others)),
                              facts['test_accuracy'], facts['tested_on']))


def other(run, iterations, size):
    """Weights that the judge's fakes are made by: a StarGAN that is trained for a short while, if
    it is not there (the run folder).
    """
    comparison.finish(run, 'stargan', {
        **scripts.read('stargan', 'ten'), 'image-size': size, 'num-iters': iterations, 'seed': 1,
        'minutes': None})
    return run
