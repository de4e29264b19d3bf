"""The page in a real browser: its pixels are Python's, its camera is live, it asks nobody."""

import base64
import io
import json
import pathlib
import time

import numpy as np
import pytest
from PIL import Image, ImageFilter

from chainer_foodgan import Translator, images
from chainer_foodgan.masks import SIDE, FoodMask
from chainer_foodgan.weights import registry


@pytest.fixture
def photo():
    """Soft shapes, 150 x 100."""
    draw = np.random.default_rng(3)
    small = draw.integers(0, 256, (10, 15, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((150, 100), Image.BICUBIC)


@pytest.fixture
def page(browser, address):
    """The page, fresh, and isolated by its service worker."""
    browser.get(address)
    wait(browser, 'return crossOriginIsolated')
    wait(browser, 'return document.querySelector("#engine").textContent')
    return browser


def wait(browser, script, seconds=60):
    """What a script returns, once it is true."""
    until = time.monotonic() + seconds
    while not (result := browser.execute_script(script)):
        assert time.monotonic() < until, (script, browser.get_log('browser'))
        time.sleep(0.1)
    return result


def call(browser, script, *values):
    """What an asynchronous function of the page returns."""
    result = browser.execute_async_script(
        'const done = arguments[arguments.length - 1];'
        f'(async (...values) => {{ {script} }})(...arguments)'
        '.then((value) => done({value}), (error) => done({error: error.message}))', *values)
    if 'error' in result:
        raise RuntimeError(result['error'])
    return result['value']


def address_of(image):
    file = io.BytesIO()
    image.save(file, 'PNG')
    return 'data:image/png;base64,' + base64.b64encode(file.getvalue()).decode()


TRANSLATE = """
const { Translator } = await import('./foodgan.js')
const image = new Image()
image.src = values[0]
await image.decode()
const translator = await Translator.load('small', { provider: 'wasm' })
const result = await translator.translate(image, values[1], values[2])
return [result.width, result.height, Array.from(result.data)]
"""


def translate(browser, image, dish, options):
    width, height, data = call(browser, TRANSLATE, blob(browser, image), dish, options)
    return np.uint8(data).reshape(height, width, 4)


def blob(browser, image):
    """A picture's address that the page's policy lets in."""
    return browser.execute_script(
        'const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));'
        'return URL.createObjectURL(new Blob([bytes], {type: "image/png"}))',
        address_of(image).partition(',')[2])


@pytest.mark.parametrize('dish', ['curry', 'ramen'])
def test_pixels_are_those_of_python(page, generator, photo, dish):
    ours = np.int16(Translator(generator, size=64, output_size='network')(photo, dish))
    theirs = translate(page, photo, dish, {'size': 64, 'output': 'network'})
    assert (theirs[..., 3] == 255).all()
    assert abs(theirs[..., :3] - ours).mean() < 0.5  # of 255; the photo is scaled on the way
    other = np.int16(Translator(generator, size=64, output_size='network')(photo, 'unagi'))
    assert abs(other - ours).mean() > 5


def test_the_photo_keeps_its_detail_as_in_python(page, generator):
    draw = np.random.default_rng(5)
    soft = Image.fromarray(draw.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize(
        (240, 180), Image.BICUBIC)
    photo = Image.fromarray(np.uint8(np.clip(
        np.int16(soft) + draw.normal(0, 40, (180, 240, 1)), 0, 255)))
    ours = np.int16(Translator(generator, size=48)(photo, 'ramen'))
    theirs = translate(page, photo, 'ramen', {'size': 48})
    assert theirs.shape == (180, 240, 4)
    assert abs(theirs[..., :3] - ours).mean() < 0.6
    blurred = np.int16(Translator(generator, size=48, output_size='network')(photo, 'ramen').resize(
        photo.size, Image.BICUBIC))
    assert abs(blurred - ours).mean() > 2  # the detail is what is compared


def test_scaling_is_that_of_pillow(page, photo):
    for size in ((150, 100), (64, 43), (37, 90), (400, 220)):
        scaled = call(page, """
            const { readPixels, resize } = await import('./pixels.js')
            const image = new Image()
            image.src = values[0]
            await image.decode()
            return Array.from(resize(readPixels(image), values[1], values[2]).data)
            """, blob(page, photo), *size)
        wanted = np.int16(photo.resize(size, Image.BILINEAR))
        assert abs(np.uint8(scaled).reshape(size[1], size[0], 4)[..., :3] - wanted).max() <= 1


def test_strength_blends_and_shares_of_dishes(page, generator, photo):
    options = {'size': 64, 'output': 'network'}
    whole = np.int16(translate(page, photo, 'ramen', options)[..., :3])
    none = np.int16(translate(page, photo, 'ramen', {**options, 'strength': 0})[..., :3])
    half = np.int16(translate(page, photo, 'ramen', {**options, 'strength': 0.5})[..., :3])
    assert (none == np.int16(photo.resize((96, 64), Image.BILINEAR))).mean() > 0.9
    assert abs(half - (whole + none) / 2).max() <= 1.5
    np.testing.assert_array_equal(
        translate(page, photo, {'ramen': 1, 'unagi': 0}, options)[..., :3], whole)
    mixed = translate(page, photo, {'ramen': 0.5, 'unagi': 0.5}, options)[..., :3]
    assert abs(mixed - whole).mean() > 1


def test_only_the_food_changes(page):
    """Of a photo of a bowl: what the network of masks is sure of, as the package computes it."""
    with Image.open(registry.folder() / 'photos' / 'pho_1.jpg') as opened:
        photo = opened.convert('RGB')
    finder = FoodMask('none')
    small = photo.resize([round(side * SIDE / min(photo.size) / 32) * 32 for side in photo.size],
                         Image.BILINEAR)
    share = finder.shares(images.to_array(small))
    # The mask begins at a share of 0.25, and is soft for a pixel of this size around.
    food, elsewhere = (np.asarray(Image.fromarray(np.uint8(255 * sure)).filter(
        ImageFilter.MinFilter(3)).resize(photo.size, Image.NEAREST)) == 255
        for sure in (share > 0.95, share < 0.2))
    assert food.mean() > 0.2 and elsewhere.mean() > 0.05
    changed = (translate(page, photo, 'ramen', {'onlyFood': True})[..., :3]
               != np.uint8(photo)).any(axis=2)
    assert not changed[elsewhere].any()
    assert changed[food].mean() > 0.9


def test_unknown_names(page, photo):
    with pytest.raises(RuntimeError, match='sushi: these weights know no such dish; they know '
                       'curry, ramen, unagi'):
        translate(page, photo, 'sushi', {})
    with pytest.raises(RuntimeError, match='large: no such weights here; there are small, other'):
        call(page, "const { Translator } = await import('./foodgan.js')\n"
             "await Translator.load('large')")


def picture(browser):
    """What is shown, uint8 (H, W, 3)."""
    width, height, data = browser.execute_script(
        'const canvas = document.querySelector("#picture");'
        'const { width, height } = canvas;'
        'return [width, height, Array.from(canvas.getContext("2d").getImageData(0, 0, width, '
        'height).data)]')
    return np.uint8(data).reshape(height, width, 4)[..., :3]


def idle(browser):
    wait(browser, 'return !document.querySelector("#picture").hidden'
         ' && document.querySelector("#status").textContent === ""')


def test_a_photo_its_dishes_and_the_saved_file(page, photo, tmp_path):
    photo.save(tmp_path / 'lunch.png')
    page.find_element('id', 'file').send_keys(str(tmp_path / 'lunch.png'))
    idle(page)
    first = picture(page)
    assert first.shape == (100, 150, 3)
    page.find_element('tag name', 'body').send_keys('1')
    wait(page, 'return document.querySelector("#picture").ariaLabel === "Curry rice"')
    idle(page)
    assert abs(np.int16(picture(page)) - first).mean() > 2
    # Hold to see what was there before.
    page.execute_script('document.querySelector("#compare").dispatchEvent('
                        'new PointerEvent("pointerdown"))')
    np.testing.assert_array_equal(picture(page), np.uint8(photo))
    page.execute_script('window.dispatchEvent(new PointerEvent("pointerup"))')
    shown = picture(page)
    page.find_element('id', 'save').click()
    until = time.monotonic() + 60
    while not (page.folder / 'curry.png').exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    with Image.open(page.folder / 'curry.png') as saved:
        np.testing.assert_array_equal(np.uint8(saved.convert('RGB')), shown)


def test_the_picture_is_handed_to_the_device_that_can_share_it(page, address, photo, tmp_path):
    assert not page.find_element('id', 'share').is_displayed()  # Chromium on Linux cannot
    page.execute_cdp_cmd('Page.addScriptToEvaluateOnNewDocument', {'source': '''
        navigator.canShare = ({ files }) => files[0].type === 'image/png'
        navigator.share = async ({ files: [file] }) => {
          const pixels = await createImageBitmap(file)
          window.shared = [file.name, pixels.width, pixels.height]
        }'''})
    page.get(address)
    photo.save(tmp_path / 'lunch.png')
    page.find_element('id', 'file').send_keys(str(tmp_path / 'lunch.png'))
    idle(page)
    dish = page.execute_script('return document.querySelector("input[name=dish]:checked").value')
    page.find_element('id', 'share').click()
    assert wait(page, 'return window.shared') == [f'{dish}.png', 150, 100]


def test_the_camera_is_live(page):
    page.find_element('id', 'camera').click()
    wait(page, 'return document.querySelector("#rate").textContent.includes("pictures a second")')
    assert picture(page).shape == (120, 160, 3)
    # The film exchanges left and right every half second.
    sides, until = set(), time.monotonic() + 30
    page.execute_script('const strength = document.querySelector("#strength");'
                        'strength.value = 0; strength.dispatchEvent(new Event("input"))')
    while len(sides) < 2:
        assert time.monotonic() < until
        seen = picture(page)
        red = [int(seen[60, column, 0]) - int(seen[60, column, 2]) for column in (20, 140)]
        if min(red) < -50 and max(red) > 50:
            sides.add(red[0] > red[1])
    page.find_element('id', 'camera').click()
    assert page.execute_script('return document.querySelector("video").srcObject === null')
    assert page.execute_script('return document.querySelector("#rate").textContent') == ''


def requests(browser):
    """The addresses that were asked for since the last call."""
    messages = [json.loads(entry['message'])['message'] for entry in browser.get_log('performance')]
    return [message['params']['request']['url'] for message in messages
            if message['method'] == 'Network.requestWillBeSent']


def test_nothing_leaves_the_browser(page, address, asked, photo, tmp_path):
    seen = requests(page)
    assert seen and all(url.startswith((address, 'data:', 'blob:')) for url in seen)
    photo.save(tmp_path / 'lunch.png')
    page.find_element('id', 'file').send_keys(str(tmp_path / 'lunch.png'))
    idle(page)
    page.find_element('css selector', 'input[value=unagi]').send_keys(' ')
    idle(page)
    assert [url for url in requests(page) if not url.startswith('blob:')] == []
    assert asked == []
    with pytest.raises(RuntimeError, match='fetch'):  # the policy, not the network
        call(page, 'await fetch("https://example.org/")')
    assert 'Content Security Policy' in page.get_log('browser')[-1]['message']


def test_it_works_offline(page, asked, photo, tmp_path):
    page.execute_cdp_cmd('Network.enable', {})
    page.execute_cdp_cmd('Network.emulateNetworkConditions', {
        'offline': True, 'latency': 0, 'downloadThroughput': 0, 'uploadThroughput': 0})
    try:
        page.refresh()
        wait(page, 'return document.querySelector("#engine").textContent')
        photo.save(tmp_path / 'lunch.png')
        page.find_element('id', 'file').send_keys(str(tmp_path / 'lunch.png'))
        idle(page)
    finally:
        page.execute_cdp_cmd('Network.emulateNetworkConditions', {
            'offline': False, 'latency': 0, 'downloadThroughput': -1, 'uploadThroughput': -1})
    # The browser itself may look whether there is a newer service worker.
    assert set(asked) <= {'/sw.js', '/files.js'}


def test_other_weights_have_other_dishes(page):
    def offered():
        return page.execute_script(
            'return [...document.querySelectorAll("#dishes label")].filter((l) => l.offsetParent)'
            '.map((l) => l.firstElementChild.value + l.querySelector("kbd").textContent)')

    assert offered() == ['curry1', 'ramen2', 'unagi3']
    page.execute_script('const weights = document.querySelector("#weights");'
                        'weights.value = "other"; weights.dispatchEvent(new Event("change"))')
    assert offered() == ['unagi1', 'pho2']
    # What was chosen is not among them: the first takes its place.
    assert page.execute_script('return document.querySelector("input:checked").value') == 'unagi'
    page.find_element('tag name', 'body').send_keys('2')
    assert page.execute_script('return document.querySelector("input:checked").value') == 'pho'


def test_a_phone_scrolls_down_only(page, address):
    page.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
        'width': 375, 'height': 667, 'deviceScaleFactor': 1, 'mobile': True})
    try:
        for path in ('', 'ja.html'):
            page.get(address + path)
            wait(page, 'return document.querySelector("#engine").textContent')
            assert page.execute_script('return document.documentElement.scrollWidth') == 375
            small = page.execute_script(
                'return [...document.querySelectorAll("button, #dishes label, select")].filter('
                '(item) => item.offsetParent && item.getBoundingClientRect().height < 44).length')
            assert small == 0
    finally:
        page.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_axe_finds_nothing_serious(page, address, photo, tmp_path, scheme):
    module = pytest.importorskip('axe_core_python', reason='looks for what keeps people out: '
                                 'pip install axe-core-python')
    axe = pathlib.Path(module.__file__).with_name('axe.min.js').read_text('utf-8')
    photo.save(tmp_path / 'lunch.png')
    page.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [
        {'name': 'prefers-color-scheme', 'value': scheme}]})
    try:
        if scheme == 'dark':
            page.get(address + 'ja.html')
        for width in 1280, 375:
            page.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
                'width': width, 'height': 800, 'deviceScaleFactor': 1, 'mobile': width < 400})
            assert not serious(page, axe)
            page.find_element('id', 'file').send_keys(str(tmp_path / 'lunch.png'))
            idle(page)
            assert not serious(page, axe)
    finally:
        page.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': []})
        page.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})


def serious(browser, axe):
    # Through the inspector: the page's policy lets no foreign script in.
    browser.execute_cdp_cmd('Runtime.evaluate', {'expression': axe})
    found = browser.execute_async_script('axe.run().then(arguments[0])')
    assert found['passes']
    return [(each['id'], node['html'], node['failureSummary'])
            for each in found['violations'] if each['impact'] in ('serious', 'critical')
            for node in each['nodes']]
