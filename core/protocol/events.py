"""What the streams of events say to customers: one struct a kind, told apart by the name of the server-sent event.

Numbers are contiguous from 1 in each stream; where some are gone, a `gap` says so. Events carry all that changes about
a job while it goes on, so that whoever read a job once, and its stream from then on, never has to read it again.
"""

import msgspec

from .customer import (
    Artifact,
    ArtifactType,
    Attempt,
    ComputeUnit,
    JobCredits,
    JobFailure,
    JobStatus,
    LogRow,
    MetricRow,
    TrainingJob,
    UnitState,
)


class StreamEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `number` is its place in its stream; `time` is RFC 3339 UTC by the service's clock, None
    for a gap at the end; `training_job_id` is None for what belongs to no job."""

    number: int
    time: str | None = None
    training_job_id: str | None = None


class JobEvent(StreamEvent, frozen=True, kw_only=True):
    """Where the job stands. `progress` is 0 to 1; `seconds_remaining` is None until it can be known. The rest is as in
    the job itself, at the moment of the event (`metrics` from its end on); of what happened before a service could tell
    it, there are no `credits` and nothing that follows them. How many units stand in each state, theirs tell."""

    status: JobStatus
    progress: float
    seconds_remaining: float | None = None
    credits: JobCredits | None = None
    max_runtime_seconds: int | None = None
    started_at: str | None = None
    finished_at: str | None = None
    metrics: dict[str, float] | None = None
    failure: JobFailure | None = None


class JobStanding(msgspec.Struct, frozen=True):
    """What a unit's moves mean for its job, as it stands when it is told."""

    progress: float
    seconds_remaining: float | None
    units: dict[str, int]
    credits: JobCredits


class UnitStanding(msgspec.Struct, frozen=True):
    """A compute unit as it stands when it is told, which may be later than its event. Names are those of the unit."""

    state: UnitState
    node_label: str | None
    held_micro: int
    charged_micro: int
    released_micro: int
    started_at: str | None
    finished_at: str | None
    progress: float
    attempt: int
    attempts: list[Attempt]


class UnitEvent(StreamEvent, frozen=True, kw_only=True):
    """Where a compute unit stands. `role` is its label, `train` or `train-2`; `attempt` is the newest's number, 0
    before the first; `node_label` is the node of that attempt; `progress` is 0 to 1.

    `now` is the whole of the unit as it stands when this is told (in a job's stream), and `job` what that means for the
    job: each stands in the last of the events told at once, so that it is told once and not with every move.
    """

    compute_unit_id: str
    role: str
    state: UnitState
    attempt: int
    node_label: str | None = None
    progress: float = 0.0
    now: UnitStanding | None = None
    job: JobStanding | None = None


class LogEvent(StreamEvent, frozen=True, kw_only=True):
    """Lines of one attempt, in order."""

    compute_unit_id: str
    attempt: int
    lines: list[LogRow]


class MetricEvent(StreamEvent, frozen=True, kw_only=True):
    """Metric points of one attempt, in order."""

    compute_unit_id: str
    attempt: int
    points: list[MetricRow]


class ArtifactEvent(StreamEvent, frozen=True, kw_only=True):
    """A file that the job made. `sha256` and what follows it are those of the artifact when this is told; none of them
    is there when the artifact has been taken back since."""

    artifact_id: str
    type: ArtifactType
    name: str
    size_bytes: int
    compute_unit_id: str
    sha256: str | None = None
    may_run_code: bool = False
    open: bool = False
    created_at: str | None = None
    expires_at: str | None = None


class DatasetEvent(StreamEvent, frozen=True, kw_only=True):
    """Where a dataset stands: `uploading`, `ready`, `rejected` or `deleted`."""

    dataset_id: str
    name: str
    version: int
    status: str


class TrainingPackageEvent(StreamEvent, frozen=True, kw_only=True):
    """Where a training package stands: `uploading`, `ready`, `rejected` or `deleted`."""

    training_package_id: str
    name: str
    version: int
    status: str


class GapEvent(StreamEvent, frozen=True, kw_only=True):
    """The events `first` to `last` are gone: what they told has to be read from the lists."""

    first: int = msgspec.field(name="from")
    last: int = msgspec.field(name="to")


EVENT_TYPES: dict[str, type[StreamEvent]] = {
    "job": JobEvent,
    "unit": UnitEvent,
    "log": LogEvent,
    "metric": MetricEvent,
    "artifact": ArtifactEvent,
    "dataset": DatasetEvent,
    "training_package": TrainingPackageEvent,
    "gap": GapEvent,
}


def job_after(job: TrainingJob, event: JobEvent | UnitEvent) -> TrainingJob:
    """The job as this event makes it. A unit's event tells what its job adds up to now, if anything."""
    if isinstance(event, UnitEvent):
        return job if event.job is None else msgspec.structs.replace(job, **msgspec.structs.asdict(event.job))
    job = msgspec.structs.replace(
        job, status=event.status, progress=event.progress, seconds_remaining=event.seconds_remaining
    )
    if event.credits is None:
        return job
    return msgspec.structs.replace(
        job,
        credits=event.credits,
        max_runtime_seconds=event.max_runtime_seconds or job.max_runtime_seconds,
        started_at=event.started_at,
        finished_at=event.finished_at,
        metrics=job.metrics if event.metrics is None else event.metrics,
        failure=event.failure,
    )


def unit_after(unit: ComputeUnit, event: UnitEvent) -> ComputeUnit:
    """The unit as this event makes it: as it stands now where the event tells that, else where it stood then."""
    if event.now is not None:
        return msgspec.structs.replace(unit, **msgspec.structs.asdict(event.now))
    return msgspec.structs.replace(
        unit, state=event.state, attempt=event.attempt, node_label=event.node_label, progress=event.progress
    )


def artifact_of(event: ArtifactEvent) -> Artifact | None:
    """The artifact that an event tells of; None for one that was taken back since."""
    if event.sha256 is None or event.created_at is None:
        return None
    return Artifact(
        id=event.artifact_id,
        type=event.type,
        name=event.name,
        compute_unit_id=event.compute_unit_id,
        size_bytes=event.size_bytes,
        sha256=event.sha256,
        may_run_code=event.may_run_code,
        open=event.open,
        created_at=event.created_at,
        expires_at=event.expires_at,
    )
