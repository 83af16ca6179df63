"""Hours of a week: what they hold, and when that changes next, in every zone and over changes of the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.policy.week import Week, dear_week, next_midnight, price_at, week_of
from core.protocol.node_rules import MINUTES_A_DAY, Electricity, Span, TariffSpan

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Havana", "Australia/Lord_Howe")]
EVENINGS = [[Span(18 * 60, MINUTES_A_DAY)] for _ in range(7)]


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def wall(moment: float | None, zone: ZoneInfo = BERLIN) -> str:
    assert moment is not None
    return datetime.fromtimestamp(moment, zone).isoformat()


def spans() -> st.SearchStrategy[Span]:
    begins, lengths = st.integers(0, MINUTES_A_DAY - 1), st.integers(1, MINUTES_A_DAY)
    return st.builds(lambda begin, length: Span(begin, min(begin + length, MINUTES_A_DAY)), begins, lengths)


weeks = st.lists(st.lists(spans(), max_size=4), min_size=7, max_size=7)
# Around both changes of the clock of those zones in 2026, and any other week.
moments = st.one_of(
    st.integers(int(at("2026-03-05T00:00")), int(at("2026-04-08T00:00"))),
    st.integers(int(at("2026-10-01T00:00")), int(at("2026-11-05T00:00"))),
).map(float)


@settings(max_examples=40)
@given(days=weeks, now=moments, zone=st.sampled_from(ZONES))
def test_the_next_change_is_the_first_moment_at_which_the_answer_is_another(
    days: list[list[Span]], now: float, zone: ZoneInfo
) -> None:
    week = week_of(days)
    is_in, change = week.has(now, zone), week.next_change(now, zone)
    if change is not None:
        assert change > now and week.has(change, zone) != is_in and week.has(change - 1, zone) == is_in
    until = now + 8 * 86_400 if change is None else change
    minute = now - now % 60 + 60
    while minute < until:
        assert week.has(minute, zone) == is_in
        minute += 60 * 7  # not a divisor of an hour: every minute of it comes up over the days


@settings(max_examples=40)
@given(days=weeks, now=moments)
def test_a_week_holds_what_its_spans_hold_however_they_overlap(days: list[list[Span]], now: float) -> None:
    moment = datetime.fromtimestamp(now, BERLIN)
    minute = moment.hour * 60 + moment.minute
    expected = any(span.from_minute <= minute < span.to_minute for span in days[moment.weekday()])
    assert week_of(days).has(now, BERLIN) == expected


def test_spans_that_touch_over_midnight_and_sunday_are_one() -> None:
    always = week_of([[Span(0, 720), Span(720, MINUTES_A_DAY)] for _ in range(7)])
    assert always == Week(((0, 7 * MINUTES_A_DAY),), ()) and always.next_change(at("2026-11-29T23:59"), BERLIN) is None
    over_sunday: list[list[Span]] = [[] for _ in range(7)]
    over_sunday[6], over_sunday[0] = [Span(1380, MINUTES_A_DAY)], [Span(0, 60)]
    week = week_of(over_sunday)
    assert wall(week.next_change(at("2026-11-29T23:30"), BERLIN)) == "2026-11-30T01:00:00+01:00"
    assert wall(week.next_change(at("2026-11-30T01:00"), BERLIN)) == "2026-12-06T23:00:00+01:00"


def test_no_hours_at_all_are_never_and_never_change() -> None:
    never = week_of([[] for _ in range(7)])
    assert not never.has(at("2026-11-29T12:00"), BERLIN)
    assert never.next_change(at("2026-11-29T12:00"), BERLIN) is None


def test_an_hour_that_is_left_out_ends_what_lies_in_it_when_the_clock_is_put_forward() -> None:
    week = week_of([[Span(60, 150)] for _ in range(7)])  # to 02:30, which 2026-03-29 doesn't have
    assert wall(week.next_change(at("2026-03-29T01:30"), BERLIN)) == "2026-03-29T03:00:00+02:00"


def test_an_hour_that_comes_twice_is_shared_twice() -> None:
    week = week_of([[Span(120, 150)] for _ in range(7)])  # 02:00 to 02:30
    first = week.next_change(at("2026-10-25T01:00"), BERLIN)
    assert wall(first) == "2026-10-25T02:00:00+02:00"
    ends = week.next_change(first or 0, BERLIN)
    again = week.next_change(ends or 0, BERLIN)
    assert (wall(ends), wall(again)) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00")


def test_without_a_zone_the_machines_own_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        week = week_of(EVENINGS)
        now = at("2026-11-29T12:00", ZoneInfo("Asia/Kathmandu"))
        assert not week.has(now, None)
        assert week.next_change(now, None) == at("2026-11-29T18:00", ZoneInfo("Asia/Kathmandu"))
        assert next_midnight(now, None) == at("2026-11-30T00:00", ZoneInfo("Asia/Kathmandu"))
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_day_without_a_midnight_ends_when_the_next_begins() -> None:
    havana = ZoneInfo("America/Havana")  # 2026-03-08 begins at 01:00
    assert wall(next_midnight(at("2026-03-07T20:00", havana), havana), havana) == "2026-03-08T01:00:00-04:00"


def test_a_tariff_is_dear_where_its_first_span_says_so() -> None:
    working = TariffSpan([0, 1, 2, 3, 4], Span(8 * 60, 20 * 60), 0.4)
    noon = TariffSpan([2], Span(12 * 60, 13 * 60), 0.1)  # after the first, which has noon already
    electricity = Electricity("EUR", 0.2, [working, noon], most=0.3)
    week = dear_week(electricity)
    assert week is not None and len(week.spans) == 5
    wednesday = at("2026-12-02T12:30")
    assert price_at(electricity, wednesday, BERLIN) == 0.4 and week.has(wednesday, BERLIN)
    assert wall(week.next_change(wednesday, BERLIN)) == "2026-12-02T20:00:00+01:00"
    assert price_at(electricity, at("2026-12-05T12:30"), BERLIN) == 0.2


@settings(max_examples=40)
@given(
    tariff=st.lists(
        st.builds(TariffSpan, st.lists(st.integers(0, 6), min_size=1), spans(), st.sampled_from([0.1, 0.3, 0.5])),
        max_size=6,
    ),
    price=st.sampled_from([None, 0.2, 0.4]),
    now=moments,
)
def test_the_dear_hours_are_those_whose_price_is_over_the_owners(
    tariff: list[TariffSpan], price: float | None, now: float
) -> None:
    electricity = Electricity("EUR", price, tariff, most=0.3)
    week, priced = dear_week(electricity), price_at(electricity, now, BERLIN)
    assert (week is not None and week.has(now, BERLIN)) == (priced is not None and priced > 0.3)
