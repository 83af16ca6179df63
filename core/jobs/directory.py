"""The jobs of all customers, for the operator: lists, and cancelling one."""

import heapq
from collections.abc import Callable, Sequence
from itertools import islice

import msgspec

from ..errors import ApiError, ErrorCode
from ..protocol.admin import AdminJob
from ..protocol.customer import JobStatus
from ..protocol.node import Fault
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .endings import Why, cancel_job
from .jobs import present
from .ready import ReadyQueue
from .transitions import ACTIVE_JOBS

SQL = named_sql(__file__, "directory")
NEWEST = 2**62


def show_job(connection: Connection, job_id: str, *, now: float) -> AdminJob:
    """One job, whoever's it is. Raises JOB_NOT_FOUND."""
    return _shown(connection, _row(connection, job_id), now)


def all_jobs(
    connection: Connection,
    *,
    statuses: Sequence[str],
    customer_id: str | None,
    before: int | None,
    limit: int,
    now: float,
) -> list[tuple[int, AdminJob]]:
    """Jobs, newest first, each with the key to go on from; of these statuses, of the customer with this public id.

    Each status is a walk along an index, and the walks are merged: a rare status costs no more than a common one.
    """
    start = NEWEST if before is None else before
    walks: list[list[Row]]
    if customer_id is None:
        walks = [SQL.newest_of_status(connection, status=one, before=start, limit=limit) for one in statuses]
        walks = walks or [SQL.newest(connection, before=start, limit=limit)]
    else:
        walks = [
            SQL.newest_of_customer_and_status(
                connection, customer_id=customer_id, status=one, before=start, limit=limit
            )
            for one in statuses
        ]
        walks = walks or [SQL.newest_of_customer(connection, customer_id=customer_id, before=start, limit=limit)]
    ids = [row["id"] for row in islice(heapq.merge(*walks, key=lambda row: -row["id"]), limit)]
    rows = SQL.jobs(connection, ids=msgspec.json.encode(ids).decode())
    return [(row["id"], _shown(connection, row, now)) for row in rows]


def cancel_for_operator(
    tx: Transaction, queue: ReadyQueue, job_id: str, *, reason: str | None, now: float, new_id: Callable[[], str]
) -> tuple[AdminJob, bool]:
    """Cancels a job; its customer reads the reason in its log. Gives the job, and whether it was active until now.

    Raises JOB_NOT_FOUND, and STATE_CONFLICT for one that has completed or failed.
    """
    row = _row(tx.connection, job_id)
    status = JobStatus(row["status"])
    if status in ACTIVE_JOBS:
        words = f": {reason}" if reason else ""
        why = Why(f"the job was cancelled by the operator{words}", Fault.NODE)
        cancel_job(tx, queue, row["id"], now, new_id, why)
    elif status != JobStatus.CANCELLED:
        raise ApiError(ErrorCode.STATE_CONFLICT, f"the job is {status} and can't be cancelled")
    return show_job(tx.connection, job_id, now=now), status in ACTIVE_JOBS


def _row(connection: Connection, job_id: str) -> Row:
    row: Row | None = SQL.job(connection, job_id=job_id)
    if row is None:
        raise ApiError(ErrorCode.JOB_NOT_FOUND, "there is no job with this id", hint="List them: GET /admin/jobs")
    return row


def _shown(connection: Connection, row: Row, now: float) -> AdminJob:
    job = msgspec.structs.asdict(present(connection, row, now))
    return AdminJob(**job, customer_id=row["customer_public_id"], customer_email=row["customer_email"])
