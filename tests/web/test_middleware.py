"""What is let in to Gradio, and what is said about its answers."""

import asyncio
import json
import socket

import pytest

from chainer_foodgan.web import middleware
from chainer_foodgan.web.middleware import GuardMiddleware, LanguageMiddleware

_HTML = (b'<!doctype html>\n<html\n\tlang="en"\n><head><meta property="og:image" '
         b'content="https://example.org/x.jpg" /></head><body>x</body></html>')


class Behind:
    """Takes in a request and answers with HTML."""

    def __init__(self):
        self.taken = None

    async def __call__(self, scope, receive, send):
        self.taken, more = b'', True
        while more:
            message = await receive()
            if message['type'] == 'http.disconnect':
                self.taken = 'cut off'
                break
            self.taken += message['body']
            more = message.get('more_body', False)
        await send({'type': 'http.response.start', 'status': 200,
                    'headers': [(b'content-length', b'%d' % len(_HTML))]})
        await send({'type': 'http.response.body', 'body': _HTML[:20], 'more_body': True})
        await send({'type': 'http.response.body', 'body': _HTML[20:]})


def guard(behind, room=10 ** 9, most=100, waiting=0, **options):
    return GuardMiddleware(LanguageMiddleware(behind), most, lambda: room, lambda address: waiting,
                           share=2, **options)


def ask(path, headers=(), parts=(b'',), query=b'', method='GET', **options):
    """-> (status, headers, body, what was let in)."""
    behind, sent = Behind(), []
    headers = list(headers)
    if b'host' not in dict(headers):
        headers.append((b'host', b'127.0.0.1:7860'))
    waiting = [{'type': 'http.request', 'body': part, 'more_body': number < len(parts)}
               for number, part in enumerate(parts, start=1)]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {'type': 'http', 'path': path, 'query_string': query, 'headers': headers,
             'method': method, 'client': ('192.0.2.1', 5)}
    asyncio.run(guard(behind, **options)(scope, receive, send))
    body = b''.join(message['body'] for message in sent[1:])
    return sent[0]['status'], dict(sent[0]['headers']), body, behind.taken


@pytest.mark.parametrize('path', [
    '/', '/ja', '/config', '/assets/index.js', '/gradio_api/queue/join', '/gradio_api/queue/data',
    '/gradio_api/call/translate', '/gradio_api/call/translate/0a1b', '/gradio_api/upload',
    '/gradio_api/file=/tmp/x/uploads/0a/lunch.png', '/gradio_api/heartbeat/abc'])
def test_what_the_page_and_clients_need(path):
    assert ask(path)[0] == 200


@pytest.mark.parametrize('path', [
    '/docs', '/monitoring', '/monitoring/summary', '/gradio_api/deep_link', '/gradio_api/runs',
    '/gradio_api/proxy=http://127.0.0.1/x', '/gradio_api/file=http://127.0.0.1:1/x',
    '/gradio_api/process_recording', '/gradio_api/vibe-code', '/gradio_api/run/translate',
    '/gradio_api/stream/a/b/0/playlist.m3u8', '/login', '/gradio_api/queue/status',
    '/gradio_api/file/tmp/x', '/gradio_api/openapi.json'])
def test_all_else_is_not_there(path):
    status, _, body, taken = ask(path)
    assert status == 404 and json.loads(body)['detail'] == 'there is nothing here'
    assert taken is None


def test_the_browser_is_to_ask_nobody_else():
    _, headers, _, _ = ask('/config')
    policy = dict(part.strip().split(' ', 1)
                  for part in headers[b'content-security-policy'].decode().split(';'))
    assert policy['default-src'] == "'self'"
    assert not any(':/' in sources or '*' in sources for sources in policy.values())
    assert b'cache-control' not in headers
    assert ask('/gradio_api/file=/tmp/x.png')[1][b'cache-control'] == b'no-store'


def test_uploads_that_are_too_large():
    def upload(size, **options):
        return ask('/gradio_api/upload', [(b'content-length', b'%d' % size)], **options)

    assert upload(100)[0] == 200
    status, _, body, taken = upload(2 ** 20 + 101)
    assert status == 413 and b'larger than' in body and taken is None
    parts = [bytes(2 ** 19)] * 3  # of which nothing is said beforehand
    assert ask('/gradio_api/upload', parts=parts)[3] == 'cut off'
    assert ask('/gradio_api/upload', parts=parts[:2])[3] == bytes(2 ** 20)
    assert ask('/gradio_api/queue/join', [(b'content-length', b'1048577')])[0] == 413
    assert ask('/gradio_api/queue/join', [(b'content-length', b'many')])[0] == 413
    status, _, body, taken = upload(100, room=99)
    assert status == 503 and b'try again' in body and taken is None


def test_too_many_at_once(monkeypatch):
    monkeypatch.setattr(middleware, '_AT_ONCE', 0)
    status, _, body, taken = ask('/')
    assert status == 503 and b'try again' in body and taken is None


@pytest.mark.parametrize('name', [
    'localhost', 'LOCALHOST:7860', '127.0.0.1', '192.168.0.7:80', '[::1]:7860',
    socket.gethostname().lower() + ':7860', 'food.example'])
def test_names_of_the_page(name):
    assert ask('/', [(b'host', name.encode())], hosts=['food.example'])[0] == 200


@pytest.mark.parametrize('name', [
    'evil.example', 'evil.example:7860', 'localhost.evil.example', '127.0.0.1.evil.example', '',
    '127.0.0.1@evil.example', '[::1', 'x' * 9999])
def test_a_name_of_a_stranger_that_leads_here(name):
    status, _, body, taken = ask('/', [(b'host', name.encode())], hosts=['food.example'])
    assert status == 403 and b'--allow-host' in body and taken is None


@pytest.mark.parametrize('origin, let_in', [
    ('http://127.0.0.1:7860', True), ('https://127.0.0.1:7860', True), ('null', False),
    ('http://127.0.0.1', False), ('http://evil.example', False), ('http://localhost:7860', False)])
@pytest.mark.parametrize('method', ['GET', 'POST', 'OPTIONS'])
def test_pages_of_others_ask_nothing(origin, let_in, method):
    status, headers, _, taken = ask('/gradio_api/queue/join', [(b'origin', origin.encode())],
                                    method=method)
    assert (status, taken is not None) == ((200, True) if let_in else (403, False))
    assert b'access-control-allow-origin' not in headers


@pytest.mark.parametrize('path', ['/gradio_api/queue/join', '/gradio_api/call/translate'])
def test_an_address_has_its_share_of_the_queue(path):
    assert ask(path, method='POST', waiting=1)[0] == 200
    status, _, body, taken = ask(path, method='POST', waiting=2)
    assert status == 429 and 'waiting' in json.loads(body)['detail'] and taken is None
    assert ask('/gradio_api/queue/data', waiting=2)[0] == 200


def test_an_address_has_its_share_of_requests_and_joins(monkeypatch):
    """Requests that are on their way count, until they end; those of others do not."""
    monkeypatch.setattr(middleware, '_EACH', 3)

    async def run():
        app, end, answers = guard(never), asyncio.Event(), []

        async def receive():
            await end.wait()
            return {'type': 'http.disconnect'}

        async def send(message):
            answers.append(message.get('status'))

        def begin(path, address):
            scope = {'type': 'http', 'path': path, 'query_string': b'', 'method': 'POST',
                     'headers': [(b'host', b'localhost')], 'client': (address, 1)}
            return asyncio.ensure_future(app(scope, receive, send))

        joins = [begin('/gradio_api/queue/join', 'a') for _ in range(3)]
        others = [begin('/config', 'a') for _ in range(2)] + [begin('/config', 'b')]
        await asyncio.sleep(0)
        refused = [status for status in answers if status]
        end.set()
        await asyncio.gather(*joins, *others)
        return refused, app

    async def never(scope, receive, send):
        await receive()

    refused, app = asyncio.run(run())
    assert refused == [429, 503]  # the third join, and the fourth request
    assert not app._open and not app._joining


def test_a_body_that_does_not_come(monkeypatch):
    monkeypatch.setattr(middleware, '_PATIENCE', 0.05)
    monkeypatch.setattr(middleware, '_RATE', 1e9)

    async def run():
        async def receive():
            await asyncio.sleep(60)

        async def send(message):
            pass

        behind = Behind()
        await guard(behind)({'type': 'http', 'path': '/config', 'query_string': b'',
                             'headers': [(b'host', b'localhost')], 'method': 'POST',
                             'client': None}, receive, send)
        return behind.taken

    assert asyncio.run(run()) == 'cut off'


@pytest.mark.parametrize('accepted, japanese', [
    ('ja', True), ('ja-JP,ja;q=0.9,en;q=0.8', True), ('en-US,en;q=0.9,ja;q=0.8', False),
    ('fr,ja;q=0.5,en;q=0.4', True), ('fr', False), ('', False), ('ja;q=0,en;q=0.1', False),
    ('ja;q=x,en', True)])
def test_the_first_page_is_in_the_language_of_the_browser(accepted, japanese):
    status, headers, _, _ = ask('/', [(b'accept-language', accepted.encode())])
    assert (status == 307) == japanese
    assert headers.get(b'location') == (b'./ja' if japanese else None)
    assert ask('/', [(b'accept-language', accepted.encode())], query=b'lang=en')[0] == 200
    assert ask('/ja', [(b'accept-language', accepted.encode())])[0] == 200


@pytest.mark.parametrize('path, code', [('/', b'en'), ('/ja', b'ja')])
def test_a_page_says_its_language_and_names_no_other_host(path, code):
    _, headers, body, _ = ask(path)
    assert b'<html\n\tlang="%s"' % code in body
    assert b'{value:"%s"}' % code in body and b'https://' not in body
    assert int(headers[b'content-length']) == len(body)
