"""What is let in to Gradio, and what is said about its answers."""

import asyncio

import pytest

from chainer_foodgan.web import middleware
from chainer_foodgan.web.middleware import GuardMiddleware

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


def ask(path, headers=(), parts=(b'',), query=b'', room=10 ** 9, most=100):
    """-> (status, headers, body, what was let in)."""
    behind, sent = Behind(), []
    waiting = [{'type': 'http.request', 'body': part, 'more_body': number < len(parts)}
               for number, part in enumerate(parts, start=1)]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {'type': 'http', 'path': path, 'query_string': query, 'headers': list(headers)}
    asyncio.run(GuardMiddleware(behind, most, lambda: room)(scope, receive, send))
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
    assert status == 404 and body == b'there is nothing here' and taken is None


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
