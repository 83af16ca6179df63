"""Follows a job while it runs: what changed since the last look, from the service's lists. Shows nothing itself."""

from collections.abc import Callable, Iterator

import msgspec

from ..protocol.customer import ComputeUnit, JobStatus, LogRow, MetricRow, TrainingJob, UnitState
from .customer import PAGE_LIMIT, Client, every

_ENDED_JOB = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})
_ENDED_UNIT = frozenset({UnitState.COMPLETED, UnitState.FAILED, UnitState.CANCELLED})


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
    pause: Callable[[], None],
    logs: bool = True,
    metrics: bool = True,
) -> Iterator[Look]:
    """Looks at a job until it has ended; the last look holds the last lines. `pause` waits between two looks."""
    follower = _Follower(client, job_id)
    while True:
        job = client.get_job(job_id)  # first: what is said of an ended job's units and lines is then their last word
        units = list(every(lambda cursor: client.list_units(job_id, cursor=cursor)))
        lines = follower.new_lines(units) if logs else []
        values = follower.newest_metrics() if metrics else {}
        look = Look(job, units, lines, values)
        yield look
        if look.ended:
            return
        pause()


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


class _Follower:
    """How far each list was read."""

    def __init__(self, client: Client, job_id: str) -> None:
        self._client = client
        self._job_id = job_id
        self._read: dict[str, int] = {}
        self._drained: set[tuple[str, int]] = set()
        self._metrics: dict[str, float] = {}
        self._points = 0

    def new_lines(self, units: list[ComputeUnit]) -> list[UnitLine]:
        lines: list[UnitLine] = []
        for unit in units:
            key = (unit.id, unit.attempt)
            if unit.attempt == 0 or key in self._drained:
                continue
            new = list(unit_lines(self._client, unit, self._job_id, after=self._read.get(unit.id, 0)))
            lines += new
            if new:
                self._read[unit.id] = new[-1].row.number
            if unit.state in _ENDED_UNIT:
                self._drained.add(key)
        return lines

    def newest_metrics(self) -> dict[str, float]:
        for point in metric_rows(self._client, self._job_id, after=self._points):
            self._metrics.update(point.values)
            self._points = point.number
        return dict(self._metrics)
