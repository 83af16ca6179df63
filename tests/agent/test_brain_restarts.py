"""The brain after kill -9, and at a stop."""

import pytest

from agent.attempt import Snapshot
from agent.brain import RELEASED_ON_STOP, STOP_WITHIN_SECONDS
from agent.events import (
    BoxExited,
    BoxStarted,
    CheckpointTaken,
    EnvironmentReady,
    FetchDone,
    Line,
    OutputsScanned,
    StopRequested,
    UnitRemoved,
)
from agent.instructions import (
    Fetch,
    Finish,
    RemoveUnit,
    ScanOutputs,
    StartBox,
    StopBox,
    TakeCheckpoint,
    UploadChunks,
)
from agent.sandbox.base import GRACE_SECONDS, BoxExit, StopReason
from core.protocol.node import (
    CheckpointReport,
    CompletedReport,
    ExitedReport,
    FailedReport,
    Fault,
    LogReport,
    ReleasedReport,
    StartedReport,
)

from .bench import EMPTY, SUCCESS, Bench, a_manifest, missing_once


def test_after_kill_the_same_attempt_goes_on_and_started_is_not_said_again(bench: Bench) -> None:
    attempt = bench.run()
    bench.pass_time(20)
    bench.feed(Line(attempt, "stdout", "before"))
    bench.pass_time(1)
    bench.answer_all()
    bench.kill_and_restart()
    fetch = bench.take(Fetch)
    assert fetch.attempt_id == attempt
    assert [held.attempt_id for held in bench.poll.request.attempts] == [attempt]
    bench.feed(FetchDone(attempt), EnvironmentReady(attempt))
    assert bench.take(StartBox).run_seconds >= 20, "time that was used stays used"
    bench.feed(BoxStarted(attempt), Line(attempt, "stdout", "after"))
    bench.pass_time(1)
    assert not [report for report in bench.reports() if isinstance(report, StartedReport)]
    numbers = [line.number for line in bench.report(LogReport).lines]
    assert numbers == [2, 3], "the server has line 1 already: the platform's word and the code's come after it"


def test_a_result_that_was_not_accepted_before_the_kill_is_sent_again(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt, a_manifest("model.npz"))
    bench.answer()
    completed = bench.report(CompletedReport)
    bench.kill_and_restart()
    assert bench.reports() == [completed]
    assert not bench.take_all(Fetch)
    bench.answer(missing_once(CompletedReport))
    bench.take(UploadChunks)


@pytest.mark.parametrize("scanned", [False, True])
def test_a_kill_between_exit_and_result_loses_nothing_that_was_computed(bench: Bench, scanned: bool) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, SUCCESS))
    if scanned:
        bench.feed(CheckpointTaken(attempt))
    bench.kill_and_restart()
    assert not bench.take_all(StartBox)
    bench.report(ExitedReport)
    if not scanned:
        bench.take(TakeCheckpoint)
        bench.feed(CheckpointTaken(attempt))
    bench.take(ScanOutputs)
    bench.feed(OutputsScanned(attempt, EMPTY))
    bench.answer_all()
    bench.take(RemoveUnit)


def test_a_stopped_node_saves_the_last_checkpoint_gives_the_unit_back_and_ends(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(StopRequested("the owner stopped the node"))
    assert bench.take(StopBox).grace_seconds == GRACE_SECONDS
    bench.feed(BoxExited(attempt, BoxExit(143, 15, StopReason.ASKED, None, None, 3.0, "stopped")))
    assert bench.take(TakeCheckpoint).final
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), 5)))
    assert [type(report) for report in bench.reports()] == [CheckpointReport]
    bench.answer()
    assert bench.report(ReleasedReport).reason == RELEASED_ON_STOP
    assert not bench.take_all(Finish)
    bench.answer()
    bench.take(RemoveUnit)
    bench.feed(UnitRemoved(attempt))
    assert bench.take(Finish).trouble == ""


def test_code_that_finishes_within_the_grace_is_completed_all_the_same(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(StopRequested("the owner stopped the node"))
    bench.feed(BoxExited(attempt, BoxExit(0, None, StopReason.ASKED, None, None, 3.0, "stopped")))
    bench.feed(CheckpointTaken(attempt), OutputsScanned(attempt, EMPTY))
    bench.answer()
    bench.report(CompletedReport)


def test_a_stopped_node_gives_back_what_has_not_begun(bench: Bench) -> None:
    bench.lease()
    bench.feed(StopRequested("the owner stopped the node"))
    bench.report(ReleasedReport)


def test_a_stopped_node_that_cannot_reach_its_server_ends_and_keeps_its_result(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt)
    bench.feed(StopRequested("the owner stopped the node"))
    assert not bench.take_all(Finish)
    bench.lose()
    bench.take(Finish)
    assert [held.lease.attempt_id for held in bench.journal.attempts()] == [attempt]


def test_a_stop_takes_no_longer_than_it_may(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt)
    bench.feed(StopRequested("the owner stopped the node"))
    bench.pass_time(STOP_WITHIN_SECONDS - 1)
    assert not bench.take_all(Finish)
    bench.pass_time(2)
    bench.take(Finish)


def test_an_idle_node_stops_at_once(bench: Bench) -> None:
    bench.feed(StopRequested("the owner stopped the node"))
    bench.take(Finish)


def test_a_unit_that_goes_on_after_a_hasty_stop_is_no_longer_given_back(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(StopRequested("ctrl-c"))
    bench.kill_and_restart()
    bench.take(Fetch)
    bench.feed(FetchDone(attempt), EnvironmentReady(attempt), BoxStarted(attempt))
    bench.answer_all()
    bench.feed(BoxExited(attempt, BoxExit(1, None, None, None, None, 1.0, "ended with exit code 1")))
    assert bench.report(FailedReport).fault is Fault.CUSTOMER
