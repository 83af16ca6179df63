"""HTTP/1.1 as uvicorn speaks it, but what is no HTTP is refused in the contract's shape too, a request's head has an
end, and a connection that asks nothing, sends nothing of what it announced, or reads nothing does not stay.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from core.errors import ApiError, ErrorCode
from core.ids import uuid7

HEAD_BYTES = 64 * 2**10
LINGER_SECONDS = 2.0
LOOKS_A_TIME = 6


class CountingTransport(asyncio.Transport):
    """A connection, and how many bytes have been given to it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self.given_bytes = 0

    @property
    def taken_bytes(self) -> int:
        """How many of them have gone on to the system, which takes more as the reader does."""
        return self.given_bytes - self._transport.get_write_buffer_size()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.given_bytes += len(data)
        self._transport.write(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def can_write_eof(self) -> bool:
        return self._transport.can_write_eof()

    def write_eof(self) -> None:
        self._transport.write_eof()

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol over httptools. A head or trailer above 64 KiB, a method that is none, a bad header: no
    application ever sees these. Who has not sent a whole head after `head_seconds` is hung up on.

    The rest is seen by `look`, which somebody has to call: who sends nothing of the body it announced for
    `still_seconds` while it is waited for, and who for `unread_seconds` takes less than `least_bytes` of what waits to
    be sent, is hung up on. An application that is busy, or says nothing for long, is no reason.
    """

    head_seconds = 30.0
    still_seconds = 60.0
    unread_seconds = 300.0  # a download that is paused in a browser, or a program that stands in a debugger
    least_bytes = 8192
    _counting: CountingTransport
    _heard_at = 0.0
    _taken_bytes = 0
    """What had been taken of all answers when the reader last got on."""
    _read_at = 0.0
    _unended_bytes = 0
    """Received since a head, a piece of a body or a request ended: what the parser may be keeping."""
    _got_on = False
    _in_body = False
    _refused = False
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client that has yet to say something."""
        self._counting = CountingTransport(transport)
        self._read_at = self.loop.time()
        super().connection_made(self._counting)
        self._start_clock(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection's end."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Passes on no more at once than a head may still have."""
        at = 0
        self._heard_at = self.loop.time()
        while at < len(data) and not self._refused and not self.transport.is_closing():
            piece = data[at : at + HEAD_BYTES - self._unended_bytes]
            at += len(piece)
            self._got_on = False
            super().data_received(piece)
            self._unended_bytes = 0 if self._got_on else self._unended_bytes + len(piece)
            if self._unended_bytes >= HEAD_BYTES and not self._refused:
                self.send_400_response("the head or trailer of a request has at most 64 KiB")
        # uvicorn has stopped its own clock, which starts again behind an answer only
        if not self._refused and not self._is_answering() and (self._clock is None or self._in_body):
            self._start_clock(self.head_seconds)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_body = False
        self._start_clock(self.head_seconds)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes behind a body is passed over."""
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A whole head: from here on the application says how long things may take."""
        self._got_on = self._in_body = True
        self._heard_at = self.loop.time()
        self._stop_clock()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        self._got_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self._got_on = True
        self._in_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuses what can't be parsed, and closes the connection."""
        self._refused = True
        if self._is_answering():
            if self.pipeline or self.cycle.response_started:
                self.transport.close()  # a second answer within the first would be read as part of it
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        request_id = uuid7(time.time(), os.urandom)
        error = ApiError(ErrorCode.VALIDATION_FAILED, msg, hint="Send HTTP/1.1, with a head below 64 KiB.")
        body = msgspec.json.encode(error.body(request_id))
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        # closed while bytes are still coming, the connection would be reset and the answer lost on its way
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._start_clock(LINGER_SECONDS)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _start_clock(self, seconds: float) -> None:
        self._stop_clock()
        self._clock = self.loop.call_later(seconds, self._time_is_up)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _time_is_up(self) -> None:
        self._clock = None
        if self._refused or not self._is_answering():  # else the keep-alive time follows the answer
            self.transport.close()

    def look(self) -> None:
        """Hangs up on who keeps this connection busy by doing nothing."""
        now = self.loop.time()
        if not self._is_waited_for():
            self._heard_at = now
        unread, taken = self.transport.get_write_buffer_size(), self._counting.taken_bytes
        if not unread or taken >= self._taken_bytes + self.least_bytes:
            self._taken_bytes, self._read_at = taken, now
        if unread and now - self._read_at >= self.unread_seconds:
            self.transport.abort()  # a close would wait until all is read
        elif now - self._heard_at >= self.still_seconds and not self.transport.is_closing():
            self.transport.close()

    def _is_waited_for(self) -> bool:
        """Whether the application wants more of a body, and it is the client's turn."""
        if not self._in_body or not self._is_answering():
            return False
        return self.cycle.more_body and not self.flow.read_paused and not self.cycle.waiting_for_100_continue


@asynccontextmanager
async def watched(connections: Iterable[Any], still_seconds: float = HttpProtocol.still_seconds) -> AsyncIterator[None]:
    """While the block runs, all connections that there are at a time are looked at, a few times within
    `still_seconds`."""

    async def look() -> None:
        while True:
            await asyncio.sleep(still_seconds / LOOKS_A_TIME)
            for connection in list(connections):
                connection.look()

    looking = asyncio.create_task(look(), name="stalled connections")
    try:
        yield
    finally:
        looking.cancel()
