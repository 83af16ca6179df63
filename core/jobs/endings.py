"""How units and jobs end: completed, failed or cancelled, each with its money, its logs and what follows from it."""

from collections.abc import Callable
from functools import partial

from ..billing.ledger import About
from ..billing.rates import CPU_RATE
from ..billing.settle import Work, charge, release
from ..protocol.customer import AttemptOutcome, JobFailure, JobStatus, UnitState
from ..protocol.node import Fault
from ..store.database import Transaction
from .artifacts import Result, add_log, add_results
from .attempts import SQL as ATTEMPTS_SQL
from .attempts import Attempt, Ending, all_reasons, live_attempts_of_unit, set_outcome
from .jobs import job_status, move_job
from .ready import ReadyQueue
from .records import say
from .transitions import UNFINISHED
from .units import SQL as UNITS_SQL
from .units import Unit, load_unit, move_unit, units_of_job

MOST_TRIES = 5
NewId = Callable[[], str]


def end_attempt(
    tx: Transaction, queue: ReadyQueue, unit: Unit, attempt: Attempt, ending: Ending, now: float, new_id: NewId
) -> None:
    """Ends an attempt: its outcome, a platform line with the reason, and its log as an artifact."""
    if ending.reason and ending.outcome != AttemptOutcome.COMPLETED:
        say(tx, load_unit(tx.connection, unit.id), attempt, ending.reason, now)
    set_outcome(tx, attempt, ending, now)
    add_log(tx, unit, attempt, now, new_id)
    tx.after_commit(partial(queue.tell_node, attempt.node_id))


def try_again(
    tx: Transaction, queue: ReadyQueue, unit: Unit, attempt: Attempt, ending: Ending, now: float, new_id: NewId
) -> None:
    """Ends an attempt for no fault of the customer's: the unit waits for another node, or fails after five tries.

    An attempt that left a newer checkpoint than it began with, and one its owner released, count as no try.
    """
    end_attempt(tx, queue, unit, attempt, ending, now, new_id)
    unit = load_unit(tx.connection, unit.id)
    if ending.outcome != AttemptOutcome.RELEASED and attempt.checkpoint_through == 0:
        UNITS_SQL.count_try(tx.connection, id=unit.id)
        unit = load_unit(tx.connection, unit.id)
    if unit.tries >= MOST_TRIES:
        failure = JobFailure(
            unit.public_id,
            "attempts_used_up",
            f"{MOST_TRIES} attempts ended without a result: {all_reasons(tx.connection, unit.id)}",
            suggestion="Read the reasons; then retry the job.",
        )
        fail_unit(tx, queue, unit, failure, now, new_id)
    elif unit.state != UnitState.READY:
        move_unit(tx, queue, unit, UnitState.READY, now)


def work_in_result(tx: Transaction, unit: Unit, attempt: Attempt) -> list[Work]:
    """Whose work is in a unit's result: the accepted attempt's, and, up to the checkpoint, that of each attempt whose
    checkpoint it or its forerunners went on from. The seconds never exceed what was planned for the unit."""
    work: list[Work] = []
    left = float(unit.planned_seconds)
    attempt_id: int | None = attempt.id
    accepted = ATTEMPTS_SQL.work_of_attempt(tx.connection, id=attempt.id)["accepted_seconds"]
    while attempt_id is not None:
        row = ATTEMPTS_SQL.work_of_attempt(tx.connection, id=attempt_id)
        seconds = min(left, accepted)
        left -= seconds
        on_cpu = unit.rate_class != CPU_RATE.rate_class and row["gpu_uuid"] is None
        rate_class = CPU_RATE.rate_class if on_cpu else unit.rate_class
        rate_micro = CPU_RATE.micro_per_second if on_cpu else unit.rate_micro
        work.append(Work(row["id"], row["owner_id"], seconds, rate_class, rate_micro))
        attempt_id, accepted = row["before_id"], row["before_seconds"]
    return list(reversed(work))


def complete_unit(
    tx: Transaction, queue: ReadyQueue, unit: Unit, attempt: Attempt, results: list[Result], now: float, new_id: NewId
) -> None:
    """Accepts a verified result: settles the unit once, makes its files artifacts, and frees what waited for it."""
    connection = tx.connection
    for other in live_attempts_of_unit(connection, unit.id):
        if other.id != attempt.id:
            superseded = Ending(AttemptOutcome.SUPERSEDED, "another attempt of this unit was accepted")
            end_attempt(tx, queue, unit, other, superseded, now, new_id)
    end_attempt(tx, queue, unit, attempt, Ending(AttemptOutcome.COMPLETED), now, new_id)
    UNITS_SQL.accept_result(connection, id=unit.id, attempt_id=attempt.id, content_id=attempt.result_content_id)
    add_results(tx, unit, attempt, results, now, new_id)
    outstanding = unit.outstanding_micro
    about = About(job_id=unit.job_id, unit_id=unit.id, note="completed")
    release(tx, unit.customer_id, outstanding, about, key=_release_key(unit), now=now, new_id=new_id)
    charged = charge(
        tx,
        unit.customer_id,
        unit.job_id,
        unit.id,
        work_in_result(tx, unit, attempt),
        most_micro=outstanding,
        now=now,
        new_id=new_id,
    )
    UNITS_SQL.settle_unit(connection, id=unit.id, charged_micro=charged, released_micro=outstanding)
    move_unit(tx, queue, load_unit(connection, unit.id), UnitState.COMPLETED, now)
    for row in UNITS_SQL.need_completed(connection, unit_id=unit.id):
        if row["waiting_on"] == 0 and row["state"] == UnitState.BLOCKED:
            move_unit(tx, queue, load_unit(connection, row["id"]), UnitState.READY, now)
    if all(other.state == UnitState.COMPLETED for other in units_of_job(connection, unit.job_id)):
        move_job(tx, unit.job_id, JobStatus.COMPLETED, now)


def fail_unit(tx: Transaction, queue: ReadyQueue, unit: Unit, failure: JobFailure, now: float, new_id: NewId) -> None:
    """Fails a unit and with it its job; what had not finished is cancelled and costs nothing."""
    _end_unit(tx, queue, unit, UnitState.FAILED, failure.message, now, new_id)
    _cancel_unfinished(tx, queue, unit.job_id, f"the job failed: {failure.message}", now, new_id)
    move_job(tx, unit.job_id, JobStatus.FAILED, now, failure)


def fail_attempt(
    tx: Transaction, queue: ReadyQueue, unit: Unit, attempt: Attempt, ending: Ending, now: float, new_id: NewId
) -> None:
    """The customer's fault: the attempt ends and its unit fails at once, with its log."""
    end_attempt(tx, queue, unit, attempt, ending, now, new_id)
    failure = JobFailure(
        unit.public_id,
        ending.code or "failed",
        ending.reason or "the unit failed",
        ending.limit,
        ending.measured,
        _suggestion(ending, unit),
    )
    fail_unit(tx, queue, load_unit(tx.connection, unit.id), failure, now, new_id)


def cancel_job(tx: Transaction, queue: ReadyQueue, job_id: int, now: float, new_id: NewId) -> None:
    """Cancels what has not finished; completed units stay charged."""
    _cancel_unfinished(tx, queue, job_id, "the job was cancelled by its customer", now, new_id)
    move_job(tx, job_id, JobStatus.CANCELLED, now)


def unit_began(tx: Transaction, unit: Unit, now: float) -> None:
    """Notes that a unit's code was started: its job runs."""
    if job_status(tx.connection, unit.job_id) == JobStatus.QUEUED:
        move_job(tx, unit.job_id, JobStatus.RUNNING, now)


def _release_key(unit: Unit) -> str:
    # What was held before this release names it: after a retry the same unit is held, and released, anew.
    return f"release:{unit.id}:{unit.held_micro}"


def _end_unit(
    tx: Transaction, queue: ReadyQueue, unit: Unit, state: UnitState, reason: str, now: float, new_id: NewId
) -> None:
    for attempt in live_attempts_of_unit(tx.connection, unit.id):
        end_attempt(tx, queue, unit, attempt, Ending(AttemptOutcome.CANCELLED, reason), now, new_id)
    outstanding = unit.outstanding_micro
    about = About(job_id=unit.job_id, unit_id=unit.id, note=state.value)
    release(tx, unit.customer_id, outstanding, about, key=_release_key(unit), now=now, new_id=new_id)
    UNITS_SQL.settle_unit(tx.connection, id=unit.id, charged_micro=0, released_micro=outstanding)
    move_unit(tx, queue, unit, state, now)


def _cancel_unfinished(tx: Transaction, queue: ReadyQueue, job_id: int, reason: str, now: float, new_id: NewId) -> None:
    for unit in units_of_job(tx.connection, job_id):
        if unit.state in UNFINISHED:
            _end_unit(tx, queue, unit, UnitState.CANCELLED, reason, now, new_id)


def _suggestion(ending: Ending, unit: Unit) -> str | None:
    """What would help, in words that are right for a window, a command line and a program alike."""
    if ending.fault == Fault.NODE:
        return None
    more = {
        "wall_clock": "Start a new job with a longer time limit, or let the code checkpoint and do less.",
        "memory": "Set a larger memory_mb in training.toml, under [resources], and upload the package again.",
        "disk": "Start a new job that asks for more disk.",
        "environment": "Check the requirements in training.toml: names and versions that have wheels.",
        "exit_code": f"Read the log of {unit.label}: its last lines say what went wrong.",
    }
    return more.get(ending.code or "")
