"""ASGI middleware before Gradio: what is let in, and what is said about each answer."""

import re

#: What a page and its clients ask for. Gradio answers much more: sharing, recording, profiling,
#: fetching from other hosts, other people's links to what they have on their screens.
_LET_IN = re.compile(
    r'/|/(?:ja|config|info|theme\.css|favicon\.ico|manifest\.json|robots\.txt)'
    r'|/(?:assets|static)/.+'
    r'|/gradio_api/(?:info|upload|upload_progress|startup-events|theme\.css|cancel|reset|app_id'
    r'|run/predict|queue/join|queue/data|heartbeat/\w+|call/\w+(?:/\w+)?'
    # An absolute path on this machine, which Gradio then looks for among the uploads.
    r'|file=(?:/|[A-Za-z]:[\\/]).+)')

# Browsers ask no other host for anything, whatever is in the page.
_HEADERS = {
    'Content-Security-Policy':
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self' data:; "
        "worker-src 'self' blob:; object-src 'none'; form-action 'none'; frame-ancestors 'self'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
}

#: Path of a page to its language.
LANGUAGE_OF = {'/': 'en', '/ja': 'ja'}

#: Bytes of a request that brings no photo, and requests that are answered at one time.
_SMALL, _AT_ONCE = 2 ** 20, 500


class GuardMiddleware:
    """Lets in what the page and its clients need, in sizes that there is room for.

    Args:
        app: The ASGI application behind it.
        most (int): Bytes of an upload.
        room (callable): Says how many bytes there is still room for among the uploads.
    """

    def __init__(self, app, most, room):
        self._app, self._most, self._room, self._answered = app, most, room, 0

    async def __call__(self, scope, receive, send):
        if scope['type'] != 'http':
            return await self._app(scope, receive, send)  # 'lifespan'; Gradio has no websockets
        if self._answered >= _AT_ONCE:
            return await _answer(send, 503, 'too many ask at once: try again in some minutes')
        self._answered += 1
        try:
            await self._respond(scope, receive, send)
        finally:
            self._answered -= 1

    async def _respond(self, scope, receive, send):
        path = scope['path']
        if not _LET_IN.fullmatch(path):
            return await _answer(send, 404, 'there is nothing here')
        headers = dict(scope['headers'])
        if path == '/' and not scope['query_string'] and _prefers_japanese(
                headers.get(b'accept-language', b'').decode('latin-1')):
            return await _answer(send, 307, '', {'Location': './ja', 'Vary': 'Accept-Language'})
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
        send = _with_headers(send, path)
        if path in LANGUAGE_OF:
            send = _in_language(send, LANGUAGE_OF[path])
        await self._app(scope, _at_most(receive, limit), send)


def _at_most(receive, limit):
    """Ends a request that goes on beyond what it declared."""
    taken = 0

    async def limited():
        nonlocal taken
        message = await receive()
        taken += len(message.get('body', b''))
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
        page = page.replace(b'<head>', b'<head><script>Object.defineProperty(navigator,"language",'
                            b'{value:"%s"})</script>' % code.encode(), 1)
        headers = [header for header in start['headers'] if header[0] != b'content-length']
        if body:  # the answer to HEAD has none
            headers.append((b'content-length', b'%d' % len(page)))
        await send({**start, 'headers': headers})
        await send({**message, 'body': page if body else body})
    return answer


async def _answer(send, status, text, more=None):
    more = {'Content-Type': 'text/plain; charset=utf-8', **_HEADERS, **(more or {})}
    await send({'type': 'http.response.start', 'status': status, 'headers': _encoded(more)})
    await send({'type': 'http.response.body', 'body': text.encode()})


def _encoded(headers):
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


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
