"""What is asked of the server next: which reports travel in which exchange, and when the long poll is renewed.

Pure. What an answer means for an attempt is decided in brain.py.
"""

from collections.abc import Callable, Iterator

import msgspec

from agent.attempt import Attempt, AttemptPhase, PendingReport
from agent.calls import Lane
from agent.events import CallTrouble, ExchangeFailed
from agent.instructions import Exchange
from core.printable import printable
from core.protocol.node import (
    PROTOCOL_VERSION,
    ChunkChanges,
    ExchangeRequest,
    ExchangeResponse,
    FreeResources,
    HeldAttempt,
    NodeSettings,
    ReportAnswer,
    Telemetry,
)
from core.protocol.self_test import SelfTestReport

REPORTS_A_CALL = 64
BYTES_A_CALL = 1 << 20
CHUNKS_A_CALL = 5_000
CONTENTS_A_CALL = 1_000
GREETING_SECONDS = 0.05
_TIER_CHARACTERS = 40
_LEASE_SECONDS = (1.0, 3600.0)
_POLL_SECONDS = (0.2, 120.0)  # a shorter one would keep the node busy, a longer one would not see a server that is gone


class Offer(msgspec.Struct, frozen=True):
    """What a long poll says of the machine: None before it was looked at. `closed`: not even what an open poll has
    asked for is wanted any more."""

    leases: int = 0
    closed: bool = False
    free: FreeResources | None = None
    telemetry: Telemetry | None = None


class _Poll(msgspec.Struct, frozen=True):
    offered: int
    wait_seconds: float
    chunks: ChunkChanges | None
    forgotten: list[str]
    self_test: "_SelfTest | None"


class _SelfTest(msgspec.Struct, frozen=True):
    report: SelfTestReport
    noted_at: float


class Conversation:
    """Both lanes and what is on its way in them. `tier` is the one that the server told last, empty before."""

    def __init__(self, agent_version: str, settings: NodeSettings, random: Callable[[], float]) -> None:
        self.settings = _within_reason(settings)
        self.tier = ""
        self._agent_version = agent_version
        self._poll_lane = Lane(random)
        self._urgent_lane = Lane(random)
        self._calls = 0
        self._polls: dict[int, _Poll] = {}
        self._travelling: dict[int, list[tuple[str, PendingReport]]] = {}
        self._chunks_added: dict[str, None] = {}
        self._chunks_removed: dict[str, None] = {}
        self._forgotten: dict[str, None] = {}
        self._self_test: _SelfTest | None = None
        self._reports_a_call = REPORTS_A_CALL
        self._greeted = False

    def set(self, settings: NodeSettings) -> None:
        """Go by other lengths of time from now on."""
        self.settings = _within_reason(settings)

    def chunks_changed(self, added: list[str], removed: list[str]) -> None:
        """To be told with the next long polls."""
        for digest in added:
            self._chunks_removed.pop(digest, None)
            self._chunks_added[digest] = None
        for digest in removed:
            self._chunks_added.pop(digest, None)
            self._chunks_removed[digest] = None

    def forgot(self, digest: str) -> None:
        """To be told with the next long poll."""
        self._forgotten[digest] = None

    def tested(self, report: SelfTestReport, now: float) -> None:
        """To be told with the next long poll."""
        self._self_test = _SelfTest(report, now)

    def due(self, now: float, attempts: list[Attempt], offer: Offer, *, polling: bool) -> Iterator[Exchange]:
        """The calls to make now."""
        urgent = self._urgent(now, attempts)
        if urgent is not None:
            yield urgent
        if polling and offer.free is not None and self._wants_poll(now, attempts, offer):
            yield self._poll(now, attempts, offer)

    def wake_at(self, attempts: list[Attempt], *, polling: bool) -> float | None:
        """When `due` may have something that it has not now, unless something happens before."""
        times = [self._poll_lane.due_at] if polling and self._poll_lane.call is None else []
        if self._urgent_lane.call is None:
            times += [
                max(self._urgent_lane.due_at, pending.not_before)
                for attempt in attempts
                for pending in attempt.outbox.values()
                if pending.call is None and not pending.uploading
            ]
        return min(times, default=None)

    def answered(
        self, call: int, response: ExchangeResponse, now: float
    ) -> Iterator[tuple[str, PendingReport, ReportAnswer]]:
        """Settle the call; gives each of its reports that has an answer, with the attempt it is of."""
        self.tier = printable(response.tier)[:_TIER_CHARACTERS] or self.tier
        poll = self._polls.pop(call, None)
        if poll is not None:
            self._greeted = True
            self._forget_told(poll.chunks)
            for digest in poll.forgotten:
                self._forgotten.pop(digest, None)
            self._told_self_test(poll)
            if call == self._poll_lane.call:
                said = response.leases or response.directives or response.answers
                empty = not said and poll.wait_seconds > GREETING_SECONDS
                self._poll_lane.answered(now, empty=empty, wait_seconds=poll.wait_seconds)
        reports = self._travelling.pop(call, [])
        answers = {(answer.attempt_id, answer.number): answer for answer in response.answers}
        unanswered = False
        for attempt_id, pending in reports:
            pending.call = None
            answer = answers.get((attempt_id, pending.report.number))
            if answer is None:
                unanswered = True
            else:
                yield attempt_id, pending, answer
        if call == self._urgent_lane.call:
            self._urgent_lane.answered(now, empty=unanswered, wait_seconds=1.0 if unanswered else 0.0)
            self._reports_a_call = REPORTS_A_CALL

    def failed(self, event: ExchangeFailed, now: float) -> tuple[str, PendingReport] | None:
        """Settle the call without an answer; gives the one report, if the server can't take it whatever we do."""
        poll = self._polls.pop(event.call, None)
        if poll is not None:
            self._greeted = False
            if event.trouble is CallTrouble.REFUSED:  # perhaps for this: without it everything else may be heard
                self._told_self_test(poll)
        reports = self._travelling.pop(event.call, [])
        for _, pending in reports:
            pending.call = None
        refused = event.trouble is CallTrouble.REFUSED
        for lane in (self._poll_lane, self._urgent_lane):
            if lane.call == event.call:
                lane.failed(
                    now,
                    event.trouble,
                    lease_seconds=self.settings.lease_seconds,
                    retry_after=event.retry_after_seconds,
                )
                if lane is self._urgent_lane and refused:
                    lane.due_at = now
        if refused and len(reports) == 1:
            self._reports_a_call = REPORTS_A_CALL
            return reports[0]
        if refused and reports:
            self._reports_a_call = 1
        return None

    @property
    def is_failing(self) -> bool:
        """Whether the server does not answer now."""
        return self._poll_lane.is_failing or self._urgent_lane.is_failing

    def _wants_poll(self, now: float, attempts: list[Attempt], offer: Offer) -> bool:
        current = self._polls.get(self._poll_lane.call) if self._poll_lane.call is not None else None
        if current is None:
            return now >= self._poll_lane.due_at
        if offer.closed and current.offered > 0:
            return True
        return offer.leases > current.offered or self._wait_seconds(attempts) < current.wait_seconds

    def _wait_seconds(self, attempts: list[Attempt]) -> float:
        return self.settings.busy_poll_seconds if _held(attempts) else self.settings.idle_poll_seconds

    def _poll(self, now: float, attempts: list[Attempt], offer: Offer) -> Exchange:
        added = list(self._chunks_added)[:CHUNKS_A_CALL]
        removed = list(self._chunks_removed)[:CHUNKS_A_CALL]
        chunks = ChunkChanges(added, removed) if added or removed else None
        # The first poll after a start or a failure comes back at once: only then is it known that the server is there
        wait_seconds = self._wait_seconds(attempts) if self._greeted else GREETING_SECONDS
        call = self._next_call()
        forgotten = list(self._forgotten)[:CONTENTS_A_CALL]
        self_test = self._self_test
        self._polls[call] = _Poll(offer.leases, wait_seconds, chunks, forgotten, self_test)
        self._poll_lane.start(call, now)
        return Exchange(
            call,
            ExchangeRequest(
                protocol=PROTOCOL_VERSION,
                agent_version=self._agent_version,
                free=offer.free,
                telemetry=offer.telemetry,
                chunks=chunks,
                attempts=_held(attempts),
                max_leases=offer.leases,
                wait_seconds=wait_seconds,
                forgotten=forgotten,
                self_test=None if self_test is None else _aged(self_test, now),
            ),
        )

    def _urgent(self, now: float, attempts: list[Attempt]) -> Exchange | None:
        if self._urgent_lane.call is not None or now < self._urgent_lane.due_at:
            return None
        chosen: list[tuple[str, PendingReport]] = []
        size = 0
        for attempt in attempts:
            for pending in attempt.outbox.values():
                if pending.uploading or pending.not_before > now:
                    continue
                if len(chosen) >= self._reports_a_call or (chosen and size + len(pending.encoded) > BYTES_A_CALL):
                    break
                chosen.append((attempt.id, pending))
                size += len(pending.encoded)
        if not chosen:
            return None
        call = self._next_call()
        for _, pending in chosen:
            pending.call = call
        self._travelling[call] = chosen
        self._urgent_lane.start(call, now)
        return Exchange(
            call,
            ExchangeRequest(
                protocol=PROTOCOL_VERSION,
                agent_version=self._agent_version,
                attempts=_held(attempts),
                reports=[msgspec.Raw(pending.encoded) for _, pending in chosen],
            ),
        )

    def _next_call(self) -> int:
        self._calls += 1
        return self._calls

    def _told_self_test(self, poll: _Poll) -> None:
        if self._self_test is poll.self_test:
            self._self_test = None

    def _forget_told(self, chunks: ChunkChanges | None) -> None:
        if chunks is not None:
            for digest in chunks.added:
                self._chunks_added.pop(digest, None)
            for digest in chunks.removed:
                self._chunks_removed.pop(digest, None)


def _within_reason(settings: NodeSettings) -> NodeSettings:
    """A server's lengths of time, as far as they can be meant."""
    shortest, longest = _POLL_SECONDS
    return msgspec.structs.replace(
        settings,
        lease_seconds=min(max(settings.lease_seconds, _LEASE_SECONDS[0]), _LEASE_SECONDS[1]),
        idle_poll_seconds=min(max(settings.idle_poll_seconds, shortest), longest),
        busy_poll_seconds=min(max(settings.busy_poll_seconds, shortest), longest),
    )


def _aged(test: _SelfTest, now: float) -> SelfTestReport:
    return msgspec.structs.replace(test.report, seconds_ago=test.report.seconds_ago + now - test.noted_at)


def _held(attempts: list[Attempt]) -> list[HeldAttempt]:
    return [
        HeldAttempt(attempt.id, attempt.lease.token, attempt.lease.limits.max_runtime_seconds)
        for attempt in attempts
        if attempt.phase is not AttemptPhase.REMOVING
    ]
