"""What a connection may cost before anybody is known: a head has an end, and who says nothing is hung up on."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from uvicorn.server import ServerState

from backend.http_protocol import HEAD_BYTES, HttpProtocol, watched
from backend.server import listen
from tests.backend.server_process import COMMAND, BackendServer

GET = b"GET /api/v1/meta HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CHUNKED = b"POST /api/v1/node/enroll HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
HEADERS = b"a:b\r\n" * HEAD_BYTES


def answer_to(server: BackendServer, sent: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to these bytes, read until the server closes."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as line:
        line.sendall(sent)
        head, _, body = b"".join(iter(lambda: line.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body


@pytest.mark.parametrize(
    "sent",
    [
        GET + b"a: " + b"b" * 3 * HEAD_BYTES,
        GET + b"a" * HEAD_BYTES,
        GET + HEADERS,
        b"GET /" + b"a" * HEAD_BYTES,
        b"\r\n" * HEAD_BYTES,
        CHUNKED + b"1\r\n{\r\n0\r\n" + HEADERS,
        CHUNKED + b"1\r\n{\r\n1;" + b"a" * 2 * HEAD_BYTES,
    ],
    ids=["value", "name", "headers", "address", "empty lines", "trailers", "chunk extension"],
)
def test_a_head_without_end_is_refused_in_shape(backend_server: BackendServer, sent: bytes) -> None:
    status, body = answer_to(backend_server, sent)
    assert (status, json.loads(body)["error"]["code"]) == (400, "VALIDATION_FAILED")


def test_a_head_just_within_the_limit_is_taken(backend_server: BackendServer) -> None:
    rest = b"Connection: close\r\n\r\n"
    room = HEAD_BYTES - len(GET) - len(rest)
    headers = b"a: " + b"b" * (room - 5) + b"\r\n"
    assert answer_to(backend_server, GET + headers + rest)[0] == 200


class _Hasty(HttpProtocol):
    head_seconds = 1.0
    still_seconds = 1.0
    unread_seconds = 1.0


MUCH = b"x" * (16 * 2**20)


_hung_up = asyncio.Event()


async def _slow_application(scope: Any, receive: Any, send: Any) -> None:
    """Answers at once what is to be refused; else when the body is there, and after longer than a head may take."""
    if scope["path"] == "/much":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for at in range(0, len(MUCH), 2**16):
            await send({"type": "http.response.body", "body": MUCH[at : at + 2**16], "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return
    if scope["path"] != "/refused":
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            _hung_up.set()
            return
        await asyncio.sleep(1.5 * _Hasty.head_seconds)  # what is measured is that nothing happens meanwhile
    headers = [(b"content-length", b"2"), *scope["headers"]]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def _serving() -> AsyncIterator[partial[Any]]:
    config = uvicorn.Config(_slow_application, http=_Hasty, lifespan="off", log_config=None, timeout_keep_alive=3600)
    config.load()
    state = ServerState()
    made = partial(_Hasty, config=config, server_state=state, app_state={})
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    async with server, watched(state.connections, _Hasty.still_seconds):
        yield partial(asyncio.open_connection, *server.sockets[0].getsockname())


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"GET / HTTP/1.1\r\nHost: ",
        b"GET /refused HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: ",
        b"POST /refused HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
    ],
    ids=["nothing", "an empty line", "half a head", "half a second head", "half a body that nobody wants"],
)
def test_who_sends_no_whole_head_is_hung_up_on(sent: bytes) -> None:
    async def ask() -> None:
        async with _serving() as connect:
            reader, writer = await connect()
            writer.write(sent)
            if b"/refused" in sent:
                await reader.readuntil(b"ok")
                writer.write(b"X")
            assert await asyncio.wait_for(reader.read(), 20) == b""
            writer.close()

    asyncio.run(ask())


@pytest.mark.full
def test_a_long_poll_and_a_slow_body_are_not_hung_up_on() -> None:
    async def ask() -> None:
        async with _serving() as connect:
            reader, writer = await connect()
            for _ in range(2):
                writer.write(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n1")
                for byte in (b"2", b"3", b"4"):
                    await asyncio.sleep(0.5 * _Hasty.still_seconds)  # the body's own slowness
                    writer.write(byte)
                writer.write(b"5\r\n")
                assert (await asyncio.wait_for(reader.readuntil(b"ok"), 20)).startswith(b"HTTP/1.1 200")
            writer.close()

    asyncio.run(ask())


@pytest.mark.parametrize(
    "sent",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
    ids=["announced", "chunked"],
)
def test_who_is_silent_within_a_body_is_hung_up_on_and_the_application_is_told(sent: bytes) -> None:
    async def ask() -> None:
        _hung_up.clear()
        async with _serving() as connect, asyncio.timeout(20):
            reader, writer = await connect()
            writer.write(sent)
            assert await reader.read() == b""
            await _hung_up.wait()
            writer.close()

    asyncio.run(ask())


def test_who_waits_for_leave_to_send_its_body_is_not_hung_up_on() -> None:
    async def ask() -> None:
        async with _serving() as connect, asyncio.timeout(20):
            reader, writer = await connect()
            writer.write(b"POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"ab")
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            writer.close()

    asyncio.run(ask())


def _narrow() -> socket.socket:
    """One whose kernel takes little that nobody reads."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    return made


def test_who_reads_nothing_of_a_long_answer_is_hung_up_on() -> None:
    async def ask() -> None:
        loop = asyncio.get_running_loop()
        async with _serving() as connect, asyncio.timeout(60):
            with _narrow() as line:
                await loop.sock_connect(line, connect.args)
                await loop.sock_sendall(line, b"GET /much HTTP/1.1\r\n\r\n")
                with pytest.raises(ConnectionError):  # sending finds out, without reading anything
                    while True:
                        await loop.sock_sendall(line, b"GET / HTTP/1.1\r\n\r\n")
                        await asyncio.sleep(0.1)  # nothing tells a socket that is not read of its end

    asyncio.run(ask())


def test_who_reads_slowly_gets_all() -> None:
    async def ask() -> None:
        loop = asyncio.get_running_loop()
        async with _serving() as connect, asyncio.timeout(60):
            with _narrow() as line:
                await loop.sock_connect(line, connect.args)
                await loop.sock_sendall(line, b"GET /much HTTP/1.1\r\nConnection: close\r\n\r\n")
                got, pauses = 0, 8
                while piece := await loop.sock_recv(line, 2**18):
                    got += piece.count(b"x")
                    if pauses and got > len(MUCH) * (9 - pauses) // 9:
                        pauses -= 1
                        await asyncio.sleep(0.4 * _Hasty.still_seconds)  # it takes more than that time in all
                assert got == len(MUCH) and not pauses

    asyncio.run(ask())


class _Line(asyncio.Transport):
    """A connection whose reader takes what the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.unread, self.aborted = 0, False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.unread += len(data)

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        """Nothing: what is looked at is who is aborted."""


class _Looked:
    """A connection at which is looked as the server does, by a clock that stands still between."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self._loop = asyncio.new_event_loop()
        monkeypatch.setattr(self._loop, "time", lambda: self.now)
        config = uvicorn.Config(_slow_application, lifespan="off", log_config=None)
        config.load()
        self.protocol = HttpProtocol(config=config, server_state=ServerState(), app_state={}, _loop=self._loop)
        self.line = _Line()
        self.protocol.connection_made(self.line)

    def close(self) -> None:
        self.protocol.connection_lost(None)
        self._loop.close()

    def pass_time(self, seconds: float, written: int = 0, taken: int = 0) -> None:
        """So many bytes are written and taken in each ten seconds."""
        for _ in range(int(seconds / 10)):
            self.now += 10
            self.line.unread -= taken
            self.protocol.transport.write(b"x" * written)
            self.protocol.look()


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Looked]:
    made = _Looked(monkeypatch)
    yield made
    made.close()


def test_who_takes_as_much_as_is_written_is_no_idle_reader_though_as_much_always_waits(looked: _Looked) -> None:
    looked.protocol.transport.write(b"x" * 40_000)  # less than is too much, so nobody is told that it was drained
    looked.pass_time(3600, written=1000, taken=1000)
    assert looked.line.unread == 40_000 and not looked.line.aborted
    looked.pass_time(HttpProtocol.unread_seconds - 10, written=1000)
    assert not looked.line.aborted
    looked.pass_time(20, written=1000)  # what is written is no sign of a reader
    assert looked.line.aborted


def test_a_reader_who_pauses_for_some_minutes_goes_on(looked: _Looked) -> None:
    looked.protocol.transport.write(b"x" * 80_000)
    for _ in range(3):
        looked.pass_time(240)
        looked.pass_time(10, taken=10_000)
    assert not looked.line.aborted


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own limit is Linux's")
def test_the_kernel_waits_for_a_reader_who_pauses_for_some_minutes_too() -> None:
    with listen("127.0.0.1", 0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) > 240_000


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of another process are read in /proc")
def test_a_server_may_have_as_many_connections_as_its_machine_allows(tmp_path: Path) -> None:
    few = ("sh", "-c", 'ulimit -Sn 256; exec "$0" "$@"', *COMMAND)
    server = BackendServer(tmp_path / "data", program=few)
    try:
        server.start()
        assert server.process is not None
        lines = Path(f"/proc/{server.process.pid}/limits").read_text().splitlines()
        (limits,) = (line.split() for line in lines if line.startswith("Max open files"))
        assert limits[3] == limits[4] != "256"
    finally:
        server.close()
