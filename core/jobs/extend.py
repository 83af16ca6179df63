"""More time for a job that has not ended, and what any change of a job moves in money."""

from collections.abc import Callable
from functools import partial

import msgspec

from ..accounts.limits import Limits
from ..billing.ledger import balance
from ..billing.settle import cost_micro, hold
from ..clock import credits_text
from ..errors import ApiError, ErrorCode, ErrorDetail, validation_failed
from ..protocol.customer import JobStatus, TrainingJob
from ..protocol.job_changes import ChangedJob, JobMoney
from ..store.database import Transaction
from .attempts import live_attempts_of_unit
from .jobs import SQL, present, tell_job
from .ready import ReadyQueue
from .transitions import ACTIVE_JOBS, UNFINISHED
from .units import SQL as UNITS_SQL
from .units import Unit, units_of_job

NewId = Callable[[], str]


def extend(
    tx: Transaction,
    queue: ReadyQueue,
    customer_id: int,
    job_id: str,
    *,
    max_runtime_seconds: int,
    limits: Limits,
    now: float,
    new_id: NewId,
) -> TrainingJob:
    """Lets each unit of the customer's code that has not finished run so many seconds in all, and holds the
    difference. The same number again changes nothing. Nodes that run one learn of it with their next exchange.

    Raises JOB_NOT_FOUND, STATE_CONFLICT, VALIDATION_FAILED (shorter than now), PLAN_INFEASIBLE, CREDIT_INSUFFICIENT.
    """
    row = SQL.job(tx.connection, customer_id=customer_id, job_id=job_id)
    if row is None:
        raise ApiError(ErrorCode.JOB_NOT_FOUND)
    status = JobStatus(row["status"])
    if status not in ACTIVE_JOBS:
        raise ApiError(ErrorCode.STATE_CONFLICT, f"the job is {status}; only one that has not ended is extended")
    _check_seconds(max_runtime_seconds, row["max_runtime_seconds"], limits)
    if max_runtime_seconds > row["max_runtime_seconds"]:
        longer = [unit for unit in units_of_job(tx.connection, row["id"]) if _can_be_longer(unit, max_runtime_seconds)]
        more = {unit.id: _more_micro(unit, max_runtime_seconds) for unit in longer}
        key = f"hold:{row['id']}:extend:{max_runtime_seconds}"  # it only ever grows
        hold(tx, customer_id, row["id"], sum(more.values()), key=key, now=now, new_id=new_id)
        for unit in longer:
            UNITS_SQL.extend_unit(
                tx.connection, id=unit.id, planned_seconds=max_runtime_seconds, more_micro=more[unit.id]
            )
            for attempt in live_attempts_of_unit(tx.connection, unit.id):
                tx.after_commit(partial(queue.tell_node, attempt.node_id))
        SQL.set_max_runtime(tx.connection, id=row["id"], max_runtime_seconds=max_runtime_seconds)
        tell_job(tx, row["id"], customer_id, status, now)
    return present(tx.connection, SQL.job(tx.connection, customer_id=customer_id, job_id=job_id), now)


def _check_seconds(wanted: int, before: int, limits: Limits) -> None:
    if wanted < before:
        raise validation_failed(max_runtime_seconds=f"{before} or more: what was promised is not shortened")
    if wanted > limits.max_runtime_seconds:
        message = f"{wanted} is above the ceiling of {limits.max_runtime_seconds}"
        raise ApiError(ErrorCode.PLAN_INFEASIBLE, details=[ErrorDetail(message, field="max_runtime_seconds")])


def _can_be_longer(unit: Unit, seconds: int) -> bool:
    """The platform's own units keep their time: the job's limit is not theirs."""
    return unit.state in UNFINISHED and not unit.spec.stage and unit.planned_seconds < seconds


def _more_micro(unit: Unit, seconds: int) -> int:
    return cost_micro(unit.rate_micro, seconds) - cost_micro(unit.rate_micro, unit.planned_seconds)


def with_money(tx: Transaction, customer_id: int, job_id: str, change: Callable[[], TrainingJob]) -> ChangedJob:
    """The job after a change that is made here, with what that moved. Raises what the change raises."""
    before = SQL.money_of_job(tx.connection, customer_id=customer_id, job_id=job_id)
    job = change()
    after = SQL.money_of_job(tx.connection, customer_id=customer_id, job_id=job_id)
    moved = {name: after[name] - before[name] for name in ("held_micro", "released_micro", "charged_micro")}
    left = balance(tx.connection, customer_id).available_micro
    money = JobMoney(
        hold_micro=moved["held_micro"],
        hold=credits_text(moved["held_micro"]),
        release_micro=moved["released_micro"],
        release=credits_text(moved["released_micro"]),
        charge_micro=moved["charged_micro"],
        charge=credits_text(moved["charged_micro"]),
        balance_micro=left,
        balance=credits_text(left),
    )
    return ChangedJob(**msgspec.structs.asdict(job), change=money)
