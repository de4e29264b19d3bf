"""A teacher's pictures as truth."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.controls import to_lab
from chainer_foodgan.evaluations.pictures import open_teacher_pictures

NAMES = ('rice', 'soba')


def lessons(root, sources=('rice', 'soba', 'rice', 'soba'), size=(8, 8)):
    """Photo n is of the level 10 n; as rice it becomes lighter by 100, as soba by 150."""
    rows = ['file,input,source,target']
    for number, source in enumerate(sources):
        for target, more in (('input', 0), ('rice', 100), ('soba', 150)):
            file = '{}_{}.png'.format(number, target)
            Image.new('RGB', size, (10 * number + more,) * 3).save(str(root / file))
            rows.append('{},{},{},{}'.format(file, number, source, target))
    (root / 'manifest.csv').write_text('\n'.join(rows) + '\n')
    return root


def level(x):
    assert numpy.ptp(x) == 0
    return round((x[0, 0, 0] + 1) * 127.5)


def test_pictures_and_truths(tmp_path):
    pictures, others = open_teacher_pictures(lessons(tmp_path), 1, NAMES, 4)
    assert [level(x) for x, _ in (pictures[i] for i in range(len(pictures)))] == [20, 30]
    assert pictures.labels.tolist() == [0, 1] and pictures[0][0].shape == (3, 4, 4)
    assert level(images.to_array(pictures.render(1, 'soba'))) == 180
    assert pictures.mask(0) is None
    assert [level(others[i][0]) for i in range(len(others))] == [0, 10]


def test_colours_are_those_of_the_other_photos_or_of_all(tmp_path):
    root = lessons(tmp_path)
    for hold_out, levels in ((1, [150, 160]), (0, [150, 160, 170, 180]), (2, [150, 160, 170, 180])):
        _, others = open_teacher_pictures(root, hold_out, NAMES, 4)
        expected = [to_lab(numpy.full((3, 1), one / 127.5 - 1))[0, 0] for one in levels]
        assert others.palettes()['soba'].mean[0] == pytest.approx(numpy.mean(expected))
        assert others.palettes()['soba'].deviation[0] == pytest.approx(numpy.std(expected))


def test_order_of_the_weights_and_dishes_that_they_lack(tmp_path):
    root = lessons(tmp_path, ('soba', 'curry'))
    pictures, _ = open_teacher_pictures(root, 0, ('soba', 'rice'), 4)
    assert pictures.labels.tolist() == [0, -1]
    with pytest.raises(FoodganError, match='no category pizza'):
        open_teacher_pictures(root, 0, ('soba', 'pizza'), 4)


def test_what_is_no_square_is_cut_in_the_middle(tmp_path):
    root = lessons(tmp_path, ('rice', 'soba'))
    stripes = numpy.zeros((4, 12, 3), numpy.uint8)
    stripes[:, 4:8] = 200
    Image.fromarray(stripes).save(str(root / '0_input.png'))
    pictures, _ = open_teacher_pictures(root, 0, NAMES, 4)
    assert level(pictures[0][0]) == 200
