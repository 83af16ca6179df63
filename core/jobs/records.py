"""What a unit's code says while it runs: log lines and metric points, kept within the customer's limits."""

from typing import Any

import msgspec

from ..accounts.limits import Limits
from ..clock import rfc3339
from ..events.events import EventKind, record
from ..protocol.customer import LogRow, MetricRow
from ..protocol.node import LogLine, MetricPoint
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from .attempts import SQL as ATTEMPTS_SQL
from .attempts import Attempt
from .units import Unit

SQL = named_sql(__file__, "records")
METRICS_A_POINT = 1_000
# An event names so many rows at most, so that whoever reads a stream never has to hold more than this at a time
LINES_AN_EVENT = 200
LOG_BYTES_AN_EVENT = 65_536
VALUES_AN_EVENT = 2_000
METRICS_ROLE = "evaluate"
STREAMS = ("stdout", "stderr", "platform")
FULL = "the log is full: {limit} bytes a unit are kept, what follows is left out"


def append_log(tx: Transaction, unit: Unit, attempt: Attempt, lines: list[LogLine], limits: Limits, now: float) -> None:
    """Keeps the lines that are new, in order, until the unit's limit; then one marker and no more."""
    new = [line for line in lines if line.number > attempt.log_through]
    if not new:
        return
    number, size = unit.log_number, unit.log_bytes
    rows = []
    for line in new:
        if size > limits.log_bytes_per_unit:
            break
        text = _cut(line.text, limits.log_line_bytes)
        stream = line.stream if line.stream in STREAMS else "platform"
        size += len(text.encode()) + 1
        if size > limits.log_bytes_per_unit:
            stream, text = "platform", FULL.format(limit=limits.log_bytes_per_unit)
        number += 1
        rows.append(_line_row(unit, attempt, number, stream, text, now))
    _store_lines(tx, unit, attempt, rows, number, size, now)
    ATTEMPTS_SQL.set_log_through(tx.connection, id=attempt.id, log_through=new[-1].number)


def _cut(text: str, limit_bytes: int) -> str:
    """The text as UTF-8 of at most so many bytes, with a mark where something was cut off."""
    raw = text.encode("utf-8", "replace")
    return raw.decode() if len(raw) <= limit_bytes else raw[:limit_bytes].decode("utf-8", "ignore") + " …"


def say(tx: Transaction, unit: Unit, attempt: Attempt, text: str, now: float) -> None:
    """Adds a line of the platform's own, such as why the attempt was stopped, unless the node just said the same."""
    if SQL.last_text(tx.connection, unit_id=unit.id, attempt=attempt.number) == text:
        return
    number = unit.log_number + 1
    row = _line_row(unit, attempt, number, "platform", text, now)
    _store_lines(tx, unit, attempt, [row], number, unit.log_bytes, now)


def _line_row(unit: Unit, attempt: Attempt, number: int, stream: str, text: str, now: float) -> dict[str, Any]:
    return {
        "unit_id": unit.id,
        "number": number,
        "attempt": attempt.number,
        "stream": stream,
        "time": now,
        "text": text.encode("utf-8", "replace").decode(),
    }


def _store_lines(
    tx: Transaction, unit: Unit, attempt: Attempt, rows: list[dict[str, Any]], number: int, size: int, now: float
) -> None:
    if not rows:
        return
    SQL.add_lines(tx.connection, rows)
    SQL.count_lines(tx.connection, unit_id=unit.id, log_number=number, log_bytes=size)
    first, size = rows[0]["number"], 0
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        size += len(row["text"])
        if following is None or size >= LOG_BYTES_AN_EVENT or row["number"] - first + 1 >= LINES_AN_EVENT:
            _tell_rows(tx, EventKind.LOG, unit, attempt, first, row["number"], now)
            first, size = row["number"] + 1, 0


def _tell_rows(
    tx: Transaction, kind: EventKind, unit: Unit, attempt: Attempt, first: int, last: int, now: float
) -> None:
    payload = {"compute_unit_id": unit.public_id, "attempt": attempt.number, "first": first, "last": last}
    record(tx, kind, payload, customer_id=unit.customer_id, job_id=unit.job_id, now=now)


def append_metrics(
    tx: Transaction, unit: Unit, attempt: Attempt, points: list[MetricPoint], limits: Limits, now: float
) -> None:
    """Keeps the points that are new, in order, until the unit's limit."""
    new = [point for point in points if point.number > attempt.metric_through]
    if not new:
        return
    left = max(0, limits.metric_points_per_unit - unit.metric_points)
    kept = [point for point in new if len(point.values) <= METRICS_A_POINT][:left]
    if kept:
        last = SQL.next_points(tx.connection, job_id=unit.job_id, count=len(kept))
        first = last - len(kept) + 1
        rows = [
            {
                "job_id": unit.job_id,
                "number": first + offset,
                "unit_id": unit.id,
                "attempt": attempt.number,
                "step": point.step,
                "time": now,
                "values": msgspec.json.encode(point.values).decode(),
            }
            for offset, point in enumerate(kept)
        ]
        SQL.add_points(tx.connection, rows)
        SQL.count_points(tx.connection, unit_id=unit.id, count=len(kept))
        if unit.role == METRICS_ROLE:
            _keep_last_values(tx, unit.job_id, kept)
        values = 0
        for offset, point in enumerate(kept):
            values += max(1, len(point.values))
            if values >= VALUES_AN_EVENT or point is kept[-1]:
                _tell_rows(tx, EventKind.METRIC, unit, attempt, first, last - len(kept) + 1 + offset, now)
                first, values = last - len(kept) + 2 + offset, 0
    ATTEMPTS_SQL.set_metric_through(tx.connection, id=attempt.id, metric_through=new[-1].number)


def log_text(connection: Connection, unit_id: int, attempt_number: int) -> bytes:
    """An attempt's log file: what the code wrote, a line each, as UTF-8."""
    rows = SQL.written_lines(connection, unit_id=unit_id, attempt=attempt_number)
    return "".join(f"{row['text']}\n" for row in rows).encode()


def log_rows(connection: Connection, unit_id: int, *, attempt: int | None, after: int, limit: int) -> list[LogRow]:
    """Lines of a unit after a number."""
    rows = SQL.lines(connection, unit_id=unit_id, attempt=attempt, after=after, limit=limit)
    return [LogRow(r["number"], r["attempt"], r["stream"], rfc3339(r["time"]), r["text"]) for r in rows]


def line_range(connection: Connection, unit_id: str, *, first: int, last: int) -> list[LogRow]:
    """The lines `first` to `last` of the unit with this public id."""
    rows = SQL.line_range(connection, unit_id=unit_id, first=first, last=last)
    return [LogRow(r["number"], r["attempt"], r["stream"], rfc3339(r["time"]), r["text"]) for r in rows]


def point_range(connection: Connection, job_id: int, *, first: int, last: int) -> list[MetricRow]:
    """The points `first` to `last` of a job."""
    rows = metric_rows(connection, job_id, after=first - 1, limit=last - first + 1)
    return [row for row in rows if row.number <= last]


def metric_rows(connection: Connection, job_id: int, *, after: int, limit: int) -> list[MetricRow]:
    """Points of a job after a number."""
    return [
        MetricRow(
            number=row["number"],
            compute_unit_id=row["unit_id"],
            attempt=row["attempt"],
            step=row["step"],
            time=rfc3339(row["time"]),
            values=msgspec.json.decode(row["point_values"]),
        )
        for row in SQL.points(connection, job_id=job_id, after=after, limit=limit)
    ]


def _keep_last_values(tx: Transaction, job_id: int, points: list[MetricPoint]) -> None:
    """Keeps the last value of each name beside the job, so that reading a job does not read its points."""
    values: dict[str, float] = msgspec.json.decode(SQL.last_values(tx.connection, job_id=job_id))
    for point in points:
        values.update(point.values)
    kept = dict(list(values.items())[-METRICS_A_POINT:])
    SQL.set_last_values(tx.connection, job_id=job_id, values=msgspec.json.encode(kept).decode())
