"""What lies between nodes, customers and their backend: it counts what arrived, loses replies, and may be away.

One TCP connection out for each in. Requests and answers are read whole (a head, and as many bytes as it announces) and
sent on; an answer without an end, such as a stream of events, passes as it comes.
"""

import asyncio
import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_PIECE_BYTES = 1 << 16


class Request(msgspec.Struct, frozen=True):
    """A request that passed."""

    method: str
    path: str
    body: bytes


LoseReply = Callable[[Request, bytes], bool]


class Proxy:
    """Listens at `url` from the start; `target` is where the backend will be. May be steered from any thread.

    `lose_reply(request, answer)` is asked when an answer has come, with its body: if it says so, the work was done, and
    who asked gets an ended connection in place of it. `answered` are all requests with the status of their answer.
    """

    def __init__(self) -> None:
        self.target = ("127.0.0.1", 0)
        self.lose_reply: LoseReply = lambda request, answer: False
        self.answered: list[tuple[Request, int]] = []
        self._news = threading.Condition()
        self._away = False
        self._lines: set[_Line] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def go_away(self) -> None:
        """From now on nothing passes and nobody is told, as when a router loses its power."""
        self._away = True

    def come_back(self) -> None:
        """What was open while it was away is forgotten, as a router forgets; what is opened anew passes."""
        self._away = False
        self._do(self._forget())

    def note(self, request: Request, status: int) -> None:
        """An answer has come."""
        with self._news:
            self.answered.append((request, status))
            self._news.notify_all()

    def until_answered(self, path: str) -> None:
        """Returns when a request of a path that ends so has been answered."""

        def is_answered() -> bool:
            return any(request.path.partition("?")[0].endswith(path) for request, _ in self.answered)

        with self._news:
            assert self._news.wait_for(is_answered, timeout=60), path

    def chunks_arrived(self) -> Counter[str]:
        """How often the bytes of each chunk were taken by the backend, by their SHA-256."""
        return Counter(
            hashlib.sha256(request.body).hexdigest()
            for request, status in self.answered
            if request.method == "PUT" and status < 300
        )

    def close(self) -> None:
        """Ends it with all that passes through it."""
        self._do(self._forget())
        self._server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _forget(self) -> None:
        lines = list(self._lines)
        for line in lines:
            line.task.cancel()
        if lines:
            await asyncio.wait([line.task for line in lines])

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        line = _Line(self, task)
        self._lines.add(line)
        try:
            await line.carry(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one of the two has hung up or died, the router forgot them, or the test is over
        finally:
            self._lines.discard(line)
            writer.transport.abort()

    async def opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the backend."""
        return await asyncio.open_connection(*self.target)

    async def passing(self) -> None:
        """Returns at once, or never while the router is away."""
        if self._away:
            await asyncio.Event().wait()


class _Line:
    """One connection, and the one to the backend that belongs to it."""

    def __init__(self, proxy: Proxy, task: "asyncio.Task[Any]") -> None:
        self.task = task
        self._proxy = proxy
        self._asked: Request | None = None

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._proxy.passing()
        back_reader, back_writer = await self._proxy.opened()
        ways = [
            asyncio.ensure_future(self._requests(reader, back_writer)),
            asyncio.ensure_future(self._answers(back_reader, writer)),
        ]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            back_writer.transport.abort()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            await self._proxy.passing()
            method, path, _ = head.decode("latin-1").split(" ", 2)
            self._asked = Request(method, path, body)
            writer.write(head + body)
            await writer.drain()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            request, self._asked = self._asked, None
            assert request is not None
            body = b"" if request.method == "HEAD" else await reader.readexactly(_length(head))
            self._proxy.note(request, int(head.split(b" ", 2)[1]))
            if self._proxy.lose_reply(request, body):
                return
            await self._proxy.passing()
            writer.write(head + body)
            while b"transfer-encoding: chunked" in head.lower() and (piece := await reader.read(_PIECE_BYTES)):
                await self._proxy.passing()
                writer.write(piece)
            await writer.drain()


def _length(head: bytes) -> int:
    """How many bytes of body a head announces."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
