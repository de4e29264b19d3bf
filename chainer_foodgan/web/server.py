"""The page as a program: what Gradio is told, what it is kept from, and how it ends."""

import logging
import os
import pathlib
import secrets
import signal
import socket
import sys
import tempfile
import time

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.web.uploads import Uploads
from chainer_foodgan.web.words import LANGUAGES

# Sessions that Gradio remembers something of, about 75 kB each.
_SESSIONS = 200

# What Gradio and its libraries read from the environment when they are imported. They ask nobody
# but this page, whether it is there: not by a proxy.
_ENVIRONMENT = {'GRADIO_ANALYTICS_ENABLED': 'False', 'GRADIO_ANALYTICS_MAX_EVENTS': '100',
                'HF_HUB_DISABLE_TELEMETRY': '1', 'HF_HUB_OFFLINE': '1', 'DO_NOT_TRACK': '1',
                'NO_PROXY': '*', 'no_proxy': '*'}


def library():
    """Imports what serves the page.

    Raises:
        FoodganError: It is not installed, or this Python is too old for it.
    """
    os.environ.update(_ENVIRONMENT)
    try:
        import gradio
    except ImportError as error:
        if sys.version_info < (3, 10):
            raise FoodganError('the page needs Python 3.10 or newer: Gradio has left {}.{} '
                               'behind'.format(*sys.version_info)) from error
        raise FoodganError(f'the page needs Gradio ({error}): pip install '
                           '"chainer_foodgan[web]"') from error
    return gradio


def listen(host, port):
    """Takes an address before anything else is made ready.

    Args:
        host (str): A name or address of this machine.
        port (int): 0: any that is free.

    Returns:
        socket.socket: Listening.

    Raises:
        FoodganError: It cannot be had.
    """
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ':' in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise _taken(host, port, getattr(error, 'strerror', None) or error) from error


def _taken(host, port, reason):
    return FoodganError(f'cannot listen on {host} port {port}: {reason}; name another --port or '
                        '--host')


def serve(service, listening, megabytes=20, waiting=64, ready=None, minutes=15):
    """Serves the page until Ctrl-C or SIGTERM; to be called on the main thread.

    What people have sent is in a temporary folder, which is not there any more at the end.

    Args:
        service (Service): What computes.
        listening (socket.socket): Holds the address, which the page takes over.
        megabytes (int): The largest upload.
        waiting (int): How many may wait in the queue.
        ready (callable): Called with the page's address (str) once it is there.
        minutes (float): How old uploads and pictures get.

    Raises:
        FoodganError: Gradio is not installed, or another program has taken the address.
    """
    library()
    # The folder goes, too, where SIGTERM comes before the page is there.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    host, port = listening.getsockname()[:2]
    with tempfile.TemporaryDirectory(prefix='foodgan-') as folder:
        uploads = Uploads(pathlib.Path(folder, 'uploads'), minutes=minutes)
        examples = draw_examples(pathlib.Path(folder, 'bowls'))
        blocks = make_blocks(service, uploads, examples, waiting)
        listening.close()
        try:
            address = _launch(blocks, uploads, host, port, megabytes * 10 ** 6)
            if ready is not None:
                ready(address)
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            # Pages keep a connection open for as long as somebody looks at them: it is no fault.
            logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)
        finally:
            blocks.close(verbose=False)


def draw_examples(folder):
    """Draws bowls to begin with.

    Args:
        folder (pathlib.Path): Where they go.

    Returns:
        list of pathlib.Path: Pictures.
    """
    from chainer_foodgan.datasets.bowls import RenderedBowls  # and with them Chainer

    bowls = RenderedBowls(60, 384, seed=7)
    paths = []
    for index in 4, 10, 25, 58:
        paths.append(folder / f'{bowls.categories[bowls.labels[index]]}.jpg')
        images.save_image(bowls.image(index), paths[-1])
    return paths


def make_blocks(service, uploads, examples, waiting):
    """The pages in all languages, and the API.

    Args:
        service (Service): What computes.
        uploads (Uploads): Where files go.
        examples (list of path): Pictures to begin with.
        waiting (int): How many may wait in the queue.

    Returns:
        gradio.Blocks: Them.
    """
    gradio = library()
    # Gradio reads these when components are made.
    os.environ.update(GRADIO_TEMP_DIR=str(uploads.folder),
                      GRADIO_EXAMPLES_CACHE=str(uploads.folder / 'examples'))
    from chainer_foodgan.web.api import add_api
    from chainer_foodgan.web.page import Page

    # Paths of uploads are hashes of what is in them: without this nobody can compute them.
    gradio.processing_utils.hash_seed = secrets.token_bytes(32)
    with gradio.Blocks(title=LANGUAGES[0].title, analytics_enabled=False,
                       delete_cache=uploads.delete_cache) as blocks:
        Page(service, LANGUAGES[0], examples, uploads)
        add_api(service, uploads)
    for words in LANGUAGES[1:]:
        with blocks.route(words.title, words.code, show_in_navbar=False):
            Page(service, words, examples, uploads)
    blocks.queue(max_size=waiting, api_open=False, default_concurrency_limit=1)
    return blocks


def _launch(blocks, uploads, host, port, most):
    """Starts the server on a thread of its own; -> the page's address."""
    import gradio
    from starlette.middleware import Middleware

    from chainer_foodgan.web.middleware import GuardMiddleware

    options = dict(
        server_name=f'[{host}]' if ':' in host else host, server_port=port,
        prevent_thread_lock=True, quiet=True, share=False,
        inbrowser=False, inline=False, footer_links=[], run_history=False, show_error=True,
        max_file_size=most, state_session_capacity=_SESSIONS, enable_monitoring=False,
        ssr_mode=False, pwa=False, mcp_server=False,
        css_paths=pathlib.Path(__file__).with_name('style.css'),
        # Fonts of the visitor's machine: none are fetched.
        theme=gradio.themes.Base(
            primary_hue='red', neutral_hue='stone', radius_size='lg',
            font=['system-ui', '-apple-system', 'Segoe UI', 'Hiragino Sans', 'Yu Gothic UI',
                  'Noto Sans CJK JP', 'Noto Sans', 'sans-serif'],
            font_mono=['ui-monospace', 'monospace']),
        app_kwargs={'openapi_url': None, 'middleware': [
            Middleware(GuardMiddleware, most=most, room=uploads.room)]})
    try:
        _, address, _ = blocks.launch(**options)
    except OSError as error:  # another program has been faster
        raise _taken(host, port, error) from error
    logging.getLogger('uvicorn.error').setLevel(logging.ERROR)
    return address
