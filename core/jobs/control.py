"""What a customer may do with a job that exists: cancel it, or retry what has failed."""

from collections.abc import Callable

from ..accounts.limits import Limits, check_active_jobs, count_units
from ..errors import ApiError, ErrorCode
from ..nodes.blocks import check_not_blocked
from ..protocol.customer import JobStatus, TrainingJob, UnitState
from ..protocol.node import Fault
from ..store.database import Transaction
from .again import provide_for, put_back
from .endings import Why, cancel_job
from .jobs import SQL, move_job, present
from .ready import ReadyQueue
from .retention import check_kept
from .transitions import ACTIVE_JOBS
from .units import units_of_job

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
        cancel_job(tx, queue, row["id"], now, new_id, Why("the job was cancelled by its customer", Fault.CUSTOMER))
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
    anew; completed ones stay charged once. Those that go back are planned anew, and count for today.

    Raises JOB_NOT_FOUND, STATE_CONFLICT, RATE_LIMITED, DAILY_TASK_LIMIT_EXCEEDED, CREDIT_INSUFFICIENT.
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
    if SQL.has_lost_its_start(connection, job_id=row["id"]) is not None:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            "the checkpoint that the job begins with is gone",
            hint="Submit a new job, with another initial_checkpoint_artifact_id or none.",
        )
    check_not_blocked(connection, SQL.package_digest_of_job(connection, job_id=row["id"]))
    again = [u for u in units_of_job(connection, row["id"]) if u.state in (UnitState.FAILED, UnitState.CANCELLED)]
    count_units(tx, customer_id, limits, len(again), now)
    check_active_jobs(tx, customer_id, limits)
    key = f"hold:{row['id']}:retry:{row['event_number']}"
    provide_for(tx, customer_id, row["id"], again, key=key, now=now, new_id=new_id)
    for unit in again:
        put_back(tx, queue, unit.id, now)
    move_job(tx, row["id"], JobStatus.QUEUED, now)
    return present(connection, SQL.job(connection, customer_id=customer_id, job_id=job_id), now)
