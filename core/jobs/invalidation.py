"""Results that turn out wrong after they were accepted: their units go back, with all that was built on them.

The customer is charged once however often that happens; those who were paid for the work give it back
(`core/billing/withheld.py`).
"""

from collections.abc import Callable

import msgspec

from ..billing.withheld import withhold
from ..errors import ApiError, ErrorCode
from ..nodes.blocks import BLOCKED, operators_reason
from ..planning.plan import Role
from ..protocol.customer import AttemptOutcome, JobFailure, JobStatus, UnitState
from ..protocol.node import Fault
from ..store.database import Transaction
from ..store.sqlite import Connection
from .again import provide_for, put_back
from .artifacts import forget_results
from .attempts import Ending, forget_checkpoints, live_attempts_of_unit, load_attempt
from .endings import Why, end_attempt, end_unit, fail_job
from .jobs import SQL as JOBS_SQL
from .jobs import job_status, move_job
from .ready import ReadyQueue
from .records import say
from .retention import SQL as RETENTION_SQL
from .retention import is_over
from .transitions import ACTIVE_JOBS
from .units import SQL as UNITS_SQL
from .units import Unit, load_unit, load_units, move_unit

NewId = Callable[[], str]
_UNDER_WAY = (UnitState.READY, UnitState.LEASED, UnitState.RUNNING, UnitState.VERIFYING)


class Invalidated(msgspec.Struct, frozen=True):
    """What an invalidation did: the units that lost their result, and where their job stands now (public ids)."""

    units: list[str]
    job_id: str
    job_status: JobStatus


def find_unit(connection: Connection, public_id: str) -> int:
    """The internal id of a unit. Raises NOT_FOUND."""
    unit_id: int | None = UNITS_SQL.unit_by_public_id(connection, public_id=public_id)
    if unit_id is None:
        raise ApiError(
            ErrorCode.NOT_FOUND,
            f"there is no compute unit {public_id}",
            hint="Units have ids of their own beside their job's: GET /customer/training-jobs/:id/compute-units",
        )
    return unit_id


def invalidate_unit(
    tx: Transaction, queue: ReadyQueue, unit_id: int, reason: str, *, now: float, new_id: NewId
) -> Invalidated:
    """Takes the result of a completed unit back, and that of all that was built on it: their artifacts are gone, those
    who were paid for them give it back, and they run again from their beginning, at no further charge.

    A job that was completed is `queued` again. One that has failed or was cancelled stays so until it is retried, and
    one that can't go on, such as for want of its data or of credits, fails; then what was charged for these
    units goes back to the customer. Raises STATE_CONFLICT for a unit that is not completed.
    """
    unit = load_unit(tx.connection, unit_id)
    if unit.state != UnitState.COMPLETED:
        raise ApiError(ErrorCode.STATE_CONFLICT, f"the unit is {unit.state}; only a completed one is invalidated")
    built_on = [row["id"] for row in UNITS_SQL.built_on(tx.connection, id=unit.id)]
    affected = list(load_units(tx.connection, built_on).values())
    affected.sort(key=lambda each: each.id)
    completed = [each for each in affected if each.state == UnitState.COMPLETED]
    _fail_what_begins_with(tx, queue, completed, reason, now, new_id)
    for each in completed:
        _forget_result(tx, each, unit, reason, now, new_id)
    for each in affected:
        forget_checkpoints(tx, each)
    status = job_status(tx.connection, unit.job_id)
    goes_on = status in ACTIVE_JOBS or status == JobStatus.COMPLETED
    failure = _what_stops(tx, unit, affected, completed, now, new_id) if goes_on else None
    if status == JobStatus.COMPLETED:
        move_job(tx, unit.job_id, JobStatus.QUEUED, now)
        RETENTION_SQL.keep_whole(tx.connection, job_id=unit.job_id)
    if goes_on and failure is None:
        _send_back(tx, queue, affected, now, new_id)
    else:
        for each in completed:
            end_unit(tx, queue, each, UnitState.CANCELLED, Why(reason, Fault.NODE), now, new_id)
    if failure is not None:
        fail_job(tx, queue, unit.job_id, failure, now, new_id)
    job = JOBS_SQL.job_by_id(tx.connection, id=unit.job_id)
    return Invalidated([each.public_id for each in completed], job["public_id"], JobStatus(job["status"]))


def _fail_what_begins_with(
    tx: Transaction, queue: ReadyQueue, units: list[Unit], reason: str, now: float, new_id: NewId
) -> None:
    """Other jobs that go on from a checkpoint of these units would go on from what is wrong."""
    ids = msgspec.json.encode([unit.id for unit in units]).decode()
    failure = JobFailure(
        None,
        "invalidated",
        f"the checkpoint that the job begins with was invalidated: {reason}",
        suggestion="Submit a new job, with another initial_checkpoint_artifact_id or none.",
    )
    for row in list(JOBS_SQL.begin_with_result_of(tx.connection, unit_ids=ids)):
        fail_job(tx, queue, row["id"], failure, now, new_id)


def _forget_result(tx: Transaction, unit: Unit, wrong: Unit, reason: str, now: float, new_id: NewId) -> None:
    """Of a completed unit: its accepted attempt has another outcome, its artifacts go, and so does what was paid."""
    if unit.accepted_attempt_id is None:
        raise RuntimeError(f"unit {unit.public_id} is completed without an accepted attempt")
    is_wrong = unit.id == wrong.id
    outcome = AttemptOutcome.VERIFICATION_FAILED if is_wrong else AttemptOutcome.CANCELLED
    what = (
        "the result was invalidated" if is_wrong else f"the result of {wrong.label}, which this needs, was invalidated"
    )
    words = f"{what}: {reason}"
    tx.update(
        "attempts",
        unit.accepted_attempt_id,
        {"outcome": AttemptOutcome.COMPLETED.value},
        outcome=outcome.value,
        fault=Fault.NODE.value if is_wrong else None,
        code="invalidated",
        reason=words,
    )
    say(tx, unit, load_attempt(tx.connection, unit.accepted_attempt_id), words, now)
    forget_results(tx, unit)
    if unit.charged_micro:
        withhold(tx, unit.job_id, unit.id, unit.accepted_attempt_id, now=now, new_id=new_id)


def _what_stops(
    tx: Transaction, unit: Unit, affected: list[Unit], completed: list[Unit], now: float, new_id: NewId
) -> JobFailure | None:
    """Why the job can't go on, if it can't; else what its units need to run again is set aside."""
    missing = _what_is_missing(tx.connection, unit, affected)
    if missing is not None:
        return missing
    uncharged = [each for each in completed if not each.charged_micro]
    key = f"hold:{unit.job_id}:invalidated:{unit.accepted_attempt_id}"
    try:
        provide_for(tx, unit.customer_id, unit.job_id, uncharged, key=key, now=now, new_id=new_id)
    except ApiError as refused:
        if refused.code != ErrorCode.CREDIT_INSUFFICIENT:
            raise
        message = f"the result of {unit.label} was invalidated, and to run it again {refused.message}"
        return JobFailure(unit.public_id, "credits", message, suggestion="Retry the job when there are credits for it.")
    return None


def _what_is_missing(connection: Connection, unit: Unit, affected: list[Unit]) -> JobFailure | None:
    """What these units would need and can't have; it is what a retry is refused for, too."""
    said = f"the result of {unit.label} was invalidated, and"
    deleted = JOBS_SQL.deleted_upload(connection, job_id=unit.job_id)
    if deleted is not None:
        words = str(deleted).replace("_", " ")
        suggestion = f"Push the {words} again; submit a new job."
        return JobFailure(unit.public_id, "deleted", f"{said} the job's {words} was deleted", suggestion=suggestion)
    if is_over(RETENTION_SQL.retention(connection, job_id=unit.job_id)):
        message = f"{said} what the job made is no longer kept"
        return JobFailure(unit.public_id, "expired", message, suggestion="Submit a new job.")
    trains = any(each.role == Role.TRAIN for each in affected)
    if trains and JOBS_SQL.has_lost_its_start(connection, job_id=unit.job_id) is not None:
        message = f"{said} the checkpoint that the job begins with is gone"
        suggestion = "Submit a new job, with another initial_checkpoint_artifact_id or none."
        return JobFailure(unit.public_id, "deleted", message, suggestion=suggestion)
    reason = operators_reason(connection, JOBS_SQL.package_digest_of_job(connection, job_id=unit.job_id))
    if reason is not None:
        message = f"{said} the operator blocked the job's training package: {reason}"
        suggestion = "Start a job with another training package, or ask the operator of the service."
        return JobFailure(unit.public_id, BLOCKED, message, suggestion=suggestion)
    return None


def _send_back(tx: Transaction, queue: ReadyQueue, affected: list[Unit], now: float, new_id: NewId) -> None:
    """Completed units go back; those under way stop, and wait for what they need as those do that have not begun."""
    for unit in affected:
        if unit.state == UnitState.COMPLETED:
            put_back(tx, queue, unit.id, now)
        elif unit.state in _UNDER_WAY:
            stopped = Ending(AttemptOutcome.CANCELLED, "what it was built on was invalidated")
            for attempt in live_attempts_of_unit(tx.connection, unit.id):
                end_attempt(tx, queue, unit, attempt, stopped, now, new_id)
            UNITS_SQL.wait_for_others(tx.connection, ids=msgspec.json.encode([unit.id]).decode())
            move_unit(tx, queue, load_unit(tx.connection, unit.id), UnitState.BLOCKED, now)
