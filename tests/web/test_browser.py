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


def wait(browser, selector, count=1):
    """Waits for elements that can be seen."""
    from selenium.webdriver.support.ui import WebDriverWait

    def seen(browser):
        found = [element for element in browser.find_elements('css selector', selector)
                 if element.is_displayed()]
        return found if len(found) >= count else None
    return WebDriverWait(browser, 60, 0.1).until(seen)


def press(browser, selector, text):
    next(element for element in wait(browser, selector) if element.text == text).click()


def choose(browser, path):
    wait(browser, '.dishes label')
    browser.find_element('css selector', 'input[type=file]').send_keys(str(path))


def shown(element):
    with urllib.request.urlopen(element.get_attribute('src'), timeout=60) as file:
        return np.asarray(Image.open(file))


def test_a_person_uploads_chooses_and_sees_a_changed_picture(page, place, browse):
    translator, photo = Translator(page.weights, size=32), Image.open(place / 'lunch.png')
    browser = browse('en')
    choose(browser, place / 'lunch.png')
    for dish, title in ('curry', 'Curry rice'), ('ramen', 'Ramen'):
        press(browser, '.dishes label', title)
        wait(browser, '.slider label')
        before, after = wait_until(browser, title)
        np.testing.assert_array_equal(shown(before), photo.resize((43, 32), Image.BILINEAR))
        np.testing.assert_array_equal(shown(after), translator(photo, dish))
    link = wait(browser, 'a[download]')[0].get_attribute('href')
    assert link.endswith('/lunch_ramen.png')
    np.testing.assert_array_equal(Image.open(urllib.request.urlopen(link, timeout=60)),
                                  translator(photo, 'ramen'))
    only_this_host(browser, page)


def wait_until(browser, title):
    """The photo and the picture, once the slider's label names the dish."""
    from selenium.webdriver.support.ui import WebDriverWait

    def there(browser):
        label = browser.find_elements('css selector', '.slider label')
        images = browser.find_elements('css selector', '.slider img')
        return images if label and title in label[0].text and len(images) == 2 else None
    return WebDriverWait(browser, 60, 0.1, ignored_exceptions=[Exception]).until(there)


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
    translator, photo = Translator(page.weights, size=32), Image.open(place / 'lunch.png')
    for picture, expected in zip(pictures, translator.all(photo).values()):
        np.testing.assert_array_equal(shown(picture), expected)
    assert browser.execute_script('return document.documentElement.scrollWidth') <= PHONE['width']
    pictures[2].click()  # a dish to look at
    before, after = wait_until(browser, 'フォー')
    np.testing.assert_array_equal(shown(after), translator(photo, 'pho'))


@pytest.mark.parametrize('language, says', [
    ('en', 'This file is no picture'), ('ja', '画像として読み込めません')])
def test_a_file_that_is_no_picture_gets_a_sentence(place, browse, language, says):
    from selenium.webdriver.support.ui import WebDriverWait

    (place / 'notes.jpg').write_bytes(b'not a picture')
    browser = browse(language)
    choose(browser, place / 'notes.jpg')
    WebDriverWait(browser, 60, 0.1).until(
        lambda browser: says in browser.find_element('css selector', '.notice').text)


def test_a_bowl_from_the_kitchen_and_the_other_language(page, browse):
    browser = browse('en')
    wait(browser, '#examples button')[0].click()
    wait_until(browser, 'Curry rice')
    press(browser, '.head a', '日本語')
    press(browser, '.head a', 'English')
    wait(browser, '.dishes label')
    assert browser.current_url == page.address + '?lang=en'
