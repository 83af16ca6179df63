"""What a node says to the service: enrolment, the exchange, and the bytes of chunks.

Nothing is tried again here: the agent's brain decides what a failure means and when to speak next.
"""

import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

import httpx
import msgspec

from ..content.manifest import CHUNK_SIZE_BYTES
from ..errors import ApiError, ErrorCode
from ..protocol.node import EnrollRequest, EnrollResponse, ExchangeRequest, ExchangeResponse, LeaveResponse, LineTest
from ..protocol.node_why import NodeWhy
from .address import base_url, check_url
from .errors import AnswerUnreadable
from .http import Call, check_key, check_status, connection_failed, read_answer, transport_options

T = TypeVar("T")

_PATIENCE_SECONDS = 15.0
_BULK_TIMEOUT = httpx.Timeout(60.0, connect=5.0, pool=None)  # of each piece, not of a chunk, which a slow line carries
_FIRST_LINE_BYTES = 13  # " HTTP/1.1", its line's end and that of the headers; an answer's has about as many
_USUAL_BUFFER_BYTES = 128 << 10
_WIDE_BUFFER_BYTES = 1 << 20
_NOISE_BYTES = 1 << 16
_ANSWER_BYTES = 64 << 20


class Spoken(msgspec.Struct, frozen=True):
    """The version of the node's protocol that a server speaks, and all that it understands."""

    version: int
    spoken: list[int]


class _AboutServer(msgspec.Struct, frozen=True):
    protocol: Spoken


class Line(Protocol):
    """What a node's bytes pass on their way; it counts them all, and lets chunks through as fast as they may go."""

    @property
    def piece_bytes(self) -> int:
        """How much of a chunk is sent at once."""

    @property
    def receive_buffer_bytes(self) -> int | None:
        """What the system may receive of a chunk before it is asked for; None: as much as it likes."""

    def called(self, *, sent: int = 0, received: int = 0) -> None:
        """Count bytes that nothing holds back."""

    async def send(self, size: int) -> None:
        """Wait until so many bytes of a chunk may be sent."""

    async def receive(self, size: int) -> None:
        """So many bytes of a chunk have come; wait until more may."""


class OpenLine:
    """A line that counts nothing and holds nothing back."""

    piece_bytes = 256 << 10
    receive_buffer_bytes: int | None = None

    def called(self, *, sent: int = 0, received: int = 0) -> None:
        """Nothing."""

    async def send(self, size: int) -> None:
        """At once."""

    async def receive(self, size: int) -> None:
        """At once."""


class NodeClient:
    """Speaks for one node. All methods raise ConnectionFailed (lost), ServerError (refused), UpgradeRequired or
    AnswerUnreadable. Close it, or use `async with`."""

    def __init__(
        self,
        address: str,
        credential: str | None = None,
        *,
        insecure: bool = False,
        ca_file: Path | None = None,
        line: Line | None = None,
    ) -> None:
        self.base_url = base_url(address, insecure=insecure)
        self.credential = credential
        self._insecure = insecure
        self._line = line or OpenLine()
        self._http = httpx.AsyncClient(
            **transport_options(self.base_url, ca_file),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16),
        )

    async def enroll(self, request: EnrollRequest) -> EnrollResponse:
        """Turn a code into a node; its credential is used from then on."""
        answer = await self._send(Call(method="POST", path="/node/enroll", answer=EnrollResponse, body=request), None)
        self.credential = answer.credential
        return answer

    async def leave(self) -> LeaveResponse:
        """End for good: the credential is good no more. Raises ServerError 401 where that is so already."""
        return await self._send(Call(method="POST", path="/node/leave", answer=LeaveResponse), None)

    async def why(self) -> NodeWhy:
        """What waits at the service, what of it this node could run, and what it lacks."""
        return await self._send(Call(method="GET", path="/node/why", answer=NodeWhy), None)

    async def exchange(self, request: ExchangeRequest) -> ExchangeResponse:
        """Say what is new, and hear what is new; lasts up to `request.wait_seconds`."""
        call = Call(method="POST", path="/node/exchange", answer=ExchangeResponse, body=request)
        timeout = httpx.Timeout(request.wait_seconds + _PATIENCE_SECONDS, connect=5.0)
        return await self._send(call, timeout)

    async def get_chunk(self, url: str, digest: str) -> bytes:
        """The bytes behind a signed URL, at most 8 MiB. Raises CHUNK_MISMATCH if they are not those of `digest`."""
        check_url(url, insecure=self._insecure)
        pieces: list[bytes] = []
        size = counted = 0
        try:
            async with self._http.stream("GET", url, timeout=_BULK_TIMEOUT) as response:
                self._line.called(sent=_request_bytes(response.request), received=_head_bytes(response.headers))
                if not response.is_success:
                    words = await _all_bytes(response)
                    self._line.called(received=response.num_bytes_downloaded)
                    check_status(response.status_code, words, response.headers)
                fitted = _fit_buffer(response, self._line.receive_buffer_bytes)
                async for piece in response.aiter_bytes():
                    pieces.append(piece)
                    size += len(piece)
                    if size > CHUNK_SIZE_BYTES:
                        raise AnswerUnreadable("A chunk is larger than chunks are.", hint="Ask for fresh URLs.")
                    came, counted = response.num_bytes_downloaded - counted, response.num_bytes_downloaded
                    await self._line.receive(came)
                    if self._line.receive_buffer_bytes != fitted:  # the owner has changed the cap
                        fitted = _fit_buffer(response, self._line.receive_buffer_bytes)
        except httpx.RequestError as error:
            raise connection_failed(url, error) from error
        data = b"".join(pieces)
        if hashlib.sha256(data).hexdigest() != digest:
            raise ApiError(ErrorCode.CHUNK_MISMATCH, f"The bytes that came for chunk {digest} are not its own.")
        return data

    async def put_chunk(self, url: str, data: bytes) -> None:
        """Send a chunk's bytes to its signed URL; again is the same."""
        check_url(url, insecure=self._insecure)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(len(data))}
        request = self._http.build_request(
            "PUT", url, content=self._pieces(data), headers=headers, timeout=_BULK_TIMEOUT
        )
        try:
            response, content = await self._carried_out(request, _request_bytes(request))
        except httpx.RequestError as error:
            raise connection_failed(url, error) from error
        check_status(response.status_code, content, response.headers)

    async def _pieces(self, data: bytes) -> AsyncIterator[bytes]:
        at = 0
        while at < len(data):
            piece = data[at : at + self._line.piece_bytes]
            await self._line.send(len(piece))
            yield piece
            at += len(piece)

    async def has_arrived(self, url: str) -> bool:
        """Whether the chunk of this upload URL is there: asked when the answer to its bytes was lost."""
        check_url(url, insecure=self._insecure)
        try:
            response = await self._http.head(url)
        except httpx.RequestError as error:
            raise connection_failed(url, error) from error
        self._line.called(sent=_request_bytes(response.request), received=_answer_bytes(response))
        return response.is_success

    async def protocol(self) -> Spoken:
        """Which protocol the server speaks."""
        call = Call(method="GET", path="/meta", answer=_AboutServer)
        return (await self._send(call, None)).protocol

    async def latency(self) -> float:
        """Seconds from a small question to its answer, over a line that is open already if one is."""
        call = Call(method="GET", path="/healthz", answer=object)
        began = asyncio.get_running_loop().time()
        await self._send(call, None)
        return asyncio.get_running_loop().time() - began

    async def line_test(self) -> LineTest:
        """URLs by which the line may be measured, once."""
        return await self._send(Call(method="POST", path="/node/line-test", answer=LineTest), None)

    async def measure_download(self, test: LineTest, seconds: float) -> float:
        """Bytes a second that come, for so long at most, within what the owner gives."""
        check_url(test.download_url, insecure=self._insecure)
        loop, size = asyncio.get_running_loop(), 0
        try:
            async with self._http.stream("GET", test.download_url, timeout=_BULK_TIMEOUT) as response:
                self._line.called(sent=_request_bytes(response.request), received=_head_bytes(response.headers))
                _fit_buffer(response, self._line.receive_buffer_bytes)
                if not response.is_success:
                    check_status(response.status_code, await _all_bytes(response), response.headers)
                began = loop.time()
                async for piece in response.aiter_raw():
                    size += len(piece)
                    await self._line.receive(len(piece))
                    if loop.time() - began >= seconds:
                        break
                took = loop.time() - began
        except httpx.RequestError as error:
            raise connection_failed(test.download_url, error) from error
        return size / max(took, 1e-6)

    async def measure_upload(self, test: LineTest, seconds: float) -> float:
        """Bytes a second that go, for so long at most, within what the owner gives; they have gone when the server has
        answered."""
        check_url(test.upload_url, insecure=self._insecure)
        loop, size = asyncio.get_running_loop(), 0
        piece = os.urandom(_NOISE_BYTES)
        began = loop.time()

        async def noise() -> AsyncIterator[bytes]:
            nonlocal size
            while size + len(piece) <= test.size_bytes and loop.time() - began < seconds:
                await self._line.send(len(piece))
                size += len(piece)
                yield piece

        headers = {"Content-Type": "application/octet-stream"}
        try:
            response = await self._http.put(test.upload_url, content=noise(), headers=headers, timeout=_BULK_TIMEOUT)
        except httpx.RequestError as error:
            raise connection_failed(test.upload_url, error) from error
        self._line.called(sent=_request_bytes(response.request), received=_answer_bytes(response))
        check_status(response.status_code, response.content, response.headers)
        return size / max(loop.time() - began, 1e-6)

    async def _send(self, call: Call[T], timeout: httpx.Timeout | None) -> T:
        headers = {"Content-Type": "application/json", "User-Agent": "gpu-agent-node"}
        if self.credential is not None:
            headers["Authorization"] = f"Bearer {check_key(self.credential)}"
        body = b"" if call.body is None else msgspec.json.encode(call.body)
        request = self._http.build_request(
            call.method,
            self.base_url + call.path,
            content=body,
            headers=headers,
            timeout=timeout or httpx.USE_CLIENT_DEFAULT,
        )
        try:
            response, content = await self._carried_out(request, _request_bytes(request) + len(body))
        except httpx.RequestError as error:
            raise connection_failed(self.base_url, error) from error
        return read_answer(call, response.status_code, content, response.headers)

    async def _carried_out(self, request: httpx.Request, sent: int) -> tuple[httpx.Response, bytes]:
        """The answer and its bytes, with `sent` bytes of the request counted. Raises httpx.RequestError,
        AnswerUnreadable."""
        try:
            response = await self._http.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise
        except httpx.RequestError:
            self._line.called(sent=sent)
            raise
        try:
            return response, await _all_bytes(response)
        finally:
            self._line.called(sent=sent, received=_answer_bytes(response))
            await response.aclose()

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> "NodeClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def _all_bytes(response: httpx.Response) -> bytes:
    """Raises AnswerUnreadable for more of them than any answer of a service has: they are held in memory."""
    pieces, size = [], 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > _ANSWER_BYTES:
            raise AnswerUnreadable(
                f"The answer has more than {_ANSWER_BYTES >> 20} MiB.",
                hint="Check that the address is that of the service.",
            )
        pieces.append(piece)
    return b"".join(pieces)


def _request_bytes(request: httpx.Request) -> int:
    """A request without its body."""
    return len(request.method) + 1 + len(request.url.raw_path) + _head_bytes(request.headers)


def _answer_bytes(response: httpx.Response) -> int:
    """An answer that was read whole."""
    return _head_bytes(response.headers) + response.num_bytes_downloaded


def _head_bytes(headers: httpx.Headers) -> int:
    return _FIRST_LINE_BYTES + sum(len(name) + len(value) + 4 for name, value in headers.raw)


def _fit_buffer(response: httpx.Response, size: int | None) -> int | None:
    """Bound what the system receives of this connection unasked; a bound of before is widened. Gives `size`."""
    connection = response.extensions["network_stream"].get_extra_info("socket")
    if connection is not None:
        now = connection.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        if size is not None and now > 2 * size:  # Linux doubles what it is told, for its own books
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        elif now < _USUAL_BUFFER_BYTES and (size is None or now < size):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size or _WIDE_BUFFER_BYTES)
    return size
