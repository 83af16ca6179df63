"""What a reader of a stream is told: events with the rows they name, a page at a time, and where the stream ends.

Nothing is kept between two pages: whoever reads slowly costs no memory.
"""

from typing import Any

import msgspec

from ..clock import rfc3339
from ..errors import ApiError, ErrorCode
from ..events.events import (
    EventKind,
    EventRow,
    Topic,
    events_of_customer,
    events_of_job,
    newest_of_customer,
    newest_of_job,
    topic_of_customer,
    topic_of_job,
)
from ..store.sqlite import Connection
from .jobs import SQL, job_status
from .read import READ_SQL
from .records import line_range, metric_rows
from .transitions import ACTIVE_JOBS

EVENTS_A_PAGE = 50
PAGE_BYTES = 131_072
GAP = "gap"


class Told(msgspec.Struct, frozen=True):
    """One event as it goes out: its number, the name of its kind, and its JSON."""

    number: int
    kind: str
    data: bytes


class JobStream:
    """A job's events. Raises JOB_NOT_FOUND for one that is absent or another customer's."""

    def __init__(self, connection: Connection, customer_id: int, job_id: str) -> None:
        row = SQL.job(connection, customer_id=customer_id, job_id=job_id)
        if row is None:
            raise ApiError(ErrorCode.JOB_NOT_FOUND)
        self._id: int = row["id"]

    @property
    def topic(self) -> Topic:
        """What the store announces when there is more."""
        return topic_of_job(self._id)

    def newest(self, connection: Connection) -> int:
        """The number of the newest event."""
        return newest_of_job(connection, self._id)

    def page(self, connection: Connection, after: int) -> list[Told]:
        """Some events after this number, in order; none when all are told."""
        rows = events_of_job(connection, self._id, after=after, limit=EVENTS_A_PAGE)
        return _told(connection, rows, after, self.newest(connection))

    def has_ended(self, connection: Connection) -> bool:
        """Whether no further event comes unless the job is retried. Ask when all that is there was told."""
        return job_status(connection, self._id) not in ACTIVE_JOBS


class CustomerStream:
    """The events of all of a customer's things: states of jobs, units, datasets and packages."""

    def __init__(self, customer_id: int) -> None:
        self._id = customer_id

    @property
    def topic(self) -> Topic:
        """What the store announces when there is more."""
        return topic_of_customer(self._id)

    def newest(self, connection: Connection) -> int:
        """The number of the newest event."""
        return newest_of_customer(connection, self._id)

    def page(self, connection: Connection, after: int) -> list[Told]:
        """Some events after this number, in order; none when all are told."""
        rows = events_of_customer(connection, self._id, after=after, limit=EVENTS_A_PAGE)
        return _told(connection, rows, after, self.newest(connection))

    def has_ended(self, connection: Connection) -> bool:
        """Never: something may always happen."""
        return False


Stream = JobStream | CustomerStream


def _told(connection: Connection, rows: list[EventRow], after: int, newest: int) -> list[Told]:
    """The rows as they go out, as many as fit a page (at least one), with an event for each gap."""
    told: list[Told] = []
    size = 0
    for row in rows:
        if row.number > after + 1:
            told.append(_gap(after + 1, row.number - 1, row.created_at))
        after = row.number
        told.append(Told(after, row.kind.value, msgspec.json.encode(_told_row(connection, row))))
        size += len(told[-1].data)
        if size >= PAGE_BYTES:
            return told
    if not rows and newest > after:  # the newest themselves are gone
        told.append(_gap(after + 1, newest, None))
    return told


def _gap(first: int, last: int, created_at: float | None) -> Told:
    time = {} if created_at is None else {"time": rfc3339(created_at)}
    return Told(last, GAP, msgspec.json.encode({"number": last, **time, "from": first, "to": last}))


def _told_row(connection: Connection, row: EventRow) -> dict[str, Any]:
    payload = row.payload
    head = {"number": row.number, "time": rfc3339(row.created_at)}
    if row.job_id is not None:
        head["training_job_id"] = row.job_id
    if row.kind is EventKind.UNIT:
        unit_id, attempt = payload["compute_unit_id"], payload["attempt"]
        return {**head, **payload, "node_label": READ_SQL.node_label(connection, unit_id=unit_id, number=attempt)}
    if row.kind not in (EventKind.LOG, EventKind.METRIC):
        return {**head, **payload}
    first, last = payload.pop("first"), payload.pop("last")
    if row.kind is EventKind.LOG:
        lines = line_range(connection, payload["compute_unit_id"], first=first, last=last)
        return {**head, **payload, "lines": lines}
    job_id = READ_SQL.job_of_unit(connection, unit_id=payload["compute_unit_id"])
    return {**head, **payload, "points": metric_rows(connection, job_id, after=first - 1, limit=last - first + 1)}
