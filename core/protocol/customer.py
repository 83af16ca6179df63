"""What customers and the backend say to each other. Requests refuse unknown fields; clients ignore them in answers.

Amounts are integers of micro-credits (`_micro`) with decimal strings beside them; times are RFC 3339 UTC.
"""

from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

import msgspec

from .open_enum import OpenStrEnum
from .preview import Refusal, StrategyOffer
from .usage import KindUsage, PackageUsage

T = TypeVar("T")


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body a customer sends."""


class Sensitivity(StrEnum):
    """How far a customer's data may travel: to which tiers of nodes."""

    PUBLIC = "public"
    LOW_SENSITIVE = "low_sensitive"
    SENSITIVE = "sensitive"
    RESTRICTED = "restricted"


class JobStatus(OpenStrEnum):
    """Where a job stands."""

    PLANNING = "planning"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class UnitState(OpenStrEnum):
    """Where a compute unit stands; the moves between them are in `core/jobs/transitions.py`."""

    BLOCKED = "blocked"
    READY = "ready"
    LEASED = "leased"
    RUNNING = "running"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class UnitKind(OpenStrEnum):
    """What a unit needs to run on."""

    CPU = "cpu"
    GPU = "gpu"


class AttemptOutcome(OpenStrEnum):
    """How an attempt ended; an attempt that has not ended has none."""

    COMPLETED = "completed"
    FAILED = "failed"
    REFUSED = "refused"
    VERIFICATION_FAILED = "verification_failed"
    LOST = "lost"
    RELEASED = "released"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class ArtifactType(OpenStrEnum):
    """What an artifact is."""

    CHECKPOINT = "checkpoint"
    METRICS = "metrics"
    LOGS = "logs"
    OUTPUT = "output"


class PageInfo(msgspec.Struct, frozen=True):
    """Where a list goes on."""

    limit: int
    next_cursor: str | None
    has_more: bool


class Page(msgspec.Struct, Generic[T], frozen=True):
    """The envelope of every list."""

    data: list[T]
    page: PageInfo


class DownloadUrl(msgspec.Struct, frozen=True):
    """A signed URL that serves one file, with `Range`, without a key."""

    download_url: str
    expires_at: str
    file_name: str
    size_bytes: int


# Jobs


class StrategySpec(Request, frozen=True, kw_only=True):
    """How the training is divided. Only `single` is offered by this version, which needs nothing beside it."""

    kind: Literal["single", "segments", "sweep", "shards", "diloco", "custom"] = "single"
    sweep: dict[str, list[Any]] | None = None
    metric: str | None = None
    direction: Literal["min", "max"] | None = None
    early_stop: Any = None
    segments: int | None = None


class SubmitJob(Request, frozen=True, kw_only=True):
    """`POST /customer/training-jobs`: the seven published fields and what may stand beside them.

    `inputs` are further datasets by name, which the customer's code finds at `GPU_AGENT_INPUTS_DIR/<name>`;
    `initial_checkpoint_artifact_id` is any file of a checkpoint of another job: training goes on from the whole of it.
    Webhooks named in `webhook_ids` hear of this job's events, whatever else they asked for.
    """

    name: str
    dataset_id: str
    training_package_id: str
    required_vram_mb: int
    required_disk_mb: int
    max_runtime_seconds: int
    sensitivity: Sensitivity
    strategy: StrategySpec | None = None
    params: dict[str, Any] | None = None
    inputs: dict[str, str] | None = None
    initial_checkpoint_artifact_id: str | None = None
    max_credits: str | None = None
    priority: int | None = None
    webhook_ids: list[str] | None = None


class JobFailure(msgspec.Struct, frozen=True):
    """Why a job failed, in words and in numbers."""

    compute_unit_id: str | None
    code: str
    message: str
    limit: float | None = None
    measured: float | None = None
    suggestion: str | None = None


class JobCredits(msgspec.Struct, frozen=True):
    """What the job holds and was charged."""

    held_micro: int
    held: str
    charged_micro: int
    charged: str


class TrainingJob(msgspec.Struct, frozen=True):
    """A job as its customer sees it. `units` counts compute units by state; `metrics` holds the last value of each
    name that evaluate logged; `progress` is 0 to 1; `sensitivity` is a Sensitivity, or a word newer than this;
    `newest_event` is the number of its newest event: its stream from behind that one tells all that is not in here."""

    id: str
    name: str
    status: JobStatus
    dataset_id: str
    training_package_id: str
    required_vram_mb: int
    required_disk_mb: int
    max_runtime_seconds: int
    sensitivity: str
    strategy: dict[str, Any]
    params: dict[str, Any]
    priority: int
    created_at: str
    started_at: str | None
    finished_at: str | None
    progress: float
    seconds_remaining: float | None
    units: dict[str, int]
    credits: JobCredits
    metrics: dict[str, float]
    failure: JobFailure | None
    inputs: dict[str, str] = {}
    initial_checkpoint_artifact_id: str | None = None
    newest_event: int = 0


class Attempt(msgspec.Struct, frozen=True):
    """One node's try at a unit."""

    number: int
    node_label: str
    outcome: AttemptOutcome | None
    reason: str | None
    exit_code: int | None
    limit: float | None
    measured: float | None
    started_at: str | None
    finished_at: str | None
    resumed_from_step: int | None
    last_step: int | None
    checkpoint_used: bool
    last_heard_at: str | None


class ComputeUnit(msgspec.Struct, frozen=True):
    """A node of the job's DAG. `needs` are the ids of units whose results it waits for; `attempt` is the newest's
    number, 0 before the first."""

    id: str
    kind: UnitKind
    role: str
    index: int
    needs: list[str]
    state: UnitState
    node_label: str | None
    held_micro: int
    charged_micro: int
    released_micro: int
    created_at: str
    started_at: str | None
    finished_at: str | None
    progress: float
    attempt: int
    attempts: list[Attempt]


class LogRow(msgspec.Struct, frozen=True):
    """One line a unit wrote; `number` counts the unit's lines from 1."""

    number: int
    attempt: int
    stream: str
    time: str
    text: str


class MetricRow(msgspec.Struct, frozen=True):
    """Values a unit logged at a step; `number` counts the job's points from 1."""

    number: int
    compute_unit_id: str
    attempt: int
    step: int | None
    time: str
    values: dict[str, float]


class Artifact(msgspec.Struct, frozen=True):
    """One file that a job made. `open`: it can be downloaded now. `may_run_code`: it holds pickles."""

    id: str
    type: ArtifactType
    name: str
    compute_unit_id: str
    size_bytes: int
    sha256: str
    may_run_code: bool
    open: bool
    created_at: str
    expires_at: str | None


class PlannedUnit(msgspec.Struct, frozen=True):
    """A unit of a plan that was not submitted. `nodes_now`: how many nodes could run it now.

    It runs between `seconds[0]` and `seconds[1]` and costs between the two of `cost_micro`, as the package's
    `earlier_runs` did (`basis` earlier_runs, with what is usual), or, with none, as the limits allow (`basis` limits).
    """

    kind: UnitKind
    role: str
    index: int
    needs: list[int]
    max_seconds: int
    hold_micro: int
    nodes_now: int
    seconds: list[float] = []
    usual_seconds: float | None = None
    cost_micro: list[int] = []
    basis: str = "limits"
    earlier_runs: int = 0


class JobPreview(msgspec.Struct, frozen=True):
    """`POST …/preview`: the plan and its price; nothing is changed. The cost lies between the two amounts, and the
    running time between the two of `seconds`, without waiting and transfers. `would_be_refused` is why a submit at this
    moment would not be accepted, if anything."""

    units: list[PlannedUnit]
    hold_micro: int
    hold: str
    cost_micro: list[int]
    balance_micro: int
    balance: str
    strategies: list[StrategyOffer]
    cost: list[str] = []
    seconds: list[float] = []
    would_be_refused: list[Refusal] = []


class LedgerRow(msgspec.Struct, frozen=True):
    """One move of a customer's credits, signed from the customer's view; all rows add up to `balance_micro`."""

    id: str
    created_at: str
    kind: str
    amount_micro: int
    amount: str
    balance_micro: int
    balance: str
    training_job_id: str | None
    job_name: str | None
    compute_unit_id: str | None
    role: str | None
    seconds: float | None
    rate_class: str | None
    note: str | None


class UsageSummary(msgspec.Struct, frozen=True):
    """The month so far, as `UsageFigures` of `protocol/usage.py`, and what is left."""

    month: str
    units_completed: int
    units_uncharged: int
    seconds: float
    charged_micro: int
    charged: str
    balance_micro: int
    balance: str
    held_micro: int
    held: str
    returned_micro: int = 0
    returned: str = "0.000000"
    by_package: list[PackageUsage] = []
    by_kind: list[KindUsage] = []


class Meta(msgspec.Struct, frozen=True):
    """`GET /meta`: what this service is, its limits, rates and codes."""

    environment: str
    api_base_url: str
    client_domain: str
    build: str
    limits: dict[str, Any]
    rates: dict[str, Any]
    tiers: list[dict[str, Any]]
    error_codes: list[dict[str, Any]]
    protocol: dict[str, Any]
