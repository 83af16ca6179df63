"""What the streams of events say to customers: one struct a kind, told apart by the name of the server-sent event.

Numbers are contiguous from 1 in each stream; where some are gone, a `gap` says so.
"""

import msgspec

from .customer import ArtifactType, JobStatus, LogRow, MetricRow, UnitState


class StreamEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `number` is its place in its stream; `time` is RFC 3339 UTC by the service's clock, None
    for a gap at the end; `training_job_id` is None for what belongs to no job."""

    number: int
    time: str | None = None
    training_job_id: str | None = None


class JobEvent(StreamEvent, frozen=True, kw_only=True):
    """Where the job stands. `progress` is 0 to 1; `seconds_remaining` is None until it can be known."""

    status: JobStatus
    progress: float
    seconds_remaining: float | None = None


class UnitEvent(StreamEvent, frozen=True, kw_only=True):
    """Where a compute unit stands. `role` is its label, `train` or `train-2`; `attempt` is the newest's number, 0
    before the first; `node_label` is the node of that attempt; `progress` is 0 to 1."""

    compute_unit_id: str
    role: str
    state: UnitState
    attempt: int
    node_label: str | None = None
    progress: float = 0.0


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
    """A file that the job made."""

    artifact_id: str
    type: ArtifactType
    name: str
    size_bytes: int
    compute_unit_id: str


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
