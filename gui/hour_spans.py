"""The weekly hours of the rules as a grid of hours: what is shared of each, and the hours after some were painted.

Spans may begin and end at any minute; painting an hour changes that hour alone. No Qt.
"""

from collections.abc import Iterable

from core.protocol.node_rules import MINUTES_A_DAY, Span

DAYS = 7
HOURS = 24
MINUTES = 60
Cell = tuple[int, int]
"""A day, Monday 0, and an hour."""
Hours = list[list[Span]] | None
"""As `Rules.hours` has them; None is always."""
EVERY_CELL = frozenset((day, hour) for day in range(DAYS) for hour in range(HOURS))
_NIGHT_BEGINS, _NIGHT_ENDS = 22, 8


def minutes_shared(hours: Hours, cell: Cell) -> int:
    """How many minutes of an hour are shared: 0 to 60."""
    day, hour = cell
    if hours is None:
        return MINUTES
    begin, end = hour * MINUTES, (hour + 1) * MINUTES
    return sum(max(0, min(to, end) - max(since, begin)) for since, to in _joined(_of_day(hours, day)))


def hours_a_week(hours: Hours) -> float:
    """How many of the week's 168 are shared."""
    return sum(minutes_shared(hours, cell) for cell in EVERY_CELL) / MINUTES


def painted(hours: Hours, cells: Iterable[Cell], on: bool) -> Hours:
    """The hours with these cells shared, or not. All of the week is None again."""
    wanted = frozenset(cells)
    days = []
    for day in range(DAYS):
        spans = [(0, MINUTES_A_DAY)] if hours is None else _joined(_of_day(hours, day))
        for hour in sorted(hour for where, hour in wanted if where == day):
            begin, end = hour * MINUTES, (hour + 1) * MINUTES
            spans = _without(spans, begin, end)
            if on:
                spans.append((begin, end))
        days.append([Span(begin, end) for begin, end in _joined(spans)])
    return None if all(spans == [Span(0, MINUTES_A_DAY)] for spans in days) else days


def nights() -> Hours:
    """Every night from 22 to 8."""
    return painted(nothing(), [cell for cell in EVERY_CELL if not _NIGHT_ENDS <= cell[1] < _NIGHT_BEGINS], True)


def nothing() -> Hours:
    """No hour at all."""
    return [[] for _ in range(DAYS)]


def day_spans(hours: Hours, day: int) -> list[tuple[int, int]]:
    """What is shared of a day, from a minute to another, in order, none touching the next."""
    return [(0, MINUTES_A_DAY)] if hours is None else _joined(_of_day(hours, day))


def _of_day(hours: list[list[Span]], day: int) -> list[tuple[int, int]]:
    """A day that isn't listed has none."""
    return [(span.from_minute, span.to_minute) for span in hours[day]] if day < len(hours) else []


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if begin >= end:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def _without(spans: list[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    left = []
    for since, to in spans:
        left += [(since, min(to, begin)), (max(since, end), to)]
    return [(since, to) for since, to in left if since < to]
