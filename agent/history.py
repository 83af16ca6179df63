"""Every attempt that was ever leased to this node, for its owner: a table of the journal, written with what it tells.

A row is begun with the lease and closed by whatever ends the attempt, in the journal's own transactions, so that a kill
leaves no gap. The words are this node's own: what a customer's code or package says is in none of them.
"""

import sqlite3
from collections.abc import Iterable

import msgspec

from agent.attempt import AttemptRecord
from core.clock import rfc3339, rfc3339_or_none
from core.printable import printable
from core.protocol.node import AnyReport, CompletedReport, FailedReport, Fault, ReleasedReport
from core.protocol.node_control import UnitMay
from core.protocol.node_history import History, PastUnit, UnitOutcome

TABLE = """
CREATE TABLE IF NOT EXISTS history (
  id INTEGER PRIMARY KEY, attempt_id TEXT NOT NULL UNIQUE, begun BLOB NOT NULL, leased_at REAL NOT NULL,
  started_at REAL, ended_at REAL, ended BLOB, wiped_at REAL
)
"""
_WORDS = 200
_NOT_RUN_HERE = {
    "agent": "a fault of the node program",
    "box": "its box could not be started",
    "checkpoint": "the checkpoint it begins with can't be loaded",
    "data": "its files could not be fetched",
    "disk": "the disk took no more",
    "driver": "the GPU or its driver failed",
    "environment": "what its package requires could not be installed",
    "killed": "something else on this machine killed it",
    "machine": "the machine ran short of memory or disk",
    "python": "no Python here is what its package asks for",
    "upload": "its result could not be brought to the server",
    "wall_clock": "it was given more time too late",
}


class Change(msgspec.Struct, frozen=True):
    """Something that belongs into the history of an attempt."""

    attempt_id: str


class Begun(Change, frozen=True, kw_only=True):
    """It was leased to this node. What is known of it already stays as it is."""

    unit_id: str
    role: str
    number: int
    package_digest: str
    gpu_uuid: str | None
    gpu: str | None
    may: UnitMay


class Started(Change, frozen=True):
    """Its code runs for the first time."""


class Ended(Change, frozen=True, kw_only=True):
    """It is over."""

    outcome: UnitOutcome
    words: str
    run_seconds: float
    bytes_in: int
    bytes_out: int
    energy_joules: float | None = None


class Wiped(Change, frozen=True):
    """Nothing of it is left on the disk."""


def outcome_of(report: AnyReport) -> tuple[UnitOutcome, str]:
    """How an attempt that was closed by this report ended, and in words."""
    match report:
        case CompletedReport():
            return UnitOutcome.COMPLETED, "completed"
        case ReleasedReport():
            return UnitOutcome.GIVEN_BACK, f"given back: {_plain(report.reason)}"
        case FailedReport() if report.fault is Fault.CUSTOMER:
            return UnitOutcome.FAILED, f"the customer's code failed ({_plain(report.code)})"
        case FailedReport():
            return UnitOutcome.NOT_RUN_HERE, _NOT_RUN_HERE.get(report.code, f"could not be run here ({report.code})")
        case _:
            raise ValueError(f"a report of kind {type(report).__name__} closes no attempt")


def taken_back(reason: str) -> tuple[UnitOutcome, str]:
    """The server ended it; the reason is its own words."""
    return UnitOutcome.TAKEN_BACK, f"the server took it back: {_plain(reason)}".rstrip(": ")


def write(connection: sqlite3.Connection, changes: Iterable[Change], now: float) -> None:
    """Within the caller's transaction. `now` is in Unix seconds."""
    for change in changes:
        key = change.attempt_id
        match change:
            case Begun():
                connection.execute(
                    "INSERT OR IGNORE INTO history (attempt_id, begun, leased_at) VALUES (?, ?, ?)",
                    (key, msgspec.json.encode(change), now),
                )
            case Started():
                connection.execute(
                    "UPDATE history SET started_at = ? WHERE attempt_id = ? AND started_at IS NULL", (now, key)
                )
            case Ended():
                connection.execute(
                    "UPDATE history SET ended_at = ?, ended = ? WHERE attempt_id = ?",
                    (now, msgspec.json.encode(change), key),
                )
            case Wiped():
                connection.execute("UPDATE history SET wiped_at = ? WHERE attempt_id = ?", (now, key))


def wipe_ended(connection: sqlite3.Connection, now: float) -> None:
    """Note, within the caller's transaction, that nothing is left of any attempt that is over: a start removes it."""
    connection.execute("UPDATE history SET wiped_at = ? WHERE ended_at IS NOT NULL AND wiped_at IS NULL", (now,))


def page(connection: sqlite3.Connection, *, before: int | None, limit: int) -> History:
    """The newest attempts, or those before the one with this id. Of one that is not over, bytes and seconds are those
    that the journal knows."""
    rows = connection.execute(
        "SELECT h.*, a.record FROM history h LEFT JOIN attempts a ON a.attempt_id = h.attempt_id "
        "WHERE (? IS NULL OR h.id < ?) ORDER BY h.id DESC LIMIT ?",
        (before, before, limit + 1),
    ).fetchall()
    data = [_past_unit(row) for row in rows[:limit]]
    return History(data, data[-1].id if len(rows) > limit else None)


def _past_unit(row: sqlite3.Row) -> PastUnit:
    begun = msgspec.json.decode(row["begun"], type=Begun)
    ended = None if row["ended"] is None else msgspec.json.decode(row["ended"], type=Ended)
    record = None if row["record"] is None else msgspec.json.decode(row["record"], type=AttemptRecord)
    numbers = ended or record
    return PastUnit(
        id=row["id"],
        attempt_id=begun.attempt_id,
        unit_id=begun.unit_id,
        role=begun.role,
        number=begun.number,
        package_digest=begun.package_digest,
        gpu_uuid=begun.gpu_uuid,
        gpu=begun.gpu,
        may=begun.may,
        leased_at=rfc3339(row["leased_at"]),
        started_at=rfc3339_or_none(row["started_at"]),
        ended_at=rfc3339_or_none(row["ended_at"]),
        outcome=ended.outcome if ended is not None else None,
        words=ended.words if ended is not None else "",
        run_seconds=round(numbers.run_seconds, 1) if numbers is not None else 0.0,
        bytes_in=numbers.bytes_in if numbers is not None else 0,
        bytes_out=numbers.bytes_out if numbers is not None else 0,
        energy_joules=numbers.energy_joules if numbers is not None else None,
        wiped_at=rfc3339_or_none(row["wiped_at"]),
    )


def _plain(text: str) -> str:
    """Words from outside, as a line that can be shown."""
    return printable(" ".join(text.split())[:_WORDS])
