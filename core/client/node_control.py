"""Speaks to a node that runs on this machine, for its owner's own programs: its state, live, and the big switch.

The node writes where it listens, and the token to be shown, into its data folder; whoever can read that owns the node.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import httpx
import msgspec
from httpx_sse import EventSource, SSEError

from ..protocol.node_control import CONTROL_FILE_NAME, ControlFile, NodeStatus, PauseNode
from ..protocol.node_day import NodeDay
from ..protocol.node_history import HISTORY_PAGE, History, JournalCounts
from ..protocol.node_rules import RuleKind, Rules, ShareAnyway, Why
from ..protocol.self_test import SelfTestStatus, StartSelfTest
from .errors import AnswerUnreadable, ClientError
from .http import AsyncConnection, Call, Endpoint, Retries, SyncConnection, check_status, connection_failed

_ONCE = Retries(attempts=1)
_SILENCE_SECONDS = 40.0  # the node says something every 5 s


class NodeNotRunning(ClientError):
    """No node runs with this data folder, as far as its files tell."""


def control_of(data_dir: Path) -> ControlFile:
    """How to reach the node of a data folder. Raises NodeNotRunning, also for what can't be read.

    The file may outlive a node that was killed: then the first call raises ConnectionFailed.
    """
    file = data_dir / CONTROL_FILE_NAME
    try:
        return msgspec.json.decode(file.read_bytes(), type=ControlFile)
    except (OSError, msgspec.DecodeError) as error:
        raise NodeNotRunning(
            f"No node runs with the data folder {data_dir}.",
            hint="Start it: gpu-agent-node run, with the same --data-dir if you gave one.",
        ) from error


def _status() -> Call[NodeStatus]:
    """How the node is now."""
    return Call(method="GET", path="/status", answer=NodeStatus)


def _pause(*, for_seconds: float | None = None, until: str | None = None) -> Call[NodeStatus]:
    """Stop what runs, giving it back with its last checkpoint, and take nothing: for so long, until a time
    (RFC 3339), or until it is resumed."""
    return Call(method="POST", path="/pause", answer=NodeStatus, body=PauseNode(for_seconds, until))


def _resume() -> Call[NodeStatus]:
    """Share again."""
    return Call(method="POST", path="/resume", answer=NodeStatus)


def _finish_then_pause(*, for_seconds: float | None = None) -> Call[NodeStatus]:
    """Take nothing more, and pause when what runs has ended; both end by themselves after so long, if that is said."""
    body = None if for_seconds is None else PauseNode(for_seconds)
    return Call(method="POST", path="/finish-then-pause", answer=NodeStatus, body=body)


def _history(*, before: int | None = None, limit: int = HISTORY_PAGE) -> Call[History]:
    """What ever ran there, the newest first: at most `limit` units, before the one with this id."""
    query = [("limit", str(limit)), *([("before", str(before))] if before is not None else [])]
    return Call(method="GET", path="/history", answer=History, query=query)


def _day(*, day: str | None = None) -> Call[NodeDay]:
    """What each GPU did on a day of the node's clock, such as 2026-04-01; today if none is given."""
    return Call(method="GET", path="/day", answer=NodeDay, query=[("day", day)] if day is not None else [])


def _journal() -> Call[JournalCounts]:
    """How much the node remembers."""
    return Call(method="GET", path="/journal", answer=JournalCounts)


def _rules() -> Call[Rules]:
    """The owner's rules in force."""
    return Call(method="GET", path="/rules", answer=Rules)


def _put_rules(rules: Rules, *, if_match: str | None = None) -> Call[NodeStatus]:
    """Have these rules, whole, from now on; with `if_match`, a `rules_digest`, only where those are still in force.
    Raises VALIDATION_FAILED with the field's name, STATE_CONFLICT where others are in force."""
    return Call(method="PUT", path="/rules", answer=NodeStatus, body=rules, if_match=if_match)


def _share_anyway(rule: RuleKind, for_seconds: float = 3_600.0, gpu_uuid: str | None = None) -> Call[NodeStatus]:
    """Share in spite of a rule, of this GPU or of all the node, for so long; 0 ends that. A pause ends it too."""
    return Call(method="POST", path="/share-anyway", answer=NodeStatus, body=ShareAnyway(rule, for_seconds, gpu_uuid))


def _why() -> Call[Why]:
    """Why the node earns nothing now, or that it works."""
    return Call(method="GET", path="/why", answer=Why)


def _self_test() -> Call[SelfTestStatus]:
    """The self-test that runs, else the newest."""
    return Call(method="GET", path="/self-test", answer=SelfTestStatus)


def _start_self_test(*, skip_line: bool = False) -> Call[SelfTestStatus]:
    """Begin one, unless one runs; of that one the line is left out too, if so."""
    return Call(method="POST", path="/self-test", answer=SelfTestStatus, body=StartSelfTest(skip_line))


def _stop_self_test() -> Call[SelfTestStatus]:
    """End the one that runs: it counts for nothing."""
    return Call(method="DELETE", path="/self-test", answer=SelfTestStatus)


class _Endpoints:
    status = Endpoint(_status)
    history = Endpoint(_history)
    day = Endpoint(_day)
    journal = Endpoint(_journal)
    pause = Endpoint(_pause)
    resume = Endpoint(_resume)
    finish_then_pause = Endpoint(_finish_then_pause)
    rules = Endpoint(_rules)
    put_rules = Endpoint(_put_rules)
    share_anyway = Endpoint(_share_anyway)
    why = Endpoint(_why)
    self_test = Endpoint(_self_test)
    start_self_test = Endpoint(_start_self_test)
    stop_self_test = Endpoint(_stop_self_test)


class NodeControl(_Endpoints, SyncConnection):
    """A node on this machine; its methods wait. Raises ConnectionFailed once it has ended, ServerError for refusals."""

    def __init__(self, control: ControlFile) -> None:
        super().__init__(control.url, None, retries=_ONCE)
        self.base_url = control.url
        self.key_headers["Authorization"] = f"Bearer {control.token}"

    def __enter__(self) -> "NodeControl":
        return self


class AsyncNodeControl(_Endpoints, AsyncConnection):
    """The same, whose methods are awaited."""

    def __init__(self, control: ControlFile) -> None:
        super().__init__(control.url, None, retries=_ONCE)
        self.base_url = control.url
        self.key_headers["Authorization"] = f"Bearer {control.token}"

    async def __aenter__(self) -> "AsyncNodeControl":
        return self


async def node_statuses(control: AsyncNodeControl) -> AsyncGenerator[NodeStatus, None]:
    """The node's status now, and at each change. Raises ConnectionFailed when the node has ended, ServerError."""
    headers = {**control.key_headers, "Accept": "text/event-stream"}
    timeout = httpx.Timeout(_SILENCE_SECONDS, connect=5.0)
    try:
        async with control.http.stream("GET", f"{control.base_url}/events", headers=headers, timeout=timeout) as answer:
            if not answer.is_success:
                check_status(answer.status_code, await answer.aread(), answer.headers)
            async with aclosing(EventSource(answer).aiter_sse()) as events:
                async for event in events:
                    if event.event == "status":
                        yield msgspec.json.decode(event.data, type=NodeStatus)
        raise httpx.RemoteProtocolError("the node has ended")
    except (SSEError, msgspec.DecodeError) as error:
        raise AnswerUnreadable(
            f"What answers at {control.base_url} is no node of this version: {error}",
            hint="Start the node again with the same program that you look at it with.",
        ) from error
    except httpx.RequestError as error:
        raise connection_failed(control.base_url, error) from error
