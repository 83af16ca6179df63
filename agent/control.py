"""The node's loopback endpoint, through which its owner's own programs see and steer it. It decides nothing.

Only who can read the 0600 file in the data folder knows its token; pages in a browser are kept out by their Host and
Origin.
"""

import asyncio
import contextlib
import hmac
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

import msgspec
import uvicorn

from agent.day import day_named
from agent.events import OwnerChose
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.policy.checks import anyway_asked, rules_asked
from agent.self_test.keeper import SelfTests
from agent.service import Service
from agent.status import StatusKeeper
from agent.why import NO_WORK, of_service, why
from core.errors import ApiError, ErrorCode, validation_failed
from core.protocol.node_control import CONTROL_FILE_NAME, ControlFile, NodeState, NodeStatus, PauseNode
from core.protocol.node_day import NodeDay
from core.protocol.node_history import HISTORY_PAGE, MOST_HISTORY_PAGE, History, JournalCounts
from core.protocol.node_rules import Rules, Why
from core.protocol.self_test import SelfTestStatus, StartSelfTest

COMMENT_SECONDS = 15.0
SECONDS_BETWEEN_STATUSES = 0.5
BODY_BYTES = 4096
RULES_BYTES = 1 << 20  # ten thousand digests of packages
LONGEST_PAUSE_SECONDS = 366 * 86_400.0
_LONGEST_NUMBER = 16
_METHODS = {
    "/status": "GET",
    "/events": "GET",
    "/why": "GET",
    "/history": "GET",
    "/day": "GET",
    "/journal": "GET",
    "/rules": "GET, PUT",
    "/share-anyway": "POST",
    "/pause": "POST",
    "/resume": "POST",
    "/finish-then-pause": "POST",
    "/self-test": "GET, POST, DELETE",
}
_RESUME = "Share again: gpu-agent-node resume."
_READ_ANEW = "Read them again (GET /rules), and make the change to those."
_WRITE_ANEW = "Write all of them: gpu-agent-node rules set FILE."

T = TypeVar("T")
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Control:
    """The endpoint as an ASGI application."""

    def __init__(self, service: Service, keeper: StatusKeeper, tests: SelfTests, token: str, port: int) -> None:
        self._service = service
        self._tests = tests
        self._keeper = keeper
        self._token = token
        self._hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            self._check(scope)
            if scope["path"] == "/events" and scope["method"] == "GET":
                await self._stream(receive, send)
            else:
                answer = await self._answered(scope, receive)
                headers = {"ETag": f'"{self._service.rules.digest}"'} if scope["path"] == "/rules" else None
                await _answer(send, 200, msgspec.json.encode(answer), headers)
        except ApiError as error:
            await _answer(send, error.status, msgspec.json.encode(error.body("")), error.headers)

    def _check(self, scope: Any) -> None:
        """Who asks: a program of the owner's, and no page in a browser."""
        headers = dict(scope["headers"])
        if headers.get(b"host", b"").lower() not in self._hosts or b"origin" in headers:
            raise ApiError(
                ErrorCode.VALIDATION_FAILED,
                "this endpoint answers its owner's own programs only",
                hint="Use the address in control.json in the node's data folder.",
            )
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(token.strip(), self._token.encode()):
            raise ApiError(
                ErrorCode.API_KEY_INVALID,
                "this is not the node's token",
                hint="Read it from control.json in the node's data folder.",
            )

    async def _answered(
        self, scope: Any, receive: Receive
    ) -> NodeStatus | Rules | Why | SelfTestStatus | History | NodeDay | JournalCounts:
        match scope["method"], scope["path"]:
            case "GET", "/status":
                return self._status()
            case "GET", "/history":
                before, limit = _page_asked(scope["query_string"])
                return self._service.journal.history(before=before, limit=limit)
            case "GET", "/day":
                return self._service.days.day(_day_asked(scope["query_string"]))
            case "GET", "/journal":
                return self._service.journal.counts()
            case "GET", "/why":
                return await self._why()
            case "GET", "/rules":
                return self._rules()
            case "PUT", "/rules":
                tags = dict(scope["headers"]).get(b"if-match", b"*").decode("latin-1")
                return await self._put_rules(await _body(receive, RULES_BYTES), tags)
            case "POST", "/share-anyway":
                return await self._share_anyway(await _body(receive))
            case "POST", "/pause":
                until = _until(await _body(receive), time.time())
                return await self._choose(OwnersChoice(ChoiceKind.PAUSE, until))
            case "POST", "/resume":
                return await self._choose(OwnersChoice())
            case "POST", "/finish-then-pause":
                until = _until(await _body(receive), time.time())
                return await self._choose(OwnersChoice(ChoiceKind.FINISH_THEN_PAUSE, until))
            case "GET", "/self-test":
                return self._tests.status()
            case "POST", "/self-test":
                asked = _decoded(await _body(receive), StartSelfTest)
                self._tests.begin(skip_line=asked.skip_line)
                return self._tests.status()
            case "DELETE", "/self-test":
                self._tests.stop()
                return self._tests.status()
            case _, path if path in _METHODS:
                raise ApiError(ErrorCode.METHOD_NOT_ALLOWED, headers={"Allow": _METHODS[path]})
            case _:
                raise ApiError(ErrorCode.NOT_FOUND, hint="GET /status, /events, /history, POST /pause, /resume …")

    def _status(self) -> NodeStatus:
        return self._keeper.status(self._service.picture())

    async def _why(self) -> Why:
        """Its server is asked only where nothing here keeps the node from work."""
        answer = why(self._status())
        if answer.is_working or answer.reasons[0].kind != NO_WORK:
            return answer
        told = await self._service.ask_server_why()
        return answer if told is None else why(self._status(), of_service(told))

    async def _choose(self, choice: OwnersChoice) -> NodeStatus:
        self._check_runs()
        await self._service.tell(OwnerChose(choice))
        return self._status()

    def _rules(self) -> Rules:
        if self._service.rules.trouble:
            raise ApiError(ErrorCode.STATE_CONFLICT, self._service.rules.trouble, hint=_WRITE_ANEW)
        return self._service.rules.rules

    async def _put_rules(self, body: bytes, tags: str) -> NodeStatus:
        rules = rules_asked(body)
        self._check_runs()

        def check() -> None:
            if tags != "*" and f'"{self._service.rules.digest}"' not in [tag.strip() for tag in tags.split(",")]:
                raise ApiError(ErrorCode.STATE_CONFLICT, "the rules were changed meanwhile", hint=_READ_ANEW)

        try:
            await self._service.put_rules(rules, check)
        except OSError as error:
            words = f"the rules could not be written, the old ones hold: {error.strerror or error}"
            raise ApiError(ErrorCode.UNAVAILABLE, words, hint="Free some disk space, and try again.") from error
        return self._status()

    async def _share_anyway(self, body: bytes) -> NodeStatus:
        status = self._status()
        anyway = anyway_asked(body, [gpu.uuid for gpu in status.gpus], time.time())
        self._check_runs()
        if status.state in (NodeState.PAUSED, NodeState.PAUSING):
            raise ApiError(ErrorCode.STATE_CONFLICT, "you paused the node, which stands over all rules", hint=_RESUME)
        await self._service.share_anyway(anyway)
        return self._status()

    def _check_runs(self) -> None:
        if self._service.is_over:
            raise ApiError(ErrorCode.UNAVAILABLE, "the node is ending")

    async def _stream(self, receive: Receive, send: Send) -> None:
        """The status now and after each change, not more often than twice a second, until the node or the reader goes.

        Nothing is queued: what is sent is how the node is when the reader is ready for it.
        """
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        changed = asyncio.Event()
        gone: asyncio.Future[Any] = asyncio.ensure_future(_disconnected(receive))
        number = 0
        try:
            with self._service.listening(changed.set):
                while not gone.done() and not self._service.is_over:
                    changed.clear()
                    number += 1
                    data = msgspec.json.encode(self._status())
                    await _send_part(send, b"id: %d\nevent: status\ndata: %s\n\n" % (number, data))
                    await asyncio.wait({gone}, timeout=SECONDS_BETWEEN_STATUSES)
                    while not await _happens(changed, gone, COMMENT_SECONDS):
                        await _send_part(send, b":\n\n")
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _happens(changed: asyncio.Event, gone: "asyncio.Future[Any]", seconds: float) -> bool:
    """Whether something changed, or the reader went, within so many seconds."""
    waiting: asyncio.Future[Any] = asyncio.ensure_future(changed.wait())
    done, _ = await asyncio.wait({waiting, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    return bool(done)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    raw = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    raw += [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _body(receive: Receive, most_bytes: int = BODY_BYTES) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most_bytes:
            raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE)
        if not message.get("more_body"):
            return bytes(body)


def _page_asked(query: bytes) -> tuple[int | None, int]:
    """`before` and `limit`. Raises VALIDATION_FAILED."""
    asked = _asked(query)
    before = _whole(asked, "before", None, 2**53)
    limit = _whole(asked, "limit", HISTORY_PAGE, MOST_HISTORY_PAGE)
    return before, HISTORY_PAGE if limit is None else limit


def _day_asked(query: bytes) -> date | None:
    """`day`; None is today. Raises VALIDATION_FAILED."""
    text = _asked(query).get("day")
    try:
        return None if text is None else day_named(text)
    except ValueError:
        raise validation_failed(day="must be a day like 2026-04-01") from None


def _asked(query: bytes) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query.decode("latin-1")).items()}


def _whole(asked: dict[str, str], field: str, default: int | None, most: int) -> int | None:
    text = asked.get(field)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER and 1 <= int(text) <= most):
        raise validation_failed(**{field: f"must be a whole number from 1 to {most}"})
    return int(text)


def _decoded(body: bytes, wanted: type[T]) -> T:
    """A body, an empty one as an object without fields. Raises VALIDATION_FAILED."""
    try:
        return msgspec.json.decode(body or b"{}", type=wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ApiError(ErrorCode.VALIDATION_FAILED, str(error)) from None


def _until(body: bytes, now: float) -> float | None:
    """When the pause that is asked for ends, in Unix seconds. Raises VALIDATION_FAILED."""
    asked = _decoded(body, PauseNode)
    if asked.for_seconds is not None and asked.until is not None:
        raise validation_failed(until="give for_seconds or until, not both")
    if asked.for_seconds is not None:
        return now + _pause_seconds(asked.for_seconds, "for_seconds")
    if asked.until is None:
        return None
    try:
        until = datetime.fromisoformat(asked.until)
    except ValueError:
        raise validation_failed(until="must be a time like 2026-04-01T08:00:00Z") from None
    if until.tzinfo is None:
        raise validation_failed(until="must say its time zone, such as Z at its end")
    return now + _pause_seconds(until.timestamp() - now, "until")


def _pause_seconds(seconds: float, field: str) -> float:
    if not 0 < seconds <= LONGEST_PAUSE_SECONDS:
        raise validation_failed(**{field: "must lie in the future, within a year"})
    return seconds


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the service's own."""
        yield


@contextlib.asynccontextmanager
async def open_control(
    data_dir: Path, service: Service, keeper: StatusKeeper, tests: SelfTests
) -> AsyncIterator[ControlFile]:
    """The endpoint, on a free port of loopback, while the block runs. Raises OSError."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        control = ControlFile(f"http://127.0.0.1:{port}", secrets.token_urlsafe(32), os.getpid())
        config = uvicorn.Config(
            Control(service, keeper, tests, control.token, port),
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))

        def note() -> None:
            keeper.note(connected=service.is_connected, sharing=service.is_sharing, now=time.time())

        file = data_dir / CONTROL_FILE_NAME
        try:
            _write_for_owner(file, msgspec.json.encode(control))
            with service.listening(note):
                yield control
        finally:
            file.unlink(missing_ok=True)
            server.should_exit = True
            await serving


def _write_for_owner(file: Path, data: bytes) -> None:
    """Replaces the file at once; only its owner can ever read it."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
    new.replace(file)
