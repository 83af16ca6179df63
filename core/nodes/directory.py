"""All nodes, for the operator: lists, and how far each is trusted. Revoking one ends work, so it is in scheduling."""

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..protocol.admin import AdminNode
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .self_tests import summary_of
from .tiers import Tier

SQL = named_sql(__file__, "directory")
NEWEST = 2**62


class NodeName(msgspec.Struct, frozen=True):
    """A node by its internal id, its public one, and its label."""

    id: int
    public_id: str
    name: str


def find_node(connection: Connection, named: str) -> NodeName:
    """The node with this public id, or with this name. Raises NODE_NOT_FOUND, and STATE_CONFLICT where several have the
    name."""
    rows = [NodeName(*row) for row in SQL.nodes_named(connection, named=named)]
    if not rows:
        raise ApiError(ErrorCode.NODE_NOT_FOUND, f"there is no node {named}", hint="List them, and give the node's id.")
    if len(rows) > 1:
        raise ApiError(ErrorCode.STATE_CONFLICT, f"{len(rows)} nodes are named {named}", hint="Give the node's id.")
    return rows[0]


def node_with_id(connection: Connection, node_id: str) -> NodeName:
    """The node with this public id. Raises NODE_NOT_FOUND."""
    row = _row(connection, node_id)
    return NodeName(row["id"], row["public_id"], row["name"])


def show_node(connection: Connection, node_id: str, *, since: float) -> AdminNode:
    """A node; it is online if it was heard of since then. Raises NODE_NOT_FOUND."""
    return _shown(_row(connection, node_id), since)


def node_page(
    connection: Connection,
    *,
    tier: str | None,
    owner: str | None,
    revoked: bool | None,
    before: int | None,
    limit: int,
    since: float,
) -> list[tuple[int, AdminNode]]:
    """Nodes, newest first, each with the key to go on from. `owner` is an e-mail address, "" are nodes without one."""
    rows = SQL.nodes(
        connection,
        tier=tier,
        owner=owner,
        revoked=None if revoked is None else int(revoked),
        before=NEWEST if before is None else before,
        limit=limit,
    )
    return [(row["id"], _shown(row, since)) for row in rows]


def set_tier(tx: Transaction, node: NodeName, tier: Tier) -> bool:
    """Trusts a node so far from its next lease on, whatever it earns; what it holds it may finish. False where that was
    said already."""
    return bool(SQL.set_tier(tx.connection, id=node.id, tier=tier.value))


def _row(connection: Connection, node_id: str) -> Row:
    row: Row | None = SQL.node(connection, public_id=node_id)
    if row is None:
        raise ApiError(ErrorCode.NODE_NOT_FOUND, "there is no node with this id", hint="List them: GET /admin/nodes")
    return row


def _shown(row: Row, since: float) -> AdminNode:
    seen_at: float | None = row["last_seen_at"]
    return AdminNode(
        id=row["public_id"],
        name=row["name"],
        tier=row["tier"],
        owner_email=row["owner_email"],
        enrolled_at=rfc3339(row["enrolled_at"]),
        last_seen_at=rfc3339_or_none(seen_at),
        online=row["revoked_at"] is None and seen_at is not None and seen_at >= since,
        revoked_at=rfc3339_or_none(row["revoked_at"]),
        agent_version=row["agent_version"],
        protocol=row["protocol"],
        attempts=row["attempts"],
        resources=msgspec.json.decode(row["resources"]) if row["resources"] else None,
        self_test=summary_of(row),
    )
