"""The brain's checkpoints, and ends of an attempt that are no success."""

import pytest

from agent.attempt import Snapshot
from agent.events import (
    AttemptTrouble,
    BoxExited,
    CheckpointTaken,
    FetchDone,
    Line,
    OutputsScanned,
    UnitRemoved,
    UploadDone,
)
from agent.instructions import (
    KeepSnapshots,
    RemoveUnit,
    TakeCheckpoint,
    UploadChunks,
)
from agent.sandbox.base import BoxExit, StopReason
from core.protocol.node import (
    CheckpointReport,
    CompletedReport,
    Directive,
    DirectiveKind,
    ExitedReport,
    FailedReport,
    Fault,
    LogReport,
    UnitLimits,
)

from .bench import EMPTY, SUCCESS, Bench, a_lease, a_manifest, missing_once


def test_checkpoints_are_taken_in_the_rhythm_that_the_lease_asks_for(bench: Bench) -> None:
    limits = UnitLimits(600, 512, 256, 0, 1, checkpoint_every_seconds=10)
    attempt = bench.run(a_lease(limits=limits))
    bench.pass_time(9)
    assert not bench.take_all(TakeCheckpoint)
    bench.pass_time(2)
    assert not bench.take(TakeCheckpoint).final
    bench.pass_time(30)
    assert not bench.take_all(TakeCheckpoint), "the one before is still being taken"
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), None)))
    report = bench.report(CheckpointReport)
    assert (report.checkpoint, report.manifest) == (1, a_manifest("step.txt"))
    assert 10 <= report.run_seconds <= 11
    bench.pass_time(10)
    bench.take(TakeCheckpoint)


def test_of_checkpoints_that_wait_behind_an_upload_only_the_newest_is_told(bench: Bench) -> None:
    attempt = bench.run()
    bench.pass_time(31)
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("a"), 1)))
    first = bench.report(CheckpointReport)
    bench.answer(missing_once(CheckpointReport))
    bench.take(UploadChunks)
    for name in ("2", "3"):
        bench.pass_time(31)
        bench.feed(CheckpointTaken(attempt, Snapshot(name, a_manifest("a", name), int(name))))
    assert bench.take_all(KeepSnapshots)[-1].names == ["1", "3"], "what is being uploaded stays, and the newest"
    bench.answer_all()
    bench.feed(UploadDone(attempt, first.number))
    bench.answer()
    second = bench.report(CheckpointReport)
    assert (second.checkpoint, second.step, second.manifest) == (2, 3, a_manifest("a", "3"))


def test_completed_waits_until_the_last_checkpoint_is_accepted(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, SUCCESS))
    bench.answer()
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), 7)))
    number = bench.report(CheckpointReport).number
    bench.answer(missing_once(CheckpointReport))
    bench.feed(OutputsScanned(attempt, EMPTY))
    assert not bench.has_urgent()
    bench.feed(UploadDone(attempt, number))
    assert [type(report) for report in bench.reports()] == [CheckpointReport]
    bench.answer()
    bench.report(CompletedReport)


def test_a_look_under_way_when_the_code_ends_is_followed_by_a_last_one(bench: Bench) -> None:
    attempt = bench.run()
    bench.pass_time(31)
    bench.take(TakeCheckpoint)
    bench.feed(BoxExited(attempt, SUCCESS))
    assert not bench.take_all(TakeCheckpoint)
    bench.feed(CheckpointTaken(attempt))
    assert bench.take(TakeCheckpoint).final


def test_an_exit_code_is_the_customers_fault_and_told_with_the_log(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(Line(attempt, "stderr", "ValueError: no"))
    bench.feed(BoxExited(attempt, BoxExit(3, None, None, None, None, 1.5, "ended with exit code 3")))
    kinds = [type(report) for report in bench.reports()]
    assert kinds == [LogReport, ExitedReport, FailedReport]
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code, failed.exit_code) == (Fault.CUSTOMER, "exit_code", 3)
    assert [line.stream for line in bench.report(LogReport).lines] == ["stderr", "platform"]


def test_a_kill_that_nobody_of_ours_did_is_the_nodes_fault_and_tried_elsewhere(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, BoxExit(137, 9, None, None, None, 1.0, "ended with exit code 137 (SIGKILL)")))
    bench.answer()
    bench.feed(CheckpointTaken(attempt))
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code) == (Fault.NODE, "killed")


@pytest.mark.parametrize("reason", [StopReason.WALL_CLOCK, StopReason.MEMORY, StopReason.DISK])
def test_a_passed_limit_is_told_in_numbers_and_words(bench: Bench, reason: StopReason) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, BoxExit(137, 9, reason, 4000.0, 5312.0, 1.0, "5,312 MiB, 4,000 allowed")))
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code, failed.limit, failed.measured) == (Fault.CUSTOMER, reason.value, 4000, 5312)
    assert bench.report(ExitedReport).exit_code is None
    assert "5,312 MiB" in failed.message


def test_a_machine_short_of_memory_is_the_nodes_fault_and_the_checkpoint_is_saved_first(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, BoxExit(137, 9, StopReason.MACHINE, None, None, 1.0, "memory ran out")))
    bench.answer()
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), 1)))
    bench.report(CheckpointReport)
    bench.answer()
    assert bench.report(FailedReport).fault is Fault.NODE


def test_requirements_that_do_not_exist_fail_the_unit_as_the_customers(bench: Bench) -> None:
    lease = bench.lease()
    bench.feed(FetchDone(lease.attempt_id))
    bench.feed(AttemptTrouble(lease.attempt_id, Fault.CUSTOMER, "environment", "no such package"))
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code, failed.message) == (Fault.CUSTOMER, "environment", "no such package")
    bench.answer()
    bench.take(RemoveUnit)


def test_a_cancelled_attempt_is_stopped_and_removed_without_a_report(bench: Bench) -> None:
    attempt = bench.run()
    bench.answer_poll(directives=[Directive(DirectiveKind.CANCEL, attempt, "the job was cancelled")])
    bench.take(RemoveUnit)
    assert not bench.has_urgent()
    bench.feed(UnitRemoved(attempt))
    assert bench.journal.attempts() == []
