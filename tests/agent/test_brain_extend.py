"""The brain hears that a unit may run longer: it names the new limit, keeps it over kill -9, and knows what is late."""

import msgspec
import pytest

from agent.attempt import Snapshot
from agent.events import BoxExited, BoxStarted, CheckpointTaken, EnvironmentReady, FetchDone, Line
from agent.instructions import Extend, Fetch, StartBox
from agent.sandbox.base import BoxExit, StopReason
from core.protocol.node import CheckpointReport, Directive, DirectiveKind, FailedReport, Fault

from .bench import Bench, a_lease, a_manifest

OUT_OF_TIME = BoxExit(143, 15, StopReason.WALL_CLOCK, 600.0, 600.1, 600.1, "stopped by the node: 600 seconds")


def longer(attempt: str, seconds: float | None = 900.0) -> Directive:
    return Directive(DirectiveKind.EXTEND, attempt, "its customer gave it more time", max_runtime_seconds=seconds)


def named(bench: Bench) -> list[float | None]:
    """The limits that its newest poll names."""
    return [held.max_runtime_seconds for held in bench.poll.request.attempts]


def test_code_that_runs_gets_the_time_and_the_next_call_names_it(bench: Bench) -> None:
    attempt = bench.run()
    assert named(bench) == [600.0]
    bench.answer_poll(directives=[longer(attempt)])
    assert bench.take(Extend) == Extend(attempt, 900.0)
    assert named(bench) == [900.0]
    bench.answer_poll(directives=[longer(attempt)])
    assert bench.take_all(Extend) == []


def test_it_outlives_kill_9(bench: Bench) -> None:
    attempt = bench.run()
    bench.answer_poll(directives=[longer(attempt)])
    bench.kill_and_restart()
    assert bench.take(Fetch).lease.limits.max_runtime_seconds == 900.0
    assert named(bench) == [900.0]


def test_a_unit_that_is_still_fetched_starts_with_it(bench: Bench) -> None:
    lease = bench.lease(a_lease())
    bench.answer_poll(directives=[longer(lease.attempt_id)])
    assert bench.take(Extend).max_runtime_seconds == 900.0


@pytest.mark.parametrize("seconds", [None, 0.0, 599.0, 600.0])
def test_a_limit_that_is_no_longer_one_changes_nothing(bench: Bench, seconds: float | None) -> None:
    attempt = bench.run()
    bench.answer_poll(directives=[longer(attempt, seconds), longer("no such attempt")])
    assert bench.take_all(Extend) == [] and named(bench) == [600.0]


def test_code_that_was_just_ended_for_want_of_time_is_told_of_with_the_limit_it_was_ended_by(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BoxExited(attempt, OUT_OF_TIME))
    bench.answer_poll(directives=[longer(attempt)])
    assert bench.take_all(Extend) == []
    assert [held.max_runtime_seconds for held in bench.urgent.request.attempts] == [600.0]
    assert named(bench) == [600.0]


def test_code_that_is_being_stopped_when_it_gets_more_time_is_tried_again(bench: Bench) -> None:
    attempt = bench.run()
    bench.answer_poll(directives=[longer(attempt)])
    bench.feed(BoxExited(attempt, OUT_OF_TIME))
    bench.answer()
    bench.feed(CheckpointTaken(attempt, Snapshot("1", a_manifest("step.txt"), 1)))
    bench.report(CheckpointReport)
    bench.answer()
    failed = bench.report(FailedReport)
    assert (failed.fault, failed.code, failed.limit) == (Fault.NODE, "wall_clock", 600.0)
    assert "gave it more time" in failed.message


@pytest.mark.parametrize("extended", [False, True])
def test_after_a_restart_the_box_has_only_the_rest_of_the_time(bench: Bench, extended: bool) -> None:
    attempt = bench.run()
    bench.pass_time(20)
    bench.feed(Line(attempt, "stdout", "still there"))  # with it the journal notes the time
    bench.pass_time(1)
    bench.answer_all()
    bench.kill_and_restart()
    bench.feed(FetchDone(attempt), EnvironmentReady(attempt))
    rest = 600.0 - bench.take(StartBox).run_seconds
    assert rest < 600
    bench.feed(BoxStarted(attempt))
    bench.answer_all()
    if extended:
        bench.answer_poll(directives=[longer(attempt)])
    bench.exit(attempt, msgspec.structs.replace(OUT_OF_TIME, limit=rest, measured=rest, run_seconds=rest))
    if extended:
        bench.answer()
    failed = bench.report(FailedReport)
    assert failed.fault is (Fault.NODE if extended else Fault.CUSTOMER)
