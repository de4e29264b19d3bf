"""What a person does on the page, in a browser that nobody sees."""

import json
import pathlib
import urllib.request
import zipfile

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator
from chainer_foodgan.web.photos import open_examples

PHONE = {'width': 375, 'height': 800, 'deviceScaleFactor': 1, 'mobile': True}
DESKTOP = {'width': 1280, 'height': 900, 'deviceScaleFactor': 1, 'mobile': False}


@pytest.fixture(scope='module')
def chromium(open_browser):
    return open_browser()


@pytest.fixture
def browse(page, chromium):
    """``browse(language)`` -> the browser with the page, in a language."""
    def start(language, device=DESKTOP, scheme='light'):
        agent = chromium.execute_script('return navigator.userAgent')
        for command, options in [
                ('Network.setUserAgentOverride', {'userAgent': agent, 'acceptLanguage': language}),
                ('Emulation.setDeviceMetricsOverride', device),
                ('Emulation.setEmulatedMedia', {'features': [
                    {'name': 'prefers-color-scheme', 'value': scheme}]})]:
            chromium.execute_cdp_cmd(command, options)
        chromium.get(page.address)
        wait(chromium, '.dishes label')
        return chromium

    return start


def until(browser, condition):
    """Waits for what a condition gives of the browser; what is being replaced does not count."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 60, 0.1, [StaleElementReferenceException]).until(condition)


def wait(browser, selector, count=1):
    """Waits for elements that can be seen."""
    def seen(browser):
        found = [element for element in browser.find_elements('css selector', selector)
                 if element.is_displayed()]
        return found if len(found) >= count else None
    return until(browser, seen)


def press(browser, selector, text):
    next(element for element in wait(browser, selector) if element.text == text).click()


def choose(browser, path):
    browser.find_element('css selector', '.photo input[type=file]').send_keys(str(path))


def shown(element):
    with urllib.request.urlopen(element.get_attribute('src'), timeout=60) as file:
        return np.asarray(Image.open(file))


def test_a_person_uploads_chooses_and_sees_a_changed_picture(page, place, browse, tmp_path):
    translator, photo = Translator(str(place / 'G.npz')), Image.open(place / 'lunch.png')
    browser = browse('en')
    choose(browser, place / 'lunch.png')
    for dish, title, own in ('curry', 'Curry rice', 'カレーライス'), ('ramen', 'Ramen', 'ラーメン'):
        press(browser, '.dishes label', title)
        before, after = before_and_after(browser, title)
        np.testing.assert_array_equal(shown(before), photo)
        np.testing.assert_array_equal(shown(after), translator(photo, dish))
        until(browser, lambda browser, own=own: own in wait(browser, '.about')[0].text)
        assert (before.get_attribute('alt'), after.get_attribute('alt')) == ('Photo', title)
    allow_downloads(browser, tmp_path)
    press(browser, 'button', 'Save the picture')
    until(browser, lambda browser: (tmp_path / 'lunch_ramen.png').exists())
    np.testing.assert_array_equal(Image.open(tmp_path / 'lunch_ramen.png'),
                                  translator(photo, 'ramen'))
    assert share(browser) == ['Ramen.png', *photo.size]
    seen = wait(browser, '.visit img', 2)  # the last first
    np.testing.assert_array_equal(shown(seen[0]), translator(photo, 'ramen'))
    half = set_number(browser, 'Strength', 0.5)
    expected = Image.blend(photo, translator(photo, 'ramen'), 0.5)
    until(browser, lambda browser: np.array_equal(shown(half()), expected))
    only_this_host(browser, page)


def share(browser):
    """What a device with a menu for sharing is given."""
    assert not browser.find_element('css selector', '.hand-on').is_displayed()
    browser.execute_script('''
        navigator.canShare = () => true
        navigator.share = async ({files: [file]}) => {
            const picture = await createImageBitmap(file)
            window.shared = [file.name, picture.width, picture.height]
        }
        document.body.append('')''')
    until(browser, lambda browser: browser.find_element('css selector', '.hand-on').is_displayed())
    press(browser, 'button', 'Share')
    return until(browser, lambda browser: browser.execute_script('return window.shared'))


def set_number(browser, label, value):
    """Opens what is closed and types a number; -> a function that finds the picture."""
    for button in wait(browser, '.more button[aria-expanded=false], .more > button'):
        button.click()
    number = next(element for element in wait(browser, '.more input[type=number]')
                  if label in element.get_attribute('aria-label'))
    browser.execute_script('arguments[0].select()', number)
    number.send_keys(str(value), '\n')
    return lambda: before_and_after(browser, '')[1]


def allow_downloads(browser, folder):
    browser.execute_cdp_cmd('Browser.setDownloadBehavior',
                            {'behavior': 'allow', 'downloadPath': str(folder)})


def before_and_after(browser, title):
    """The photo and the picture, once the slider's label names the dish."""
    def there(browser):
        label = browser.find_elements('css selector', '.slider label')
        pictures = browser.find_elements('css selector', '.slider img')
        return pictures if label and title in label[0].text and len(pictures) == 2 else None
    return until(browser, there)


def only_this_host(browser, page):
    """Nothing was asked of another host, and no script failed."""
    messages = [json.loads(entry['message'])['message'] for entry in browser.get_log('performance')]
    asked = [message['params']['request']['url'] for message in messages
             if message['method'] == 'Network.requestWillBeSent']
    assert asked and all(url.startswith((page.address, 'data:', 'blob:')) for url in asked)
    assert not [entry for entry in browser.get_log('browser') if entry['level'] == 'SEVERE']


def test_all_dishes_at_once_on_a_japanese_phone(page, place, browse):
    browser = browse('ja', PHONE)
    assert browser.current_url == page.address + 'ja' and browser.title == '魔法のどんぶり'
    assert browser.find_element('css selector', 'html').get_attribute('lang') == 'ja'
    choose(browser, place / 'lunch.png')
    press(browser, '.dishes label', 'すべて')
    pictures = wait(browser, '.overview img', 3)
    translator, photo = Translator(str(place / 'G.npz')), Image.open(place / 'lunch.png')
    for picture, expected in zip(pictures, translator.all(photo).values()):
        np.testing.assert_array_equal(shown(picture), expected)
    assert browser.execute_script('return document.documentElement.scrollWidth') <= PHONE['width']
    pictures[2].click()  # a dish to look at
    _, after = before_and_after(browser, 'フォー')
    np.testing.assert_array_equal(shown(after), translator(photo, 'pho'))


def test_other_weights_know_other_dishes(page, place, browse):
    browser = browse('en')
    choose(browser, place / 'lunch.png')
    before_and_after(browser, 'Curry rice')
    wait(browser, '.options input:not([type=checkbox])')[0].click()
    next(entry for entry in wait(browser, 'li[role=option]', 2) if 'H.npz' in entry.text).click()
    before_and_after(browser, 'Ramen')  # the first that they know
    assert [label.text for label in wait(browser, '.dishes label')] == [
        'Ramen', 'Eel bowl', 'All of them']
    press(browser, '.dishes label', 'Eel bowl')
    _, after = before_and_after(browser, 'Eel bowl')
    expected = Translator(str(place / 'H.npz'))(Image.open(place / 'lunch.png'), 'unagi')
    np.testing.assert_array_equal(shown(after), expected)


@pytest.mark.parametrize('language, says', [
    ('en', 'This file is no picture'), ('ja', '画像として読み込めません')])
def test_a_file_that_is_no_picture_gets_a_sentence(place, browse, language, says):
    (place / 'notes.jpg').write_bytes(b'not a picture')
    browser = browse(language)
    choose(browser, place / 'notes.jpg')
    until(browser, lambda browser: says in wait(browser, '.notice')[0].text)


def test_a_photo_to_begin_with_and_the_other_language(page, browse):
    browser = browse('en')
    press(browser, '.dishes label', 'Pho')
    wait(browser, '.examples button')[0].click()  # which shows pho: it becomes something else
    before, _ = before_and_after(browser, 'Curry rice')
    examples = open_examples()
    np.testing.assert_array_equal(shown(before), Image.open(examples.photos[0][0]))
    assert examples.licence in wait(browser, '.credits')[0].text
    assert wait(browser, '.examples button')[1].accessible_name == 'Broken rice'
    press(browser, '.head a', '日本語')
    press(browser, '.head a', 'English')
    wait(browser, '.dishes label')
    assert browser.current_url == page.address + '?lang=en'


def test_keys_choose_and_compare(place, browse):
    from selenium.webdriver.common.keys import Keys

    browser = browse('en')
    choose(browser, place / 'lunch.png')
    before_and_after(browser, 'Curry rice')
    first = browser.find_element('css selector', '.dishes input')
    first.send_keys(Keys.ARROW_RIGHT)
    before_and_after(browser, 'Ramen')
    focused = browser.switch_to.active_element
    assert focused.get_attribute('value') == 'ramen' and focused.is_selected()
    assert browser.find_element('css selector', '.dishes').accessible_name == 'Becomes'
    handle = browser.find_element('css selector', '.slider [role=slider]')
    for key, value in (Keys.HOME, 0), (Keys.ARROW_RIGHT, 5), (Keys.END, 100), (Keys.ARROW_LEFT, 95):
        handle.send_keys(key)
        cut = 'return parseFloat(document.querySelectorAll(".slider img")[1].style.clipPath.split('\
              '/[ ()]+/)[4])'
        assert browser.execute_script(cut) == pytest.approx(value, abs=1)
        assert handle.get_attribute('aria-valuenow') == str(value)
    assert 'Ramen' in handle.accessible_name


def test_the_mask_is_shown_and_corrected(place, browse):
    photo = Image.new('RGB', (60, 40), (200, 100, 50))
    photo.save(place / 'plain.png')
    browser = browse('en')
    choose(browser, place / 'plain.png')
    before_and_after(browser, 'Curry rice')
    press(browser, '.options label', 'Only the food changes')
    area = wait(browser, '.brush img')[0]
    press(browser, '.brush label', 'takes away')
    for tool, kept in ('takes away', True), ('adds', False):
        press(browser, '.brush label', tool)
        number = wait(browser, '.brush input[type=number]')[0]
        browser.execute_script('arguments[0].select()', number)
        number.send_keys('30', '\n')
        source = wait(browser, '.brush img')[0].get_attribute('src')
        area = wait(browser, '.brush img')[0]
        browser.execute_script('arguments[0].scrollIntoView({block: "center"})', area)
        area.click()  # in the middle
        until(browser, lambda browser, source=source: wait(browser, '.brush img')[0].get_attribute(
            'src') != source)
        pixel = shown(wait(browser, '.brush img')[0])[20, 30]
        np.testing.assert_array_equal(pixel, [70, 35, 18] if kept else [200, 100, 50])
        changed = Translator(str(place / 'G.npz'))(photo, 'curry')
        until(browser, lambda browser, kept=kept: np.array_equal(
            shown(before_and_after(browser, 'Curry rice')[1])[20, 30],
            [200, 100, 50]) == kept)
        assert changed.size == photo.size


def test_without_https_the_page_says_why_there_is_no_camera(browse):
    browser = browse('en')
    wait(browser, "[data-testid='source-select'] button")
    visible = 'return document.querySelector(".camera p").getClientRects().length > 0'
    assert not browser.execute_script(visible)
    browser.execute_script('Object.defineProperty(window, "isSecureContext", {value: false});'
                           'document.body.append("")')
    until(browser, lambda browser: browser.execute_script(visible))
    upload, camera = browser.find_elements(
        'css selector', ".photo [data-testid='source-select'] button")[:2]
    assert upload.is_displayed() and not camera.is_displayed()


def test_several_photos_come_back_in_a_zip(place, browse, tmp_path):
    translator, photo = Translator(str(place / 'G.npz')), Image.open(place / 'lunch.png')
    (place / 'notes.jpg').write_bytes(b'not a picture')
    browser = browse('en')
    wait(browser, '.several button')[0].click()
    files = [place / 'lunch.png', place / 'notes.jpg']
    until(browser, lambda browser: browser.find_elements(
        'css selector', '.several input[type=file]'))[0].send_keys('\n'.join(map(str, files)))
    until(browser, lambda browser: 'notes' in wait(browser, '.several')[0].text)
    press(browser, '.several button', 'Change them all')
    allow_downloads(browser, tmp_path)
    press_soon(browser, '.several button', 'Save them (ZIP)')
    assert 'notes.jpg: This file is no picture' in wait(browser, '.several')[0].text
    until(browser, lambda browser: list(tmp_path.glob('*.zip')))
    with zipfile.ZipFile(next(tmp_path.glob('*.zip'))) as archive:
        assert archive.namelist() == ['01_lunch_curry.png']
        with archive.open('01_lunch_curry.png') as file:
            np.testing.assert_array_equal(Image.open(file), translator(photo, 'curry'))


def press_soon(browser, selector, text):
    until(browser, lambda browser: [element for element in wait(browser, selector)
                                    if element.text == text])
    press(browser, selector, text)


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_axe_finds_nothing_serious(place, browse, scheme):
    """With all that a page can show, at both widths, in both schemes."""
    module = pytest.importorskip('axe_core_python', reason='looks for what keeps people out: '
                                 'pip install axe-core-python')
    axe = pathlib.Path(module.__file__).with_name('axe.min.js').read_text('utf-8')
    browser = browse('en' if scheme == 'light' else 'ja', PHONE, scheme)
    assert not serious(browser, axe)
    choose(browser, place / 'lunch.png')
    for index in 0, 1:
        wait(browser, '.dishes label')[index].click()
        before_and_after(browser, ['Curry', 'カレー'][scheme == 'dark'] if index == 0 else '')
    wait(browser, '.options input[type=checkbox]')[0].click()
    wait(browser, '.brush img')
    wait(browser, '.visit img', 2)
    for button in wait(browser, '.more > button, .several > button', 2):
        button.click()
    wait(browser, '.more input[type=range]', 2)
    assert not serious(browser, axe)
    browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', DESKTOP)
    assert not serious(browser, axe)
    dark = browser.execute_script('return document.body.classList.contains("dark")')
    assert dark == (scheme == 'dark')


def serious(browser, axe):
    browser.execute_script(axe)
    found = browser.execute_async_script('axe.run().then(arguments[0])')
    assert found['passes']
    return [(each['id'], node['html'], node['failureSummary'])
            for each in found['violations'] if each['impact'] in ('serious', 'critical')
            for node in each['nodes']]
