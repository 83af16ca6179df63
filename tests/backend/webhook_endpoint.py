"""A customer's endpoint: a real server on loopback, in threads of its own, that behaves as a test wants it to."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import msgspec

from tests.backend.certificates import CertificateFiles

PATIENCE_SECONDS = 60


class Received(msgspec.Struct, frozen=True):
    """A request as it came; `server_name` is the host that was asked for in TLS."""

    server_name: str | None
    line: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[["Endpoint", socket.socket], None]
"""What it does with a connection once the request is read; it is closed afterwards."""


def answers(head: str, body: bytes = b"") -> Behaviour:
    """Answers with a status line, headers if any, and a body of that length."""
    return sends(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


def sends(data: bytes) -> Behaviour:
    """Sends just these bytes and hangs up."""

    def behave(endpoint: "Endpoint", connection: socket.socket) -> None:
        connection.sendall(data)

    return behave


def repeats(start: bytes, data: bytes, pause_seconds: float = 0.0) -> Behaviour:
    """Sends the start, then the data again and again until the other side hangs up or the endpoint is closed."""

    def behave(endpoint: "Endpoint", connection: socket.socket) -> None:
        connection.sendall(start)
        while not endpoint.ending.wait(pause_seconds):
            connection.sendall(data)

    return behave


def stays_silent(endpoint: "Endpoint", connection: socket.socket) -> None:
    """Takes the request and says nothing until it is closed or the other side hangs up."""
    while not endpoint.ending.is_set():
        connection.settimeout(0.1)
        with suppress(TimeoutError):
            if not connection.recv(1):
                endpoint.hung_up.set()
                return


class Endpoint:
    """Listens as soon as it is made. `connections` counts what was accepted, before any TLS; `received` holds requests
    that came whole; `hung_up` is set when a silent one sees the other side go."""

    def __init__(
        self, behave: Behaviour, certificate: CertificateFiles | None = None, *, address: str = "127.0.0.1"
    ) -> None:
        self.connections = 0
        self.received: list[Received] = []
        self.request_came, self.hung_up, self.ending = Event(), Event(), Event()
        self._behave = behave
        self._certificate = certificate
        self._listener = socket.create_server((address, 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, host: str = "127.0.0.1", path: str = "/hook") -> str:
        """Its address by a name or an IP address."""
        return f"{'https' if self._certificate else 'http'}://{host}:{self.port}{path}"

    def close(self) -> None:
        """Ends it and what is open to it."""
        self.ending.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()

    def __enter__(self) -> "Endpoint":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._threads.append(Thread(target=self._serve, args=(connection,), daemon=True))
                self._threads[-1].start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(PATIENCE_SECONDS)
        with plain, suppress(OSError):  # the other side hangs up when it has enough; ssl.SSLError is one
            if self._certificate is None:
                self._answer(plain, None)
                return
            names: list[str | None] = []
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate.cert, self._certificate.key)
            context.sni_callback = lambda _socket, name, _context: names.append(name)
            with context.wrap_socket(plain, server_side=True) as connection:
                self._answer(connection, names[0])

    def _answer(self, connection: socket.socket, server_name: str | None) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            received += _some(connection)
        head, _, body = received.partition(b"\r\n\r\n")
        line, *rows = head.decode("ascii").split("\r\n")
        pairs = [(name.lower(), value.strip()) for name, _, value in (row.partition(":") for row in rows)]
        headers = dict(pairs)
        assert len(headers) == len(pairs), rows
        while len(body) < int(headers["content-length"]):
            body += _some(connection)
        self.received.append(Received(server_name, line, headers, body))
        self.request_came.set()
        self._behave(self, connection)


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError
    return data
