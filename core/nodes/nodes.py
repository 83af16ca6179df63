"""The nodes the service knows: who they are, what they last said they offer."""

import hashlib
from functools import lru_cache
from typing import Any

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..protocol.node import Confinement, ExchangeRequest, FreeResources
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .tiers import Tier

SQL = named_sql(__file__, "nodes")


class Node(msgspec.Struct, frozen=True):
    """A node as matching sees it; `resources` is what it last offered."""

    id: int
    public_id: str
    name: str
    owner_id: int | None
    tier: Tier
    resources: FreeResources | None

    @property
    def confined(self) -> bool:
        """Whether something keeps strangers' code in its place there."""
        return self.resources is not None and self.resources.confinement == Confinement.BUBBLEWRAP


class NodeRow(msgspec.Struct, frozen=True):
    """A node as the operator sees it."""

    id: str
    name: str
    tier: str
    owner: str | None
    enrolled_at: str
    last_seen_at: str | None
    revoked: bool
    agent_version: str
    attempts: int
    resources: dict[str, Any] | None


def credential_hash(credential: str) -> bytes:
    """What is stored of a credential: random ones need no salt or stretching."""
    return hashlib.sha256(credential.encode()).digest()


_decode_resources = lru_cache(maxsize=4096)(msgspec.json.Decoder(FreeResources).decode)


def _node(row: Row) -> Node:
    resources = _decode_resources(row["resources"]) if row["resources"] else None
    return Node(row["id"], row["public_id"], row["name"], row["owner_id"], Tier(row["tier"]), resources)


def authenticate(connection: Connection, credential: str) -> Node:
    """The node with this credential. Raises CUSTOMER_AUTH_REQUIRED with words for the node's owner."""
    row = SQL.node_by_credential(connection, credential_hash=credential_hash(credential))
    if row is None or row["revoked_at"] is not None:
        raise ApiError(
            ErrorCode.CUSTOMER_AUTH_REQUIRED,
            "this node is not enrolled here, or was revoked",
            hint="Enroll it again with a new code: gpu-agent-node run --enroll CODE",
        )
    return _node(row)


def heard(tx: Transaction, node: Node, request: ExchangeRequest, now: float) -> Node:
    """Notes that a node spoke, and what it offers; gives it as it now is."""
    version = request.agent_version[:40]
    tx.update("nodes", node.id, last_seen_at=now, agent_version=version, protocol=request.protocol)
    if request.free is not None and request.free != node.resources:
        tx.update("nodes", node.id, resources=msgspec.json.encode(request.free).decode())
    return node if request.free is None else msgspec.structs.replace(node, resources=request.free)


def is_revoked(connection: Connection, node: Node) -> bool:
    """Whether the node is no longer known."""
    return bool(SQL.is_revoked(connection, id=node.id))


def seen_since(connection: Connection, since: float) -> list[Node]:
    """The nodes heard of since then."""
    return [_node(row) for row in SQL.seen_since(connection, since=since)]


def list_nodes(connection: Connection) -> list[NodeRow]:
    """All nodes, for the operator."""
    return [
        NodeRow(
            id=row["public_id"],
            name=row["name"],
            tier=row["tier"],
            owner=row["owner_email"],
            enrolled_at=rfc3339(row["enrolled_at"]),
            last_seen_at=rfc3339_or_none(row["last_seen_at"]),
            revoked=row["revoked_at"] is not None,
            agent_version=row["agent_version"],
            attempts=row["attempts"],
            resources=msgspec.json.decode(row["resources"]) if row["resources"] else None,
        )
        for row in SQL.all_nodes(connection)
    ]


def move_last_seen(tx: Transaction, seconds: float) -> None:
    """After the machine's clock was set: nodes were silent no longer and no shorter for it."""
    SQL.move_last_seen(tx.connection, seconds=seconds)
