"""The brain hears that a unit may run longer: it names the new limit, keeps it over kill -9, and knows what is late."""

import pytest

from agent.events import BoxExited
from agent.instructions import Extend, Fetch
from agent.sandbox.base import BoxExit, StopReason
from core.protocol.node import Directive, DirectiveKind

from .bench import Bench, a_lease

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
