"""One attempt as the brain holds it, and the part of it that the journal keeps.

The decisions are in brain.py; here are its counters, its collected lines and points, and its reports without answer.
"""

from enum import StrEnum
from typing import Any

import msgspec

from agent.sandbox.base import BoxExit
from core.protocol.content import Manifest
from core.protocol.node import (
    AnyReport,
    CheckpointReport,
    CompletedReport,
    FailedReport,
    Lease,
    LogLine,
    LogReport,
    MetricPoint,
    MetricsReport,
    ReleasedReport,
    StepReport,
    decode_report,
)

LINES_A_REPORT = 500
LOG_BYTES_A_REPORT = 256 * 1024
POINTS_A_REPORT = 500
FLUSH_SECONDS = 0.25
_PLATFORM_LINES = 200
_BYTES_A_RECORD = 32 * 1024 * 1024


class Snapshot(msgspec.Struct, frozen=True):
    """A saved state of the checkpoint folder: its folder's name, what it holds, and its step if the code told one."""

    name: str
    manifest: Manifest
    step: int | None


class AttemptPhase(StrEnum):
    """How far an attempt is on this node."""

    FETCHING = "fetching"
    ENVIRONMENT = "environment"
    STARTING = "starting"
    RUNNING = "running"
    SAVING = "saving"  # the code has ended, its last checkpoint is taken
    COLLECTING = "collecting"
    UPLOADING = "uploading"  # completed is reported, or waits for the last checkpoint to be accepted
    ENDING = "ending"  # failed or released is reported, or waits for the last checkpoint to be accepted
    REMOVING = "removing"


PREPARING = frozenset({AttemptPhase.FETCHING, AttemptPhase.ENVIRONMENT, AttemptPhase.STARTING})
ENDED = frozenset({AttemptPhase.SAVING, AttemptPhase.COLLECTING, AttemptPhase.UPLOADING, AttemptPhase.ENDING})


class AttemptRecord(msgspec.Struct, frozen=True):
    """What survives kill -9 of an attempt. `reports`, `lines`, `points` and `checkpoints` are the numbers given out.

    `run_seconds` is the running time of the customer's code as far as it was known; `exit` is how it ended.
    `energy_joules` is what its GPU has used for it up to then; `gpu_lost` is why that GPU is gone, if it is; `bytes_in`
    and `bytes_out` are chunks that were fetched and sent for it.
    """

    attempt_id: str
    phase: AttemptPhase
    reports: int = 0
    lines: int = 0
    points: int = 0
    checkpoints: int = 0
    log_bytes: int = 0
    run_seconds: float = 0.0
    started: bool = False
    exit: BoxExit | None = None
    release_reason: str | None = None
    energy_joules: float | None = None
    gpu_lost: str = ""
    bytes_in: int = 0
    bytes_out: int = 0


class JournalledAttempt(msgspec.Struct, frozen=True):
    """A lease, how far it is, and its reports without answer by number, encoded."""

    lease: Lease
    record: AttemptRecord
    reports: list[tuple[int, bytes]] = []


class PendingReport(msgspec.Struct):
    """A report without a last answer. `call` is the exchange it travels in; while `uploading` it waits."""

    report: AnyReport
    encoded: bytes
    call: int | None = None
    uploading: bool = False
    not_before: float = 0.0
    failures: int = 0
    last_missing: frozenset[str] = frozenset()
    same_missing: int = 0

    @property
    def is_last(self) -> bool:
        return isinstance(self.report, (CompletedReport, FailedReport, ReleasedReport))


class Attempt:
    """The live state of one attempt."""

    def __init__(self, lease: Lease, record: AttemptRecord, slot: int | None) -> None:
        self.lease = lease
        self.phase = record.phase
        self.slot = slot
        self.reports = record.reports
        self.lines = record.lines
        self.points = record.points
        self.checkpoints = record.checkpoints
        self.log_bytes = record.log_bytes
        self.run_seconds = record.run_seconds
        self.started = record.started
        self.exit = record.exit
        self.release_reason = record.release_reason
        self.energy_joules = record.energy_joules
        self.gpu_lost = record.gpu_lost
        self.gpu_profile = ""
        self.give_up_code_at: float | None = None
        self._gpu_joules: float | None = None
        self.bytes_in = record.bytes_in
        self.bytes_out = record.bytes_out
        self.outbox: dict[int, PendingReport] = {}
        self.box_started_at: float | None = None
        self.checkpoint_due_at: float | None = None
        self.taking_checkpoint = False
        self.final_checkpoint_due = False
        self.checkpoint_run_seconds = 0.0
        self.newest_snapshot: Snapshot | None = None
        self.reported_snapshot: Snapshot | None = None
        self.waiting_snapshot: Snapshot | None = None
        self.result: Manifest | None = None
        self.last_step: int | None = None
        self.step_of: int | None = None
        self.checkpoint_at: float | None = None
        self.give_up_checkpoint_at: float | None = None
        self.flush_at: float | None = None
        self.changed = True
        self._bytes_unrecorded = 0
        self._platform_lines = 0
        self._lines: list[LogLine] = []
        self._lines_bytes = 0
        self._points: list[MetricPoint] = []
        self._step: tuple[int, int | None] | None = None
        self._log_full = False

    @property
    def id(self) -> str:
        return self.lease.attempt_id

    @property
    def is_waiting_for_checkpoint(self) -> bool:
        """Whether a checkpoint has been reported, or is about to be, and not accepted yet."""
        return self.waiting_snapshot is not None or any(
            isinstance(pending.report, CheckpointReport) for pending in self.outbox.values()
        )

    def record(self, now: float) -> AttemptRecord:
        """What the journal keeps."""
        return AttemptRecord(
            self.id,
            self.phase,
            self.reports,
            self.lines,
            self.points,
            self.checkpoints,
            self.log_bytes,
            self.running_seconds(now),
            self.started,
            self.exit,
            self.release_reason,
            self.energy_joules,
            self.gpu_lost,
            self.bytes_in,
            self.bytes_out,
        )

    def moved(self, bytes_in: int, bytes_out: int) -> None:
        """Chunks came or went for it. A kill may forget some of them: not each is worth a write of the journal."""
        self.bytes_in += bytes_in
        self.bytes_out += bytes_out
        self._bytes_unrecorded += bytes_in + bytes_out
        if self._bytes_unrecorded >= _BYTES_A_RECORD:
            self._bytes_unrecorded = 0
            self.changed = True

    def enter(self, phase: AttemptPhase) -> None:
        """Go on to a phase."""
        self.phase = phase
        self.changed = True

    def running_seconds(self, now: float) -> float:
        """Running time of the customer's code up to now, over all boxes of the attempt."""
        return self.run_seconds + (now - self.box_started_at if self.box_started_at is not None else 0.0)

    def count_energy(self, gpu_joules: float | None) -> None:
        """What its GPU has used in all, as it is told since the program was started; the first is where counting begins
        in this box."""
        if gpu_joules is None:
            return
        if self._gpu_joules is not None:
            self.energy_joules = (self.energy_joules or 0.0) + max(0.0, gpu_joules - self._gpu_joules)
            self.changed = True
        self._gpu_joules = gpu_joules

    @property
    def energy(self) -> dict[str, Any]:
        """As the reports of an end have it."""
        joules = self.energy_joules
        return {"energy_joules": None if joules is None else round(joules, 1)}

    def head(self) -> dict[str, Any]:
        """What every report begins with: attempt, token and the next number."""
        self.reports += 1
        self.changed = True
        return {"attempt_id": self.id, "token": self.lease.token, "number": self.reports}

    def restore(self, number: int, encoded: bytes) -> None:
        """Put a report of the journal back to be sent again."""
        report = decode_report(encoded)
        self.outbox[number] = PendingReport(report, encoded)
        self.reports = max(self.reports, number)

    def add_line(self, stream: str, text: str, now: float) -> None:
        """Number a line; past the unit's log limit one platform line says so, and the rest is dropped.

        Lines of the platform are few and don't count against the customer's limit.
        """
        text = _cut(text, self.lease.limits.log_line_bytes)
        if stream == "platform":
            self._platform_lines += 1
            if self._platform_lines > _PLATFORM_LINES:
                return
        elif self._log_full:
            return
        else:
            size = len(text.encode()) + 1
            if self.log_bytes + size > self.lease.limits.log_bytes:
                self._log_full = True
                limit = self.lease.limits.log_bytes
                self._append_line("platform", f"the log is full ({limit:,} bytes); later lines are left out", now)
                return
            self.log_bytes += size
        self._append_line(stream, text, now)

    def add_point(self, step: int | None, values: dict[str, float], now: float) -> None:
        """Number a metric point; past the unit's limit one platform line says so, and the rest is dropped."""
        limit = self.lease.limits.metric_points
        if self.points > limit:
            return
        self.points += 1
        if self.points > limit:
            self.add_line("platform", f"{limit:,} metric points are recorded; later ones are left out", now)
            return
        self._points.append(MetricPoint(self.points, step, values))
        self._flush_soon(now)

    def set_step(self, step: int, of: int | None, now: float) -> None:
        """The newest step; only the last one before a flush is told."""
        self.last_step = step
        self.step_of = of if of is not None else self.step_of
        self._step = (step, self.step_of)
        self._flush_soon(now)

    def flush(self) -> list[AnyReport]:
        """Turn what was collected into reports, with their numbers."""
        self.flush_at = None
        reports: list[AnyReport] = []
        while self._lines:
            batch = self._take_lines()
            reports.append(LogReport(**self.head(), lines=batch))
        while self._points:
            points, self._points = self._points[:POINTS_A_REPORT], self._points[POINTS_A_REPORT:]
            reports.append(MetricsReport(**self.head(), points=points))
        if self._step is not None:
            step, of = self._step
            self._step = None
            reports.append(StepReport(**self.head(), step=step, of=of))
        return reports

    @property
    def is_batch_full(self) -> bool:
        """Whether enough was collected to be told at once."""
        return (
            len(self._lines) >= LINES_A_REPORT
            or self._lines_bytes >= LOG_BYTES_A_REPORT
            or len(self._points) >= POINTS_A_REPORT
        )

    def _append_line(self, stream: str, text: str, now: float) -> None:
        self.lines += 1
        self._lines.append(LogLine(self.lines, stream, text))
        self._lines_bytes += len(text)
        self._flush_soon(now)

    def _take_lines(self) -> list[LogLine]:
        size = count = 0
        while count < len(self._lines) and count < LINES_A_REPORT and size < LOG_BYTES_A_REPORT:
            size += len(self._lines[count].text)
            count += 1
        batch, self._lines = self._lines[:count], self._lines[count:]
        self._lines_bytes -= size
        return batch

    def _flush_soon(self, now: float) -> None:
        if self.flush_at is None:
            self.flush_at = now + FLUSH_SECONDS


def _cut(text: str, limit_bytes: int) -> str:
    """A line as the wire can carry it: valid UTF-8 of at most so many bytes."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit_bytes:
        return encoded.decode()
    return encoded[:limit_bytes].decode("utf-8", "ignore")
