"""The last five minutes of a reading: bounded, in order, broken where nothing was told."""

from hypothesis import given
from hypothesis import strategies as st

from gui.widgets.reading_history import WINDOW_SECONDS, ReadingHistory, Run, Whose, scale_top


def filled(*samples: tuple[float, float | None, Whose]) -> ReadingHistory:
    history = ReadingHistory()
    for at, value, whose in samples:
        history.add(at, value, whose)
    return history


def test_the_line_breaks_where_the_device_told_nothing() -> None:
    history = filled((0, 1, Whose.GUEST), (5, None, Whose.GUEST), (10, 3, Whose.GUEST))
    assert history.runs(10) == [Run([(10, 1)], Whose.GUEST), Run([(0, 3)], Whose.GUEST)]


def test_the_line_breaks_where_the_line_to_the_node_was_lost() -> None:
    history = filled((0, 1, Whose.GUEST), (60, 3, Whose.GUEST))
    assert len(history.runs(60)) == 2


def test_where_the_user_changes_the_new_line_goes_on_from_the_old_one() -> None:
    history = filled((0, 1, Whose.OWNER), (5, 2, Whose.GUEST))
    assert history.runs(5) == [Run([(5, 1)], Whose.OWNER), Run([(5, 1), (0, 2)], Whose.GUEST)]


def test_a_reading_that_came_long_ago_is_stale() -> None:
    history = filled((0, 1, Whose.GUEST))
    assert not history.is_stale(5) and history.is_stale(60) and ReadingHistory().is_stale(0)


def test_the_plot_reaches_above_the_ceiling_and_above_everything_shown() -> None:
    history = filled((0, 90, Whose.GUEST))
    assert scale_top(history, 100, None) == 100
    assert scale_top(history, None, 78) > 90
    assert scale_top(ReadingHistory(), None, None) > 0


@given(st.lists(st.tuples(st.floats(0, 10_000), st.none() | st.floats(0, 1e6)), max_size=200))
def test_samples_stay_in_order_and_within_the_window_whatever_comes(samples: list[tuple[float, float | None]]) -> None:
    history = ReadingHistory()
    for at, value in samples:
        history.add(at, value)
    if history.last is None:
        return
    ages = [ago for run in history.runs(history.last.at) for ago, _ in run.points]
    assert ages == sorted(ages, reverse=True)
    assert all(0 <= ago <= WINDOW_SECONDS + 20 for ago in ages)
