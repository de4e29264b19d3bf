"""What the page does with a photo."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.web import service as module
from chainer_foodgan.web.photos import Refusal, is_animation
from chainer_foodgan.web.service import How, Service, shipping


@pytest.fixture(scope='module')
def service(place):
    return Service([str(place / 'G.npz')], backend='chainer')


def test_pictures_are_the_translators(service, place):
    photo = Image.open(place / 'lunch.png')
    translator = Translator(str(place / 'G.npz'), backend='chainer')
    before, pictures = service.change(str(place / 'lunch.png'))
    np.testing.assert_array_equal(before, photo)
    assert list(pictures) == ['curry', 'ramen', 'pho']
    for dish, picture in translator.all(photo).items():
        np.testing.assert_array_equal(pictures[dish], picture)


def test_automatic_label_strength_at_twice_the_size_of_training(place):
    source, photo = str(place / 'G.npz'), str(place / 'lunch.png')
    (_, found), (_, expected), (_, released) = (
        Service([source], 32, backend='chainer', label_strength=strength).change(photo, ['ramen'])
        for strength in ('auto', 2, 1))
    np.testing.assert_array_equal(found['ramen'], expected['ramen'])
    assert np.any(np.asarray(found['ramen']) != np.asarray(released['ramen']))


def test_it_says_how_far_it_is(service, place):
    said = []
    service.change(str(place / 'lunch.png'), ['pho', 'curry'], 'G.npz',
                   report=lambda *said_now: said.append(said_now))
    assert said == [(0, 2, 'pho'), (1, 2, 'curry')]


def test_only_the_food_keeps_the_rest(service, place, monkeypatch):
    def left_half(photo):
        mask = Image.new('L', photo.size)
        mask.paste(255, (0, 0, photo.width // 2, photo.height))
        return mask

    monkeypatch.setattr(module, '_food_mask', lambda: left_half)
    photo = str(place / 'lunch.png')
    before, pictures = service.change(photo, ['ramen'], only_food=True)
    assert np.any(np.asarray(pictures['ramen'])[:, :19] != np.asarray(before)[:, :19])


def test_a_mask_of_somebodys_own(service, place, tmp_path):
    mask = Image.new('L', (20, 15))
    mask.paste(255, (10, 0, 20, 15))
    mask.save(tmp_path / 'mask.png')
    before, pictures = service.change(str(place / 'lunch.png'), ['ramen'], only_food=True,
                                      mask=str(tmp_path / 'mask.png'))
    changed = np.any(np.asarray(pictures['ramen']) != np.asarray(before), axis=(0, 2))
    assert not changed[:19].any() and changed[21:].all()


@pytest.mark.parametrize('strength', [0, 0.25, 1])
def test_strength_is_a_share_of_the_change(service, place, strength):
    before, full = service.change(str(place / 'lunch.png'), ['ramen'])
    _, pictures = service.change(str(place / 'lunch.png'), ['ramen'], how=How(strength))
    expected = (1 - strength) * np.asarray(before, float) + strength * np.asarray(full['ramen'])
    np.testing.assert_allclose(np.asarray(pictures['ramen']), expected, atol=1)


def test_two_dishes_are_mixed_as_their_labels_are(service, place):
    photo, shares = str(place / 'lunch.png'), (0, 0.5, 1)
    pictures = [np.asarray(service.change(photo, ['ramen'], how=How(1, 'pho', share))[1]['ramen'],
                           float) for share in shares]
    np.testing.assert_array_equal(pictures[0], service.change(photo, ['ramen'])[1]['ramen'])
    np.testing.assert_array_equal(pictures[2], service.change(photo, ['pho'])[1]['pho'])
    assert np.any(pictures[1] != pictures[0]) and np.any(pictures[1] != pictures[2])
    with pytest.raises(FoodganError, match='did you mean pho'):
        service.change(photo, ['ramen'], how=How(1, 'phoo', 0.5))


def test_what_is_no_photo_is_refused_without_its_path(service, tmp_path, bad_files):
    for name, (content, reason) in bad_files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refusal) as caught:
            service.change(str(tmp_path / name), ['ramen'])
        assert caught.value.reason == reason, name
        assert str(tmp_path) not in str(caught.value)


def test_a_picture_that_would_have_no_end_is_a_sentence(service, tmp_path):
    Image.new('RGB', (1, 10000)).save(tmp_path / 'thin.png')
    with pytest.raises(FoodganError, match='a photo of 1 x 10,000 pixels is too thin') as caught:
        service.change(str(tmp_path / 'thin.png'), ['ramen'])
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize('path, reason', [(None, 'no_photo'), ('gone.png', 'gone')])
def test_no_photo_is_refused(service, path, reason):
    with pytest.raises(Refusal) as caught:
        service.change(path, ['ramen'])
    assert caught.value.reason == reason


@pytest.mark.parametrize('dish, weights, says', [
    ('raman', None, 'did you mean ramen'), ('ramen', 'G.npy', 'did you mean G.npz')])
def test_wrong_names(service, place, dish, weights, says):
    with pytest.raises(FoodganError, match=says):
        service.change(str(place / 'lunch.png'), [dish], weights)


def test_weights_of_one_name(place, tmp_path):
    again = tmp_path / 'G.npz'
    again.write_bytes((place / 'G.npz').read_bytes())
    with pytest.raises(FoodganError, match='that name are there already'):
        Service([str(place / 'G.npz'), str(again)], backend='chainer')


def test_of_an_animation_the_first_picture_is_taken(service, tmp_path):
    frames = [Image.new('RGB', (32, 32), color) for color in ('red', 'blue')]
    frames[0].save(tmp_path / 'two.gif', save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / 'one.gif')
    before, _ = service.change(str(tmp_path / 'two.gif'), ['ramen'])
    assert before.getpixel((3, 3)) == (255, 0, 0)
    assert is_animation(tmp_path / 'two.gif') and not is_animation(tmp_path / 'one.gif')


def test_weights_that_ship_change_dishes_and_the_default_comes_first():
    from chainer_foodgan.weights import DEFAULT_WEIGHTS, GENERATORS, registry

    assert shipping()[0] == DEFAULT_WEIGHTS
    assert {registry.record(name).network for name in shipping()} == set(GENERATORS)
    assert not any(registry.record(name).addresses for name in shipping())


def test_a_large_photo_leaves_no_memory_behind(place, tmp_path):
    """Of 36 megapixels, which are 108 MB of RGB and as much once more while they are read."""
    if not sys.platform.startswith('linux'):
        pytest.skip('reads /proc')
    Image.effect_noise((6000, 6000), 9).save(tmp_path / 'large.png', compress_level=1)
    code = f'''if True:
        import concurrent.futures, re, time
        from chainer_foodgan.web import service as module
        module._SENT = 0.5
        service = module.Service([{str(place / 'G.npz')!r}])
        pool = concurrent.futures.ThreadPoolExecutor(1)  # the server computes in threads, too
        def resident(photo):
            pool.submit(lambda: service.change(photo, ['ramen']) and None).result()
            time.sleep(2)
            return int(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read()).group(1))
        before = resident({str(place / 'lunch.png')!r})
        print(resident({str(tmp_path / 'large.png')!r}) - before)'''
    kilobytes = int(subprocess.run([sys.executable, '-c', code], check=True, capture_output=True,
                                   text=True).stdout)
    assert kilobytes < 60_000
