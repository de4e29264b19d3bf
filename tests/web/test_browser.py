"""What a person does on the page, in a browser that nobody sees."""

import json
import shutil
import urllib.request

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator

PHONE = {'width': 390, 'height': 844, 'deviceScaleFactor': 1, 'mobile': True}


@pytest.fixture
def browse(page):
    """``browse(language)`` -> a browser with the page, in a language."""
    webdriver = pytest.importorskip('selenium.webdriver', reason='drives a browser: pip install '
                                    'selenium')
    chromium, driver = shutil.which('chromium'), shutil.which('chromedriver')
    if chromium is None or driver is None:
        pytest.skip('tries the page in a browser: apt-get install chromium chromium-driver')
    from selenium.webdriver.chrome.service import Service

    browsers = []

    def start(language, path=''):
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in ('headless=new', 'no-sandbox', 'disable-dev-shm-usage', 'disable-gpu',
                         'disable-background-networking', 'disable-component-update',
                         'accept-lang=' + language):
            options.add_argument('--' + argument)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        browsers.append(webdriver.Chrome(options=options, service=Service(driver)))
        browsers[-1].get(page.address + path)
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.quit()


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
    wait(browser, '.dishes label')
    browser.find_element('css selector', 'input[type=file]').send_keys(str(path))


def shown(element):
    with urllib.request.urlopen(element.get_attribute('src'), timeout=60) as file:
        return np.asarray(Image.open(file))


def test_a_person_uploads_chooses_and_sees_a_changed_picture(page, place, browse, tmp_path):
    translator = Translator(str(place / 'G.npz'), size=32, output_size='network')
    photo = Image.open(place / 'lunch.png')
    browser = browse('en')
    choose(browser, place / 'lunch.png')
    for dish, title in ('curry', 'Curry rice'), ('ramen', 'Ramen'):
        press(browser, '.dishes label', title)
        before, after = before_and_after(browser, title)
        np.testing.assert_array_equal(shown(before), photo.resize((43, 32), Image.BILINEAR))
        np.testing.assert_array_equal(shown(after), translator(photo, dish))
    browser.execute_cdp_cmd('Browser.setDownloadBehavior',
                            {'behavior': 'allow', 'downloadPath': str(tmp_path)})
    press(browser, 'button', 'Save the picture')
    until(browser, lambda browser: (tmp_path / 'lunch_ramen.png').exists())
    np.testing.assert_array_equal(Image.open(tmp_path / 'lunch_ramen.png'),
                                  translator(photo, 'ramen'))
    only_this_host(browser, page)


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
    browser = browse('ja')
    browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', PHONE)
    assert browser.current_url == page.address + 'ja'
    assert browser.find_element('css selector', 'html').get_attribute('lang') == 'ja'
    choose(browser, place / 'lunch.png')
    press(browser, '.dishes label', 'すべて')
    pictures = wait(browser, '.overview img', 3)
    translator = Translator(str(place / 'G.npz'), size=32, output_size='network')
    photo = Image.open(place / 'lunch.png')
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
    expected = Translator(str(place / 'H.npz'), size=32, output_size='network')(
        Image.open(place / 'lunch.png'), 'unagi')
    np.testing.assert_array_equal(shown(after), expected)


@pytest.mark.parametrize('language, says', [
    ('en', 'This file is no picture'), ('ja', '画像として読み込めません')])
def test_a_file_that_is_no_picture_gets_a_sentence(place, browse, language, says):
    (place / 'notes.jpg').write_bytes(b'not a picture')
    browser = browse(language)
    choose(browser, place / 'notes.jpg')
    until(browser, lambda browser: says in wait(browser, '.notice')[0].text)


def test_a_bowl_from_the_kitchen_and_the_other_language(page, browse):
    browser = browse('en')
    wait(browser, '#examples button')[0].click()
    before_and_after(browser, 'Curry rice')
    press(browser, '.head a', '日本語')
    press(browser, '.head a', 'English')
    wait(browser, '.dishes label')
    assert browser.current_url == page.address + '?lang=en'
