"""HTTP/1.1 by uvicorn, which waits for nobody without end."""

import logging

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds until a request's head has to be there, after the connection or the answer before.
HEAD = 15

#: Connections of one address.
CONNECTIONS = 200


class Protocol(H11Protocol):
    """A connection; those of an address that has many are ended at once."""

    def connection_made(self, transport):
        """Begins to wait for the first head."""
        super().connection_made(transport)
        address = (self.client or ('',))[0]
        if sum((other.client or ('',))[0] == address for other in self.connections) > CONNECTIONS:
            return transport.abort()
        self.timeout_keep_alive_task = self.loop.call_later(HEAD, self.timeout_keep_alive_handler)

    def data_received(self, data):
        """As in uvicorn, but that the wait is over with a whole head, not with its first byte."""
        self.conn.receive_data(data)
        self.handle_events()


class Server(uvicorn.Server):
    """Serves an ASGI application on this thread until Ctrl-C or SIGTERM; calls ``ready`` once
    requests are answered, and ``ending`` once no more are. Options are those of ``uvicorn.Config``.
    """

    def __init__(self, app, ready, ending, **options):
        super().__init__(uvicorn.Config(
            app, http=Protocol, ws='none', log_level='error', access_log=False,
            server_header=False, timeout_keep_alive=HEAD, timeout_graceful_shutdown=1, **options))
        self._ready, self._ending = ready, ending

    async def startup(self, sockets=None):
        """Calls ``ready``."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets=None):
        """Calls ``ending``. That pages keep a connection open is no error to be told."""
        logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)
        self._ending()
        await super().shutdown(sockets)
