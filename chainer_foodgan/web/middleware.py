"""ASGI middleware before Gradio: what is let in and how much of it, and in which language it is."""

import asyncio
import collections
import contextlib
import ipaddress
import json
import re
import socket
from urllib.parse import urlsplit

from chainer_foodgan.web.words import LANGUAGES

#: What a page and its clients ask for. Gradio answers much more: sharing, recording, profiling,
#: fetching from other hosts, other people's links to what they have on their screens.
_LET_IN = re.compile(
    r'/|/(?:ja|config|info|theme\.css|favicon\.ico|manifest\.json|robots\.txt)'
    r'|/(?:assets|static)/.+'
    r'|/gradio_api/(?:info|upload|upload_progress|startup-events|theme\.css|cancel|reset|app_id'
    r'|run/predict|queue/join|queue/data|heartbeat/\w+|call/\w+(?:/\w+)?'
    # An absolute path on this machine, which Gradio then looks for among the uploads.
    r'|file=(?:/|[A-Za-z]:[\\/]).+)')
_JOINS = re.compile(r'/gradio_api/(?:queue/join|call/\w+)')

# Browsers ask no other host for anything, whatever is in the page.
_HEADERS = {
    'Content-Security-Policy':
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self' data:; "
        "worker-src 'self' blob:; object-src 'none'; form-action 'none'; frame-ancestors 'self'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
}

#: Bytes of a request that brings no photo; requests answered at one time, all and an address's.
_SMALL, _AT_ONCE, _EACH = 2 ** 20, 500, 100

#: Seconds that a request's body may take, and bytes for which it gets another second.
_PATIENCE, _RATE = 30, 50_000


class GuardMiddleware:
    """Lets in what the page and its clients need, in sizes that there is room for.

    Args:
        app: The ASGI application behind it.
        most (int): Bytes of an upload.
        room (callable): Says how many bytes there is still room for among the uploads.
        waiting (callable): Says how many requests of an address wait in the queue.
        share (int): How many of an address may.
        hosts (sequence of str): Names of the page beside those of the machine and addresses.
    """

    def __init__(self, app, most, room, waiting, share, hosts=()):
        self._app, self._most, self._room = app, most, room
        self._waiting, self._share = waiting, share
        name = socket.gethostname().lower()
        self._names = {'localhost', name, name + '.local', *(host.lower() for host in hosts)}
        self._open, self._joining = collections.Counter(), collections.Counter()

    async def __call__(self, scope, receive, send):
        if scope['type'] != 'http':
            return await self._app(scope, receive, send)  # 'lifespan'; Gradio has no websockets
        address = (scope.get('client') or ('',))[0]
        if sum(self._open.values()) >= _AT_ONCE or self._open[address] >= _EACH:
            return await _answer(send, 503, 'too many ask at once: try again in some minutes')
        joins = _JOINS.fullmatch(scope['path']) and scope['method'] == 'POST'
        if joins and self._waiting(address) + self._joining[address] >= self._share:
            return await _answer(send, 429, f'{self._share} pictures of yours are waiting already: '
                                 'try again once they are done')
        with _counted(self._open, address), (
                _counted(self._joining, address) if joins else contextlib.nullcontext()):
            await self._respond(scope, receive, send)

    async def _respond(self, scope, receive, send):
        path, headers = scope['path'], dict(scope['headers'])
        host = headers.get(b'host', b'').decode('latin-1').lower()
        if not self._is_ours(host):
            return await _answer(send, 403, 'the page is not called that: ask for it by its '
                                 'address, or serve it with --allow-host')
        origin = headers.get(b'origin')
        if origin is not None and urlsplit(origin.decode('latin-1').lower()).netloc != host:
            return await _answer(send, 403, 'only the page itself may ask')
        if not _LET_IN.fullmatch(path):
            return await _answer(send, 404, 'there is nothing here')
        limit = _SMALL
        if path == '/gradio_api/upload':
            limit = self._most + _SMALL
            if self._room() < limit:
                return await _answer(send, 503, 'there is no room for more photos now: try again '
                                     'in some minutes')
        declared = headers.get(b'content-length', b'0')
        if not declared.isdigit() or int(declared) > limit:
            return await _answer(send, 413, f'this is larger than the {limit:,} bytes that are '
                                 'taken')
        await self._app(scope, _at_most(receive, limit), _with_headers(send, path))

    def _is_ours(self, host):
        """Whether a ``Host`` is this page: a stranger's name may lead here, an address may not."""
        try:
            name = urlsplit('//' + host).hostname or ''
            return name in self._names or bool(ipaddress.ip_address(name))
        except ValueError:
            return False


@contextlib.contextmanager
def _counted(counter, key):
    """Counts a key for as long as a block lasts."""
    counter[key] += 1
    try:
        yield
    finally:
        counter[key] -= 1
        if not counter[key]:
            del counter[key]


def _at_most(receive, limit):
    """Ends a request that goes on beyond what it declared, or does not go on."""
    taken, loop = 0, asyncio.get_running_loop()
    whole, late = False, loop.time() + _PATIENCE + limit / _RATE

    async def limited():
        nonlocal taken, whole
        if whole:  # what comes now is that the client has gone
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), late - loop.time())
        except asyncio.TimeoutError:
            return {'type': 'http.disconnect'}
        taken += len(message.get('body', b''))
        whole = not message.get('more_body')
        return message if taken <= limit else {'type': 'http.disconnect'}
    return limited


def _with_headers(send, path):
    more = dict(_HEADERS)
    if path.startswith('/gradio_api/'):  # somebody's photos, among other things
        more['Cache-Control'] = 'no-store'

    async def answer(message):
        if message['type'] == 'http.response.start':
            message = {**message, 'headers': [*message.get('headers', ()), *_encoded(more)]}
        await send(message)
    return answer


async def _answer(send, status, text):
    more = {'Content-Type': 'application/json; charset=utf-8', **_HEADERS}
    await send({'type': 'http.response.start', 'status': status, 'headers': _encoded(more)})
    await send({'type': 'http.response.body', 'body': json.dumps({'detail': text}).encode()})


def _encoded(headers):
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


#: Path of a page to its language.
LANGUAGE_OF = {'/': 'en', '/ja': 'ja'}

_TITLES = {words.code: words.title for words in LANGUAGES}


class LanguageMiddleware:
    """Sends browsers that prefer Japanese to the Japanese page, and names pages' languages."""

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        path = scope.get('path')
        if path == '/' and not scope['query_string'] and _prefers_japanese(
                dict(scope['headers']).get(b'accept-language', b'').decode('latin-1')):
            await send({'type': 'http.response.start', 'status': 307, 'headers': [
                (b'location', b'./ja'), (b'vary', b'accept-language')]})
            return await send({'type': 'http.response.body', 'body': b''})
        if path in LANGUAGE_OF:
            send = _in_language(send, LANGUAGE_OF[path])
        await self._app(scope, receive, send)


def _in_language(send, code):
    """Gradio's own words are in the language that the browser names: it names the page's."""
    start, body = None, b''

    async def answer(message):
        nonlocal start, body
        if message['type'] == 'http.response.start':
            start = message
            return
        body += message.get('body', b'')
        if message.get('more_body'):
            return
        page = re.sub(rb'(<html\s+lang=)"\w*"', rb'\1"%s"' % code.encode(), body, count=1)
        page = re.sub(rb'<meta\s[^>]*(?:og|twitter):[^>]*>', b'', page)
        page = page.replace(LANGUAGES[0].title.encode(), _TITLES[code].encode())
        page = page.replace(b'<head>', b'<head><script>Object.defineProperty(navigator,"language",'
                            b'{value:"%s"})</script>' % code.encode(), 1)
        headers = [header for header in start['headers'] if header[0] != b'content-length']
        if body:  # the answer to HEAD has none
            headers.append((b'content-length', b'%d' % len(page)))
        await send({**start, 'headers': headers})
        await send({**message, 'body': page if body else body})
    return answer


def _prefers_japanese(accepted):
    """Whether ``Accept-Language`` (RFC 9110, section 12.5.4) puts Japanese before English."""
    shares = {'ja': 0., 'en': 0.}
    for position, entry in enumerate(accepted.split(',')):
        language, _, share = entry.partition(';')
        name = language.strip().lower()[:2]
        value = re.fullmatch(r'\s*q=(\d(?:\.\d{0,3})?)\s*', share)
        # Of two with one share, the first counts.
        weight = (float(value.group(1)) if value else 1.) - position * 1e-6
        if name in shares:
            shares[name] = max(shares[name], weight)
    return shares['ja'] > shares['en']
