"""Hours of a week by the clock on the wall, and when they begin or end next: past midnight, Sunday and summer time."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

import msgspec

from core.protocol.node_rules import MINUTES_A_DAY, Electricity, Span

DAYS = 7
_MINUTES_A_WEEK = DAYS * MINUTES_A_DAY
_DAY_SECONDS = 86_400
_LOOK_AHEAD_SECONDS = 9 * _DAY_SECONDS  # a week, and what clocks that are put back may add
_AS_NEAR_AS_SECONDS = 0.5


class Week(msgspec.Struct, frozen=True):
    """Spans in minutes from Monday 0:00, in order, which neither touch nor overlap, and the minutes at which one begins
    or ends. A `zone` None is the machine's."""

    spans: tuple[tuple[int, int], ...]
    edges: tuple[int, ...]

    def has(self, now: float, zone: tzinfo | None) -> bool:
        """Whether a moment (Unix seconds) lies in one of the spans."""
        minute = _week_seconds(now, zone) // 60
        before = bisect_right(self.spans, (minute, _MINUTES_A_WEEK)) - 1
        return before >= 0 and minute < self.spans[before][1]

    def next_change(self, now: float, zone: tzinfo | None) -> float | None:
        """When `has` is answered otherwise for the first time after now; None: not within nine days.

        Between two changes of the clock the wall's time goes as the seconds do; where the clock is changed it is asked
        anew, since an hour may be left out or come twice.
        """
        is_in = self.has(now, zone)
        at, end = now, now + _LOOK_AHEAD_SECONDS
        while at < end:
            edge = self._next_edge(at, zone)
            changed = _clock_change(at, min(end, edge if edge is not None else end), zone)
            if changed is None:
                return edge if edge is not None and edge <= end else None
            if self.has(changed, zone) != is_in:
                return changed
            at = changed
        return None

    def _next_edge(self, now: float, zone: tzinfo | None) -> float | None:
        """When a span begins or ends if the clock is not changed before."""
        if not self.edges:
            return None
        second = _week_seconds(now, zone)
        after = bisect_right(self.edges, second / 60)
        edge = self.edges[after] if after < len(self.edges) else self.edges[0] + _MINUTES_A_WEEK
        return now - now % 1 + (edge * 60 - second)


def week_of(days: Sequence[Iterable[Span]]) -> Week:
    """Spans a day, Monday first, in any order and overlapping as they may."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(
        (number * MINUTES_A_DAY + span.from_minute, number * MINUTES_A_DAY + span.to_minute)
        for number, spans in enumerate(days)
        for span in spans
    ):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif begin < end:
            merged.append((begin, end))
    begins, ends = {begin for begin, _ in merged}, {end % _MINUTES_A_WEEK for _, end in merged}
    edges = sorted(begins ^ ends)  # one that ends on Sunday at midnight as another begins is no change
    return Week(tuple(merged), tuple(edges))


def dear_week(electricity: Electricity) -> Week | None:
    """When a kWh costs more than the owner wants to pay; None where no ceiling or no price by the clock is told."""
    most = electricity.most
    if most is None or electricity.command or not (electricity.tariff or electricity.price is not None):
        return None
    days: list[list[Span]] = []
    for day in range(DAYS):
        spans = [one.span for one in electricity.tariff if day in one.days]
        cuts = sorted({0, MINUTES_A_DAY, *(span.from_minute for span in spans), *(span.to_minute for span in spans)})
        prices = [(begin, end, tariff_price(electricity, day, begin)) for begin, end in pairwise(cuts)]
        days.append([Span(begin, end) for begin, end, price in prices if price is not None and price > most])
    return week_of(days)


def tariff_price(electricity: Electricity, day: int, minute: int) -> float | None:
    """What a kWh costs at a minute of a day of the week, by the table: the first span that has it, or `price`."""
    for one in electricity.tariff:
        if day in one.days and one.span.from_minute <= minute < one.span.to_minute:
            return one.price
    return electricity.price


def price_at(electricity: Electricity, now: float, zone: tzinfo | None) -> float | None:
    """The same at a moment in Unix seconds."""
    day, minute = divmod(_week_seconds(now, zone) // 60, MINUTES_A_DAY)
    return tariff_price(electricity, day, minute)


def next_midnight(now: float, zone: tzinfo | None) -> float:
    """When the day on the wall ends, or where it has no midnight, when the next one begins."""
    wall = datetime.fromtimestamp(now, zone)
    tomorrow = wall.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
    return tomorrow.timestamp()


def _week_seconds(now: float, zone: tzinfo | None) -> int:
    wall = datetime.fromtimestamp(now, zone)
    return ((wall.weekday() * 24 + wall.hour) * 60 + wall.minute) * 60 + wall.second


def _clock_change(after: float, until: float, zone: tzinfo | None) -> float | None:
    """When the clock on the wall is put forward or back first in this time, to the second."""
    begin = after
    while begin < until:
        end = min(begin + _DAY_SECONDS, until)
        offset = _offset(begin, zone)
        if _offset(end, zone) != offset:
            while end - begin > _AS_NEAR_AS_SECONDS:
                middle = (begin + end) / 2
                begin, end = (middle, end) if _offset(middle, zone) == offset else (begin, middle)
            return float(round(end))
        begin = end
    return None


def _offset(now: float, zone: tzinfo | None) -> timedelta | None:
    wall = datetime.fromtimestamp(now, zone)
    return (wall if zone is not None else wall.astimezone()).utcoffset()
