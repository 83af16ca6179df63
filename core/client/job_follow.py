"""Follows a job while it runs, by its events: what it looks like after each of them. Shows nothing itself."""

from collections.abc import Callable, Iterator

import msgspec

from ..protocol.customer import ComputeUnit, JobStatus, LogRow, MetricRow, TrainingJob
from ..protocol.events import GapEvent, JobEvent, LogEvent, MetricEvent, StreamEvent, UnitEvent
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
    """A look at a job for each of its events, to its end; the last look is what the service says of the ended job.

    The service is asked for job and units at the start and at the end only. `idle` is called about twice a second while
    nothing happens; `on_state` when the line is lost, and when it is there again.
    """
    follower = _Follower(client, job_id, on_state)
    for event in job_events(client, job_id, on_state=follower.line_changed, idle=idle):
        look = follower.take(event)
        if look is not None:
            yield look
    yield follower.last_look()


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
    """The job as events make it. What was told before the job was first asked for is old news, but for lines and
    metrics; the stream was open by then, so nothing is missed between the two."""

    def __init__(self, client: Client, job_id: str, on_state: OnState | None) -> None:
        self._client = client
        self._job_id = job_id
        self._on_state = on_state
        self._line: ConnectionState | None = None
        self._caught_up = False
        self._job: TrainingJob | None = None
        self._units: dict[str, ComputeUnit] = {}
        self._metrics: dict[str, float] = {}

    def line_changed(self, state: ConnectionState) -> None:
        """Passes on what a watcher wants to know: that the line is lost, and that it is there again."""
        before, self._line = self._line, state
        self._caught_up = self._caught_up or state is ConnectionState.CONNECTED
        if self._on_state is not None and (state is ConnectionState.OFFLINE or before is ConnectionState.OFFLINE):
            self._on_state(state)

    def take(self, event: StreamEvent) -> Look | None:
        """The job after this event, if it shows."""
        is_first = self._job is None
        job = self._load() if self._job is None else self._job
        if isinstance(event, LogEvent) and event.compute_unit_id in self._units:
            unit = self._units[event.compute_unit_id]
            return self._look(job, [UnitLine(unit, row) for row in event.lines])
        if isinstance(event, MetricEvent):
            for point in event.points:
                self._metrics.update(point.values)
            return self._look(job)
        if isinstance(event, GapEvent):
            return self._look(self._load())
        if is_first or not self._caught_up:
            return self._look(job) if is_first else None
        if isinstance(event, JobEvent):
            self._job = msgspec.structs.replace(
                job, status=event.status, progress=event.progress, seconds_remaining=event.seconds_remaining
            )
            return None if has_ended(self._job) else self._look(self._job)
        if isinstance(event, UnitEvent) and event.compute_unit_id in self._units:
            unit = self._units[event.compute_unit_id]
            self._units[unit.id] = msgspec.structs.replace(
                unit,
                state=event.state,
                attempt=event.attempt,
                node_label=event.node_label,
                progress=event.progress,
            )
            return self._look(job)
        return None

    def last_look(self) -> Look:
        """The ended job, with its money, its metrics and its failure."""
        return self._look(self._load())

    def _load(self) -> TrainingJob:
        self._job = self._client.get_job(self._job_id)
        self._units = {unit.id: unit for unit in units_of(self._client, self._job_id)}
        return self._job

    def _look(self, job: TrainingJob, lines: list[UnitLine] | None = None) -> Look:
        return Look(job, list(self._units.values()), lines or [], dict(self._metrics))
