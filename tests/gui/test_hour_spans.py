"""Hours as a grid: painting changes what is painted and nothing else, whatever spans there were."""

from hypothesis import given
from hypothesis import strategies as st

from core.protocol.node_rules import MINUTES_A_DAY, Span
from gui.hour_spans import (
    DAYS,
    EVERY_CELL,
    HOURS,
    MINUTES,
    Cell,
    Hours,
    day_spans,
    hours_a_week,
    minutes_shared,
    nights,
    nothing,
    painted,
)

MINUTE = st.integers(0, MINUTES_A_DAY)
DAY = st.lists(st.builds(Span, MINUTE, MINUTE), max_size=6)
WEEK: st.SearchStrategy[Hours] = st.none() | st.lists(DAY, max_size=DAYS)
CELLS = st.sets(st.tuples(st.integers(0, DAYS - 1), st.integers(0, HOURS - 1)), max_size=40)


@given(WEEK, CELLS, st.booleans())
def test_painting_changes_the_painted_hours_and_no_other_minute(hours: Hours, cells: set[Cell], on: bool) -> None:
    after = painted(hours, cells, on)
    for cell in EVERY_CELL:
        wanted = (MINUTES if on else 0) if cell in cells else minutes_shared(hours, cell)
        assert minutes_shared(after, cell) == wanted


@given(WEEK, CELLS, st.booleans())
def test_what_was_painted_is_seven_days_of_spans_in_order_that_the_node_takes(
    hours: Hours, cells: set[Cell], on: bool
) -> None:
    after = painted(hours, cells, on)
    if after is not None:
        assert len(after) == DAYS
        for spans in after:
            ends = [minute for span in spans for minute in (span.from_minute, span.to_minute)]
            assert ends == sorted(set(ends))


def test_all_of_the_week_is_always_and_none_of_it_is_never() -> None:
    assert painted(nothing(), EVERY_CELL, True) is None
    assert painted(None, EVERY_CELL, False) == nothing()
    assert (hours_a_week(None), hours_a_week(nothing())) == (168, 0)


def test_nights_go_over_midnight() -> None:
    assert day_spans(nights(), 0) == [(0, 8 * 60), (22 * 60, MINUTES_A_DAY)]
    assert hours_a_week(nights()) == 70


def test_a_part_of_an_hour_counts_for_its_minutes() -> None:
    hours = [[Span(30, 90)], *[[] for _ in range(6)]]
    assert [minutes_shared(hours, (0, hour)) for hour in range(3)] == [30, 30, 0]
    assert day_spans(painted(hours, [(0, 0)], False), 0) == [(60, 90)]
