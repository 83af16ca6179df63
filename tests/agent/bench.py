"""A brain on a bench: events go in by hand, a clock stands still until it is turned, a real journal remembers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from agent.brain import Brain
from agent.conversation import GREETING_SECONDS
from agent.events import (
    BoxExited,
    BoxStarted,
    CallTrouble,
    CheckpointTaken,
    EnvironmentReady,
    Event,
    ExchangeAnswered,
    ExchangeFailed,
    FetchDone,
    MachineSeen,
    OutputsScanned,
    Resumed,
    Tick,
)
from agent.instructions import Exchange, Instruction, JournalChanges, Say
from agent.journal import Journal
from agent.sandbox.base import BoxExit
from core.protocol.content import ChunkRef, FileEntry, Manifest
from core.protocol.node import (
    AnyReport,
    ChunkUpload,
    Directive,
    ExchangeResponse,
    Lease,
    NodeSettings,
    ReportAnswer,
    ReportStatus,
    UnitLimits,
    decode_report,
)

I = TypeVar("I", bound=Instruction)  # noqa: E741
R = TypeVar("R", bound=AnyReport)

EMPTY = Manifest([])
SUCCESS = BoxExit(0, None, None, None, None, 12.0, "ended with exit code 0")


def a_manifest(*names: str) -> Manifest:
    """Some files of one byte each, with digests of their own."""
    return Manifest([FileEntry(name, 1, [ChunkRef(f"{number:064x}", 0, 1)]) for number, name in enumerate(names, 1)])


def a_lease(attempt_id: str = "attempt-1", **changes: object) -> Lease:
    """A train unit's lease."""
    lease = Lease(
        attempt_id=attempt_id,
        token=f"token-of-{attempt_id}",
        unit_id=f"unit-of-{attempt_id}",
        number=1,
        lease_seconds_left=45.0,
        unit_kind="cpu",
        role="train",
        script="train.py",
        limits=UnitLimits(max_runtime_seconds=600, memory_mb=512, disk_mb=256, vram_mb=0, cpus=1),
    )
    return msgspec.structs.replace(lease, **changes)


class Bench:
    """Holds the brain, the instructions it gave, and the calls that are on their way."""

    def __init__(self, journal_file: Path, *, cpus: int = 2) -> None:
        self.now = 1000.0
        self.said: list[str] = []
        self.instructions: list[Instruction] = []
        self.calls: dict[int, Exchange] = {}
        self._journal_file = journal_file
        self._cpus = cpus
        self._start()

    def _start(self, *first: Event) -> None:
        self.journal = Journal(self._journal_file)
        self.brain = Brain("1.0", self.journal.settings() or NodeSettings(), lambda: 0.5)
        self.feed(MachineSeen(cpus=self._cpus, memory_mb=8192, disk_mb=50_000, pythons=["3.11.2"]), *first)
        self.feed(Resumed(self.journal.attempts(), self.journal.choice()))
        if self.poll.request.wait_seconds == GREETING_SECONDS:
            self.answer_poll()

    def kill_and_restart(self, *first: Event) -> None:
        """What kill -9 leaves is the journal; calls on their way are lost with their answers. `first` is known before
        what the journal holds is taken up."""
        self.journal.close()
        self.calls.clear()
        self.instructions.clear()
        self._start(*first)

    def feed(self, *events: Event) -> None:
        """Let things happen, one after the other, at this moment."""
        for event in events:
            for instruction in self.brain.handle(event, self.now):
                if isinstance(instruction, JournalChanges):
                    self.journal.write(instruction)
                elif isinstance(instruction, Exchange):
                    self.calls[instruction.call] = instruction
                elif isinstance(instruction, Say):
                    self.said.append(instruction.text)
                else:
                    self.instructions.append(instruction)

    def pass_time(self, seconds: float) -> None:
        """Turn the clock, with a tick whenever the brain wants one."""
        end = self.now + seconds
        while (wake_at := self.brain.wake_at()) is not None and wake_at <= end:
            self.now = max(self.now, wake_at)
            self.feed(Tick())
        self.now = end
        self.feed(Tick())

    def take(self, kind: type[I]) -> I:
        """The only instruction of this kind since the last `take`; it is taken away."""
        found = self.take_all(kind)
        assert len(found) == 1, f"{len(found)} of {kind.__name__} in {self.instructions}"
        return found[0]

    def take_all(self, kind: type[I]) -> list[I]:
        """All instructions of this kind; they are taken away."""
        found = [instruction for instruction in self.instructions if isinstance(instruction, kind)]
        self.instructions = [instruction for instruction in self.instructions if not isinstance(instruction, kind)]
        return found

    # ---- the server's part ------------------------------------------------------------------------------------------

    @property
    def poll(self) -> Exchange:
        """The newest long poll on its way."""
        return [call for call in self.calls.values() if call.request.wait_seconds > 0][-1]

    @property
    def urgent(self) -> Exchange:
        """The urgent call on its way."""
        (call,) = [call for call in self.calls.values() if call.request.wait_seconds == 0]
        return call

    def has_urgent(self) -> bool:
        """Whether reports are on their way."""
        return any(call.request.wait_seconds == 0 for call in self.calls.values())

    def reports(self) -> list[AnyReport]:
        """What the urgent call says, if there is one."""
        return [decode_report(raw) for raw in self.urgent.request.reports] if self.has_urgent() else []

    def report(self, kind: type[R]) -> R:
        """The only report of this kind in the urgent call."""
        (found,) = [report for report in self.reports() if isinstance(report, kind)]
        return found

    def answer_poll(self, *leases: Lease, directives: Sequence[Directive] = (), resent: Sequence[Lease] = ()) -> None:
        """Answer the newest poll."""
        call = self.poll.call
        del self.calls[call]
        response = ExchangeResponse(directives=list(directives), leases=list(leases), resent=list(resent))
        self.feed(ExchangeAnswered(call, response))

    def answer(self, judge: Callable[[AnyReport], ReportAnswer] | None = None) -> None:
        """Answer the urgent call: everything accepted, or as `judge` says."""
        call = self.urgent
        answers = [judge(report) if judge is not None else accepted(report) for report in self.reports()]
        del self.calls[call.call]
        self.feed(ExchangeAnswered(call.call, ExchangeResponse(answers=answers)))

    def answer_all(self) -> None:
        """Accept everything until nothing more is on its way."""
        while self.has_urgent():
            self.answer()

    def lose(self, trouble: CallTrouble = CallTrouble.UNREACHABLE) -> None:
        """The urgent call's answer never comes."""
        call = self.urgent.call
        del self.calls[call]
        self.feed(ExchangeFailed(call, trouble, "the connection broke"))

    # ---- the way of an attempt --------------------------------------------------------------------------------------

    def lease(self, lease: Lease | None = None) -> Lease:
        """Lease an attempt to this node."""
        lease = lease or a_lease()
        self.answer_poll(lease)
        return lease

    def run(self, lease: Lease | None = None) -> str:
        """Lease an attempt and bring it to where its code runs; the started report is accepted."""
        lease = self.lease(lease)
        self.feed(FetchDone(lease.attempt_id), EnvironmentReady(lease.attempt_id), BoxStarted(lease.attempt_id))
        self.answer_all()
        self.instructions.clear()
        return lease.attempt_id

    def exit(self, attempt_id: str, exit: BoxExit = SUCCESS) -> None:
        """The code ends and leaves no checkpoint."""
        self.feed(BoxExited(attempt_id, exit), CheckpointTaken(attempt_id))

    def complete(self, attempt_id: str, manifest: Manifest = EMPTY) -> None:
        """The code ends well, with this result; the completed report is on its way or queued."""
        self.exit(attempt_id)
        self.feed(OutputsScanned(attempt_id, manifest))


def accepted(report: AnyReport) -> ReportAnswer:
    """The answer that a good report gets."""
    return ReportAnswer(report.attempt_id, report.number, ReportStatus.ACCEPTED)


def answered_as(status: ReportStatus) -> Callable[[AnyReport], ReportAnswer]:
    """A judge with one answer to everything."""
    return lambda report: ReportAnswer(report.attempt_id, report.number, status, status.value)


def the_upload(digest: str = "ab" * 32) -> ChunkUpload:
    return ChunkUpload(digest, 1, f"http://server/chunks/{digest}")


class MissingOnce:
    """A server that lacks one chunk of the first report of a kind."""

    def __init__(self, kind: type[AnyReport]) -> None:
        self._kind = kind
        self.asked = 0

    def __call__(self, report: AnyReport) -> ReportAnswer:
        if isinstance(report, self._kind) and not self.asked:
            self.asked += 1
            answer = accepted(report)
            return ReportAnswer(
                answer.attempt_id, answer.number, ReportStatus.MISSING, missing=[the_upload()], missing_count=1
            )
        return accepted(report)


def missing_once(kind: type[AnyReport]) -> MissingOnce:
    return MissingOnce(kind)
