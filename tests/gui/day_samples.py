"""A day as a node tells it, for tests of what shows it: that of the picture in the design."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from core.clock import rfc3339
from core.protocol.node_day import DayLane, DaySpan, Doing, NodeDay

DAY = date(2026, 11, 24)
Told = Sequence[tuple[str, Doing, str]]

MORNING: Told = [
    ("00:00", Doing.PAUSED_BY_YOU, "07:00"),
    ("07:00", Doing.OUTSIDE_HOURS, "09:00"),
    ("09:12", Doing.WAITING, "09:20"),
]
FIRST: Told = [
    *MORNING,
    *((f"{hour:02}:20", Doing.WORKING, f"{hour:02}:24") for hour in (9, 10, 11)),
    ("11:24", Doing.WAITING, "12:00"),
    ("12:00", Doing.OUTSIDE_HOURS, "13:00"),
    ("13:00", Doing.NOT_CONNECTED, "13:10"),
    ("13:10", Doing.WORKING, "14:13"),
]
SECOND: Told = [*MORNING, ("09:20", Doing.WAITING, "13:48"), ("13:48", Doing.PAUSED_BY_RULE, "14:13")]


def at(clock: str, day: date = DAY, zone: tzinfo | None = None) -> float:
    """A moment of the day by the clock on the wall, in Unix seconds; `24:00` is its end."""
    hour, minute = map(int, clock.split(":"))
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()


def lane(told: Told, uuid: str | None, gpu: str | None, day: date = DAY, zone: tzinfo | None = None) -> DayLane:
    spans = [DaySpan(doing, rfc3339(at(begin, day, zone)), rfc3339(at(end, day, zone))) for begin, doing, end in told]
    return DayLane(uuid, gpu, spans)


def a_day(*lanes: DayLane, day: date = DAY, zone: tzinfo | None = None) -> NodeDay:
    """Of the machine of node_samples, unless other lanes are given."""
    mine = (
        lane(FIRST, "GPU-a", "NVIDIA GeForce RTX 4090", day, zone),
        lane(SECOND, "GPU-b", "NVIDIA GeForce RTX 3060", day, zone),
    )
    begins, ends, told = (rfc3339(at(clock, day, zone)) for clock in ("00:00", "24:00", "14:13"))
    return NodeDay(day.isoformat(), begins, ends, told, list(lanes or mine))
