import numpy
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.commands import main
from chainer_foodgan.evaluations.classifier import load_classifier

TINY = ('--image-size', 16, '--conv-dim', 4, '--batch-size', 8, '--lr', 0.01)


def run(*arguments):
    return main(['train-classifier'] + [str(argument) for argument in arguments])


def photos(root, count=10, seed=0):
    """Noise around red and around blue."""
    rng = numpy.random.default_rng(seed)
    for channel, name in ((0, 'red'), (2, 'blue')):
        (root / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 150, (20, 24, 3)).astype(numpy.uint8)
            pixels[..., channel] += 100
            Image.fromarray(pixels).save(str(root / name / f'{number}.png'))
    return root


def manifest(root):
    lines = ['file,category,split'] + [
        '{0}/{1}.png,{0},{2}'.format(name, number, 'test' if number >= 7 else 'train')
        for name in ('blue', 'red') for number in range(10)]
    (root / 'photos.csv').write_text('\n'.join(lines) + '\n')
    return root / 'photos.csv'


def test_bowls(tmp_path, capsys):
    out = tmp_path / 'deep' / 'c.npz'
    assert run('--out', out, '--bowls', 40, '--num-epochs', 2, '--plot', out.parent / 'c.png',
               *TINY) == 0
    shown = capsys.readouterr()
    with Image.open(str(out.parent / 'c.png')) as picture:
        assert picture.format == 'PNG'
    assert '10 pictures of rendered bowls of seed 1001' in shown.out
    assert 'epoch 2 of 2: loss' in shown.err
    judge, meta = load_classifier(out)
    assert judge.categories[:2] == ('curry', 'fried_rice') and judge.image_size == 16
    assert meta['trained_on'] == '40 pictures of rendered bowls of seed 1000'
    # Ten bowls: each of the first five places is a tenth.
    best = meta['test_accuracy_top_5']
    assert meta['test_accuracy'] <= best <= 1 and 10 * best == round(10 * best)
    assert f'{100 * best:.1f} % among the first five' in shown.out


@pytest.mark.parametrize('source', ['manifest', 'test-images', 'hold-out'])
def test_photos(tmp_path, capsys, source):
    root = photos(tmp_path / 'photos')
    more, train, test = {
        'manifest': (('--list', manifest(root)), '14 pictures of photos.csv, split train',
                     '6 pictures of photos.csv, split test'),
        'test-images': (('--test-images', photos(tmp_path / 'others', 4, 1)),
                        '20 pictures of photos', '8 pictures of others'),
        'hold-out': (('--hold-out', 0.2), '16 pictures of photos',
                     '4 pictures of photos, held out')}[source]
    out = tmp_path / 'c.npz'
    assert run('--out', out, '--images', root, '--num-epochs', 40, *TINY, *more) == 0
    judge, meta = load_classifier(out)
    assert judge.categories == ('blue', 'red')
    assert (meta['trained_on'], meta['tested_on']) == (train, test)
    counts = numpy.array(meta['confusion'])
    assert counts.sum() == int(test.split()[0])
    assert meta['test_accuracy'] == numpy.trace(counts) / counts.sum() == 1
    assert 'test_accuracy_top_5' not in meta
    shown = capsys.readouterr().out
    assert 'test accuracy 100.0 %: ' + test in shown
    assert shown.splitlines()[0].split() == ['blue', 'red']


def test_fine_tuning_from_random_numbers(tmp_path, capsys):
    out = tmp_path / 'c.npz'
    assert run('--out', out, '--images', photos(tmp_path / 'photos', 4), '--hold-out', 0.5,
               '--network', 'vgg16', '--start', 'random', '--image-size', 32, '--batch-size', 4,
               '--num-epochs', 1) == 0
    arrays, meta = weights.read_npz(out)
    assert meta['architecture'] == 'vgg16' and meta['start'] == 'random'
    # The head, which starts at 0, was trained by one step of Adam of the network's own rate.
    step = abs(arrays['head/W']).max()
    assert 0 < step <= 1.01e-4


def test_categories_are_those_named(tmp_path):
    root = photos(tmp_path / 'photos', 4)
    assert run('--out', tmp_path / 'c.npz', '--images', root, '--hold-out', 0.5, '--num-epochs', 1,
               '--categories', 'red,blue', *TINY, '--batch-size', 4) == 0
    assert load_classifier(tmp_path / 'c.npz')[0].categories == ('red', 'blue')


@pytest.mark.parametrize('arguments, words', [
    (('--images', 'photos'), 'add --test-images DIR or --hold-out'),
    (('--images', 'photos', '--hold-out', 0.2, '--batch-size', 500), 'lower --batch-size'),
    (('--images', 'photos', '--categories', 'red,green'), 'has no category green'),
    (('--images', 'nowhere'), 'nowhere'),
    (('--bowls', 5), '5 pictures are fewer than one batch'),
    (('--bowls', 20, '--out', 'photos/red/0.png/c.npz'), 'cannot make the folder'),
    (('--bowls', 20, '--out', 'c.pth'), 'saved as .npz'),
    (('--bowls', 20, '--start', 'imagenet'), 'the small network starts from random numbers'),
    (('--bowls', 20, '--network', 'resnet50', '--start', 'no.npz'), 'no.npz: there is no')])
def test_mistakes_are_one_line(tmp_path, monkeypatch, capsys, arguments, words):
    photos(tmp_path / 'photos', 4)
    monkeypatch.chdir(tmp_path)
    assert run('--out', 'c.npz', '--num-epochs', 1, *TINY, *arguments) == 1
    error = [line for line in capsys.readouterr().err.splitlines() if 'epoch' not in line]
    assert len(error) == 1 and words in error[0]
    assert not (tmp_path / 'c.npz').exists()
