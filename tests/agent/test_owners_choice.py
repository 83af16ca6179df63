"""Pausing and finishing: what the owner's switch does to what runs, what comes, and what a restart finds."""

import time
from datetime import datetime

import pytest

from agent.attempt import Snapshot
from agent.brain import RELEASED_ON_STOP
from agent.command_line.owners_switch import _moment
from agent.endings import CHECKPOINT_WITHIN_SECONDS
from agent.events import (
    BoxExited,
    CheckpointTaken,
    MetricsSeen,
    OutputsScanned,
    OwnerChose,
    StopRequested,
    UnitRemoved,
    UploadFailed,
)
from agent.instructions import Fetch, Finish, RemoveUnit, StartBox, StopBox, UploadChunks
from agent.owners_choice import PAUSED, ChoiceKind, OwnersChoice
from agent.sandbox.base import GRACE_SECONDS, BoxExit, StopReason
from core.protocol.node import (
    CheckpointReport,
    ChunkUpload,
    CompletedReport,
    ExitedReport,
    ReleasedReport,
    ReportAnswer,
    ReportStatus,
)
from core.protocol.node_control import NodeState

from .bench import EMPTY, SUCCESS, Bench, a_lease, a_manifest

PAUSE = OwnerChose(OwnersChoice(ChoiceKind.PAUSE))
FINISH = OwnerChose(OwnersChoice(ChoiceKind.FINISH_THEN_PAUSE))
SHARE = OwnerChose(OwnersChoice())
STOPPED = BoxExit(143, 15, StopReason.ASKED, None, None, 5.0, "stopped")
SNAPSHOT = Snapshot("s1", a_manifest("checkpoint"), 40)


def state(bench: Bench) -> NodeState:
    return bench.brain.picture(bench.now).state


def test_a_pause_that_follows_what_is_finished_ends_when_it_was_said_to(bench: Bench) -> None:
    bench.feed(OwnerChose(OwnersChoice(ChoiceKind.FINISH_THEN_PAUSE, until=4_000_000_000.0)))
    assert bench.brain.choice == OwnersChoice(ChoiceKind.PAUSE, until=4_000_000_000.0)


def test_a_pause_stops_the_code_keeps_its_checkpoint_and_gives_the_unit_back(bench: Bench) -> None:
    attempt = bench.run()
    assert state(bench) is NodeState.BUSY
    bench.feed(PAUSE)
    assert bench.take(StopBox) == StopBox(attempt, GRACE_SECONDS)
    assert state(bench) is NodeState.PAUSING
    bench.feed(BoxExited(attempt, STOPPED), CheckpointTaken(attempt, SNAPSHOT))
    assert state(bench) is NodeState.PAUSED
    assert bench.report(CheckpointReport).manifest == SNAPSHOT.manifest
    assert not any(isinstance(report, ExitedReport) for report in bench.reports())
    bench.answer_all()
    bench.take(RemoveUnit)
    assert any(text.endswith(f"given back: {PAUSED}") for text in bench.said)


def test_a_paused_node_asks_for_nothing_and_gives_back_what_still_comes(bench: Bench) -> None:
    bench.feed(PAUSE)
    bench.lease(a_lease("late"))  # the answer of a poll that was under way
    assert bench.take_all(Fetch) == []
    assert bench.report(ReleasedReport).reason == PAUSED
    bench.answer_all()
    assert bench.poll.request.max_leases == 0
    assert state(bench) is NodeState.PAUSED


def test_what_is_being_prepared_is_given_back_at_once(bench: Bench) -> None:
    bench.lease()
    bench.feed(PAUSE)
    assert bench.report(ReleasedReport).reason == PAUSED
    assert state(bench) is NodeState.PAUSED


def test_a_result_that_is_being_uploaded_is_not_lost_by_a_pause(bench: Bench) -> None:
    attempt = bench.run()
    bench.exit(attempt)
    bench.feed(PAUSE, OutputsScanned(attempt, EMPTY))
    bench.answer_all()
    assert not bench.take_all(StopBox)
    assert any(text.endswith("completed") for text in bench.said)


def test_code_that_ends_well_within_the_grace_completes_its_unit(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(PAUSE, BoxExited(attempt, SUCCESS), CheckpointTaken(attempt), OutputsScanned(attempt, EMPTY))
    bench.answer()
    assert bench.report(CompletedReport).manifest == EMPTY


def test_a_checkpoint_that_cannot_be_uploaded_holds_the_unit_for_ten_minutes_only(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(PAUSE, BoxExited(attempt, STOPPED), CheckpointTaken(attempt, SNAPSHOT))
    number = bench.report(CheckpointReport).number
    missing = [ChunkUpload("ab" * 32, 1, "http://server/chunk")]
    bench.answer(lambda report: ReportAnswer(report.attempt_id, report.number, ReportStatus.MISSING, missing=missing))
    bench.take(UploadChunks)
    bench.pass_time(CHECKPOINT_WITHIN_SECONDS - 1)
    assert not bench.has_urgent()
    bench.pass_time(2)
    assert bench.report(ReleasedReport).reason == PAUSED
    bench.feed(UploadFailed(attempt, number, "no route"))
    bench.answer_all()
    bench.take(RemoveUnit)


def test_sharing_again_takes_new_work_while_the_old_is_still_given_back(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(PAUSE, SHARE)
    assert state(bench) is NodeState.BUSY
    bench.feed(BoxExited(attempt, STOPPED), CheckpointTaken(attempt))
    bench.answer_all()
    assert bench.poll.request.max_leases == 2
    assert any(text.endswith(f"given back: {PAUSED}") for text in bench.said)


def test_finish_then_pause_lets_what_runs_end_and_takes_nothing_more(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(FINISH)
    assert state(bench) is NodeState.FINISHING and not bench.take_all(StopBox)
    bench.lease(a_lease("late"))
    bench.answer_all()
    assert bench.take_all(Fetch) == []
    bench.complete(attempt)
    bench.answer_all()
    assert state(bench) is NodeState.FINISHING
    bench.feed(UnitRemoved(attempt), UnitRemoved("late"))
    assert state(bench) is NodeState.PAUSED
    assert bench.journal.choice() == OwnersChoice(ChoiceKind.PAUSE)


def test_an_idle_node_that_is_to_finish_is_paused_at_once(bench: Bench) -> None:
    bench.feed(FINISH)
    assert state(bench) is NodeState.PAUSED


def test_a_pause_and_its_end_outlive_a_kill(bench: Bench) -> None:
    chosen = OwnersChoice(ChoiceKind.PAUSE, until=1_800_000_000.0)
    bench.feed(OwnerChose(chosen))
    bench.kill_and_restart()
    assert bench.brain.choice == chosen
    assert state(bench) is NodeState.PAUSED
    assert bench.poll.request.max_leases == 0
    bench.feed(SHARE)
    bench.kill_and_restart()
    assert state(bench) is NodeState.SHARING


@pytest.mark.parametrize("running", [True, False])
def test_a_kill_while_pausing_gives_the_unit_back_at_the_next_start(bench: Bench, running: bool) -> None:
    if running:
        bench.run()
    else:
        bench.lease()
    bench.feed(PAUSE)
    bench.kill_and_restart()
    assert bench.take_all(Fetch) == [] and bench.take_all(StartBox) == []
    bench.answer_all()
    bench.take(RemoveUnit)


def test_a_node_that_is_to_finish_goes_on_after_a_kill_and_pauses_at_the_end(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(FINISH)
    bench.kill_and_restart()
    assert bench.take(Fetch).attempt_id == attempt
    assert state(bench) is NodeState.FINISHING


def test_a_stop_while_pausing_asks_the_code_to_end_only_once(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(PAUSE, StopRequested(RELEASED_ON_STOP))
    bench.take(StopBox)
    bench.feed(BoxExited(attempt, STOPPED), CheckpointTaken(attempt))
    assert bench.report(ReleasedReport).reason == PAUSED
    bench.answer_all()
    bench.feed(UnitRemoved(attempt))
    bench.take(Finish)


def test_the_picture_shows_what_runs_how_far_it_is_and_what_it_may_touch(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(MetricsSeen(attempt, [], 30, 120))
    bench.now += 10
    bench.feed(CheckpointTaken(attempt, SNAPSHOT))
    bench.now += 4
    (unit,) = bench.brain.picture(bench.now).units
    assert (unit.attempt_id, unit.role, unit.number, unit.phase) == (attempt, "train", 1, "running")
    assert (unit.step, unit.step_of, unit.progress, unit.running_seconds) == (30, 120, 0.25, 14.0)
    assert (unit.checkpoint_seconds_ago, unit.max_runtime_seconds, unit.releasing) == (4.0, 600, None)
    assert unit.may.network and unit.may.owners_files  # nothing confines units on the bench
    assert (unit.may.memory_mb, unit.may.disk_mb, unit.may.cpus) == (512, 256, 1)


def test_a_time_of_day_beyond_a_change_of_the_clocks_is_that_of_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert _moment("08:00", datetime(2026, 3, 28, 20, 0)) == "2026-03-29T08:00:00+02:00"
        assert _moment("21:00", datetime(2026, 3, 28, 20, 0)) == "2026-03-28T21:00:00+01:00"
    finally:
        monkeypatch.undo()
        time.tzset()
