"""What is known of one job, built from snapshots and events; and what has to be asked for next. Plain Python, no Qt."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from core.client.job_follow import has_ended
from core.protocol.customer import (
    Artifact,
    ArtifactType,
    ComputeUnit,
    LogRow,
    MetricRow,
    TrainingJob,
    UnitState,
)
from core.protocol.events import (
    ArtifactEvent,
    GapEvent,
    JobEvent,
    LogEvent,
    MetricEvent,
    StreamEvent,
    UnitEvent,
    artifact_of,
    job_after,
    unit_after,
)

from .metric_series import MetricSeries

LOG_LINES_KEPT = 20_000
LOGS_KEPT = 8


class Change(msgspec.Struct, frozen=True):
    """What an event or a snapshot changed, and (`ask_…`) what it made stale, to be asked of the service."""

    job: bool = False
    units: bool = False
    artifacts: bool = False
    metrics: bool = False
    log_of: str | None = None
    ask_job: bool = False
    ask_units: bool = False
    ask_artifacts: bool = False
    ask_metrics: bool = False
    ask_log_of: str | None = None


NOTHING = Change()
ALL_STALE = Change(ask_job=True, ask_units=True, ask_artifacts=True, ask_metrics=True)


class JobView:
    """One job's state. Every `put_…` and `apply` returns what changed; nothing here waits or draws."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.job: TrainingJob | None = None
        self.units: list[ComputeUnit] = []
        self.artifacts: list[Artifact] = []
        self.metrics = MetricSeries()
        self.wanted_log: str | None = None
        """The unit whose log somebody looks at: it is not let go of."""
        self._lines: dict[str, deque[LogRow]] = {}
        self._last_line: dict[str, int] = {}
        self._whole_logs: set[str] = set()

    # Snapshots

    def put_job(self, job: TrainingJob) -> Change:
        changed = job != self.job
        self.job = job
        return Change(job=changed)

    def put_units(self, units: Sequence[ComputeUnit]) -> Change:
        changed = list(units) != self.units
        self.units = list(units)
        self._whole_logs.update(unit.id for unit in units if unit.attempt == 0)  # all that they will say is told
        return Change(units=changed)

    def put_artifacts(self, artifacts: Sequence[Artifact]) -> Change:
        changed = list(artifacts) != self.artifacts
        self.artifacts = list(artifacts)
        return Change(artifacts=changed)

    def put_metrics(self, rows: Iterable[MetricRow]) -> Change:
        return Change(metrics=self.metrics.add(rows))

    def put_lines(self, unit_id: str, rows: Iterable[LogRow]) -> Change:
        """Lines of a unit's log; those that are there already are passed over."""
        last = self.last_line(unit_id)
        new = [row for row in rows if row.number > last]
        if not new:
            return NOTHING
        kept = self._lines.pop(unit_id, None) or deque(maxlen=LOG_LINES_KEPT)
        kept.extend(new)
        self._lines[unit_id] = kept  # behind the others: what was silent for longest goes first
        self._last_line[unit_id] = new[-1].number
        self._let_go_of_a_log(unit_id)
        return Change(log_of=unit_id)

    def put_whole_log(self, unit_id: str) -> None:
        """All lines that there were have been put: what comes now is told by events."""
        self._whole_logs.add(unit_id)

    def distrust_logs(self) -> None:
        """Events may have been missed: nothing is known to be whole."""
        self._whole_logs.clear()

    def logs_to_read(self) -> list[str]:
        """The logs that are shown or half known, and may lack lines."""
        first = self.first_to_show()
        known = {*self._lines, *(unit_id for unit_id in (self.wanted_log, first and first.id) if unit_id)}
        return [unit_id for unit_id in known if unit_id not in self._whole_logs]

    def has_whole_log(self, unit_id: str) -> bool:
        """Whether no line of it has to be asked for."""
        return unit_id in self._whole_logs

    def _let_go_of_a_log(self, newest: str) -> None:
        if len(self._lines) > LOGS_KEPT:
            gone = next(unit_id for unit_id in self._lines if unit_id not in (newest, self.wanted_log))
            del self._lines[gone], self._last_line[gone]
            self._whole_logs.discard(gone)

    # Events

    def apply(self, event: StreamEvent) -> Change:
        """One event of the job's stream, which was opened behind the snapshots or within them."""
        match event:
            case JobEvent():
                return self._job_event(event)
            case UnitEvent():
                return self._unit_event(event)
            case LogEvent():
                return self._log_event(event)
            case MetricEvent():
                return self._metric_event(event)
            case ArtifactEvent():
                return self._artifact_event(event)
            case GapEvent():
                self.distrust_logs()
                return ALL_STALE
        return NOTHING

    def _job_event(self, event: JobEvent) -> Change:
        """Where the job stands; what it was read with already is old news."""
        if self.job is None:
            return Change(ask_job=True)
        if event.number <= self.job.newest_event:
            return NOTHING
        return self.put_job(job_after(self.job, event))

    def _unit_event(self, event: UnitEvent) -> Change:
        """A unit moved, and with it the figures of its job."""
        for position, unit in enumerate(self.units):
            if unit.id == event.compute_unit_id:
                moved = self.units[position] = unit_after(unit, event)
                job = self.job is not None and self.put_job(job_after(self.job, event)).job
                artifacts = False
                if unit.state is UnitState.COMPLETED and moved.state is not UnitState.COMPLETED:
                    artifacts = self._results_are_taken_back(unit.id)
                return Change(units=moved != unit, job=job, artifacts=artifacts)
        return Change(ask_job=True, ask_units=True)

    def _artifact_event(self, event: ArtifactEvent) -> Change:
        artifact = artifact_of(event)
        if artifact is None:
            return NOTHING
        return self.put_artifacts([one for one in self.artifacts if one.id != artifact.id] + [artifact])

    def _results_are_taken_back(self, unit_id: str) -> bool:
        """What a unit made that is computed again goes, but its logs."""
        kept = [one for one in self.artifacts if one.compute_unit_id != unit_id or one.type is ArtifactType.LOGS]
        return self.put_artifacts(kept).artifacts

    def _log_event(self, event: LogEvent) -> Change:
        """Lines that aren't the next ones are asked for."""
        rows = event.lines
        if rows and rows[0].number <= self.last_line(event.compute_unit_id) + 1:
            return self.put_lines(event.compute_unit_id, rows)
        return Change(ask_log_of=event.compute_unit_id)

    def _metric_event(self, event: MetricEvent) -> Change:
        points = event.points
        if points and points[0].number <= self.metrics.through + 1:
            return self.put_metrics(points)
        return Change(ask_metrics=True)

    # Reading

    def unit(self, unit_id: str | None) -> ComputeUnit | None:
        return next((unit for unit in self.units if unit.id == unit_id), None)

    def lines(self, unit_id: str) -> Sequence[LogRow]:
        return self._lines.get(unit_id, ())

    def last_line(self, unit_id: str) -> int:
        return self._last_line.get(unit_id, 0)

    @property
    def ended(self) -> bool:
        return self.job is not None and has_ended(self.job)

    def longest_waiting(self) -> ComputeUnit | None:
        """The unit that has waited for a node for the longest time."""
        waiting = [unit for unit in self.units if unit.state is UnitState.READY]
        return min(waiting, key=lambda unit: waiting_since(unit, self.units) or "", default=None)

    def first_to_show(self) -> ComputeUnit | None:
        """The unit a reader most likely wants to see: what failed, else what runs, else what waits, else the last."""
        wanted = (UnitState.FAILED, UnitState.RUNNING, UnitState.LEASED, UnitState.VERIFYING, UnitState.READY)
        for state in wanted:
            for unit in self.units:
                if unit.state is state:
                    return unit
        return self.units[-1] if self.units else None


def moment(text: str | None) -> float | None:
    """An RFC 3339 time as Unix seconds; None for none and for what is no time."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def seconds_between(start: str | None, end: str | None, now: float) -> float | None:
    """From `start` to `end`, or to `now` while there is no end; None before the start."""
    began = moment(start)
    if began is None:
        return None
    ended = moment(end)
    return max(0.0, (now if ended is None else ended) - began)


def waiting_since(unit: ComputeUnit, units: Sequence[ComputeUnit]) -> str | None:
    """Since when a `ready` unit waits for a node: the end of its last attempt, else of the last unit it needed."""
    if unit.attempts and unit.attempts[-1].finished_at is not None:
        return unit.attempts[-1].finished_at
    ends = [other.finished_at for other in units if other.id in unit.needs and other.finished_at is not None]
    return max(ends, default=unit.created_at)
