"""What a node and the backend say to each other: enrolment and the exchange.

Nodes only ever dial out. All durations are seconds; no absolute time crosses the wire, so clocks need not agree.
"""

from enum import StrEnum
from typing import Annotated, Any

import msgspec

from .content import Manifest
from .node_gpus import WithheldGpus
from .open_enum import OpenStrEnum
from .self_test import SelfTestReport

PROTOCOL_VERSION = 1
PROTOCOL_VERSIONS_SPOKEN = (1,)
URLS_PER_ANSWER = 1000
OUTPUT_FILES = 10_000
REPORTS_A_CALL = 4_096
ATTEMPTS_A_CALL = 1_024

# Whole numbers that a node says: what a JSON number holds exactly, and any store can keep.
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Step = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
Joules = Annotated[float, msgspec.Meta(ge=0, le=1e15)]


class Confinement(OpenStrEnum):
    """What keeps a unit's code in its place on a node; a word that is not known here counts as none."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


class Fault(OpenStrEnum):
    """Whose fault the end of an attempt is; it decides whether the unit fails or is tried elsewhere."""

    CUSTOMER = "customer"
    NODE = "node"


class EnrollRequest(msgspec.Struct, frozen=True):
    """`POST /node/enroll`: a code is used once and turns into a node with its own credential."""

    code: str
    name: str
    protocol: int
    agent_version: str


class NodeSettings(msgspec.Struct, frozen=True):
    """The server's lengths of time, in seconds, told to nodes so that tests can shorten them."""

    lease_seconds: float = 45.0
    idle_poll_seconds: float = 25.0
    busy_poll_seconds: float = 10.0
    silent_busy_seconds: float = 15.0
    silent_idle_seconds: float = 40.0


class EnrollResponse(msgspec.Struct, frozen=True):
    """`credential` is the bearer token of every later call; the server keeps only its hash."""

    node_id: str
    credential: str
    name: str
    tier: str
    settings: NodeSettings


class LeaveResponse(msgspec.Struct, frozen=True):
    """`POST /node/leave`: the node that asked is revoked, as its owner could have done. What it held goes elsewhere."""

    node_id: str


class FreeGpu(msgspec.Struct, frozen=True):
    """One GPU that may take a unit now."""

    uuid: str
    model: str
    vram_total_mb: int
    vram_free_mb: int
    driver: str = ""


class FreeResources(msgspec.Struct, frozen=True):
    """What the node offers at this moment, above what its running units hold. `gpus_withheld` are all its other GPUs;
    None from an older node, which doesn't tell."""

    cpus: int
    memory_mb: int
    disk_mb: int
    gpus: list[FreeGpu] = []
    pythons: list[str] = []
    os: str = ""
    arch: str = ""
    confinement: Confinement = Confinement.NONE
    sensitivities: tuple[str, ...] = ("public", "low_sensitive", "sensitive", "restricted")
    gpus_withheld: WithheldGpus | None = None


class GpuReading(msgspec.Struct, frozen=True):
    """Telemetry of one GPU; None is what the driver does not tell."""

    uuid: str
    utilization_percent: int | None = None
    memory_used_mb: int | None = None
    temperature_celsius: int | None = None
    power_watts: float | None = None


class Telemetry(msgspec.Struct, frozen=True):
    """How the machine does."""

    cpu_percent: float | None = None
    memory_used_mb: int | None = None
    gpus: list[GpuReading] = []


class HeldAttempt(msgspec.Struct, frozen=True):
    """An attempt the node holds and wants its lease renewed for. `max_runtime_seconds` is the limit the node knows of;
    None is a node that can't be told of a longer one."""

    attempt_id: str
    token: str
    max_runtime_seconds: Seconds | None = None


class ChunkChanges(msgspec.Struct, frozen=True):
    """Which chunks came into and left the node's cache since the last exchange."""

    added: list[str] = []
    removed: list[str] = []


class Report(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What a node says about one attempt. `number` rises by one a report of the attempt and names the answer to it."""

    attempt_id: str
    token: str
    number: Count


class StartedReport(Report, frozen=True, tag="started"):
    """The customer's code was started."""


class StepReport(Report, frozen=True, tag="step"):
    """Progress of the code's own steps."""

    step: Count
    of: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None


class MetricPoint(msgspec.Struct, frozen=True):
    """Values logged at a step; `number` counts the attempt's points from 1."""

    number: Count
    step: Step | None
    values: dict[str, float]


class MetricsReport(Report, frozen=True, tag="metrics"):
    """Points in order of their number; points the server has are passed over."""

    points: list[MetricPoint]


class LogLine(msgspec.Struct, frozen=True):
    """One line without its end; `number` counts the attempt's lines from 1. `stream`: stdout, stderr or platform."""

    number: Count
    stream: str
    text: str


class LogReport(Report, frozen=True, tag="log"):
    """Lines in order of their number; lines the server has are passed over."""

    lines: list[LogLine]


class CheckpointReport(Report, frozen=True, tag="checkpoint"):
    """A snapshot of the checkpoint folder. Answered `missing` until all its chunks are there, then `accepted`.

    `checkpoint` counts the attempt's checkpoints from 1; `run_seconds` is the attempt's running time when it was taken.
    """

    checkpoint: Count
    step: Step | None
    run_seconds: Seconds
    manifest: Manifest


class ExitedReport(Report, frozen=True, tag="exited"):
    """The code has ended; sent before upload begins. Exit code 0 is followed by completed, all else by failed.

    Here and in the reports that close an attempt, `energy_joules` is what its GPU has used for it; None without a GPU,
    where no driver tells, and from older nodes."""

    exit_code: Step | None
    run_seconds: Seconds
    energy_joules: Joules | None = None


class CompletedReport(Report, frozen=True, tag="completed"):
    """The result. Answered `missing` with upload URLs until all chunks are there, then `accepted`."""

    manifest: Manifest
    energy_joules: Joules | None = None


class FailedReport(Report, frozen=True, tag="failed"):
    """The attempt can't complete. `code` is a word of the platform, such as exit_code, wall_clock, memory, disk,
    environment, package, data, checkpoint (its bytes are gone or not their own, so the next attempt begins with the one
    before), driver; `limit` and `measured` are in the unit that `message` names."""

    fault: Fault
    code: str
    message: str
    exit_code: Step | None = None
    limit: float | None = None
    measured: float | None = None
    energy_joules: Joules | None = None


class ReleasedReport(Report, frozen=True, tag="released"):
    """The owner or a rule took the machine back; never counts against the unit."""

    reason: str
    energy_joules: Joules | None = None


class NeedUrlsReport(Report, frozen=True, tag="need_urls"):
    """Asks for fresh signed GET URLs of chunks that the lease names."""

    digests: list[str]


class ExchangeRequest(msgspec.Struct, frozen=True):
    """`POST /node/exchange`.

    `reports` are decoded one by one (`decode_report`), so that an older server can pass over a kind that it does not
    know. `wait_seconds` 0 is an urgent call that ends no other. `max_leases` 0: nothing more now. `forgotten` are the
    digests of contents of which nothing is left here, since the server asked for that. `self_test` is the newest, told
    once after each start and each self-test.
    """

    protocol: int
    agent_version: str
    free: FreeResources | None = None
    telemetry: Telemetry | None = None
    chunks: ChunkChanges | None = None
    attempts: Annotated[list[HeldAttempt], msgspec.Meta(max_length=ATTEMPTS_A_CALL)] = []
    reports: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=REPORTS_A_CALL)] = []
    max_leases: int = 0
    wait_seconds: float = 0.0
    forgotten: list[str] = []
    self_test: SelfTestReport | None = None


class LineTest(msgspec.Struct, frozen=True):
    """`POST /node/line-test`: signed URLs for bytes that mean nothing, each good once, within a minute, for at most
    `size_bytes`: GET one, PUT to the other. `left_today` are the tests that the node may still make on this UTC day."""

    download_url: str
    upload_url: str
    size_bytes: int
    left_today: int


class ReportStatus(StrEnum):
    """How a report was answered. `superseded` and `replayed` reports changed nothing."""

    ACCEPTED = "accepted"
    MISSING = "missing"
    REPLAYED = "replayed"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ChunkUpload(msgspec.Struct, frozen=True):
    """A chunk that the server lacks, and where to PUT it."""

    digest: str
    size_bytes: int
    upload_url: str


class ReportAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to the report of this attempt and number."""

    attempt_id: str
    number: int
    status: ReportStatus
    message: str = ""
    missing: list[ChunkUpload] = []
    missing_count: int = 0
    urls: dict[str, str] = {}


class DirectiveKind(StrEnum):
    """What the server asks of a node."""

    CANCEL = "cancel"
    FORGET = "forget"
    DRAIN = "drain"
    EXTEND = "extend"
    SETTINGS = "settings"
    FORGET_CONTENT = "forget_content"


class Directive(msgspec.Struct, frozen=True, omit_defaults=True):
    """`cancel`: stop this attempt, its job was cancelled or it is superseded. `forget`: the server knows no such
    attempt. `drain`: finish, take no more. `settings`: new lengths of time. `extend`: this attempt may run
    `max_runtime_seconds` in all; said until the node names that limit. `forget_content`: delete all copies of the
    content with this digest and its `chunks`, and say so by `forgotten`."""

    kind: str
    attempt_id: str | None = None
    reason: str = ""
    settings: NodeSettings | None = None
    max_runtime_seconds: float | None = None
    content_digest: str | None = None
    chunks: list[str] = []


class Content(msgspec.Struct, frozen=True):
    """Files to fetch: their manifest, its digest, and signed GET URLs by chunk digest (perhaps not all)."""

    digest: str
    manifest: Manifest
    urls: dict[str, str]


class StartCheckpoint(msgspec.Struct, frozen=True):
    """Where the attempt goes on from."""

    step: int | None
    content: Content


class UnitLimits(msgspec.Struct, frozen=True):
    """What the unit may use. `disk_mb` is scratch: outputs, checkpoints and temporary files together."""

    max_runtime_seconds: float
    memory_mb: int
    disk_mb: int
    vram_mb: int
    cpus: int
    output_bytes: int = 10 * 2**30
    output_files: int = OUTPUT_FILES
    log_bytes: int = 16 * 2**20
    log_line_bytes: int = 8 * 2**10
    metric_points: int = 100_000
    checkpoint_every_seconds: float = 30.0


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt, leased to this node: all it needs to run the unit.

    `script` is run as `python -u SCRIPT` in the package's folder; with `stage` set it is a script of the platform
    (`core/stages`) and `package` is None. `inputs` are the outputs of needed units by name: `train`, `train-2`,
    `train/checkpoint`. `python` and `requirements` are what the environment is built from; `lock` is what the
    requirements were resolved to, exact versions with hashes, or None for a package finalized before there were locks.
    `sensitivity` is the job's; empty from a server that doesn't tell, of whose contents nothing is kept.
    """

    attempt_id: str
    token: str
    unit_id: str
    number: int
    lease_seconds_left: float
    unit_kind: str
    role: str
    index: int = 0
    count: int = 1
    round: int = 0
    script: str
    stage: bool = False
    params: dict[str, Any] = {}
    python: str = ">=3.11"
    requirements: list[str] = []
    lock: str | None = None
    limits: UnitLimits
    package_digest: str = ""
    package: Content | None = None
    data: Content | None = None
    inputs: dict[str, Content] = {}
    checkpoint: StartCheckpoint | None = None
    gpu_uuid: str | None = None
    sensitivity: str = ""


class ExchangeResponse(msgspec.Struct, frozen=True, omit_defaults=True):
    """`live` are seconds left of each attempt the node named; `resent` are live leases it holds but did not name
    (a lost reply strands nothing); `leases` are new. `tier` is how far the node is trusted now; empty from an older
    server."""

    answers: list[ReportAnswer] = []
    directives: list[Directive] = []
    live: dict[str, float] = {}
    resent: list[Lease] = []
    leases: list[Lease] = []
    tier: str = ""


AnyReport = (
    StartedReport
    | StepReport
    | MetricsReport
    | LogReport
    | CheckpointReport
    | ExitedReport
    | CompletedReport
    | FailedReport
    | ReleasedReport
    | NeedUrlsReport
)

_report_decoder: msgspec.json.Decoder[AnyReport] = msgspec.json.Decoder(AnyReport)


def decode_report(raw: bytes | msgspec.Raw) -> AnyReport:
    """One report. Raises msgspec.ValidationError for a kind or shape that this version does not know."""
    return _report_decoder.decode(raw)
