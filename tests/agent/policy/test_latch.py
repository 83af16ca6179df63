"""Stopping at a ceiling and going on below it: noise may not stop and go."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.policy.latch import Latch, Turn

LOOK_SECONDS = 5.0
TURN = Turn(stop_at=80, go_on_at=75)


def course(values: Sequence[float], turn: Turn = TURN) -> list[bool]:
    latch, stopped = Latch(), []
    for number, value in enumerate(values):
        latch = latch.next(value, turn, 1000.0 + number * LOOK_SECONDS)
        stopped.append(latch.is_stopped)
    return stopped


def test_it_stops_at_the_ceiling_and_goes_on_after_a_minute_five_below() -> None:
    stopped = course([79, 80, 76, *[75] * 14])
    assert stopped[:3] == [False, True, True]
    assert stopped[3:15] == [True] * 12 and stopped[15:] == [False, False]


def test_a_minute_begins_anew_when_it_was_not_yet_over() -> None:
    assert course([80, *[75] * 11, 76, *[75] * 11])[-1]


def test_a_stop_that_takes_time_passes_over_what_is_short() -> None:
    turn = Turn(50, 40, stop_after_seconds=30)
    assert not any(course([90] * 5 + [10] + [90] * 6, turn))
    assert course([90] * 7, turn)[-1]


def test_a_clock_that_is_put_back_makes_the_wait_begin_anew_and_no_longer() -> None:
    latch = Latch().next(80, TURN, 1000.0).next(70, TURN, 1005.0).next(70, TURN, 10.0)
    assert latch.turns_at(TURN) == 70.0
    assert not latch.next(70, TURN, 70.0).is_stopped


@settings(max_examples=50)
@given(st.integers(60, 100), st.lists(st.sampled_from([-2, -1, 0, 1, 2]), min_size=10, max_size=200))
def test_noise_of_two_degrees_turns_it_once_at_most(middle: int, noise: list[int]) -> None:
    stopped = course([middle + one for one in noise])
    assert sum(before != after for before, after in zip([False, *stopped], stopped, strict=False)) <= 1


@settings(max_examples=50)
@given(st.lists(st.integers(60, 100), max_size=200))
def test_whatever_is_read_it_never_goes_on_within_a_minute(values: list[int]) -> None:
    stopped = course([float(value) for value in values])
    for number, is_stopped in enumerate(stopped):
        if is_stopped and not (number and stopped[number - 1]):
            assert all(stopped[number : number + 12])


@settings(max_examples=50)
@given(st.lists(st.integers(60, 100), max_size=100), st.integers(70, 90), st.integers(0, 10))
def test_a_lower_ceiling_is_stopped_whenever_a_higher_one_is(values: list[int], ceiling: int, more: int) -> None:
    readings = [float(value) for value in values]
    low = course(readings, Turn(ceiling, ceiling - 5))
    high = course(readings, Turn(ceiling + more, ceiling + more - 5))
    assert all(one or not other for one, other in zip(low, high, strict=True))
