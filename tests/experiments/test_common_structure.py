"""The study of common structure: its pictures, and what its trainings differ in."""

import json

import numpy
from PIL import Image

import common_structure
from chainer_foodgan.datasets.bowls import RenderedBowls


def test_close_ups_are_cut_out_of_bowls():
    close, whole = (Bowls(6, size, 3, ['rice', 'soba']) for Bowls, size in (
        (common_structure.CloseUps, 48), (RenderedBowls, 96)))
    middles = []
    for index in range(6):
        image, mask = close.image(index), close.mask(index)
        assert image.size == (48, 48) and mask.shape == (48, 48) and mask.any()
        rice, soba = (numpy.asarray(close.render(index, dish)).astype(int)
                      for dish in ('rice', 'soba'))
        assert abs(rice - soba)[~mask].max(initial=0) <= 1 < abs(rice - soba)[mask].mean()
        # Where it was cut out is where it lies again, up to what scaling does.
        fits = {}
        large = whole.image(index)
        for side in range(39, 73, 3):
            for left in range(0, 97 - side, 3):
                for top in range(0, 97 - side, 3):
                    cut = large.resize((12, 12), Image.Resampling.BOX,
                                       (left, top, left + side, top + side))
                    fits[abs(numpy.asarray(cut).astype(int) - numpy.asarray(
                        image.resize((12, 12), Image.Resampling.BOX))).mean()] = (
                            left + side / 2, top + side / 2)
        assert min(fits) < 12
        middles.append(fits[min(fits)])
    assert numpy.std(middles, axis=0).min() > 4  # pixels of 96: they are not aligned


def test_trainings_differ_in_the_pictures_alone(script, tmp_path):
    out = script('common_structure', '--config', 'tiny', '--out', tmp_path)
    record = json.loads((tmp_path / 'results' / 'common_structure.json').read_text('utf-8'))
    options = {}
    for kind in common_structure.KINDS:
        folder = tmp_path / kind.replace(' ', '_')
        options[kind] = json.loads((folder / 'seed_0' / 'run.json').read_text())['arguments']
        assert options[kind].pop('images') == str(folder / 'pictures' / 'seed_0')
        assert len(list((folder / 'pictures' / 'seed_0').rglob('*.png'))) == 8
        found, = record[kind]
        controls = found['controls']
        assert controls['untouched']['psnr_gain'] == 0 == controls['mean colour']['diversity']
        assert found['psnr_gain'] != 0 and f"{controls['colour transfer']['texture']:.3f}" in out
    assert options['round bowls'] == options['mixed vessels'] == options['close-ups']
    pictures = [[(tmp_path / kind.replace(' ', '_') / 'pictures/seed_0/rice' / f'{n:06d}.png')
                 .read_bytes() for n in (0, 2, 4, 6)] for kind in common_structure.KINDS]
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]
