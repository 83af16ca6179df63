"""What a dataset, package, job or artifact says of itself, the same whether its calls wait or are awaited."""

from typing import Any

import msgspec

from ..client.job_follow import has_ended, unit_name
from ..protocol.customer import (
    Artifact,
    ArtifactType,
    ComputeUnit,
    JobCredits,
    JobFailure,
    JobStatus,
    LogRow,
    TrainingJob,
)
from ..protocol.events import JobEvent, StreamEvent, UnitEvent, job_after
from ..protocol.job_changes import ChangedJob, JobMoney
from ..protocol.uploads import ContentStatus, StoredContent
from .errors import JobNotCompleted


class LogLine(LogRow, frozen=True, kw_only=True):
    """A line of a unit's log; `unit` is the unit's name, such as `train`."""

    compute_unit_id: str
    unit: str


def log_line(unit: ComputeUnit, row: LogRow) -> LogLine:
    """A row with the unit that wrote it."""
    return LogLine(compute_unit_id=unit.id, unit=unit_name(unit), **msgspec.structs.asdict(row))


def is_wanted(unit: ComputeUnit, name: str | None) -> bool:
    """Whether this is the unit of this name or id; each is, of None."""
    return name is None or name in (unit.id, unit_name(unit))


class Resource:
    """Something that the service keeps, by its id. Two of the same id are equal."""

    data: Any

    @property
    def id(self) -> str:
        """Its id, which never changes."""
        return str(self.data.id)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Resource) and other.id == self.id

    def __hash__(self) -> int:
        return hash((type(self), self.id))


class ContentFields(Resource):
    """A dataset or training package as it was last heard of; `data` is the answer itself."""

    data: StoredContent

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} version {self.version} {self.status.value} {self.id}>"

    @property
    def name(self) -> str:
        """Its name, which its later versions share."""
        return self.data.name

    @property
    def version(self) -> int:
        """Counts the uploads of its name, from 1."""
        return self.data.version

    @property
    def status(self) -> ContentStatus:
        """`uploading`, `ready` or `rejected`."""
        return self.data.status

    @property
    def created_at(self) -> str:
        """When its upload was begun, RFC 3339 UTC."""
        return self.data.created_at

    @property
    def size_bytes(self) -> int | None:
        """What its files take; None while it is uploading."""
        return self.data.size_bytes

    @property
    def file_count(self) -> int | None:
        """How many files it has; None while it is uploading."""
        return self.data.file_count

    @property
    def digest(self) -> str | None:
        """Names what is in it: the same bytes have the same digest."""
        return self.data.digest


class PackageFields(ContentFields):
    """A training package."""

    @property
    def training(self) -> dict[str, Any]:
        """What its training.toml says, with defaults; empty until it is ready."""
        return self.data.training or {}

    @property
    def vram_mb(self) -> int:
        """The GPU memory that it asks for, in MiB; 0 for none."""
        resources = self.training.get("resources")
        vram = resources.get("vram_mb", 0) if isinstance(resources, dict) else 0
        return vram if isinstance(vram, int) else 0


class ArtifactFields(Resource):
    """One file that a job made; `data` is the answer itself."""

    data: Artifact

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.type.value} {self.id}>"

    @property
    def type(self) -> ArtifactType:
        """`checkpoint`, `metrics`, `logs` or `output`."""
        return self.data.type

    @property
    def name(self) -> str:
        """Unique within its job: the unit, then the path below its folder, such as `train/model.npz`."""
        return self.data.name

    @property
    def compute_unit_id(self) -> str:
        """The unit that made it."""
        return self.data.compute_unit_id

    @property
    def size_bytes(self) -> int:
        """How large it is."""
        return self.data.size_bytes

    @property
    def sha256(self) -> str:
        """Its SHA-256, in hex, which a download is checked against."""
        return self.data.sha256

    @property
    def may_run_code(self) -> bool:
        """Whether it holds pickles: opening it may run code of whoever made it."""
        return self.data.may_run_code

    @property
    def open(self) -> bool:
        """Whether it can be downloaded now: those of a unit open when it is completed, and go after 90 days."""
        return self.data.open

    @property
    def created_at(self) -> str:
        """When it came, RFC 3339 UTC."""
        return self.data.created_at

    @property
    def expires_at(self) -> str | None:
        """When it goes."""
        return self.data.expires_at


class JobFields(Resource):
    """A training job as it was last heard of; `data` is the answer itself."""

    data: TrainingJob

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.status.value} {self.id}>"

    @property
    def name(self) -> str:
        """Its name."""
        return self.data.name

    @property
    def status(self) -> JobStatus:
        """`planning`, `queued`, `running`, `completed`, `failed` or `cancelled`, or a newer service's word."""
        return self.data.status

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it unless it is retried."""
        return has_ended(self.data)

    @property
    def progress(self) -> float:
        """How far it is, 0 to 1."""
        return self.data.progress

    @property
    def seconds_remaining(self) -> float | None:
        """How long it will still take; None until it can be known."""
        return self.data.seconds_remaining

    @property
    def dataset_id(self) -> str:
        """The dataset it trains on."""
        return self.data.dataset_id

    @property
    def training_package_id(self) -> str:
        """The package it runs."""
        return self.data.training_package_id

    @property
    def created_at(self) -> str:
        """When it was submitted, RFC 3339 UTC."""
        return self.data.created_at

    @property
    def started_at(self) -> str | None:
        """When its first unit started."""
        return self.data.started_at

    @property
    def finished_at(self) -> str | None:
        """When it ended."""
        return self.data.finished_at

    @property
    def params(self) -> dict[str, Any]:
        """The parameters it runs with."""
        return self.data.params

    @property
    def units_by_state(self) -> dict[str, int]:
        """How many of its compute units are in each state."""
        return self.data.units

    @property
    def credits(self) -> JobCredits:
        """What it holds and was charged."""
        return self.data.credits

    @property
    def final_metrics(self) -> dict[str, float]:
        """The last value of each name that evaluate logged."""
        return self.data.metrics

    @property
    def failure(self) -> JobFailure | None:
        """Why it failed, if it did."""
        return self.data.failure

    @property
    def change(self) -> JobMoney | None:
        """The money that the cancel, retry or extend which was answered so moves; None of other answers."""
        return self.data.change if isinstance(self.data, ChangedJob) else None

    def raise_for_status(self) -> None:
        """Raises JobNotCompleted if it failed or was cancelled."""
        if self.status in (JobStatus.FAILED, JobStatus.CANCELLED):
            raise JobNotCompleted(self)

    def hear(self, event: StreamEvent) -> None:
        """Takes over what an event of this job says that is not in here yet: a stream read from its beginning tells
        what was long ago."""
        if not isinstance(event, JobEvent | UnitEvent) or event.training_job_id not in (None, self.id):
            return
        if event.number > self.data.newest_event:
            self.data = msgspec.structs.replace(job_after(self.data, event), newest_event=event.number)
