"""What can happen to a node, as the brain hears it: one frozen struct an event.

What the brain wants done about it is in instructions.py. Nothing here acts.
"""

from enum import StrEnum

import msgspec

from agent.attempt import JournalledAttempt, Snapshot
from agent.owners_choice import Anyway, OwnersChoice
from agent.sandbox.base import BoxExit
from core.protocol.content import Manifest
from core.protocol.node import Confinement, ExchangeResponse, Fault, FreeGpu, Telemetry
from core.protocol.node_rules import Rules, RulesNow


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
    running units' use being taken off; `memory_most_mb` is what could be shared if nothing ran."""

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


class EnvironmentReady(AttemptEvent, frozen=True):
    """What the package requires is installed."""


class BoxStarted(AttemptEvent, frozen=True):
    """The customer's code runs."""


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
    """No process of the unit is alive, every line and metric row of it has been told."""

    exit: BoxExit


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
    """Nothing of the attempt runs or lies on the disk any more."""
