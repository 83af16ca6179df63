"""What each GPU did over the last days, for its owner: a table of the journal with a row a span, and a day of it.

A row is begun when something changes and made longer while it doesn't (agent/day_keeper.py). The clock on the wall may
be set meanwhile: of rows that tell of the same time the one that was begun last is right.
"""

import re
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

import msgspec

from agent.doings import Device
from core.clock import DAY_SECONDS, rfc3339
from core.protocol.node_day import DayLane, DaySpan, Doing, NodeDay

TABLE = """
CREATE TABLE IF NOT EXISTS doings (
  id INTEGER PRIMARY KEY, place INTEGER NOT NULL, gpu_uuid TEXT, model TEXT, doing TEXT NOT NULL,
  begun_at REAL NOT NULL, until REAL NOT NULL
)
"""
INDEX = "CREATE INDEX IF NOT EXISTS doings_until ON doings (until)"
KEPT_SECONDS = 8 * DAY_SECONDS
_DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)
MOST_ROWS = 100_000  # 6 MiB: eight days of four GPUs whose units take half a minute each


class Span(msgspec.Struct):
    """A device did this from a moment until another (Unix seconds). `place` is its number on the machine, `id` that of
    the row, None before it is written."""

    device: Device
    place: int
    doing: Doing
    begun_at: float
    until: float
    id: int | None = None


def write(connection: sqlite3.Connection, spans: Iterable[Span], now: float) -> list[int]:
    """Within the caller's transaction: write what is new, make longer what was written, forget what is old. Gives the
    rows' ids."""
    ids = []
    for span in spans:
        if span.id is None:
            row = (span.place, span.device.gpu_uuid, span.device.model, span.doing.value, span.begun_at, span.until)
            inserted = connection.execute(
                "INSERT INTO doings (place, gpu_uuid, model, doing, begun_at, until) VALUES (?, ?, ?, ?, ?, ?) "
                "RETURNING id",
                row,
            )
            ids.append(int(inserted.fetchone()["id"]))
        else:
            connection.execute("UPDATE doings SET until = ? WHERE id = ?", (span.until, span.id))
            ids.append(span.id)
    connection.execute("DELETE FROM doings WHERE until < ?", (now - KEPT_SECONDS,))
    connection.execute("DELETE FROM doings WHERE id <= (SELECT max(id) FROM doings) - ?", (MOST_ROWS,))
    return ids


def read(connection: sqlite3.Connection, begins_at: float, ends_at: float) -> list[Span]:
    """What was told of this time, in the order in which it was begun."""
    rows = connection.execute(
        "SELECT * FROM doings WHERE until > ? AND begun_at < ? ORDER BY id", (begins_at, ends_at)
    ).fetchall()
    return [
        Span(
            Device(row["gpu_uuid"], row["model"]),
            row["place"],
            Doing(row["doing"]),
            row["begun_at"],
            row["until"],
            row["id"],
        )
        for row in rows
    ]


def day_named(text: str) -> date:
    """`2026-04-01` as a day. Raises ValueError, also for one of another century."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text!r} is not written like 2026-04-01")
    return date.fromisoformat(text)


def today(now: float, zone: tzinfo | None) -> date:
    """The day on the wall; `zone` None is the machine's."""
    return datetime.fromtimestamp(now, zone).date()


def bounds(day: date, zone: tzinfo | None) -> tuple[float, float]:
    """When a day on the wall begins and ends, in Unix seconds."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def day_of(spans: Sequence[Span], day: date, now: float, zone: tzinfo | None) -> NodeDay:
    """The day that these spans tell of, in the order in which they were begun."""
    begins_at, ends_at = bounds(day, zone)
    end = min(ends_at, now)
    by_uuid: dict[str | None, list[Span]] = {}
    for span in spans:
        cut = msgspec.structs.replace(span, begun_at=max(span.begun_at, begins_at), until=min(span.until, end))
        by_uuid.setdefault(span.device.gpu_uuid, []).append(cut)
    lanes = sorted(by_uuid.values(), key=lambda told: (told[-1].place, told[-1].device.gpu_uuid or ""))
    return NodeDay(
        day.isoformat(),
        rfc3339(begins_at),
        rfc3339(ends_at),
        rfc3339(now),
        [lane for lane in map(_lane, lanes) if lane.spans],
    )


def settled(spans: Iterable[Span]) -> list[Span]:
    """One device's spans in order, none over another: a later one of the list takes its time from those before it. What
    goes on is one span."""
    laid: list[Span] = []
    for span in spans:
        if span.begun_at >= span.until:
            continue
        first = bisect_right(laid, span.begun_at, key=lambda one: one.until)
        last = bisect_left(laid, span.until, key=lambda one: one.begun_at)
        under = laid[first:last]
        left = [msgspec.structs.replace(one, until=span.begun_at) for one in under[:1] if one.begun_at < span.begun_at]
        right = [msgspec.structs.replace(one, begun_at=span.until) for one in under[-1:] if one.until > span.until]
        laid[first:last] = [*left, span, *right]
    joined: list[Span] = []
    for span in laid:
        if joined and joined[-1].until == span.begun_at and joined[-1].doing == span.doing:
            joined[-1] = msgspec.structs.replace(joined[-1], until=span.until)
        else:
            joined.append(span)
    return joined


def _lane(told: list[Span]) -> DayLane:
    device = told[-1].device
    spans = [DaySpan(one.doing, rfc3339(one.begun_at), rfc3339(one.until)) for one in settled(told)]
    return DayLane(device.gpu_uuid, device.model, spans)


def _midnight(day: date, zone: tzinfo | None) -> float:
    """The day's first moment, also where the clock is put forward at midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
