"""Compute units: reading them, and the one door through which their state moves."""

from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Any

import msgspec

from ..events.events import EventKind, record
from ..planning.plan import UnitSpec
from ..protocol.customer import UnitState
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .ready import ReadyQueue, ReadyUnit
from .transitions import AT_A_NODE, OVER, check_unit_move

SQL = named_sql(__file__, "units")


class Unit(msgspec.Struct, frozen=True):
    """A unit as it lies in the store; `number` is its index in its role."""

    id: int
    public_id: str
    job_id: int
    customer_id: int
    class_id: int
    role: str
    number: int
    count: int
    round: int
    state: UnitState
    priority: int
    waits_for: int | None
    spec: UnitSpec
    planned_seconds: int
    rate_class: str
    rate_micro: int
    held_micro: int
    charged_micro: int
    released_micro: int
    tries: int
    attempts: int
    started_at: float | None
    accepted_attempt_id: int | None
    result_content_id: int | None
    progress: float
    log_number: int
    log_bytes: int
    metric_points: int

    @property
    def label(self) -> str:
        """`train`, or `train-2` where there are several: the first part of its artifacts' names."""
        return unit_label(self.role, self.number, self.count)

    @property
    def ready_unit(self) -> ReadyUnit:
        """What the scheduler keeps of it."""
        return ReadyUnit(self.id, self.class_id, self.customer_id, self.priority)

    @property
    def outstanding_micro(self) -> int:
        """What is still held for it."""
        return self.held_micro - self.released_micro


def unit_label(role: str, number: int, count: int) -> str:
    """A unit's name within its job."""
    return role if count == 1 else f"{role}-{number}"


_STATE = Unit.__struct_fields__.index("state")
_SPEC = Unit.__struct_fields__.index("spec")
_decode_spec = lru_cache(maxsize=1024)(msgspec.json.Decoder(UnitSpec).decode)


def _unit(row: Row) -> Unit:
    values = list(row)
    values[_STATE] = UnitState(values[_STATE])
    values[_SPEC] = _decode_spec(values[_SPEC])
    return Unit(*values)


def load_unit(connection: Connection, unit_id: int) -> Unit:
    """The unit with this internal id, which must be there."""
    return _unit(SQL.unit(connection, id=unit_id))


def load_units(connection: Connection, unit_ids: Iterable[int]) -> dict[int, Unit]:
    """The units with these internal ids, by id."""
    ids = list(unit_ids)
    rows = SQL.units(connection, ids=msgspec.json.encode(ids).decode()) if ids else []
    return {row["id"]: _unit(row) for row in rows}


def units_of_job(connection: Connection, job_id: int) -> list[Unit]:
    """All units of a job, in the plan's order."""
    return [_unit(row) for row in SQL.units_of_job(connection, job_id=job_id)]


def move_unit(tx: Transaction, queue: ReadyQueue, unit: Unit, after: UnitState, now: float) -> Unit:
    """Moves a unit to another state, with its event, and keeps the scheduler's picture true. Gives the unit as it is.

    Raises ImpossibleMove when the table has no such move. The store decides: when it has the unit in another state,
    the transaction fails with StaleRow.
    """
    before = unit.state
    check_unit_move(before, after)
    changes: dict[str, Any] = {}
    if after == UnitState.RUNNING and unit.started_at is None:
        changes["started_at"] = now
    if after == UnitState.COMPLETED:
        changes["progress"] = 1.0
    tx.update("units", unit.id, {"state": before.value}, state=after.value, **changes)
    unit = msgspec.structs.replace(unit, state=after, **changes)
    if after == UnitState.READY:
        tx.update("units", unit.id, ready_at=now)
    if after in OVER or before in OVER:
        tx.update("units", unit.id, finished_at=now if after in OVER else None)
    if after in OVER:
        tx.tally("unit", after.value)
    tell_unit(tx, unit, unit.progress, now)
    ready = unit.ready_unit
    if after == UnitState.READY:
        tx.after_commit(lambda: queue.add(ready))
    if before == UnitState.READY:
        queue.remove(ready)
        tx.after_rollback(lambda: queue.put_back(ready))
    change = (after in AT_A_NODE) - (before in AT_A_NODE)
    if change:
        queue.count_work(unit.customer_id, change)
        tx.after_rollback(lambda: queue.count_work(ready.customer_id, -change))
    return unit


def change_unit(tx: Transaction, unit: Unit, **changes: Any) -> Unit:
    """Gives columns of a unit other values (its state is moved by `move_unit` alone); gives the unit as it is then."""
    tx.update("units", unit.id, **changes)
    return msgspec.structs.replace(unit, **changes)


def tell_unit(tx: Transaction, unit: Unit, progress: float, now: float) -> None:
    """Writes the event of where a unit stands when the transaction ends; `progress` is 0 to 1."""
    payload = {
        "compute_unit_id": unit.public_id,
        "role": unit.label,
        "state": unit.state.value,
        "attempt": unit.attempts,
        "progress": round(progress, 4),
    }
    tell = partial(record, tx, EventKind.UNIT, payload, customer_id=unit.customer_id, job_id=unit.job_id, now=now)
    tx.at_end(("unit", unit.id), tell)
