"""Connections, with an application that is not Gradio."""

import contextlib
import socket
import threading

import pytest


@pytest.fixture
def connect(monkeypatch):
    """``connect()`` -> a connection to a server that waits a fifth of a second for heads."""
    pytest.importorskip('uvicorn', reason='the page: pip install "chainer_foodgan[web]" '
                        '(Python 3.10 or newer)')
    from chainer_foodgan.web import uvicorn_server

    monkeypatch.setattr(uvicorn_server, 'HEAD', 0.2)
    monkeypatch.setattr(uvicorn_server, 'CONNECTIONS', 3)

    async def app(scope, receive, send):
        if scope['type'] == 'http':
            await send({'type': 'http.response.start', 'status': 200,
                        'headers': [(b'content-length', b'2')]})
            await send({'type': 'http.response.body', 'body': b'ok'})

    listening, ready, ended = (socket.create_server(('127.0.0.1', 0)), threading.Event(),
                               threading.Event())
    server = uvicorn_server.Server(app, ready.set, ended.set)
    thread = threading.Thread(target=server.run, args=[[listening]])
    thread.start()
    assert ready.wait(30)
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(socket.create_connection(listening.getsockname(), 30))
        server.should_exit = True
        thread.join(30)
    assert ended.is_set() and not thread.is_alive()


@pytest.mark.parametrize('beginning', [b'', b'GET / HTTP/1.1\r\nHost: x'])
def test_a_head_that_does_not_come(connect, beginning):
    connection = connect()
    connection.sendall(beginning)
    assert connection.recv(99) == b''  # it is ended


def test_a_second_head_that_does_not_come(connect):
    connection = connect()
    connection.sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTT')
    answer = b''
    while part := connection.recv(99):
        answer += part
    assert answer.count(b'200 OK') == 1


def test_connections_of_one_address(connect):
    connections = [connect() for _ in range(3)]
    with contextlib.suppress(ConnectionError):
        assert connect().recv(99) == b''
    connections[0].sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    assert b'200 OK' in connections[0].recv(99)
