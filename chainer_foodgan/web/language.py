"""ASGI middleware: each page in its language, and the first one in that of the browser."""

import re

from chainer_foodgan.web.words import LANGUAGES

#: Path of a page to its language.
LANGUAGE_OF = {'/': 'en', '/ja': 'ja'}

_TITLES = {words.code: words.title for words in LANGUAGES}


class LanguageMiddleware:
    """Sends browsers that prefer Japanese to the Japanese page, and names pages' languages.

    Args:
        app: The ASGI application behind it.
    """

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
