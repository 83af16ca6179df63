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


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol over httptools. A head or trailer above 64 KiB, a method that is none, a bad header: no
    application ever sees these. Who has not sent a whole head after `head_seconds` is hung up on.

    The rest is seen by `look`, which somebody has to call: who sends nothing of the body it announced for
    `still_seconds` while it is waited for, and who for as long takes less than `least_bytes` of what waits to be sent,
    is hung up on. An application that is busy, or says nothing for long, is no reason.
    """

    head_seconds = 30.0
    still_seconds = 60.0
    least_bytes = 8192
    _heard_at = 0.0
    _unread_bytes = 0
    """What waited to be sent when the reader last got on."""
    _read_at = 0.0
    _unended_bytes = 0
    """Received since a head, a piece of a body or a request ended: what the parser may be keeping."""
    _got_on = False
    _in_body = False
    _refused = False
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client that has yet to say something."""
        super().connection_made(transport)
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

    def resume_writing(self) -> None:
        """The reader has taken most of what waited for it."""
        self._unread_bytes, self._read_at = 0, self.loop.time()
        super().resume_writing()

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
        unread = self.transport.get_write_buffer_size()
        if not unread or not self._unread_bytes or unread <= self._unread_bytes - self.least_bytes:
            self._unread_bytes, self._read_at = unread, now
        self._unread_bytes = max(unread, self._unread_bytes)  # what was written since is no sign of a reader
        if unread and now - self._read_at >= self.still_seconds:
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
