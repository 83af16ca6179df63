"""Follows a job while it runs, by its events: what it looks like after each of them. Shows nothing itself."""

from collections.abc import Callable, Iterator

import msgspec

from ..protocol.customer import ComputeUnit, JobStatus, LogRow, MetricRow, TrainingJob
from ..protocol.events import (
    GapEvent,
    JobEvent,
    LogEvent,
    MetricEvent,
    StreamEvent,
    UnitEvent,
    job_after,
    unit_after,
)
from .customer import PAGE_LIMIT, Client, every
from .events import ConnectionState, OnState, job_events

_ENDED_JOB = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})


class UnitLine(msgspec.Struct, frozen=True):
    """A log line and the unit that wrote it."""

    unit: ComputeUnit
    row: LogRow


class Look(msgspec.Struct, frozen=True):
    """A job as it is now: its units in the order of the plan, what they wrote since the last look, and the last
    value of each metric logged so far."""

    job: TrainingJob
    units: list[ComputeUnit]
    lines: list[UnitLine]
    metrics: dict[str, float]

    @property
    def ended(self) -> bool:
        return has_ended(self.job)


def has_ended(job: TrainingJob) -> bool:
    """Whether nothing more happens to a job unless it is retried."""
    return job.status in _ENDED_JOB


def unit_name(unit: ComputeUnit) -> str:
    """`train`, or `train-2` where there are several."""
    return unit.role if unit.index == 0 else f"{unit.role}-{unit.index}"


def follow(
    client: Client,
    job_id: str,
    *,
    idle: Callable[[], None] | None = None,
    on_state: OnState | None = None,
) -> Iterator[Look]:
    """A look at a job at once, and one after each of its events, to its end; the last shows the ended job.

    The service is asked for job and units before their stream is opened, and again only after a gap in it: everything
    else the events carry. `idle` is called about twice a second while nothing happens; `on_state` when the line is
    lost, and when it is there again.
    """
    follower = _Follower(client, job_id)
    yield follower.look()
    for event in job_events(client, job_id, on_state=_losses(on_state), idle=idle):
        look = follower.take(event)
        if look is not None:
            yield look
    yield follower.look()


def follow_to_end(
    client: Client, job: TrainingJob, *, idle: Callable[[], None], on_state: OnState | None = None
) -> TrainingJob:
    """The job when it has ended, which its stream tells. `idle` is called after each event, and about twice a second
    while there is none; `on_state` as in `follow`."""
    losses = _losses(on_state)
    while not has_ended(job):  # again, if it was retried as soon as it had ended
        for _ in job_events(client, job.id, after=job.newest_event, on_state=losses, idle=idle):
            idle()
        job = client.get_job(job.id)
    return job


def _losses(on_state: OnState | None) -> OnState:
    """Passes on what a watcher wants to know: that the line is lost, and that it is there again."""
    line: ConnectionState | None = None

    def changed(state: ConnectionState) -> None:
        nonlocal line
        before, line = line, state
        if on_state is not None and (state is ConnectionState.OFFLINE or before is ConnectionState.OFFLINE):
            on_state(state)

    return changed


def unit_lines(client: Client, unit: ComputeUnit, job_id: str, *, after: int = 0) -> Iterator[UnitLine]:
    """What a unit wrote behind line `after`, page by page, up to now."""
    while True:
        page = client.list_logs(job_id, unit.id, after=after)
        yield from (UnitLine(unit, row) for row in page.data)
        if len(page.data) < PAGE_LIMIT:
            return
        after = page.data[-1].number


def metric_rows(client: Client, job_id: str, *, after: int = 0) -> Iterator[MetricRow]:
    """What a job's units logged behind point `after`, page by page, up to now."""
    while True:
        page = client.list_metrics(job_id, after=after)
        yield from page.data
        if len(page.data) < PAGE_LIMIT:
            return
        after = page.data[-1].number


def units_of(client: Client, job_id: str) -> list[ComputeUnit]:
    """All units of a job, in the order of the plan."""
    return list(every(lambda cursor: client.list_units(job_id, cursor=cursor)))


class _Follower:
    """The job as events make it. The stream is read from its first event, for lines and metrics; what it tells of the
    job itself from before that was read is old news. Of units it tells how they stand now."""

    def __init__(self, client: Client, job_id: str) -> None:
        self._client = client
        self._job_id = job_id
        self._units: dict[str, ComputeUnit] = {}
        self._metrics: dict[str, float] = {}
        self._heard = 0
        self._job = self._load()

    def take(self, event: StreamEvent) -> Look | None:
        """The job after this event, if it shows."""
        went_back, self._heard = event.number < self._heard, event.number  # a service that was put back to a backup
        match event:
            case LogEvent() if event.compute_unit_id in self._units:
                unit = self._units[event.compute_unit_id]
                return self.look([UnitLine(unit, row) for row in event.lines])
            case MetricEvent():
                for point in event.points:
                    self._metrics.update(point.values)
                return self.look()
            case JobEvent() if event.number > self._job.newest_event:
                self._job = job_after(self._job, event)
                return None if has_ended(self._job) else self.look()
            case UnitEvent() if event.compute_unit_id in self._units:
                return self._take_unit(event)
            case GapEvent() if went_back or event.last > self._job.newest_event:
                self._job = self._load()
                return self.look()
        return None

    def _take_unit(self, event: UnitEvent) -> Look | None:
        if event.now is None and event.number <= self._job.newest_event:
            return None
        self._units[event.compute_unit_id] = unit_after(self._units[event.compute_unit_id], event)
        self._job = job_after(self._job, event)
        return self.look()

    def look(self, lines: list[UnitLine] | None = None) -> Look:
        """The job as it is known now."""
        return Look(self._job, list(self._units.values()), lines or [], dict(self._metrics))

    def _load(self) -> TrainingJob:
        job = self._client.get_job(self._job_id)
        self._units = {unit.id: unit for unit in units_of(self._client, self._job_id)}
        return job
