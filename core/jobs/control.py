"""What a customer may do with a job that exists: cancel it, or retry what has failed."""

from collections.abc import Callable

import msgspec

from ..accounts.limits import Limits, check_active_jobs
from ..billing.settle import cost_micro, hold
from ..errors import ApiError, ErrorCode
from ..protocol.customer import JobStatus, TrainingJob, UnitState
from ..store.database import Transaction
from .endings import cancel_job
from .jobs import SQL, move_job, present
from .ready import ReadyQueue
from .retention import check_kept
from .transitions import ACTIVE_JOBS
from .units import SQL as UNITS_SQL
from .units import load_unit, move_unit, units_of_job

NewId = Callable[[], str]


def cancel(
    tx: Transaction, queue: ReadyQueue, customer_id: int, job_id: str, *, now: float, new_id: NewId
) -> TrainingJob:
    """Cancels a job; one that is cancelled already is answered as it is. Raises JOB_NOT_FOUND, STATE_CONFLICT."""
    row = SQL.job(tx.connection, customer_id=customer_id, job_id=job_id)
    if row is None:
        raise ApiError(ErrorCode.JOB_NOT_FOUND)
    status = JobStatus(row["status"])
    if status in ACTIVE_JOBS:
        cancel_job(tx, queue, row["id"], now, new_id)
    elif status != JobStatus.CANCELLED:
        raise ApiError(ErrorCode.STATE_CONFLICT, f"the job is {status} and can't be cancelled")
    return present(tx.connection, SQL.job(tx.connection, customer_id=customer_id, job_id=job_id), now)


def retry(
    tx: Transaction,
    queue: ReadyQueue,
    customer_id: int,
    job_id: str,
    *,
    limits: Limits,
    now: float,
    new_id: NewId,
) -> TrainingJob:
    """Puts a failed or cancelled job back to `queued`: its failed and cancelled units go back with the same ids, held
    anew; completed ones stay charged once.

    Raises JOB_NOT_FOUND, STATE_CONFLICT, RATE_LIMITED, CREDIT_INSUFFICIENT.
    """
    connection = tx.connection
    row = SQL.job(connection, customer_id=customer_id, job_id=job_id)
    if row is None:
        raise ApiError(ErrorCode.JOB_NOT_FOUND)
    status = JobStatus(row["status"])
    if status not in (JobStatus.FAILED, JobStatus.CANCELLED):
        raise ApiError(ErrorCode.STATE_CONFLICT, f"the job is {status}; only failed and cancelled jobs are retried")
    check_kept(row["retention"])
    deleted = SQL.deleted_upload(connection, job_id=row["id"])
    if deleted is not None:
        words = str(deleted).replace("_", " ")
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"the job's {words} was deleted",
            hint=f"Push the {words} again and submit a new job.",
        )
    check_active_jobs(tx, customer_id, limits)
    again = [u for u in units_of_job(connection, row["id"]) if u.state in (UnitState.FAILED, UnitState.CANCELLED)]
    holds = {unit.id: cost_micro(unit.rate_micro, unit.planned_seconds) for unit in again}
    key = f"hold:{row['id']}:retry:{row['event_number']}"
    hold(tx, customer_id, row["id"], sum(holds.values()), key=key, now=now, new_id=new_id)
    for unit in again:
        UNITS_SQL.retry_unit(connection, id=unit.id, held_micro=holds[unit.id])
        UNITS_SQL.wait_for_others(connection, ids=msgspec.json.encode([unit.id]).decode())
        fresh = load_unit(connection, unit.id)
        after = UnitState.READY if fresh.waits_for is None else UnitState.BLOCKED
        move_unit(tx, queue, fresh, after, now)
    move_job(tx, row["id"], JobStatus.QUEUED, now)
    return present(connection, SQL.job(connection, customer_id=customer_id, job_id=job_id), now)
