"""What happened, written in the transaction in which it happened: one stream a job and one a customer.

Numbers are contiguous from 1 in each stream. `log` and `metric` events name ranges of rows, not the rows again.
"""

from enum import StrEnum
from typing import Any

import msgspec

from ..store.database import Transaction
from ..store.sqlite import named_sql

SQL = named_sql(__file__, "events")


class EventKind(StrEnum):
    """The names of events. Those of a customer's stream: job, unit, dataset, training_package."""

    JOB = "job"
    UNIT = "unit"
    LOG = "log"
    METRIC = "metric"
    ARTIFACT = "artifact"
    DATASET = "dataset"
    TRAINING_PACKAGE = "training_package"


_OF_A_JOB = {EventKind.JOB, EventKind.UNIT, EventKind.LOG, EventKind.METRIC, EventKind.ARTIFACT}
_OF_A_CUSTOMER = {EventKind.JOB, EventKind.UNIT, EventKind.DATASET, EventKind.TRAINING_PACKAGE}


def record(
    tx: Transaction, kind: EventKind, payload: dict[str, Any], *, customer_id: int, job_id: int | None, now: float
) -> None:
    """Writes one event, numbered in each stream that carries its kind."""
    connection = tx.connection
    job_number = SQL.next_job_number(connection, job_id=job_id) if kind in _OF_A_JOB else None
    customer_number = SQL.next_customer_number(connection, customer_id=customer_id) if kind in _OF_A_CUSTOMER else None
    SQL.add_event(
        connection,
        customer_id=customer_id,
        customer_number=customer_number,
        job_id=job_id,
        job_number=job_number,
        kind=kind.value,
        payload=msgspec.json.encode(payload).decode(),
        now=now,
    )
