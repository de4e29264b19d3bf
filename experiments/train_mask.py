"""Trains the small U-Net of `--mask auto`, which finds the food in a photo, on rendered bowls.

Examples:
  python experiments/train_mask.py --out runs/mask
  python experiments/train_mask.py --out runs/mask --resume
  python experiments/train_mask.py --out runs/mask --resume --photos photos/lunches
  python experiments/train_mask.py --config tiny --out runs/tiny

The network is in results/mask.npz: `FoodMask(weights='runs/mask/results/mask.npz')` takes it.
Beside it are the overlap with the true masks of bowls that it has not seen, what it keeps a
generator from changing, and sheets: what is not taken for food is pink.
"""

import os
import sys

import numpy
from PIL import Image

import scripts
from chainer_foodgan import weights
from chainer_foodgan.commands.options import add_options, explained
from chainer_foodgan.files import by_place
from chainer_foodgan.images import find_images, read_image, to_image
from chainer_foodgan.masks import FoodMask, blend
from chainer_foodgan.training import stopping
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.train import resume
from chainer_foodgan.visualizations.grids import grid
from lib import results
from masking import measuring
from masking.examples import MaskedBowls
from masking.training import MaskConfig, make_trainer

UNSEEN = 2000  # the seed of bowls that are not trained on
SHOWN = 16     # pictures of a sheet
CELL = 160     # pixels of one of them
PINK = (255, 0, 255)


def train(config):
    """Trains, or goes on; returns the trainer at its end."""
    run = Run(config.out)
    trainer = make_trainer(config, run)
    with run.held():
        if config.resume:
            resume(trainer, run)
        else:
            run.start({**config.record(), 'system': 'mask'})
        stopping.run(trainer)
    stopping.raise_if_asked(trainer, run)
    return trainer


def main(config):
    photos = find_images(config.photos, recursive=True) if config.photos else []
    if config.resume:
        kept = {name: getattr(config, name) for name in ('out', 'photos', 'resume', 'weights')}
        config = config.given(Run(config.out).arguments(), **kept)
    with explained(MaskConfig, config):
        trainer = train(config)
    folder = results.Results(config.out, config, trainer.elapsed_time)
    path = folder.folder / 'mask.npz'
    newest = by_place(Run(config.out).models, '_G.npz')[-1]
    gen = trainer.updater.get_optimizer('gen').target
    weights.load_into(gen, newest)
    _, meta = weights.read_npz(newest)
    weights.save(gen, path, meta, dtype='float16')
    print(f'wrote {path}', file=sys.stderr)

    ways = {'the network alone': FoodMask('none', path), 'refined': FoodMask('auto', path)}
    rows = [('IoU on unseen bowls', 'on their tables', 'on random grounds', 'the worst tenth')]
    figures = {'parameters': gen.count_params(), 'bytes': os.path.getsize(path),
               'iterations': trainer.updater.iteration, 'training_seconds': trainer.elapsed_time}
    for name, find_mask in ways.items():
        found = measuring.overlaps(find_mask, config.unseen, config.image_size, UNSEEN)
        means = {key: float(values.mean()) for key, values in found.items()}
        means['worst_tenth'] = float(numpy.quantile(found['grounds'], 0.1))
        figures[name] = means
        rows.append((name, *map('{:.3f}'.format, means.values())))
    change = measuring.change_outside(config.weights, ways['refined'], config.unseen, UNSEEN)
    figures['change'] = change
    second = [(config.weights + ' on unseen bowls', 'change outside the food',
               'PSNR to the true food')]
    second += [(key + ' a mask', '{:.1f}/255'.format(found['change_outside']),
                '{:.2f} dB'.format(found['psnr_translation'])) for key, found in change.items()]
    examples = MaskedBowls(SHOWN, config.image_size, UNSEEN)
    folder.picture('bowls.png', sheet([to_image(x) for x, _ in examples], ways))
    if photos:
        some = [photos[index] for index in numpy.random.default_rng(config.seed).permutation(
            len(photos))[:3 * SHOWN]]
        folder.picture('photos.png', sheet([read_image(photo, 256) for photo in some], ways))
    folder.figures('figures', figures, [rows, second], notes=[
        f'measured on {config.unseen} bowls of seed {UNSEEN}',
        '{:,} parameters, {:,} iterations, {:.1f} minutes of training'.format(
            figures['parameters'], figures['iterations'], figures['training_seconds'] / 60)])


def sheet(pictures, ways):
    """Pictures and what is taken for food in them, several to a row."""
    cells = [[picture] + [blend(Image.new('RGB', picture.size, PINK), picture, find_mask(picture))
                          for find_mask in ways.values()] for picture in pictures]
    columns = 2 if len(cells) > 2 else 1
    rows = [sum(cells[start:start + columns], []) for start in range(0, len(cells), columns)]
    return grid([row for row in rows if len(row) == columns * (1 + len(ways))],
                columns * ['picture', *ways], CELL)


if __name__ == '__main__':
    parser = scripts.parser_of('mask', __doc__, 'bowls', None)
    add_options(parser, MaskConfig)
    given = MaskConfig.given(vars(scripts.parse(parser, 'mask')))
    sys.exit(scripts.main(main, given))
