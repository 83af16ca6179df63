"""What the brain wants done, in order; service.py and unit_run.py do it and tell how it went as events."""

from enum import StrEnum

import msgspec

from agent.attempt import AttemptRecord
from agent.history import Change
from agent.owners_choice import OwnersChoice
from core.protocol.node import ChunkUpload, ExchangeRequest, Lease, NodeSettings


class Instruction(msgspec.Struct, frozen=True):
    """Something to do."""


class JournalChanges(Instruction, frozen=True):
    """To be on disk, in one transaction, before any later instruction is begun.

    `reports` are (attempt, number, encoded report); `answered` are (attempt, number) that need no sending any more;
    `history` is what the owner is told later.
    """

    leases: list[Lease] = []
    records: list[AttemptRecord] = []
    reports: list[tuple[str, int, bytes]] = []
    answered: list[tuple[str, int]] = []
    forgotten: list[str] = []
    settings: NodeSettings | None = None
    choice: OwnersChoice | None = None
    history: list[Change] = []

    @property
    def is_empty(self) -> bool:
        rows = self.leases or self.records or self.reports or self.answered or self.forgotten or self.history
        return not (rows or self.settings or self.choice)


class Exchange(Instruction, frozen=True):
    """Ask the server; ExchangeAnswered or ExchangeFailed with the same `call`."""

    call: int
    request: ExchangeRequest


class SayLevel(StrEnum):
    """How loud a line to the owner is."""

    INFO = "info"
    WARNING = "warning"


class Say(Instruction, frozen=True):
    """A line for the owner, who sees roles, digests and limits, and nothing of the customer's."""

    text: str
    level: SayLevel = SayLevel.INFO


class Finish(Instruction, frozen=True):
    """End the program. `trouble` is empty at an ordinary end."""

    trouble: str = ""


class ForgetContent(Instruction, frozen=True):
    """Delete a content that its customer has deleted: ContentForgotten, unless a unit still has it."""

    digest: str
    chunks: list[str]


class AttemptInstruction(Instruction, frozen=True):
    """Something to do for one attempt."""

    attempt_id: str


class Fetch(AttemptInstruction, frozen=True):
    """Bring package, data, inputs and checkpoint into the unit's folders: FetchDone, or AttemptTrouble."""

    lease: Lease
    slot: int


class GiveUrls(AttemptInstruction, frozen=True):
    """The answer to UrlsWanted."""

    urls: dict[str, str]


class BuildEnvironment(AttemptInstruction, frozen=True):
    """Find an interpreter and install what the package requires, as `lock` says where there is one: EnvironmentReady,
    or AttemptTrouble."""

    python: str
    requirements: list[str]
    lock: str | None


class StartBox(AttemptInstruction, frozen=True):
    """Run the code: BoxStarted or AttemptTrouble, then lines, metrics, and BoxExited.

    `run_seconds` is what an earlier box of the same attempt has used of its time.
    """

    run_seconds: float


class TakeCheckpoint(AttemptInstruction, frozen=True):
    """Save the checkpoint folder as it is now: CheckpointTaken. `final`: nothing writes there any more."""

    final: bool = False


class KeepSnapshots(AttemptInstruction, frozen=True):
    """Saved states that are still needed; all others may go."""

    names: list[str]


class ScanOutputs(AttemptInstruction, frozen=True):
    """Collect the result: OutputsScanned, or AttemptTrouble."""


class UploadChunks(AttemptInstruction, frozen=True):
    """Send chunks of a snapshot or of the result: UploadDone or UploadFailed with the same `number`."""

    number: int
    uploads: list[ChunkUpload]


class Extend(AttemptInstruction, frozen=True):
    """Let the code run so many seconds in all, over all boxes of the attempt, from now on."""

    max_runtime_seconds: float


class StopBox(AttemptInstruction, frozen=True):
    """SIGTERM, and SIGKILL after the grace: BoxExited."""

    grace_seconds: float


class RemoveUnit(AttemptInstruction, frozen=True):
    """Break off whatever is under way for the attempt, kill its box, delete its folder: UnitRemoved."""
