"""What happened, written in the transaction in which it happened: one stream a job and one a customer.

Numbers are contiguous from 1 in each stream. `log` and `metric` events name ranges of rows, not the rows again. What a
reader of a stream is told is put together in `jobs/live.py`.
"""

from enum import StrEnum
from typing import Any

import msgspec

from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql

SQL = named_sql(__file__, "events")
Topic = tuple[str, int]
_encoder = msgspec.json.Encoder()


class EventKind(StrEnum):
    """The names of events. Those of a customer's stream: job, unit, dataset, training_package."""

    JOB = "job"
    UNIT = "unit"
    LOG = "log"
    METRIC = "metric"
    ARTIFACT = "artifact"
    DATASET = "dataset"
    TRAINING_PACKAGE = "training_package"


_OF_A_JOB = (EventKind.UNIT, EventKind.ARTIFACT, EventKind.LOG, EventKind.METRIC, EventKind.JOB)
_OF_A_CUSTOMER = (EventKind.UNIT, EventKind.JOB, EventKind.DATASET, EventKind.TRAINING_PACKAGE)


class EventRow(msgspec.Struct, frozen=True):
    """An event as it is stored; `job_id` is the public id of the job it belongs to, if it belongs to one, and `job_key`
    the store's own."""

    number: int
    kind: EventKind
    payload: dict[str, Any]
    job_id: str | None
    job_key: int | None
    created_at: float


def topic_of_job(job_id: int) -> Topic:
    """What a store announces when a job's stream has grown."""
    return ("job", job_id)


def topic_of_customer(customer_id: int) -> Topic:
    """What a store announces when a customer's stream has grown."""
    return ("customer", customer_id)


def record(
    tx: Transaction, kind: EventKind, payload: dict[str, Any], *, customer_id: int, job_id: int | None, now: float
) -> None:
    """Writes one event, numbered in each stream that carries its kind, and announces the streams that have grown."""
    job_number = customer_number = None
    if job_id is not None and kind in _OF_A_JOB:
        job_number = tx.add("jobs", job_id, "event_number", 1)
        tx.announce(topic_of_job(job_id))
    if kind in _OF_A_CUSTOMER:
        customer_number = tx.add("customers", customer_id, "event_number", 1)
        tx.announce(topic_of_customer(customer_id))
    tx.insert(
        "events",
        customer_id=customer_id,
        customer_number=customer_number,
        job_id=job_id,
        job_number=job_number,
        kind=kind.value,
        payload=_encoder.encode(payload).decode(),
        created_at=now,
    )


def events_of_job(connection: Connection, job_id: int, *, after: int, limit: int) -> list[EventRow]:
    """A job's events with numbers above `after`, in order."""
    return [_row(row) for row in SQL.events_of_job(connection, job_id=job_id, after=after, limit=limit)]


def events_of_customer(connection: Connection, customer_id: int, *, after: int, limit: int) -> list[EventRow]:
    """A customer's events with numbers above `after`, in order."""
    rows = SQL.events_of_customer(connection, customer_id=customer_id, after=after, limit=limit)
    return [_row(row) for row in rows]


def newest_of_job(connection: Connection, job_id: int) -> int:
    """The number of a job's newest event, 0 before the first."""
    return int(SQL.newest_of_job(connection, job_id=job_id))


def newest_of_customer(connection: Connection, customer_id: int) -> int:
    """The number of a customer's newest event, 0 before the first."""
    return int(SQL.newest_of_customer(connection, customer_id=customer_id))


def _row(row: Row) -> EventRow:
    payload = msgspec.json.decode(row["payload"])
    kind = EventKind(row["kind"])
    return EventRow(row["number"], kind, payload, row["job_public_id"], row["job_id"], row["created_at"])
