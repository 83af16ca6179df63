"""What nodes tell of their self-tests, as it is kept: the newest of each, and what follows for a job's preview.

It is a node's own word. It decides nothing by itself: how far a node is trusted needs verified work too (`tiers.py`).
"""

import msgspec

from ..clock import rfc3339
from ..protocol.self_test import CheckResult, MeasuredSpeed, SelfTestReport, SelfTestSummary, all_passed
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql

SQL = named_sql(__file__, "self_tests")
LINE_TESTS_A_DAY = 24
HEARD_SECONDS = 86_400.0
MEASURED_SECONDS = 30 * 86_400.0
DAY_SECONDS = 86_400


def note_self_test(tx: Transaction, node_id: int, report: SelfTestReport, now: float) -> None:
    """Keeps what a node (its internal id) told, in place of what it told before. Checks of a kind or state that is not
    known here, as newer nodes may have, are left out."""
    known = [check for check in report.checks if check.kind.is_known and check.state.is_known]
    SQL.note_self_test(
        tx.connection,
        node_id=node_id,
        finished_at=max(0.0, now - report.seconds_ago),
        passed=int(all_passed(known)),
        checks=msgspec.json.encode(known).decode(),
        speed=msgspec.json.encode(report.speed).decode(),
        line_rate=line_rate(report.speed),
    )


def line_rate(speed: MeasuredSpeed) -> float | None:
    """Bytes a second that go over a line when as many come as go: the harmonic mean of both ways. None if a way was not
    measured, or nothing went over it."""
    down, up = speed.download_rate, speed.upload_rate
    return 2 / (1 / down + 1 / up) if down and up else None


def summary_of(row: Row) -> SelfTestSummary | None:
    """The self-test in a row with `tested_at`, `test_passed`, `test_checks` and `test_speed`; None where there is
    none."""
    if row["tested_at"] is None:
        return None
    return SelfTestSummary(
        passed=bool(row["test_passed"]),
        finished_at=rfc3339(row["tested_at"]),
        checks=msgspec.json.decode(row["test_checks"], type=list[CheckResult]),
        speed=msgspec.json.decode(row["test_speed"], type=MeasuredSpeed),
    )


def median_line_rate(connection: Connection, now: float) -> float | None:
    """Bytes a second that the median node manages, of those that were heard of within a day and measured their line
    within thirty; None where no node has."""
    rate: float | None = SQL.median_line_rate(
        connection, heard_since=now - HEARD_SECONDS, measured_since=now - MEASURED_SECONDS
    )
    return rate


def count_line_test(tx: Transaction, node_id: int, now: float) -> int:
    """Counts a test of a node's line; how many more it may make on this UTC day. Below 0: this one was too much."""
    return LINE_TESTS_A_DAY - int(SQL.count_line_test(tx.connection, node_id=node_id, day=int(now // DAY_SECONDS)))
