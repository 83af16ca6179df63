"""Charged units as CSV, a few rows at a time, for spreadsheets that must not take a cell for a formula."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

import msgspec

from ..clock import credits_text, rfc3339
from ..errors import ApiError, ErrorCode, validation_failed
from ..store.sqlite import Connection, Row, named_sql
from .days import Span, day_from, span_of_days
from .ledger import SQL as LEDGER_SQL
from .ledger import AccountKind

SQL = named_sql(__file__, "usage")
MOST_DAYS = 90
ROWS_AT_ONCE = 200
COLUMNS = (
    "charged_at",
    "training_job_id",
    "job_name",
    "training_package_id",
    "package_name",
    "compute_unit_id",
    "role",
    "kind",
    "rate_class",
    "seconds",
    "charged_micro",
    "charged",
    "returned_micro",
    "returned",
)
# What makes a spreadsheet calculate, in either width, where a cell begins, or would where the separator is a semicolon;
# also behind quotes, spaces and marks that can't be seen (OWASP, CSV injection).
_UNSEEN = r"\s\"'`\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_BEGINS = r"=+\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
_FORMULA = re.compile(f"(^|;)([{_UNSEEN}]*)([{_BEGINS}])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class ExportPlace(msgspec.Struct, frozen=True):
    """How far an export has come: the last entry it told."""

    entry_id: int = 0


def export_days(date_from: str | None, date_to: str | None) -> tuple[int, int]:
    """The days of an export (since 1970), both inclusive.

    Raises VALIDATION_FAILED with a row for each that is no date, and where the first is after the last;
    EXPORT_RANGE_TOO_LARGE for over 90 days.
    """
    given = {"date_from": date_from, "date_to": date_to}
    days = {name: None if text is None else day_from(text) for name, text in given.items()}
    first, last = days["date_from"], days["date_to"]
    if first is None or last is None:
        bad = [name for name, day in days.items() if day is None]
        raise validation_failed(**dict.fromkeys(bad, "must be a date such as 2026-04-30"))
    if first > last:
        raise validation_failed(date_from="is after date_to")
    if last - first + 1 > MOST_DAYS:
        raise ApiError(ErrorCode.EXPORT_RANGE_TOO_LARGE)
    return first, last


def export_head() -> bytes:
    """The first line: the columns' names."""
    return _csv([COLUMNS])


def export_rows(
    connection: Connection, customer_id: int, first_day: int, last_day: int, place: ExportPlace
) -> tuple[bytes, ExportPlace | None]:
    """The next lines, oldest first, and where to go on; None behind the last. Rows that come in meanwhile are told if
    they belong to these days."""
    account = LEDGER_SQL.account_of(connection, kind=AccountKind.AVAILABLE.value, customer_id=customer_id)
    if account is None:
        return b"", None
    span = span_of_days(connection, first_day, last_day)
    rows = _rows(connection, account["id"], span, place)
    lines = _csv(_cells(row) for row in rows)
    return lines, ExportPlace(rows[-1]["entry_id"]) if len(rows) == ROWS_AT_ONCE else None


def _rows(connection: Connection, account_id: int, span: Span, place: ExportPlace) -> list[Row]:
    rows: list[Row] = SQL.charged_units(
        connection,
        account_id=account_id,
        after=place.entry_id,
        first=span.first,
        past=span.past,
        since=span.since,
        until=span.until,
        limit=ROWS_AT_ONCE,
    )
    return rows


def _cells(row: Row) -> Iterator[str]:
    """In the order of the columns. Amounts are never negative: what a customer paid, and what of it came back since."""
    charged = row["charged_micro"]
    returned = 0 if row["kept_micro"] is None else charged - row["kept_micro"]
    yield rfc3339(row["created_at"])
    for name in ("job_id", "job_name", "package_id", "package_name", "unit_id", "role", "kind", "rate_class"):
        yield plain_cell(row[name] or "")
    yield f"{row['seconds'] or 0:.3f}"
    yield str(charged)
    yield credits_text(charged)
    yield str(returned)
    yield credits_text(returned)


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet calculates: an apostrophe stands before what would begin a formula, and what can't be
    printed is a space."""
    return _FORMULA.sub(r"\1\2'\3", _CONTROL.sub(" ", text))


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
