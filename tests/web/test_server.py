"""The server and its HTTP API, from outside."""

import concurrent.futures
import contextlib
import io
import json
import os
import pathlib
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import types
import urllib.error
import urllib.request

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator
from chainer_foodgan.commands import main, pages

# What a page sends beside a photo, a dish, weights and whether only the food changes.
REST = [1, '', 0.5, None, None]

ROOT = pathlib.Path(__file__).parents[2]


def post(page, path, data, kind='application/json'):
    request = urllib.request.Request(page.address + path, data, {'Content-Type': kind})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def upload(page, content, name='lunch.png'):
    """Sends a file as a page does; -> its path on the server."""
    body = (b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n'
            b'Content-Type: image/png\r\n\r\n' % name.encode() + content + b'\r\n--x--\r\n')
    return json.loads(post(page, 'gradio_api/upload', body, 'multipart/form-data; boundary=x'))[0]


def translate(page, photo, dish='ramen'):
    """Calls /translate with a photo as it stands; -> what the server answers, text."""
    return call(page, [photo, dish, 'G.npz', False])


def call(page, data):
    event = json.loads(post(page, 'gradio_api/call/translate', json.dumps(
        {'data': data}).encode()))['event_id']
    address = page.address + 'gradio_api/call/translate/' + event
    return urllib.request.urlopen(address, timeout=60).read().decode()


def file_data(path, **more):
    return {'path': path, 'meta': {'_type': 'gradio.FileData'}, **more}


def status(page, path):
    try:
        return urllib.request.urlopen(page.address + path, timeout=60).status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_program_gets_the_translators_picture(page, place, client):
    from gradio_client import handle_file

    assert client.predict(api_name='/dishes') == {
        'G.npz': ['curry', 'ramen', 'pho'], 'H.npz': ['ramen', 'unagi']}
    picture = client.predict(handle_file(str(place / 'lunch.png')), 'ramen', api_name='/translate')
    expected = Translator(str(place / 'G.npz'))(
        Image.open(place / 'lunch.png'), 'ramen')
    np.testing.assert_array_equal(Image.open(picture), expected)
    picture = client.predict(handle_file(str(place / 'lunch.png')), 'unagi', 'H.npz',
                             api_name='/translate')
    expected = Translator(str(place / 'H.npz'))(
        Image.open(place / 'lunch.png'), 'unagi')
    np.testing.assert_array_equal(Image.open(picture), expected)


def test_programs_see_two_endpoints_alone(client):
    named = client.view_api(return_format='dict')['named_endpoints']
    assert set(named) == {'/translate', '/dishes'}
    assert [parameter['parameter_name'] for parameter in named['/translate']['parameters']] == [
        'photo', 'dish', 'weights', 'only_food']


def test_what_cannot_be_done_is_said_in_words(page, place, client):
    from gradio_client import handle_file
    from gradio_client.exceptions import AppError

    photo = handle_file(str(place / 'lunch.png'))
    for arguments, says in [((photo, 'raman'), 'did you mean ramen'),
                            ((photo, 'ramen', 'G.npy'), 'did you mean G.npz'),
                            ((None, 'ramen'), 'there is no photo')]:
        with pytest.raises(AppError, match=says):
            client.predict(*arguments, api_name='/translate')


def test_files_that_are_no_photos_get_a_sentence_and_the_server_lives_on(page, place, bad_files):
    for name, (content, _) in bad_files.items():
        answer = translate(page, file_data(upload(page, content, name), orig_name=name))
        assert 'event: error' in answer and '/uploads/' not in answer
        assert any(sentence in answer for sentence in (
            'it is no picture of a known format', 'it is cut off or broken', 'it has more than '
            '89,478,485 pixels')), (name, answer)
    answer = translate(page, file_data(upload(page, (place / 'lunch.png').read_bytes())))
    assert 'event: complete' in answer


def ask_page(page, session, target, data):
    """Does what a page does where one of its components is touched; -> the server's answer."""
    config = json.loads(urllib.request.urlopen(page.address + 'config', timeout=60).read())
    labels = {each['id']: each['props'].get('label') for each in config['components']}
    event = next(event for event in config['dependencies'] for component, _ in event['targets']
                 if labels.get(component) == target)
    post(page, 'gradio_api/queue/join', json.dumps(
        {'data': data, 'fn_index': event['id'], 'session_hash': session}).encode())
    return follow(page, session)


def follow(page, session):
    """Waits for the answer to what a session has asked."""
    stream = urllib.request.urlopen(
        page.address + 'gradio_api/queue/data?session_hash=' + session, timeout=60)
    for line in stream:
        message = json.loads(line.partition(b'data: ')[2] or 'null')
        if message and message['msg'] == 'process_completed':
            return message


def test_a_dish_of_the_weights_before_is_answered_in_a_sentence(page, place):
    photo = file_data(upload(page, (place / 'lunch.png').read_bytes()))
    weights = ask_page(page, 'race', 'Set of dishes', ['H.npz', 'curry'])
    assert weights['output']['data'][0]['value'] == 'ramen'
    shown = ask_page(page, 'race', 'Becomes', [photo, 'curry', 'H.npz', False, *REST])
    assert shown['success'] and 'curry' in shown['output']['data'][0]['value']
    shown = ask_page(page, 'race', 'Becomes', [photo, 'unagi', 'H.npz', False, *REST])
    assert shown['output']['data'][1]['label'].startswith('Photo → Eel bowl')


@pytest.mark.parametrize('target, data', [
    ('Set of dishes', ['gone.npz', 'curry']), ('Set of dishes', [['H.npz'], {}]),
    ('Becomes', [file_data('/etc/hostname'), 'ramen', 'H.npz', False, *REST]),
    ('Becomes', [{'path': '/etc/hostname'}, 'ramen', 'H.npz', False, *REST])])
def test_requests_that_no_page_makes(page, target, data):
    assert not ask_page(page, 'odd', target, data)['success']


@pytest.mark.parametrize('dish, weights', [(['ramen'], 'H.npz'), ('ramen', ['H.npz']), (None, 7),
                                          ('x' * 257, 'H.npz')])
def test_choices_of_another_type(page, place, dish, weights):
    photo = file_data(upload(page, (place / 'lunch.png').read_bytes()))
    shown = ask_page(page, 'odd', 'Becomes', [photo, dish, weights, None, *REST])
    assert not shown['success'] and shown['output']['error']


def test_four_at_a_time_get_each_their_own(page, place):
    translator = Translator(str(place / 'G.npz'))
    photos = [Image.new('RGB', (32, 32), (12 * number, 255 - 12 * number, 99))
              for number in range(20)]

    def ask(numbers):
        for number in numbers:
            path = place / f'photo{number}.png'
            photos[number].save(path)
            answer = translate(page, file_data(upload(page, path.read_bytes())))
            yield number, json.loads(answer.split('data: ')[1])[0]['path']

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = dict(sum(pool.map(lambda start: list(ask(range(start, 20, 4))), range(4)), []))
    assert len(set(found.values())) == 20
    for number, path in found.items():
        data = urllib.request.urlopen(page.address + 'gradio_api/file=' + path, timeout=60)
        np.testing.assert_array_equal(Image.open(data), translator(photos[number], 'ramen'))


@pytest.mark.parametrize('path', ['/etc/hostname', '{place}/G.npz', '{place}/lunch.png', 'G.npz'])
def test_files_of_the_machine_are_not_served(page, place, path):
    path = path.format(place=place)
    assert status(page, 'gradio_api/file=' + path) in (403, 404)
    assert 'event: error' in translate(page, file_data(path))
    assert 'event: error' in translate(page, {'path': path})


def test_uploads_are_kept_where_nobody_else_looks(page, place):
    content = (place / 'lunch.png').read_bytes()
    path = pathlib.Path(upload(page, content))
    assert status(page, 'gradio_api/file=' + str(path)) == 200  # to whom the path was told
    for other in path.parent, path.parent.parent, path.parents[2]:
        assert status(page, 'gradio_api/file=' + str(other)) in (403, 404)
    assert path.parents[2].stat().st_mode & 0o777 == 0o700
    import gradio.processing_utils as processing

    assert processing.hash_bytes(content) != path.parent.name  # of a seed that others may read


@pytest.fixture
def elsewhere():
    """An address that somebody wants to have asked, and who has asked it."""
    asked = []

    class Elsewhere(socketserver.BaseRequestHandler):
        def setup(self):
            asked.append(self.client_address)

    with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_address[1]}/x.png', asked
        server.shutdown()


def fetching(address):
    """Values that name an address in the ways that Gradio reads as a file."""
    return [file_data(address), file_data('x.png', url=address), file_data(address, is_stream=True),
            [file_data(address)], {'value': file_data(address)}, {'background': file_data(address)},
            file_data('x.png', more=file_data(address)), {'path': address}, address]


def test_nothing_is_fetched_for_anybody(page, elsewhere):
    """Whatever field of whatever event names an address, by each of the three routes."""
    address, asked = elsewhere
    config = json.loads(urllib.request.urlopen(page.address + 'config', timeout=60).read())
    refused = 0
    for event in config['dependencies']:
        for position in range(len(event['inputs'])):
            for value in fetching(address)[:None if position == 0 else 4]:
                data = [None] * len(event['inputs'])
                data[position] = value
                body = {'data': data, 'fn_index': event['id'], 'session_hash': 'fetch',
                        'event_data': {'index': 0, 'value': file_data(address)}}
                with contextlib.suppress(urllib.error.HTTPError):
                    answer = post(page, 'gradio_api/run/predict', json.dumps(body).encode())
                    assert event['id'] and b'error' in answer
                if event['queue'] is False:
                    continue
                post(page, 'gradio_api/queue/join', json.dumps(body).encode())
                answer = follow(page, 'fetch')
                refused += not answer['success']
                assert not answer['success'] or value == address
    assert refused > 50
    for photo in fetching(address):
        assert 'event: error' in translate(page, photo)
    for number in range(1, 4):
        data = [None, 'ramen', 'G.npz', False]
        data[number] = file_data(address)
        assert 'has to be sent' in call(page, data)
    assert status(page, 'gradio_api/file=' + address) == 404
    assert asked == []


def test_a_file_that_is_too_large(page):
    with pytest.raises(urllib.error.HTTPError) as caught:
        upload(page, bytes(1_000_001))
    assert caught.value.code == 413 and b'maximum allowed size' in caught.value.read()
    upload(page, bytes(999_999))


def test_one_address_does_not_keep_others_out(page):
    """Bodies that do not come, and more requests than the queue has room for."""
    def ask(address):
        request = urllib.request.Request(page.address + 'config',
                                         headers={'X-Forwarded-For': address})
        try:
            return urllib.request.urlopen(request, timeout=60).status
        except urllib.error.HTTPError as error:
            return error.code

    host, port = page.address[7:-1].split(':')
    with contextlib.ExitStack() as stack:
        for _ in range(120):
            connection = stack.enter_context(socket.create_connection((host, int(port)), 60))
            connection.sendall(b'POST /gradio_api/cancel HTTP/1.1\r\nHost: localhost\r\n'
                               b'X-Forwarded-For: 192.0.2.1\r\nContent-Length: 9\r\n\r\n')
        assert b' 503 ' in connection.recv(99)
        assert ask('192.0.2.1') == 503 and ask('192.0.2.2') == 200


def test_it_ends_at_a_signal_and_leaves_nothing(serve, end):
    page = serve()
    before = list(page.folder.glob('foodgan-page-*'))
    path = pathlib.Path(upload(page, b'x'))
    assert path.exists() and path.parents[2] in before
    assert end(page, signal.SIGINT) == 'ready; Ctrl-C ends it\n'
    assert not path.parents[2].exists()


def test_what_is_old_is_deleted_but_for_the_examples(place):
    """On a page whose files get three seconds old."""
    pytest.importorskip('gradio', reason='the page: pip install "chainer_foodgan[web]" '
                        '(Python 3.10 or newer)')
    code = '''if True:
        import sys
        from chainer_foodgan.web import server
        from chainer_foodgan.web.service import Service
        server.library()
        server.serve(Service(['G.npz']), server.listen('127.0.0.1', 0), minutes=0.05,
                     ready=lambda address: print(address, flush=True))'''
    page = subprocess.Popen([sys.executable, '-c', code], cwd=str(place), text=True,
                            stdout=subprocess.PIPE, env={**os.environ, 'PYTHONPATH': str(ROOT)})
    try:
        address = types.SimpleNamespace(address=page.stdout.readline().strip())
        path = pathlib.Path(upload(address, b'x'))
        examples = set(path.parents[1].rglob('*.jpg'))
        assert len(examples) == 8 and path.exists()
        for _ in range(600):
            if not path.exists():
                break
            time.sleep(0.1)
        assert not path.exists() and all(each.exists() for each in examples)
    finally:
        page.send_signal(signal.SIGTERM)
        page.communicate(timeout=60)
    assert page.returncode == 0 and not path.parents[2].exists()


def test_for_phones_by_https(serve, place):
    """The address is one of the network, where there is one, and its certificate names it."""
    pytest.importorskip('trustme', reason='certificates: pip install "chainer_foodgan[tls]"')
    page = serve('--host', '0.0.0.0', '--tls')
    assert page.address.startswith('https://') and '0.0.0.0' not in page.address
    trust = ssl.create_default_context(cafile=next(place.glob('cache/**/*.pem')))
    trust.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the certificate's issuer is thrown away
    with urllib.request.urlopen(page.address + 'config', timeout=60, context=trust) as answer:
        assert json.loads(answer.read())['title'] == 'Magical Rice Bowl'
    page.process.send_signal(signal.SIGTERM)
    _, errors = page.process.communicate(timeout=60)
    assert errors == 'anyone in the network may use this page\nready; Ctrl-C ends it\n'


def test_a_qr_code_of_the_address_at_a_terminal(monkeypatch, capsys):
    segno = pytest.importorskip('segno', reason='QR codes: pip install "chainer_foodgan[web]"')
    monkeypatch.setattr(sys.stderr, 'isatty', lambda: True, raising=False)
    pages._show_to_phones('http://192.168.0.7:7860/')
    expected = io.StringIO()
    segno.make('http://192.168.0.7:7860/').terminal(expected, compact=True)
    said = capsys.readouterr().err
    assert said == 'anyone in the network may use this page\n' + expected.getvalue()
    assert max(map(len, said.splitlines())) <= 40


@pytest.mark.parametrize('version, says', [
    ((3, 9), 'needs Python 3.10 or newer'), ((3, 11), 'pip install "chainer_foodgan[web]"')])
def test_without_gradio_it_is_one_line(capsys, monkeypatch, version, says):
    monkeypatch.setitem(sys.modules, 'gradio', None)
    monkeypatch.setattr(sys, 'version_info', version)
    assert main(['serve']) == 1
    error = capsys.readouterr().err
    assert error.startswith('foodgan: ') and error.count('\n') == 1 and says in error


def test_mistakes_are_one_line(place, capsys, monkeypatch):
    pytest.importorskip('gradio', reason='the page: pip install "chainer_foodgan[web]" '
                        '(Python 3.10 or newer)')
    monkeypatch.chdir(place)
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(['serve', '--weights', 'G.npz', '--port', port]) == 1
    for arguments in (['--port', '65536'], ['--host', 'nowhere.invalid'],
                      ['--port', '0', '--weights', 'gone.npz']):
        assert main(['serve', '--weights', 'G.npz', *arguments]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and all(line.startswith('foodgan: ') for line in lines)
    assert 'name another --port' in lines[0] and 'gone.npz' in lines[3]
