"""Attempts: one node's try at a unit, from its lease to its one outcome; checkpoints belong to them."""

from collections.abc import Iterable
from typing import Any

import msgspec

from ..content.storage import forget_content
from ..protocol.customer import AttemptOutcome
from ..protocol.node import Fault
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .units import Unit

SQL = named_sql(__file__, "attempts")


class Attempt(msgspec.Struct, frozen=True):
    """An attempt as it lies in the store."""

    id: int
    public_id: str
    unit_id: int
    node_id: int
    number: int
    token: str
    gpu_uuid: str | None
    lease_expires_at: float | None
    created_at: float
    last_heard_at: float
    started_at: float | None = None
    exited_at: float | None = None
    accepted_seconds: float = 0.0
    start_checkpoint_id: int | None = None
    last_step: int | None = None
    log_through: int = 0
    metric_through: int = 0
    checkpoint_through: int = 0
    result_content_id: int | None = None
    outcome: AttemptOutcome | None = None

    @property
    def live(self) -> bool:
        """Whether it has not ended."""
        return self.outcome is None


class Ending(msgspec.Struct, frozen=True):
    """How an attempt ends, in words and numbers."""

    outcome: AttemptOutcome
    reason: str | None = None
    fault: Fault | None = None
    code: str | None = None
    exit_code: int | None = None
    limit: float | None = None
    measured: float | None = None


_OUTCOME = Attempt.__struct_fields__.index("outcome")


def _attempt(row: Row) -> Attempt:
    values = list(row)
    if values[_OUTCOME] is not None:
        values[_OUTCOME] = AttemptOutcome(values[_OUTCOME])
    return Attempt(*values)


def load_attempt(connection: Connection, attempt_id: int) -> Attempt:
    """The attempt with this internal id, which must be there."""
    return _attempt(SQL.attempt(connection, id=attempt_id))


def load_attempts(connection: Connection, attempt_ids: Iterable[int]) -> dict[int, Attempt]:
    """The attempts with these internal ids, by id."""
    ids = msgspec.json.encode(list(attempt_ids)).decode()
    return {row["id"]: _attempt(row) for row in SQL.attempts(connection, ids=ids)}


def find_attempts(connection: Connection, public_ids: Iterable[str], node_id: int) -> dict[str, Attempt]:
    """Those of these attempts that are the node's, by public id."""
    listed = msgspec.json.encode(list(public_ids)).decode()
    rows = SQL.attempts_of_node(connection, public_ids=listed, node_id=node_id)
    return {row["public_id"]: _attempt(row) for row in rows}


def add_attempt(
    tx: Transaction,
    unit: Unit,
    *,
    node_id: int,
    public_id: str,
    token: str,
    gpu_uuid: str | None,
    lease_expires_at: float,
    start_checkpoint_id: int | None,
    now: float,
) -> Attempt:
    """The newest attempt at a unit, whose `attempts` counts it already."""
    columns: dict[str, Any] = {
        "id": tx.next_id("attempts"),
        "public_id": public_id,
        "unit_id": unit.id,
        "node_id": node_id,
        "number": unit.attempts,
        "token": token,
        "gpu_uuid": gpu_uuid,
        "lease_expires_at": lease_expires_at,
        "created_at": now,
        "last_heard_at": now,
        "start_checkpoint_id": start_checkpoint_id,
    }
    tx.insert("attempts", **columns)
    return Attempt(**columns)


def change_attempt(tx: Transaction, attempt: Attempt, **changes: Any) -> Attempt:
    """Gives columns of an attempt other values; gives the attempt as it is then."""
    tx.update("attempts", attempt.id, **changes)
    return msgspec.structs.replace(attempt, **changes)


def live_attempts_of_unit(connection: Connection, unit_id: int) -> list[Attempt]:
    """The attempts of a unit that have not ended."""
    return [_attempt(row) for row in SQL.live_of_unit(connection, unit_id=unit_id)]


def live_attempts_of_node(connection: Connection, node_id: int) -> list[Attempt]:
    """The attempts a node holds."""
    return [_attempt(row) for row in SQL.live_of_node(connection, node_id=node_id)]


def forget_stale_checkpoints(tx: Transaction, unit: Unit) -> list[str]:
    """Keeps a unit's two newest checkpoints and those in use; gives the digests that nobody has any more."""
    orphans: list[str] = []
    for row in SQL.stale_checkpoints(tx.connection, unit_id=unit.id):
        orphans += _forget_checkpoint(tx, unit, row["id"], row["content_id"])
    return orphans


def forget_checkpoints(tx: Transaction, unit: Unit) -> None:
    """Has none of a unit's checkpoints gone on from any more. The bytes go too, but of those that are artifacts."""
    for row in SQL.checkpoints_of_unit(tx.connection, unit_id=unit.id):
        if row["is_artifact"]:
            SQL.empty_checkpoint(tx.connection, id=row["id"])
        else:
            _forget_checkpoint(tx, unit, row["id"], row["content_id"])


def _forget_checkpoint(tx: Transaction, unit: Unit, checkpoint_id: int, content_id: int) -> list[str]:
    SQL.empty_checkpoint(tx.connection, id=checkpoint_id)
    return forget_content(tx, unit.customer_id, content_id)


def set_outcome(tx: Transaction, attempt: Attempt, ending: Ending, now: float) -> None:
    """Writes the outcome of an attempt that has none yet."""
    tx.update(
        "attempts",
        attempt.id,
        {"outcome": None},
        outcome=ending.outcome.value,
        finished_at=now,
        lease_expires_at=None,
        fault=ending.fault.value if ending.fault else None,
        code=ending.code,
        reason=ending.reason,
        limit_value=ending.limit,
        measured_value=ending.measured,
    )
    tx.tally("attempt", ending.outcome.value)
    if ending.exit_code is not None:
        tx.update("attempts", attempt.id, exit_code=ending.exit_code)


def owner_of_node(tx: Transaction, node_id: int) -> int | None:
    """The customer whom a node belongs to, if it belongs to one."""
    owner_id: int | None = tx.once(("owner", node_id), lambda: SQL.owner_of_node(tx.connection, node_id=node_id))
    return owner_id


def all_reasons(connection: Connection, unit_id: int) -> str:
    """Why each attempt of a unit ended, in one line."""
    rows = SQL.reasons(connection, unit_id=unit_id)
    return "; ".join(f"attempt {r['number']} on {r['name']}: {r['reason'] or r['outcome'] or 'running'}" for r in rows)
