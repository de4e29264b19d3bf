"""The page as an application: what Gradio is told, and what it is kept from."""

import os
import pathlib
import secrets
import sys
import warnings

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.web.gate import Gate
from chainer_foodgan.web.words import LANGUAGES

# Sessions that Gradio remembers something of, about 75 kB each.
_SESSIONS = 200

# What Gradio and its libraries read from the environment when they are imported.
_SILENT = {'GRADIO_ANALYTICS_ENABLED': 'False', 'GRADIO_ANALYTICS_MAX_EVENTS': '100',
           'HF_HUB_DISABLE_TELEMETRY': '1', 'HF_HUB_OFFLINE': '1', 'DO_NOT_TRACK': '1'}


def library():
    """Imports what serves the page.

    Raises:
        FoodganError: It is not installed, or this Python is too old for it.
    """
    os.environ.update(_SILENT)
    try:
        import gradio
    except ImportError as error:
        if sys.version_info < (3, 10):
            raise FoodganError('the page needs Python 3.10 or newer: Gradio has left {}.{} '
                               'behind'.format(*sys.version_info)) from error
        raise FoodganError('the page needs Gradio ({}): pip install "chainer_foodgan[web]"'.format(
            error)) from error
    return gradio


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
        dish = bowls.categories[bowls.labels[index]]
        paths.append(folder / '{}.jpg'.format(dish))
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
    with gradio.Blocks(title=LANGUAGES[0].title, analytics_enabled=False) as blocks:
        Page(service, LANGUAGES[0], examples, uploads)
        add_api(service, uploads)
    for words in LANGUAGES[1:]:
        with blocks.route(words.title, words.code, show_in_navbar=False):
            Page(service, words, examples, uploads)
    blocks.queue(max_size=waiting, api_open=False, default_concurrency_limit=1)
    blocks.state_session_capacity = _SESSIONS
    uploads.keep()
    return blocks


def make_app(blocks, uploads, most):
    """The ASGI application.

    Args:
        blocks (gradio.Blocks): What :func:`make_blocks` made.
        uploads (Uploads): Where uploads go.
        most (int): Bytes of one.

    Returns:
        tuple: The Gate, and Gradio's application behind it.
    """
    import fastapi
    import gradio

    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', 'SSR mode')  # it is not asked for
        app = gradio.mount_gradio_app(
            fastapi.FastAPI(openapi_url=None), blocks, '/', server_name='127.0.0.1',
            footer_links=[], run_history=False, show_error=True, max_file_size=most,
            ssr_mode=False, pwa=False, enable_monitoring=False, mcp_server=False,
            theme=_theme(gradio), css_paths=pathlib.Path(__file__).with_name('style.css'))
    # Only now does Gradio look whether a file that a program names is one of the uploads.
    blocks.has_launched = True
    return Gate(app, most, uploads.room), app.routes[-1].app


def _theme(gradio):
    # Fonts of the visitor's machine: none are fetched.
    return gradio.themes.Base(
        primary_hue='red', neutral_hue='stone', radius_size='lg',
        font=['system-ui', '-apple-system', 'Segoe UI', 'Hiragino Sans', 'Yu Gothic UI',
              'Noto Sans CJK JP', 'Noto Sans', 'sans-serif'],
        font_mono=['ui-monospace', 'monospace'])
