"""How units and jobs end: completed, failed or cancelled, each with its money, its logs and what follows from it."""

from collections.abc import Callable
from functools import partial
from itertools import chain

import msgspec

from ..billing.ledger import About, look_for_transfers
from ..billing.rates import CPU_CLASS
from ..billing.settle import Work, charge, charge_key, release
from ..billing.withheld import give_back, pay_withheld
from ..protocol.customer import AttemptOutcome, JobFailure, JobStatus, UnitState
from ..protocol.node import Fault
from ..store.database import Transaction
from .artifacts import Result, add_log, add_results
from .attempts import SQL as ATTEMPTS_SQL
from .attempts import Attempt, Ending, all_reasons, live_attempts_of_unit, owner_of_node, set_outcome
from .jobs import job_status, move_job
from .ready import ReadyQueue
from .records import say
from .running_time import count_charged, count_free
from .transitions import UNFINISHED
from .units import SQL as UNITS_SQL
from .units import Unit, change_unit, load_unit, load_units, move_unit, units_of_job
from .webhook_events import tell_artifacts_ready, tell_job_ended

MOST_TRIES = 5
NewId = Callable[[], str]


def end_attempt(
    tx: Transaction, queue: ReadyQueue, unit: Unit, attempt: Attempt, ending: Ending, now: float, new_id: NewId
) -> None:
    """Ends an attempt: its outcome, a platform line with the reason, and its log as an artifact."""
    if ending.reason and ending.outcome != AttemptOutcome.COMPLETED:
        say(tx, load_unit(tx.connection, unit.id), attempt, ending.reason, now)
    set_outcome(tx, attempt, ending, now)
    count_free(tx, queue, unit, attempt, ending, now)
    add_log(tx, unit, attempt, now, new_id)
    if ending.outcome != AttemptOutcome.COMPLETED:  # its node was answered `accepted`
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
    left = float(unit.planned_seconds)
    work: list[Work] = []

    def add(attempt_id: int, node_id: int, gpu_uuid: str | None, accepted_seconds: float) -> None:
        nonlocal left
        seconds = min(left, accepted_seconds)
        left -= seconds
        on_cpu = unit.rate_class != CPU_CLASS and gpu_uuid is None
        rate_class = CPU_CLASS if on_cpu else unit.rate_class
        rate_micro = UNITS_SQL.cpu_rate(tx.connection, id=unit.id) if on_cpu else unit.rate_micro
        work.append(Work(attempt_id, owner_of_node(tx, node_id), seconds, rate_class, rate_micro))

    add(attempt.id, attempt.node_id, attempt.gpu_uuid, attempt.accepted_seconds)
    checkpoint_id = attempt.start_checkpoint_id
    while checkpoint_id is not None:
        row = ATTEMPTS_SQL.work_before(tx.connection, checkpoint_id=checkpoint_id)
        add(row["id"], row["node_id"], row["gpu_uuid"], row["accepted_seconds"])
        checkpoint_id = row["start_checkpoint_id"]
    return list(reversed(work))


class Why(msgspec.Struct, frozen=True):
    """Why work is stopped, in words, whose fault it is, and the code that its attempts end with."""

    reason: str
    fault: Fault
    code: str | None = None


class Accepted(msgspec.Struct, frozen=True):
    """A verified result: its unit and attempt as they are in the store, and its files."""

    unit: Unit
    attempt: Attempt
    results: list[Result]


def complete_units(tx: Transaction, queue: ReadyQueue, accepted: list[Accepted], now: float, new_id: NewId) -> None:
    """Accepts verified results of different units: settles each once, makes its files artifacts, frees what waited
    for it, and completes the jobs of which nothing is left to do."""
    if not accepted:
        return
    look_for_transfers(tx, chain.from_iterable((_release_key(one.unit), charge_key(one.unit.id)) for one in accepted))
    for one in accepted:
        _complete_unit(tx, queue, one, now, new_id)
    _free_needing(tx, queue, [one.unit.id for one in accepted], now)
    for job_id in dict.fromkeys(one.unit.job_id for one in accepted):
        tx.when_told(("is done", job_id), partial(_complete_if_done, tx, job_id, now, new_id))


def _complete_if_done(tx: Transaction, job_id: int, now: float, new_id: NewId) -> None:
    if UNITS_SQL.unfinished_of_job(tx.connection, job_id=job_id) is None:
        move_job(tx, job_id, JobStatus.COMPLETED, now)
        tell_job_ended(tx, job_id, JobStatus.COMPLETED, now, new_id)


def _complete_unit(tx: Transaction, queue: ReadyQueue, accepted: Accepted, now: float, new_id: NewId) -> None:
    unit, attempt = accepted.unit, accepted.attempt
    for other in live_attempts_of_unit(tx.connection, unit.id) if unit.attempts > 1 else ():
        if other.id != attempt.id:
            superseded = Ending(AttemptOutcome.SUPERSEDED, "another attempt of this unit was accepted")
            end_attempt(tx, queue, unit, other, superseded, now, new_id)
    end_attempt(tx, queue, unit, attempt, Ending(AttemptOutcome.COMPLETED), now, new_id)
    add_results(tx, unit, attempt, accepted.results, now, new_id)
    tell_artifacts_ready(tx, unit, attempt, now, new_id)
    outstanding = unit.outstanding_micro
    about = About(job_id=unit.job_id, unit_id=unit.id, note="completed")
    release(tx, unit.customer_id, outstanding, about, key=_release_key(unit), now=now, new_id=new_id)
    charged = _settle(tx, queue, unit, attempt, outstanding, now, new_id)
    settled = change_unit(
        tx,
        unit,
        accepted_attempt_id=attempt.id,
        result_content_id=attempt.result_content_id,
        charged_micro=charged,
        released_micro=unit.released_micro + outstanding,
    )
    move_unit(tx, queue, settled, UnitState.COMPLETED, now)


def _settle(
    tx: Transaction, queue: ReadyQueue, unit: Unit, attempt: Attempt, most_micro: int, now: float, new_id: NewId
) -> int:
    """Has a unit's work paid for, by its customer or, where that was done before it was invalidated, from that charge.
    Gives what it cost."""
    work = work_in_result(tx, unit, attempt)
    paid_seconds = sum(part.seconds for part in work if part.owner_id != unit.customer_id)
    count_charged(tx, queue, unit.customer_id, paid_seconds, now)
    about = (tx, unit.customer_id, unit.job_id, unit.id)
    if not unit.charged_micro:
        again_by = None if unit.accepted_attempt_id is None else attempt.id
        return charge(*about, work, most_micro=most_micro, again_by=again_by, now=now, new_id=new_id)
    return pay_withheld(*about, attempt.id, work, withheld_micro=unit.charged_micro, now=now, new_id=new_id)


def _free_needing(tx: Transaction, queue: ReadyQueue, completed: list[int], now: float) -> None:
    """Makes units ready that waited for these last. A unit waits for one at a time of those it needs, the newest, so
    that one that needs many is not looked at for each of them."""
    waiting = [row["id"] for row in UNITS_SQL.waiting_for(tx.connection, ids=msgspec.json.encode(completed).decode())]
    if not waiting:
        return
    rows = UNITS_SQL.wait_for_others(tx.connection, ids=msgspec.json.encode(waiting).decode())
    for unit in load_units(tx.connection, [row["id"] for row in rows if row["waits_for"] is None]).values():
        if unit.state == UnitState.BLOCKED:
            move_unit(tx, queue, unit, UnitState.READY, now)


def fail_unit(
    tx: Transaction,
    queue: ReadyQueue,
    unit: Unit,
    failure: JobFailure,
    now: float,
    new_id: NewId,
    *,
    fault: Fault = Fault.NODE,
) -> None:
    """Fails a unit and with it its job. `fault` is whose it is that this work came to nothing."""
    end_unit(tx, queue, unit, UnitState.FAILED, Why(failure.message, fault), now, new_id)
    fail_job(tx, queue, unit.job_id, failure, now, new_id, fault=fault)


def fail_job(
    tx: Transaction,
    queue: ReadyQueue,
    job_id: int,
    failure: JobFailure,
    now: float,
    new_id: NewId,
    *,
    fault: Fault = Fault.NODE,
    code: str | None = None,
) -> None:
    """Fails a job; what had not finished is cancelled, its attempts with this code, and costs nothing."""
    _cancel_unfinished(tx, queue, job_id, Why(f"the job failed: {failure.message}", fault, code), now, new_id)
    move_job(tx, job_id, JobStatus.FAILED, now, failure)
    tell_job_ended(tx, job_id, JobStatus.FAILED, now, new_id)


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
    fail_unit(tx, queue, load_unit(tx.connection, unit.id), failure, now, new_id, fault=Fault.CUSTOMER)


def cancel_job(
    tx: Transaction,
    queue: ReadyQueue,
    job_id: int,
    now: float,
    new_id: NewId,
    why: Why,
) -> None:
    """Cancels what has not finished; completed units stay charged."""
    _cancel_unfinished(tx, queue, job_id, why, now, new_id)
    move_job(tx, job_id, JobStatus.CANCELLED, now)
    tell_job_ended(tx, job_id, JobStatus.CANCELLED, now, new_id)


def unit_began(tx: Transaction, unit: Unit, now: float) -> None:
    """Notes that a unit's code was started: its job runs."""

    def job_began() -> None:
        if job_status(tx.connection, unit.job_id) == JobStatus.QUEUED:
            move_job(tx, unit.job_id, JobStatus.RUNNING, now)

    tx.once(("began", unit.job_id), job_began)


def _release_key(unit: Unit) -> str:
    # What was held before this release names it: after a retry the same unit is held, and released, anew.
    return f"release:{unit.id}:{unit.held_micro}"


def end_unit(
    tx: Transaction, queue: ReadyQueue, unit: Unit, state: UnitState, why: Why, now: float, new_id: NewId
) -> None:
    """Ends a unit without a result, as `failed` or `cancelled`: its attempts end, and what was held for it, or charged
    before it was invalidated, goes back to its customer."""
    cancelled = Ending(AttemptOutcome.CANCELLED, why.reason, why.fault, why.code)
    for attempt in live_attempts_of_unit(tx.connection, unit.id):
        end_attempt(tx, queue, unit, attempt, cancelled, now, new_id)
    outstanding = unit.outstanding_micro
    about = About(job_id=unit.job_id, unit_id=unit.id, note=state.value)
    release(tx, unit.customer_id, outstanding, about, key=_release_key(unit), now=now, new_id=new_id)
    if unit.charged_micro:  # before it was invalidated
        give_back(tx, unit.customer_id, unit.job_id, unit.id, unit.charged_micro, now=now, new_id=new_id)
    unit = change_unit(tx, unit, charged_micro=0, released_micro=unit.released_micro + outstanding)
    move_unit(tx, queue, unit, state, now)


def _cancel_unfinished(tx: Transaction, queue: ReadyQueue, job_id: int, why: Why, now: float, new_id: NewId) -> None:
    for unit in units_of_job(tx.connection, job_id):
        if unit.state in UNFINISHED:
            end_unit(tx, queue, unit, UnitState.CANCELLED, why, now, new_id)


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
