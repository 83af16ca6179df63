"""An owner's own nodes: reading and renaming them, and the codes by which more are enrolled."""

import math
from collections.abc import Callable

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..protocol.customer import UnitKind
from ..protocol.node import FreeResources, NodeSettings
from ..protocol.owner import EnrollmentCode, OwnedNode, RunningUnit
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .enrollment import CODE_SECONDS, check_name, make_code
from .self_tests import summary_of
from .tiers import Tier

SQL = named_sql(__file__, "owned")
NEWEST = 2**62
CODES_AT_A_TIME = 20


def list_owned(
    connection: Connection, owner_id: int, *, settings: NodeSettings, now: float, before: int | None, limit: int
) -> list[tuple[int, OwnedNode]]:
    """The owner's nodes, newest first, each with the key to go on from. Revoked ones stay listed."""
    before = NEWEST if before is None else before
    rows = SQL.owned_nodes(connection, owner_id=owner_id, node_id=None, before=before, limit=limit)
    return _presented(connection, rows, settings, now)


def get_owned(connection: Connection, owner_id: int, node_id: str, *, settings: NodeSettings, now: float) -> OwnedNode:
    """One of them. Raises NODE_NOT_FOUND for one that is absent or another's."""
    rows = SQL.owned_nodes(connection, owner_id=owner_id, node_id=node_id, before=NEWEST, limit=1)
    if not rows:
        raise ApiError(ErrorCode.NODE_NOT_FOUND)
    return _presented(connection, rows, settings, now)[0][1]


def owned_id(connection: Connection, owner_id: int, node_id: str) -> int:
    """The internal id of an owner's node. Raises NODE_NOT_FOUND."""
    row = SQL.owned_node(connection, owner_id=owner_id, node_id=node_id)
    if row is None:
        raise ApiError(ErrorCode.NODE_NOT_FOUND)
    return int(row["id"])


def rename(tx: Transaction, owner_id: int, node_id: str, name: str) -> None:
    """Gives a node another name, which customers see. Raises NODE_NOT_FOUND, VALIDATION_FAILED."""
    row_id = owned_id(tx.connection, owner_id, node_id)
    SQL.rename_node(tx.connection, id=row_id, name=check_name(name))


def make_owners_code(
    tx: Transaction, owner_id: int, *, now: float, random_bytes: Callable[[int], bytes]
) -> EnrollmentCode:
    """A code for one node of the owner, whose tier begins at `new`.

    Raises RATE_LIMITED when twenty made within the last 15 minutes are there, used or not.
    """
    connection = tx.connection
    SQL.forget_expired_codes(connection, owner_id=owner_id, now=now)
    made = SQL.codes_of_owner(connection, owner_id=owner_id, now=now)
    if made["codes"] >= CODES_AT_A_TIME:
        raise ApiError(
            ErrorCode.RATE_LIMITED,
            f"{made['codes']} enrollment codes were made within {CODE_SECONDS // 60} minutes, as many as may be",
            hint="Use those that you have; or wait until the first of them has ended.",
            headers={"Retry-After": str(max(1, math.ceil(made["first_expires_at"] - now)))},
        )
    code = make_code(tx, owner_id=owner_id, tier=Tier.NEW, now=now, random_bytes=random_bytes)
    return EnrollmentCode(code, Tier.NEW.value, rfc3339(now + CODE_SECONDS))


def _presented(
    connection: Connection, rows: list[Row], settings: NodeSettings, now: float
) -> list[tuple[int, OwnedNode]]:
    running: dict[int, list[RunningUnit]] = {row["id"]: [] for row in rows}
    for row in SQL.running_on(connection, ids=msgspec.json.encode(list(running)).decode()):
        unit = RunningUnit(
            row["public_id"],
            row["role"],
            UnitKind(row["kind"]),
            row["package_digest"],
            row["gpu_uuid"],
            rfc3339(row["created_at"]),
        )
        running[row["node_id"]].append(unit)
    return [(row["id"], _owned(row, running[row["id"]], settings, now)) for row in rows]


def _owned(row: Row, running: list[RunningUnit], settings: NodeSettings, now: float) -> OwnedNode:
    revoked = row["revoked_at"] is not None
    return OwnedNode(
        id=row["public_id"],
        name=row["name"],
        tier=row["tier"],
        enrolled_at=rfc3339(row["enrolled_at"]),
        last_seen_at=rfc3339_or_none(row["last_seen_at"]),
        online=not revoked and is_online(row["last_seen_at"], settings, now, busy=bool(running)),
        revoked=revoked,
        agent_version=row["agent_version"],
        resources=msgspec.json.decode(row["resources"], type=FreeResources) if row["resources"] else None,
        running=running,
        self_test=summary_of(row),
    )


def is_online(last_seen_at: float | None, settings: NodeSettings, now: float, *, busy: bool) -> bool:
    """Whether a node was heard of lately: one that holds attempts speaks more often."""
    silent_seconds = settings.silent_busy_seconds if busy else settings.silent_idle_seconds
    return last_seen_at is not None and now - last_seen_at <= silent_seconds
