"""What can happen to a node, as the brain hears it: one frozen struct an event.

What the brain wants done about it is in instructions.py. Nothing here acts.
"""

from enum import StrEnum

import msgspec

from agent.attempt import JournalledAttempt, Snapshot
from agent.owners_choice import Anyway, OwnersChoice
from agent.policy.surroundings import GpuUse
from agent.sandbox.base import BoxExit
from core.protocol.content import Manifest
from core.protocol.node import Confinement, ExchangeResponse, Fault, FreeGpu, Telemetry
from core.protocol.node_control import GpuNotOffered
from core.protocol.node_rules import Rules, RulesNow
from core.protocol.self_test import SelfTestReport


class Event(msgspec.Struct, frozen=True):
    """Something that happened."""


class Tick(Event, frozen=True):
    """Time went by: the moment that `Brain.wake_at` named has come."""


class Resumed(Event, frozen=True):
    """The program was started, and this is what its journal holds."""

    attempts: list[JournalledAttempt] = []
    choice: OwnersChoice = OwnersChoice()


class MachineSeen(Event, frozen=True):
    """What the machine has. `memory_mb` and `disk_mb` (MiB) are what the owner shares of what is unused at this moment,
    running units' use being taken off; `memory_most_mb` is what could be shared if nothing ran. `gpus` holds those in
    trouble too, as `gpu_uses` says; on `lost_gpus` nothing can go on (by UUID, with why). `gpu_joules` only grow while
    the program runs. `gpus_not_offered` are further ones."""

    cpus: int
    memory_mb: int
    disk_mb: int
    gpus: list[FreeGpu] = []
    pythons: list[str] = []
    os: str = ""
    arch: str = ""
    confinement: Confinement = Confinement.NONE
    telemetry: Telemetry | None = None
    memory_most_mb: int | None = None
    gpu_uses: list[GpuUse] = []
    lost_gpus: dict[str, str] = {}
    gpu_joules: dict[str, float] = {}
    gpus_not_offered: list[GpuNotOffered] = []


class RulesJudged(Event, frozen=True):
    """What the owner's rules come to at this moment; `digest` names the rules in force."""

    rules: Rules = Rules()
    now: RulesNow = RulesNow()
    digest: str = ""


class ChunksChanged(Event, frozen=True):
    """Chunks came into or left the cache."""

    added: list[str] = []
    removed: list[str] = []


class ContentForgotten(Event, frozen=True):
    """Nothing is left here of the content with this digest."""

    digest: str


class ExchangeAnswered(Event, frozen=True):
    """The answer to the exchange of this number."""

    call: int
    response: ExchangeResponse


class CallTrouble(StrEnum):
    """Why an exchange brought no answer."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    CREDENTIAL = "credential"
    UPGRADE = "upgrade"


class ExchangeFailed(Event, frozen=True):
    """The exchange of this number brought no answer. `retry_after_seconds` is the server's wish, if it told one."""

    call: int
    trouble: CallTrouble
    message: str
    retry_after_seconds: float | None = None


class OwnerChose(Event, frozen=True):
    """The owner turned the switch, or the time of a pause is over."""

    choice: OwnersChoice


class SelfTested(Event, frozen=True):
    """A self-test has ended, or this is the newest one of before the start: what the server is told of it. What it
    stops is the rules' to say."""

    report: SelfTestReport


class OwnerSharesAnyway(Event, frozen=True):
    """The owner sets a rule aside, or minds it again."""

    anyway: Anyway


class StopRequested(Event, frozen=True):
    """The owner or the system wants the node to end."""

    reason: str


class AttemptEvent(Event, frozen=True):
    """Something about one attempt; passed over when the brain no longer holds it."""

    attempt_id: str


class FetchDone(AttemptEvent, frozen=True):
    """Package, data, inputs and checkpoint lie in the unit's folders."""


class UrlsWanted(AttemptEvent, frozen=True):
    """The lease brought no URL for these chunks, or one that has expired."""

    digests: list[str]


class BytesMoved(AttemptEvent, frozen=True):
    """Chunks came or went for it, so many bytes since the last such event."""

    bytes_in: int = 0
    bytes_out: int = 0


class EnvironmentReady(AttemptEvent, frozen=True):
    """What the package requires is installed."""


class BoxStarted(AttemptEvent, frozen=True):
    """The customer's code runs. `gpu_joules` is what its GPU had used by then."""

    gpu_joules: float | None = None


class AttemptTrouble(AttemptEvent, frozen=True):
    """Fetching, the environment, the box or the outputs failed for good. `code` is a word of FailedReport."""

    fault: Fault
    code: str
    message: str


class Line(AttemptEvent, frozen=True):
    """The code, or the platform, wrote a line."""

    stream: str
    text: str


class MetricRow(msgspec.Struct, frozen=True):
    """One row of metrics.jsonl: finite values logged at a step."""

    step: int | None
    values: dict[str, float]


class MetricsSeen(AttemptEvent, frozen=True):
    """New rows of metrics.jsonl, in order, and the newest progress row if there was one."""

    rows: list[MetricRow] = []
    step: int | None = None
    of: int | None = None


class CheckpointTaken(AttemptEvent, frozen=True):
    """The answer to TakeCheckpoint; without a snapshot there was nothing new to save, or `trouble` says why not."""

    snapshot: Snapshot | None = None
    trouble: str = ""


class BoxExited(AttemptEvent, frozen=True):
    """No process of the unit is alive, every line and metric row of it has been told. `gpu_joules` is what its GPU has
    used by now, `gpu_lost` why that is gone, if it is."""

    exit: BoxExit
    gpu_joules: float | None = None
    gpu_lost: str = ""


class ProfileTold(AttemptEvent, frozen=True):
    """What the unit's GPU is held to while it works; `refused`: what the driver did not let us do, and the next step.
    Empty words: it is held to nothing any more."""

    words: str
    refused: bool = False


class OutputsScanned(AttemptEvent, frozen=True):
    """What the unit left as its result."""

    manifest: Manifest


class UploadDone(AttemptEvent, frozen=True):
    """All chunks of an UploadChunks instruction are stored."""

    number: int


class UploadFailed(AttemptEvent, frozen=True):
    """Chunks of the report of this number could not be stored now."""

    number: int
    message: str


class UnitRemoved(AttemptEvent, frozen=True):
    """Nothing of the attempt runs any more, and nothing lies on the disk, if it `is_wiped`."""

    is_wiped: bool = True
