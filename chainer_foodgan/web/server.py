"""The page as a program: what Gradio is told, what it is kept from, and how it ends."""

import contextlib
import datetime
import functools
import hashlib
import os
import pathlib
import secrets
import signal
import socket
import sys
import tempfile
import time
import warnings

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.web.photos import Uploads, open_examples, temporary_folder
from chainer_foodgan.web.words import LANGUAGES

# Sessions that Gradio remembers something of, about 75 kB each.
_SESSIONS = 200

# What Gradio and its libraries read from the environment when they are imported. They ask nobody
# but this page, whether it is there: not by a proxy.
_ENVIRONMENT = {'GRADIO_ANALYTICS_ENABLED': 'False', 'GRADIO_ANALYTICS_MAX_EVENTS': '100',
                'HF_HUB_DISABLE_TELEMETRY': '1', 'HF_HUB_OFFLINE': '1', 'DO_NOT_TRACK': '1',
                'NO_PROXY': '*', 'no_proxy': '*'}


def library():
    """Imports Gradio; a FoodganError says where it is missing, or this Python is too old for it."""
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
    """Takes an address before anything else is made ready (socket.socket, listening); port 0 is any
    that is free. A FoodganError says why it cannot be had.
    """
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ':' in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = getattr(error, 'strerror', None) or error
        raise FoodganError(f'cannot listen on {host} port {port}: {reason}; name another --port '
                           'or --host') from error


def serve(service, listening, megabytes=20, waiting=64, ready=None, minutes=15, hosts=(),
          tls=None):
    """Serves the page until Ctrl-C or SIGTERM; to be called on the main thread.

    What people have sent is in a temporary folder, which is not there any more at the end.

    Args:
        service (Service): What computes.
        listening (socket.socket): Holds the address.
        megabytes (int): The largest upload.
        waiting (int): How many may wait in the queue; an eighth of it are for one address.
        ready (callable): Called with the page's address (str) once it is there.
        minutes (float): How old uploads and pictures get.
        hosts (sequence of str): Names by which the page may be asked for, beside this machine's.
        tls (path): A PEM file of a private key and certificates. None: the page is plain HTTP.
    """
    library()
    from chainer_foodgan.web.uvicorn_server import Server

    # The folder goes, too, where SIGTERM comes before the page is there.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), temporary_folder() as folder:
        uploads = Uploads(folder / 'uploads', minutes=minutes)
        blocks = make_blocks(service, uploads, open_examples(), waiting)
        app = make_app(blocks, uploads, megabytes * 10 ** 6, max(1, waiting // 8), hosts)

        def told():
            if ready is not None:
                host, port = host_of(listening), listening.getsockname()[1]
                ready('{}://{}:{}/'.format('https' if tls else 'http',
                                           f'[{host}]' if ':' in host else host, port))

        Server(app, told, functools.partial(blocks.close, verbose=False),
               ssl_certfile=tls and str(tls)).run([listening])


def host_of(listening):
    """The address by which others ask for the page: that of the socket, or, where it listens on all
    that the machine has, the one that it has in the network, or ``localhost``.
    """
    host = listening.getsockname()[0]
    if not is_open(host):
        return host
    try:
        with socket.socket(listening.family, socket.SOCK_DGRAM) as probe:
            # Nothing is sent: this asks for the way to an address that is nobody's (RFC 5737).
            probe.connect(('2001:db8::1' if ':' in host else '192.0.2.1', 9))
            return probe.getsockname()[0]
    except OSError:
        return 'localhost'


def is_open(host):
    """Whether it stands for all addresses of a machine."""
    return host in ('0.0.0.0', '::')


def make_blocks(service, uploads, examples, waiting):
    """The pages in all languages, and the API (gradio.Blocks); ``waiting`` may wait in the queue.
    """
    gradio = library()
    # Gradio reads these when components are made.
    os.environ.update(GRADIO_TEMP_DIR=str(uploads.folder),
                      GRADIO_EXAMPLES_CACHE=str(uploads.folder / 'examples'))
    from chainer_foodgan.web.fields import CheckedBlocks
    from chainer_foodgan.web.page import Page, add_api

    # Paths of uploads are hashes of what is in them: without this nobody can compute them.
    gradio.processing_utils.hash_seed = secrets.token_bytes(32)
    with CheckedBlocks(uploads, title=LANGUAGES[0].title, analytics_enabled=False,
                       delete_cache=uploads.delete_cache) as blocks:
        Page(service, LANGUAGES[0], examples, uploads)
        add_api(service)
    for words in LANGUAGES[1:]:
        with blocks.route(words.title, words.code, show_in_navbar=False):
            Page(service, words, examples, uploads)
    blocks.queue(max_size=waiting, api_open=False, default_concurrency_limit=1)
    return blocks


def make_app(blocks, uploads, most, share, hosts=()):
    """The pages as an ASGI application, behind what keeps strangers from it: uploads have ``most``
    bytes, of one address ``share`` requests may wait.
    """
    import fastapi
    import gradio

    from chainer_foodgan.web.middleware import GuardMiddleware, LanguageMiddleware

    here = pathlib.Path(__file__).parent
    blocks.state_session_capacity = _SESSIONS
    blocks.has_launched = True  # from then on Gradio looks at what files it is named
    warnings.filterwarnings('ignore', 'SSR mode')  # which nobody has asked for
    app = gradio.mount_gradio_app(
        fastapi.FastAPI(openapi_url=None), blocks, '/', footer_links=[], run_history=False,
        # Errors that are no sentences of this package stay in the server's log.
        show_error=False, max_file_size=most, enable_monitoring=False, ssr_mode=False, pwa=False,
        mcp_server=False, app_kwargs={'openapi_url': None},
        head=f'<script>{(here / "accessible.js").read_text("utf-8")}</script>',
        css_paths=here / 'style.css',
        # Fonts of the visitor's machine: none are fetched.
        theme=gradio.themes.Base(
            primary_hue='red', neutral_hue='stone', radius_size='lg',
            font=['system-ui', '-apple-system', 'Segoe UI', 'Hiragino Sans', 'Yu Gothic UI',
                  'Noto Sans CJK JP', 'Noto Sans', 'sans-serif'],
            font_mono=['ui-monospace', 'monospace']))

    def waiting(address):
        return sum(event.request.client.host == address
                   for queue in blocks._queue.event_queue_per_concurrency_id.values()
                   for event in queue.queue)

    return GuardMiddleware(LanguageMiddleware(app), most, uploads.room, waiting, share, hosts)


_DAYS = 365  # phones take none that are valid for much longer


def certificate(names, folder):
    """Makes a certificate for names and addresses, or takes the one of last time from the folder,
    which browsers may know by now.

    Returns a PEM file of the private key and the certificates, for its owner alone. A FoodganError
    says that trustme (the extra ``tls``) is missing, or that the file cannot be written.
    """
    name = hashlib.sha256(' '.join(sorted(names)).encode()).hexdigest()[:16]
    path = folder / f'{name}.pem'
    if path.exists() and time.time() - path.stat().st_mtime < (_DAYS - 1) * 86400:
        return path
    try:
        import trustme
    except ImportError as error:
        raise FoodganError(f'a certificate needs trustme ({error}): pip install '
                           '"chainer_foodgan[tls]"') from error
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=_DAYS)
    issued = trustme.CA().issue_cert(*names, not_after=ends)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # mkstemp's files are private from the start, which files.replacing's are not.
        descriptor, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, 'wb') as file:
            file.write(issued.private_key_and_cert_chain_pem.bytes())
        pathlib.Path(temporary).replace(path)
    except OSError as error:
        raise FoodganError(f'cannot write {path}: {error.strerror or error}; '
                           'what was there before is untouched') from error
    return path
