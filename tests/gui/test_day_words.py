"""A day of a node as it is drawn: its moments, names and words, also of one that tells nonsense."""

from datetime import date
from zoneinfo import ZoneInfo

import msgspec
import pytest

from core.protocol.node_control import NodeState
from core.protocol.node_day import DaySpan, Doing
from gui.day_words import ShownDay, lane_words, shown_day, span_words

from .access_samples import HOSTILE
from .day_samples import FIRST, a_day, at, lane
from .node_samples import gpus, status

BERLIN = ZoneInfo("Europe/Berlin")
HERE = status(NodeState.BUSY, gpus=gpus())


def shown() -> ShownDay:
    day = shown_day(a_day(), HERE)
    assert day is not None
    return day


def test_gpus_have_their_numbers_and_one_that_is_gone_its_model() -> None:
    told = a_day(lane([], "GPU-b", "RTX"), lane([], "GPU-z", "NVIDIA GeForce GTX 1080"), lane([], None, None))
    day = shown_day(told, HERE)
    assert day is not None and [one.name for one in day.lanes] == ["GPU 1", "GTX 1080", "CPU"]


def test_a_span_and_a_lane_in_words() -> None:
    day = shown()
    first, second = day.lanes
    assert span_words(day, second, second.spans[-1]) == "GPU 1 · 13:48–14:13 · paused by a rule · 25 min"
    assert lane_words(first).startswith("GPU 0: working 1 h 15 min, shared, waiting for work 44 min, paused by you 7 h")


def test_the_end_of_the_day_is_24() -> None:
    day = shown_day(a_day(lane([("23:00", Doing.WAITING, "24:00")], None, None)), None)
    assert day is not None and "23:00–24:00" in span_words(day, day.lanes[0], day.lanes[0].spans[0])


@pytest.mark.parametrize(("wanted", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_hours_are_those_of_the_clock_on_the_wall(wanted: date, hours: int) -> None:
    day = shown_day(a_day(day=wanted, zone=BERLIN), HERE, BERLIN)
    assert day is not None and day.ends - day.begins == hours * 3600
    assert day.hours[12] == at("12:00", wanted, BERLIN) and day.hours[12] - day.hours[0] == (hours - 12) * 3600
    assert list(day.hours) == sorted(day.hours)


def test_what_a_node_tells_in_disorder_is_put_in_order_or_left_out() -> None:
    told = lane(
        [("09:00", Doing.WORKING, "10:00"), ("09:30", Doing.WAITING, "11:00"), ("08:00", Doing.WAITING, "09:00")],
        "G",
        HOSTILE,
    )
    wrong = [
        DaySpan(Doing("dancing"), "soon", "later"),
        DaySpan(Doing.WORKING, "2026-11-24T10:00:00", "2026-11-24T11:00:00"),
    ]
    beyond = lane([("00:00", Doing.WORKING, "24:00")], None, None, date(2026, 11, 23))
    day = shown_day(a_day(msgspec.structs.replace(told, spans=[*told.spans, *wrong]), beyond), None)
    assert day is not None
    first, second = day.lanes
    assert [(one.begins, one.ends) for one in first.spans] == [(at("09:00"), at("10:00")), (at("10:00"), at("11:00"))]
    assert second.spans == () and HOSTILE not in first.name


def test_a_doing_of_a_newer_node_keeps_its_name() -> None:
    day = shown_day(a_day(lane([("09:00", Doing("dreaming\x1b[1m"), "10:00")], "G", "model")), None)
    assert day is not None and "dreaming" in span_words(day, day.lanes[0], day.lanes[0].spans[0])
    assert "\x1b" not in span_words(day, day.lanes[0], day.lanes[0].spans[0])


@pytest.mark.parametrize(
    "change",
    [
        {"day": "today"},
        {"begins_at": ""},
        {"ends_at": "2026-11-24T00:00:00Z"},
        {"day": "2026-11-20"},
        {"day": "0001-01-01"},
    ],
)
def test_what_is_no_day_is_not_shown(change: dict[str, str]) -> None:
    assert shown_day(msgspec.structs.replace(a_day(), **change), HERE) is None


def test_the_samples_are_what_they_say() -> None:
    assert [(one.begins, one.doing) for one in shown().lanes[0].spans] == [
        (at(begin), doing) for begin, doing, _ in FIRST
    ]
