"""One self-test from its first check to its last: in order, each within its time, all of them within a minute.

What is looked at, and how, is in the files beside; here is what follows for the others from how one ended.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from agent.sandbox.base import BoxNotStarted
from core.clock import rfc3339, rfc3339_or_none
from core.protocol.self_test import Check, CheckKind, CheckState, MeasuredSpeed, NextStep, SelfTestRun, all_passed

MOST_SECONDS = 60.0
STOPPED = "it was stopped before"
_BROKEN = (CheckState.FAILED, CheckState.BLOCKED)
_OPEN = (CheckState.WAITING, CheckState.RUNNING)


class Finding(msgspec.Struct, frozen=True):
    """What a check found, as `Check` says it, and what it measured."""

    state: CheckState
    evidence: str = ""
    cause: str = ""
    steps: list[NextStep] = []
    seen: str = ""
    speed: MeasuredSpeed = MeasuredSpeed()


def passed(evidence: str, speed: MeasuredSpeed | None = None) -> Finding:
    """All is as it should be."""
    return Finding(CheckState.PASSED, evidence, speed=speed or MeasuredSpeed())


def failed(cause: str, *, evidence: str = "", steps: list[NextStep] | None = None, seen: str = "") -> Finding:
    """It isn't, for this cause."""
    return Finding(CheckState.FAILED, evidence or cause, cause, steps or [], seen)


def skipped(why: str) -> Finding:
    """It was not looked at."""
    return Finding(CheckState.SKIPPED, why)


def nothing() -> str:
    """Nothing is in the way."""
    return ""


class Row(msgspec.Struct, frozen=True):
    """A check that is to be made. It says nothing where one of those it `needs` (of its own GPU, if they are a GPU's)
    has failed. `in_the_way` says why it must not be made now, if so, and is asked again while it is. `evidence` is what
    is said of it before."""

    kind: CheckKind
    examine: Callable[[], Awaitable[Finding]]
    most_seconds: float
    needs: tuple[CheckKind, ...] = ()
    evidence: str = ""
    gpu_uuid: str | None = None
    subject: str = ""
    in_the_way: Callable[[], str] = nothing


class Run:
    """One self-test. `monotonic` and `wall` give seconds; `changed` is called after each step."""

    def __init__(
        self,
        rows: list[Row],
        *,
        reason: str,
        monotonic: Callable[[], float],
        wall: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:
        self._rows = rows
        self._reason = reason
        self._monotonic = monotonic
        self._wall = wall
        self._changed = changed
        self._checks = [
            Check(
                row.kind,
                CheckState.WAITING,
                row.evidence,
                most_seconds=row.most_seconds,
                gpu_uuid=row.gpu_uuid,
                subject=row.subject,
            )
            for row in rows
        ]
        self._speed = MeasuredSpeed()
        self._began = monotonic()
        self._started_at = wall()
        self._finished_at: float | None = None
        self._row: Row | None = None
        self._examining: asyncio.Task[Finding] | None = None
        self._broken_off = ""
        self._row_began = 0.0
        self._left_out: dict[CheckKind, str] = {}
        self.was_stopped = False

    async def carry_out(self) -> SelfTestRun:
        """Make all checks."""
        for number, row in enumerate(self._rows):
            self._row, self._row_began = row, self._monotonic()
            finding = self._without_looking(row)
            if finding is None:
                self._checks[number] = msgspec.structs.replace(self._checks[number], state=CheckState.RUNNING)
                self._changed()
                finding = await self._examined(row)
            seconds = None if finding.state in (CheckState.BLOCKED, CheckState.SKIPPED) else self._row_seconds()
            self._checks[number] = msgspec.structs.replace(
                self._checks[number],
                state=finding.state,
                evidence=finding.evidence or row.evidence,
                cause=finding.cause,
                steps=finding.steps,
                seen=finding.seen,
                seconds=seconds,
            )
            self._speed = _merged(self._speed, finding.speed)
            self._changed()
        self._row, self._finished_at = None, self._wall()
        self._changed()
        return self.view()

    def view(self) -> SelfTestRun:
        """How far it is."""
        is_over = self._finished_at is not None
        checks = [
            msgspec.structs.replace(check, seconds=self._row_seconds()) if check.state is CheckState.RUNNING else check
            for check in self._checks
        ]
        left = sum(check.most_seconds for check in checks if check.state in _OPEN)
        return SelfTestRun(
            reason=self._reason,
            started_at=rfc3339(self._started_at),
            finished_at=rfc3339_or_none(self._finished_at),
            passed=all_passed(checks) if is_over else None,
            seconds_left=0.0 if is_over else round(max(0.0, min(left, self._left_seconds())), 1),
            checks=checks,
            speed=self._speed,
        )

    def look_again(self) -> None:
        """Something has changed on the node: what is made now may have to give way."""
        if self._row is not None and (why := self._row.in_the_way()):
            self._break_off(why)

    def leave_out(self, kind: CheckKind, why: str) -> None:
        """Don't make the checks of this kind, nor go on with one."""
        self._left_out[kind] = why
        if self._row is not None and self._row.kind is kind:
            self._break_off(why)

    def stop(self) -> None:
        """Come to an end: what was not made yet is left out."""
        self.was_stopped = True
        self._break_off(STOPPED)

    def _break_off(self, why: str) -> None:
        if self._examining is not None:
            self._broken_off = why
            self._examining.cancel()

    def _without_looking(self, row: Row) -> Finding | None:
        broken = [
            check.kind.value
            for check in self._checks
            if check.kind in row.needs and check.state in _BROKEN and check.gpu_uuid in (None, row.gpu_uuid)
        ]
        if broken:
            return Finding(CheckState.BLOCKED, f"needs {', '.join(dict.fromkeys(broken))}")
        if self.was_stopped:
            return skipped(STOPPED)
        why = self._left_out.get(row.kind) or row.in_the_way()
        if not why and self._left_seconds() <= 0:
            why = f"{MOST_SECONDS:.0f} seconds were used up before"
        return skipped(why) if why else None

    async def _examined(self, row: Row) -> Finding:
        seconds = min(row.most_seconds, self._left_seconds())
        self._broken_off = ""
        self._examining = asyncio.ensure_future(_within(row, seconds))
        try:
            return await self._examining
        except asyncio.CancelledError:
            if not self._broken_off:
                raise
            return skipped(self._broken_off)
        finally:
            if not self._examining.done():  # whoever made the whole test has let it go
                self._examining.cancel()
                await asyncio.wait({self._examining})
            self._examining = None

    def _row_seconds(self) -> float:
        return round(self._monotonic() - self._row_began, 3)

    def _left_seconds(self) -> float:
        return MOST_SECONDS - (self._monotonic() - self._began)


async def _within(row: Row, seconds: float) -> Finding:
    try:
        async with asyncio.timeout(seconds):
            return await row.examine()
    except TimeoutError:
        # It comes last on the machine, behind units: that it is slow says nothing against it.
        return skipped(f"it did not come to its end within {seconds:.0f} seconds: the machine is busy")
    except BoxNotStarted as error:
        return failed(f"the box could not be made: {error}")
    except OSError as error:
        return failed(f"the system refused: {error}")


def _merged(before: MeasuredSpeed, new: MeasuredSpeed) -> MeasuredSpeed:
    told = {name: value for name, value in msgspec.structs.asdict(new).items() if value is not None and name != "gpus"}
    return msgspec.structs.replace(before, **told, gpus=[*before.gpus, *new.gpus])
