"""The way of `uv` to package indexes: a proxy on loopback, so that what it fetches is held back and counted as chunks.

It serves who knows its password, which is uv alone. It reads no further than a request's head: https passes unread.
"""

import asyncio
import base64
import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import msgspec

from agent.line import Line

_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_PIECE_BYTES = 64 << 10
_ANSWERS = {
    200: b"HTTP/1.1 200 Connection established\r\n\r\n",
    400: b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    407: b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
    502: b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
}


class _Asked(msgspec.Struct, frozen=True):
    """Where to, and what is said there first: nothing within https."""

    host: str
    port: int
    first: bytes


class _Refused(Exception):
    """Answered with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class IndexProxy:
    """Serves connections, each until one of its ends hangs up."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._password = secrets.token_urlsafe(32)
        self._connections: set[asyncio.Task[None]] = set()

    def environment(self, port: int, environ: Mapping[str, str]) -> dict[str, str]:
        """What uv is told: to come here, and to be patient with a slow line. An owner's own proxy stands."""
        if any(environ.get(name) or environ.get(name.lower()) for name in _VARIABLES):
            return {}
        url = f"http://uv:{self._password}@127.0.0.1:{port}"
        return {"HTTPS_PROXY": url, "HTTP_PROXY": url, "UV_HTTP_TIMEOUT": "300", "UV_CONCURRENT_DOWNLOADS": "4"}

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of uv's."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
            writer.close()  # what it was given goes first
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one of the two has hung up
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def close(self) -> None:
        """End what is open."""
        connections = list(self._connections)
        for task in connections:
            task.cancel()
        if connections:
            await asyncio.wait(connections)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = self._read(await reader.readuntil(b"\r\n\r\n"))
            far_reader, far_writer = await _opened(asked)
        except _Refused as refused:
            writer.write(_ANSWERS[refused.status])
            await writer.drain()
            return
        try:
            if asked.first:
                await self._line.send(len(asked.first))
                far_writer.write(asked.first)
            else:
                writer.write(_ANSWERS[200])
            ways = [
                asyncio.create_task(self._up(reader, far_writer)),
                asyncio.create_task(self._down(far_reader, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            far_writer.transport.abort()

    async def _up(self, reader: asyncio.StreamReader, far_writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(self._line.piece_bytes):
            await self._line.send(len(piece))
            far_writer.write(piece)
            await far_writer.drain()

    async def _down(self, far_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with self._line.room_for(_PIECE_BYTES):
                piece = await far_reader.read(_PIECE_BYTES)
                await self._line.receive(len(piece))
            if not piece:
                return
            writer.write(piece)
            await writer.drain()

    def _read(self, head: bytes) -> _Asked:
        first, *rest = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in rest)}
        known = b"Basic " + base64.b64encode(f"uv:{self._password}".encode())
        if not hmac.compare_digest(headers.get(b"proxy-authorization", b""), known):
            raise _Refused(407)
        try:
            method, target, version = first.decode("ascii").split(" ")
            url = urlsplit(f"//{target}" if method == "CONNECT" else target)
            port = url.port or 80
        except ValueError:
            raise _Refused(400) from None
        if not url.hostname or (method != "CONNECT" and url.scheme != "http"):
            raise _Refused(400)
        if method == "CONNECT":
            return _Asked(url.hostname, port, b"")
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        kept = [line for line in rest if not line.lower().startswith((b"proxy-", b"connection:"))]
        lines = [f"{method} {path} {version}".encode(), *kept, b"Connection: close"]
        return _Asked(url.hostname, port, b"\r\n".join(lines) + b"\r\n\r\n")


async def _opened(asked: _Asked) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_connection(asked.host, asked.port, limit=_PIECE_BYTES)
    except OSError:
        raise _Refused(502) from None


@contextlib.asynccontextmanager
async def open_index_proxy(line: Line, environ: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
    """The proxy while the block runs; gives what uv's environment needs to find it. Raises OSError."""
    proxy = IndexProxy(line)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0, limit=_PIECE_BYTES)
    try:
        yield proxy.environment(server.sockets[0].getsockname()[1], environ)
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
