"""A server that says, connection after connection, just the bytes that a test gives it, and keeps what it was asked."""

import json
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """A request. Names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: Any = None, **headers: str) -> bytes:
    """A whole JSON answer; `Retry_After="1"` is its header Retry-After."""
    data = b"" if body is None else json.dumps(body).encode()
    return head(status, Content_Length=str(len(data)), Content_Type="application/json", **headers) + data


def head(status: int, **headers: str) -> bytes:
    """The head of an answer, after which the connection is closed."""
    lines = [f"HTTP/1.1 {status} Said", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def refusal(status: int, code: str, *details: dict[str, str], **headers: str) -> bytes:
    """An error as the service says it."""
    error = {"code": code, "message": "no", "hint": "wait", "details": details, "request_id": "the-request"}
    return answer(status, {"error": error}, **headers)


SILENCE = b"silence"
"""In place of an answer: nothing is said, and the connection stays open until the server is closed."""

Said = bytes | Callable[[str], bytes]
"""An answer, or what makes one when it is told the server's own address."""


class RawServer:
    """Answers the n-th connection with the n-th of `answers`: b"" closes it without a word."""

    def __init__(self, answers: Sequence[Said]) -> None:
        self.asked: list[Asked] = []
        self._answers = list(answers)
        self._held: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="raw-server")

    def __enter__(self) -> "RawServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()
        for connection in self._held:
            connection.close()

    def _serve(self) -> None:
        for said in self._answers:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # closed: nobody asked so often
                return
            asked = _read(connection)
            if asked is not None:
                self.asked.append(asked)
            if said == SILENCE:
                self._held.append(connection)
                continue
            connection.sendall(said if isinstance(said, bytes) else said(self.url))
            connection.close()


def _read(connection: socket.socket) -> Asked | None:
    """A whole request; None if who asked has gone before its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (piece := connection.recv(1 << 16)):
            return None
        data += piece
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = data.partition(b"\r\n\r\n")[2]
    while len(body) < int(headers.get("content-length", "0")):
        if not (piece := connection.recv(1 << 16)):
            return None
        body += piece
    method, path, _ = first.split(" ")
    return Asked(method, path, headers, body)
