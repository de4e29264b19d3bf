"""The server of the page: where it listens, what goes on beside it, and how it ends."""

import asyncio
import contextlib
import logging
import pathlib
import signal
import socket
import tempfile

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.web import application
from chainer_foodgan.web.uploads import Uploads

# Seconds: how long connections may take to end, and how often old files are deleted.
_PATIENCE, _EVERY = 2, 30


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
        raise FoodganError('cannot listen on {} port {}: {}; name another --port or --host'.format(
            host, port, getattr(error, 'strerror', None) or error)) from error


def serve(service, listening, megabytes=20, waiting=64, ready=None):
    """Serves the page until Ctrl-C or SIGTERM; to be called on the main thread.

    What people have sent is in a temporary folder, which is not there any more at the end.

    Args:
        service (Service): What computes.
        listening (socket.socket): Where.
        megabytes (int): The largest upload.
        waiting (int): How many may wait in the queue.
        ready (callable): Called once the page is there.

    Raises:
        FoodganError: Gradio is not installed.
    """
    application.library()
    # The folder goes, too, where SIGTERM comes before the page is there.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix='foodgan-') as folder:
        uploads = Uploads(pathlib.Path(folder, 'uploads'))
        blocks = application.make_blocks(
            service, uploads, application.draw_examples(pathlib.Path(folder, 'bowls')), waiting)
        gate, inner = application.make_app(blocks, uploads, megabytes * 10 ** 6)

        def end_streams():
            blocks.is_running = False
            inner.stop_event.set()

        asyncio.run(_run(_server(gate), listening, ready, lambda: _clean(uploads, blocks),
                         end_streams))


def _server(app):
    import uvicorn

    class Server(uvicorn.Server):
        """Ends quietly: Uvicorn's own would raise the signal that ended it once more."""

        @contextlib.contextmanager
        def capture_signals(self):
            for number in signal.SIGINT, signal.SIGTERM:
                signal.signal(number, self.handle_exit)
            yield
    return Server(uvicorn.Config(
        app, log_level='error', access_log=False, server_header=False, limit_concurrency=500,
        timeout_graceful_shutdown=_PATIENCE))


async def _run(server, listening, ready, clean, end_streams):
    async def beside():
        while not server.started:
            await asyncio.sleep(0.02)
        if ready is not None:
            ready()
        ticks = 0
        while not server.should_exit:
            await asyncio.sleep(0.1)
            ticks += 1
            if ticks % (10 * _EVERY) == 0:
                await asyncio.to_thread(clean)
        # Pages keep a connection open for as long as somebody looks at them: no fault to report.
        logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)
        end_streams()

    task = asyncio.ensure_future(beside())
    await server.serve([listening])
    task.cancel()


def _clean(uploads, blocks):
    gone = uploads.clean()
    for known in blocks.temp_file_sets:  # Gradio remembers every file for ever
        known.difference_update(gone)
