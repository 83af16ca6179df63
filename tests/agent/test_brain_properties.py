"""Whatever is lost on the way and whenever the agent is killed, the server hears everything, in order and once."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agent.attempt import Snapshot
from agent.events import (
    BoxExited,
    BoxStarted,
    CheckpointTaken,
    EnvironmentReady,
    FetchDone,
    Line,
    MetricRow,
    MetricsSeen,
    OutputsScanned,
    OwnerChose,
    RulesJudged,
    UnitRemoved,
    UploadDone,
    UploadFailed,
)
from agent.instructions import (
    BuildEnvironment,
    Fetch,
    RemoveUnit,
    ScanOutputs,
    StartBox,
    StopBox,
    TakeCheckpoint,
    UploadChunks,
)
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.sandbox.base import BoxExit, StopReason
from core.protocol.node import (
    AnyReport,
    CheckpointReport,
    ChunkUpload,
    CompletedReport,
    ExitedReport,
    LogReport,
    MetricsReport,
    ReleasedReport,
    ReportAnswer,
    ReportStatus,
)
from core.protocol.node_rules import PauseReason, RuleKind, RulesNow

from .bench import SUCCESS, Bench, a_lease, a_manifest, accepted

STOPPED = BoxExit(143, 15, StopReason.ASKED, None, None, 5.0, "stopped")


class Server:
    """What the backend keeps of an attempt: it passes over what it has, and lacks chunks until they are uploaded."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.points: list[int] = []
        self.checkpoints: list[int] = []
        self.chunks: set[str] = set()
        self.exited = 0
        self.completed: set[int] = set()
        self.released: set[int] = set()
        self.numbers: list[int] = []

    def judge(self, report: AnyReport) -> ReportAnswer:
        if report.number not in self.numbers:
            self.numbers.append(report.number)
        status = ReportStatus.ACCEPTED
        match report:
            case LogReport():
                through = self.lines[-1][0] if self.lines else 0
                self.lines += [(line.number, line.text) for line in report.lines if line.number > through]
            case MetricsReport():
                through = self.points[-1] if self.points else 0
                self.points += [point.number for point in report.points if point.number > through]
            case ExitedReport():
                self.exited += 1
            case ReleasedReport():
                self.released.add(report.number)
            case CheckpointReport() | CompletedReport():
                missing = sorted(set(report.manifest.chunk_sizes()) - self.chunks)
                if missing:
                    uploads = [ChunkUpload(digest, 1, f"http://server/{digest}") for digest in missing]
                    return ReportAnswer(
                        report.attempt_id, report.number, ReportStatus.MISSING, missing=uploads, missing_count=1
                    )
                status = self._keep(report)
        answer = accepted(report)
        return ReportAnswer(answer.attempt_id, answer.number, status)

    def _keep(self, report: CheckpointReport | CompletedReport) -> ReportStatus:
        if isinstance(report, CheckpointReport):
            if report.checkpoint <= max(self.checkpoints, default=0):
                return ReportStatus.REPLAYED
            self.checkpoints.append(report.checkpoint)
            return ReportStatus.ACCEPTED
        assert self.exited, "completed before exited"
        is_replay = report.number in self.completed
        self.completed.add(report.number)
        return ReportStatus.REPLAYED if is_replay else ReportStatus.ACCEPTED


class LossyLife(RuleBasedStateMachine):
    """One attempt on a node that is killed and whose answers are lost at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self._folder.name) / "journal.sqlite")
        self.server = Server()
        self.written: list[str] = []
        self.is_running = False
        self.is_over = False
        self.was_paused = False
        self.judged = RulesJudged()
        self.snapshots = 0

    @initialize()
    def lease(self) -> None:
        self.bench.lease(a_lease())
        self.work()

    def work(self) -> None:
        """Do at once what the brain wants done."""
        attempt = "attempt-1"
        while self.bench.instructions:
            instruction = self.bench.instructions.pop(0)
            match instruction:
                case Fetch():
                    self.bench.feed(FetchDone(attempt))
                case BuildEnvironment():
                    self.bench.feed(EnvironmentReady(attempt))
                case StartBox():
                    self.is_running = True
                    self.bench.feed(BoxStarted(attempt))
                case TakeCheckpoint():
                    self.snapshots += 1
                    manifest = a_manifest(*(str(n) for n in range(1 + self.snapshots % 3)))
                    self.bench.feed(CheckpointTaken(attempt, Snapshot(str(self.snapshots), manifest, None)))
                case ScanOutputs():
                    self.bench.feed(OutputsScanned(attempt, a_manifest("a", "b", "c", "model")))
                case UploadChunks():
                    self.server.chunks |= {upload.digest for upload in instruction.uploads}
                    self.bench.feed(UploadDone(attempt, instruction.number))
                case StopBox():
                    self.is_running = False
                    self.bench.feed(BoxExited(attempt, STOPPED))
                case RemoveUnit():
                    self.is_over, self.is_running = True, False
                    self.bench.feed(UnitRemoved(attempt))

    @precondition(lambda self: self.is_running)
    @rule(count=st.integers(1, 700))
    def write_lines(self, count: int) -> None:
        for _ in range(count):
            self.written.append(f"line {len(self.written)}")
            self.bench.feed(Line("attempt-1", "stdout", self.written[-1]))

    @precondition(lambda self: self.is_running)
    @rule(count=st.integers(1, 5))
    def log_metrics(self, count: int) -> None:
        self.bench.feed(MetricsSeen("attempt-1", [MetricRow(step, {"loss": 1.0}) for step in range(count)]))

    @rule(seconds=st.sampled_from([0.1, 1.0, 12.0, 40.0]))
    def pass_time(self, seconds: float) -> None:
        self.bench.pass_time(seconds)
        self.work()

    @precondition(lambda self: self.bench.has_urgent())
    @rule()
    def answer(self) -> None:
        self.bench.answer(self.server.judge)
        self.work()

    @precondition(lambda self: self.bench.has_urgent())
    @rule(applied=st.booleans())
    def lose(self, applied: bool) -> None:
        if applied:
            for report in self.bench.reports():
                self.server.judge(report)
        self.bench.lose()

    @precondition(lambda self: self.bench.has_urgent())
    @rule()
    def fail_an_upload(self) -> None:
        self.bench.answer(self.server.judge)
        for upload in self.bench.take_all(UploadChunks):
            self.bench.feed(UploadFailed("attempt-1", upload.number, "the connection broke"))
        self.work()

    @precondition(lambda self: not self.is_over)
    @rule()
    def kill(self) -> None:
        self.is_running = False
        self.bench.kill_and_restart(self.judged)
        self.work()

    @precondition(lambda self: self.is_running)
    @rule()
    def end(self) -> None:
        self.is_running = False
        self.bench.feed(BoxExited("attempt-1", SUCCESS))
        self.work()

    @rule(kind=st.sampled_from(ChoiceKind))
    def turn_the_switch(self, kind: ChoiceKind) -> None:
        self.was_paused = self.was_paused or kind is ChoiceKind.PAUSE
        self.bench.feed(OwnerChose(OwnersChoice(kind)))
        self.work()

    @rule(pauses=st.booleans())
    def judge_rules(self, pauses: bool) -> None:
        self.was_paused = self.was_paused or pauses
        self.judged = RulesJudged(now=RulesNow([PauseReason(RuleKind.HOURS, "not now")] if pauses else []))
        self.bench.feed(self.judged)
        self.work()

    @invariant()
    def nothing_runs_on_a_paused_node(self) -> None:
        if self.bench.brain.choice.kind is ChoiceKind.PAUSE or self.bench.brain.is_paused_by_rules:
            assert not self.is_running

    @invariant()
    def nothing_is_told_twice_or_out_of_order(self) -> None:
        numbers = [number for number, _ in self.server.lines]
        assert numbers == sorted(set(numbers))
        told = [text for _, text in self.server.lines if text.startswith("line ")]
        assert told == sorted(set(told), key=lambda text: int(text.split()[1]))
        assert self.server.points == sorted(set(self.server.points))
        assert self.server.checkpoints == sorted(set(self.server.checkpoints))

    @invariant()
    def report_numbers_rise_by_one(self) -> None:
        if not self.was_paused:  # a checkpoint that can't be uploaded for ten minutes is given up, with its number
            assert self.server.numbers == list(range(1, len(self.server.numbers) + 1))

    def teardown(self) -> None:
        """In the end the network works: then everything is heard, and nothing is left on the node."""
        try:
            if self.is_running:
                self.end()
            for _ in range(200):
                if self.is_over:
                    break
                self.bench.pass_time(40)
                self.work()
                while self.bench.has_urgent():
                    self.answer()
            assert self.is_over
            ends = len(self.server.completed) + len(self.server.released)
            assert ends == 1, "one result, or one release if the owner or a rule paused it, however often it was sent"
            assert self.was_paused or not self.server.released
            assert self.bench.journal.attempts() == []
        finally:
            self.bench.journal.close()
            self._folder.cleanup()


LossyLife.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestLossyLife = LossyLife.TestCase
