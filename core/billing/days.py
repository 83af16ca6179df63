"""UTC days as numbers since 1970, as text, and as spans of time and of the ledger's entries."""

import re
from datetime import UTC, date, datetime, timedelta

import msgspec

from ..store.sqlite import Connection
from .ledger import DAY_SECONDS, SQL

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH = date(1970, 1, 1)
NO_END = 2**62


class Span(msgspec.Struct, frozen=True):
    """Days in a row, both inclusive (since 1970), and the ledger's entries of them: those from `first` to before `past`
    whose time lies in them."""

    first_day: int
    last_day: int
    first: int
    past: int

    @property
    def since(self) -> float:
        """The first moment, in Unix seconds."""
        return float(self.first_day * DAY_SECONDS)

    @property
    def until(self) -> float:
        """The moment after the last."""
        return float((self.last_day + 1) * DAY_SECONDS)


def span_of_days(connection: Connection, first_day: int, last_day: int) -> Span:
    """The span from a day to another; empty where nothing was written."""
    row = SQL.entries_of_days(connection, first_day=first_day, last_day=last_day, newest=NO_END)
    return Span(first_day, last_day, row["first"] or 0, row["past"] or 0)


def day_of(seconds: float) -> int:
    """The day of a moment in Unix seconds."""
    return int(seconds // DAY_SECONDS)


def day_text(day: int) -> str:
    """`2026-04-01`."""
    return (_EPOCH + timedelta(days=day)).isoformat()


def day_from(text: str) -> int | None:
    """The day of `2026-04-01`; None for what is no day of the calendar."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        return None


def month_of(now: float) -> tuple[str, int, int]:
    """The UTC month of a moment: its name (`2026-04`), its first day and its last."""
    first = datetime.fromtimestamp(now, UTC).date().replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return f"{first:%Y-%m}", (first - _EPOCH).days, (following - _EPOCH).days - 1
