"""A small exchange server over real HTTP, in a thread of its own, with faults on demand.

It does what the protocol asks of a server, but keeps no database and plans nothing: a test gives it leases, and looks
at what a node reported.
"""

import asyncio
import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import msgspec
import uvicorn

from core.protocol.content import Manifest
from core.protocol.node import (
    AnyReport,
    CheckpointReport,
    ChunkUpload,
    CompletedReport,
    Content,
    Directive,
    EnrollRequest,
    EnrollResponse,
    ExchangeRequest,
    ExchangeResponse,
    FailedReport,
    Lease,
    LeaveResponse,
    LogLine,
    LogReport,
    NeedUrlsReport,
    NodeSettings,
    ReleasedReport,
    ReportAnswer,
    ReportStatus,
    decode_report,
)

PATIENCE_SECONDS = 60.0
SETTINGS = NodeSettings(10.0, 2.0, 1.0, 3.0, 6.0)
CREDENTIAL = "credential-of-the-node"
CODE = "ABCD-EFGH"


class SmallBackend:
    """Use it in `with`; every attribute may be read at any time, `wait_for` waits until it is as wanted."""

    def __init__(self) -> None:
        self.chunks: dict[str, bytes] = {}
        self.leases: list[Lease] = []
        self.reports: list[AnyReport] = []
        self.requests: list[ExchangeRequest] = []
        self.uploaded: list[str] = []
        self.ended: dict[str, AnyReport] = {}
        self.directives: list[Directive] = []
        self.fetched: Counter[str] = Counter()
        self.spoil: Counter[str] = Counter()
        self.expire: Counter[str] = Counter()
        self.codes = {CODE}
        self.names: list[str] = []
        self.left: list[str] = []
        self.drop_answers = 0
        self.tier = ""
        self._given: set[str] = set()
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: asyncio.Event | None = None
        config = uvicorn.Config(
            self._app,
            host="127.0.0.1",
            port=0,
            interface="asgi3",
            lifespan="off",
            log_level="error",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> "SmallBackend":
        self._thread.start()
        self.wait_for(lambda: self._server.started and bool(self._server.servers))
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._tell()
        self._thread.join()

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Return as soon as it is so. Fails after a minute."""
        with self._changed:
            if not self._server.started:
                while not is_so():  # uvicorn tells nobody that it listens
                    self._changed.wait(0.01)
                return
            assert self._changed.wait_for(is_so, PATIENCE_SECONDS), f"not so after a minute; reports: {self.reports}"

    def give(self, *leases: Lease) -> None:
        """Lease attempts to the node with its next poll."""
        with self._changed:
            self.leases += leases
        self._tell()

    def direct(self, *directives: Directive) -> None:
        """Tell the node something with its next poll."""
        with self._changed:
            self.directives += directives
        self._tell()

    def content(self, manifest: Manifest, chunks: dict[str, bytes], *, urls: bool = True) -> Content:
        """Files that the node can fetch here."""
        self.chunks |= chunks
        addresses = {digest: self.chunk_url(digest) for digest in manifest.chunk_sizes()} if urls else {}
        return Content(manifest.digest, manifest, addresses)

    def chunk_url(self, digest: str) -> str:
        """Where a chunk is fetched and stored."""
        return f"{self.url}/chunks/{digest}"

    def log(self, attempt_id: str) -> list[LogLine]:
        """The attempt's lines in order, each once."""
        lines: dict[int, LogLine] = {}
        for report in list(self.reports):
            if isinstance(report, LogReport) and report.attempt_id == attempt_id:
                for line in report.lines:
                    lines.setdefault(line.number, line)
        return [lines[number] for number in sorted(lines)]

    def texts(self, attempt_id: str, stream: str = "stdout") -> list[str]:
        """The texts of one stream of an attempt."""
        return [line.text for line in self.log(attempt_id) if line.stream == stream]

    def file(self, manifest: Manifest, path: str) -> bytes:
        """The bytes of a file that the node uploaded."""
        (entry,) = [entry for entry in manifest.files if entry.path == path]
        return b"".join(self.chunks[c.digest][c.offset : c.offset + c.size_bytes] for c in entry.chunks)

    # ---- the server -------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()
        if self._loop is not None and self._news is not None:
            self._loop.call_soon_threadsafe(self._news.set)

    async def _app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self._loop = asyncio.get_running_loop()
        self._news = self._news or asyncio.Event()
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, answer = await self._route(scope["method"], scope["path"], body)
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})
        self._tell()

    async def _route(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if path == "/api/v1/node/enroll":
            return self._enroll(msgspec.json.decode(body, type=EnrollRequest))
        if path == "/api/v1/node/leave":
            self.left.append("node-1")
            return 200, msgspec.json.encode(LeaveResponse("node-1"))
        if path == "/api/v1/node/exchange":
            answer = await self._exchange(msgspec.json.decode(body, type=ExchangeRequest))
            if self.drop_answers > 0 and msgspec.json.decode(body, type=ExchangeRequest).reports:
                self.drop_answers -= 1
                return 503, b""
            return 200, msgspec.json.encode(answer)
        digest = path.removeprefix("/chunks/")
        return self._put(digest, body) if method == "PUT" else self._get(digest)

    def _enroll(self, request: EnrollRequest) -> tuple[int, bytes]:
        if request.code not in self.codes:
            error = {"code": "ENROLLMENT_CODE_INVALID", "message": "used", "hint": "make a new one"}
            return 401, msgspec.json.encode({"error": error})
        self.codes.discard(request.code)
        self.names.append(request.name)
        return 201, msgspec.json.encode(EnrollResponse("node-1", CREDENTIAL, request.name, "own", SETTINGS))

    def _get(self, digest: str) -> tuple[int, bytes]:
        self.fetched[digest] += 1
        if self.expire[digest] > 0:
            self.expire[digest] -= 1
            error = {"code": "SIGNED_URL_INVALID", "message": "expired", "hint": ""}
            return 403, msgspec.json.encode({"error": error})
        if digest not in self.chunks:
            return 404, b""
        data = self.chunks[digest]
        if self.spoil[digest] > 0:
            self.spoil[digest] -= 1
            data = b"other bytes"
        return 200, data

    def _put(self, digest: str, body: bytes) -> tuple[int, bytes]:
        if hashlib.sha256(body).hexdigest() != digest:
            return 400, b""
        self.chunks[digest] = body
        self.uploaded.append(digest)
        return 200, b""

    async def _exchange(self, request: ExchangeRequest) -> ExchangeResponse:
        self.requests.append(request)
        answers = [self._judge(decode_report(raw)) for raw in request.reports]
        self._tell()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + request.wait_seconds
        while True:
            response = self._news_for(request, answers)
            is_empty = not (response.answers or response.directives or response.leases)
            left = deadline - loop.time()
            if not is_empty or left <= 0 or self._news is None or self._server.should_exit:
                return response
            self._news.clear()
            try:
                async with asyncio.timeout(left):
                    await self._news.wait()
            except TimeoutError:
                pass

    def _news_for(self, request: ExchangeRequest, answers: Sequence[ReportAnswer]) -> ExchangeResponse:
        held = {attempt.attempt_id for attempt in request.attempts}
        directives = [d for d in self.directives if d.attempt_id is None or d.attempt_id in held]
        self.directives = [d for d in self.directives if d not in directives]
        new = [lease for lease in self.leases if lease.attempt_id not in self._given]
        leases = new[: request.max_leases]
        self._given |= {lease.attempt_id for lease in leases}
        return ExchangeResponse(list(answers), directives, dict.fromkeys(held, 10.0), [], leases, self.tier)

    def _judge(self, report: AnyReport) -> ReportAnswer:
        self.reports.append(report)
        status = ReportStatus.ACCEPTED
        match report:
            case CheckpointReport() | CompletedReport():
                missing = [
                    ChunkUpload(digest, size, self.chunk_url(digest))
                    for digest, size in report.manifest.chunk_sizes().items()
                    if digest not in self.chunks
                ]
                if missing:
                    return ReportAnswer(
                        report.attempt_id,
                        report.number,
                        ReportStatus.MISSING,
                        missing=missing,
                        missing_count=len(missing),
                    )
            case NeedUrlsReport():
                urls = {digest: self.chunk_url(digest) for digest in report.digests if digest in self.chunks}
                return ReportAnswer(report.attempt_id, report.number, status, urls=urls)
        if isinstance(report, (CompletedReport, FailedReport, ReleasedReport)):
            self.ended.setdefault(report.attempt_id, report)
        return ReportAnswer(report.attempt_id, report.number, status)
