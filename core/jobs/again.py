"""Units that run again, after a retry or since a result was invalidated: what that costs, and where they go back to."""

from collections.abc import Callable, Iterable

import msgspec

from ..billing.settle import cost_micro, credit_refusal, hold
from ..billing.withheld import charged_first, take_again
from ..protocol.customer import UnitState
from ..store.database import Transaction
from .ready import ReadyQueue
from .units import SQL, Unit, load_unit, move_unit

NewId = Callable[[], str]


def provide_for(
    tx: Transaction, customer_id: int, job_id: int, units: Iterable[Unit], *, key: str, now: float, new_id: NewId
) -> None:
    """Sets aside what these units of a job need, which hold nothing and whose charge, if any, was given back: a hold at
    the rate they had, or, of one that was charged before, that same charge again. `key` names the hold.

    Raises CREDIT_INSUFFICIENT, before anything is moved.
    """
    holds: dict[int, int] = {}
    charges: dict[int, int] = {}
    for unit in units:
        charged = charged_first(tx.connection, unit.id) if unit.accepted_attempt_id is not None else 0
        if charged:
            charges[unit.id] = charged
        else:
            holds[unit.id] = cost_micro(unit.rate_micro, unit.planned_seconds)
    if refusal := credit_refusal(tx.connection, customer_id, sum(holds.values()) + sum(charges.values())):
        raise refusal
    hold(tx, customer_id, job_id, sum(holds.values()), key=key, now=now, new_id=new_id)
    for unit_id, amount in holds.items():
        tx.add("units", unit_id, "held_micro", amount)
    for unit_id, amount in charges.items():
        take_again(tx, customer_id, job_id, unit_id, amount, now=now, new_id=new_id)
        tx.update("units", unit_id, charged_micro=amount)


def put_back(tx: Transaction, queue: ReadyQueue, unit_id: int, now: float) -> None:
    """Has a unit that was over wait for a node again, or for what it needs. Units that it needs go back before it."""
    SQL.forget_run(tx.connection, id=unit_id)
    SQL.wait_for_others(tx.connection, ids=msgspec.json.encode([unit_id]).decode())
    unit = load_unit(tx.connection, unit_id)
    move_unit(tx, queue, unit, UnitState.READY if unit.waits_for is None else UnitState.BLOCKED, now)
