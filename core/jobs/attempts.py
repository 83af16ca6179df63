"""Attempts: one node's try at a unit, from its lease to its one outcome; checkpoints belong to them."""

import msgspec

from ..content.storage import let_go
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
    started_at: float | None
    exited_at: float | None
    accepted_seconds: float
    start_checkpoint_id: int | None
    last_step: int | None
    log_through: int
    metric_through: int
    checkpoint_through: int
    result_content_id: int | None
    outcome: AttemptOutcome | None

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


def _attempt(row: Row) -> Attempt:
    values = {name: row[name] for name in Attempt.__struct_fields__}
    values["outcome"] = AttemptOutcome(row["outcome"]) if row["outcome"] else None
    return Attempt(**values)


def load_attempt(connection: Connection, attempt_id: int) -> Attempt:
    """The attempt with this internal id, which must be there."""
    return _attempt(SQL.attempt(connection, id=attempt_id))


def find_attempt(connection: Connection, public_id: str, node_id: int) -> Attempt | None:
    """The node's attempt with this id, if there is one."""
    row = SQL.attempt_by_public_id(connection, public_id=public_id, node_id=node_id)
    return None if row is None else _attempt(row)


def live_attempts_of_unit(connection: Connection, unit_id: int) -> list[Attempt]:
    """The attempts of a unit that have not ended."""
    return [_attempt(row) for row in SQL.live_of_unit(connection, unit_id=unit_id)]


def live_attempts_of_node(connection: Connection, node_id: int) -> list[Attempt]:
    """The attempts a node holds."""
    return [_attempt(row) for row in SQL.live_of_node(connection, node_id=node_id)]


def forget_stale_checkpoints(tx: Transaction, unit: Unit) -> list[str]:
    """Keeps a unit's two newest checkpoints and those in use; gives the digests that nobody has any more."""
    orphans: list[str] = []
    for row in list(SQL.stale_checkpoints(tx.connection, unit_id=unit.id)):
        SQL.empty_checkpoint(tx.connection, id=row["id"])
        orphans += let_go(tx, unit.customer_id, row["content_id"])
        SQL.forget_content(tx.connection, id=row["content_id"])
    return orphans


def set_outcome(tx: Transaction, attempt: Attempt, ending: Ending, now: float) -> None:
    """Writes an attempt's outcome; the first stays."""
    SQL.end_attempt(
        tx.connection,
        id=attempt.id,
        outcome=ending.outcome.value,
        now=now,
        fault=ending.fault.value if ending.fault else None,
        code=ending.code,
        reason=ending.reason,
        exit_code=ending.exit_code,
        limit_value=ending.limit,
        measured_value=ending.measured,
    )


def all_reasons(connection: Connection, unit_id: int) -> str:
    """Why each attempt of a unit ended, in one line."""
    rows = SQL.reasons(connection, unit_id=unit_id)
    return "; ".join(f"attempt {r['number']} on {r['name']}: {r['reason'] or r['outcome'] or 'running'}" for r in rows)
