"""What an owner of nodes can ask of the service, each call described once; both clients have them as methods."""

from typing import Literal
from urllib.parse import quote

from ..protocol.customer import Page
from ..protocol.owner import (
    ChangeNode,
    CreateBlock,
    CreateEnrollmentCode,
    DemandRow,
    EarningRow,
    EnrollmentCode,
    OwnedNode,
    OwnerAttempt,
    PackageBlock,
)
from .http import Call, Endpoint
from .queries import PAGE_LIMIT, page_of, query


def _list_nodes(*, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[OwnedNode]]:
    """One page of your nodes, newest first, with what runs there now."""
    pairs = query(limit=limit, cursor=cursor)
    return Call(method="GET", path="/owner/nodes", answer=page_of(OwnedNode), query=pairs)


def _rename_node(id: str, name: str) -> Call[OwnedNode]:
    """Give a node another name, which customers see as its label."""
    return Call(method="PATCH", path=f"/owner/nodes/{quote(id, safe='')}", answer=OwnedNode, body=ChangeNode(name=name))


def _revoke_node(id: str) -> Call[OwnedNode]:
    """End a node: what it holds goes elsewhere, and it may only come back with a new code."""
    body = ChangeNode(revoked=True)
    return Call(method="PATCH", path=f"/owner/nodes/{quote(id, safe='')}", answer=OwnedNode, body=body)


def _create_enrollment_code() -> Call[EnrollmentCode]:
    """A code that enrols one node of yours within 15 minutes. A try whose answer was lost is not sent again: what is
    given twice holds no code."""
    body = CreateEnrollmentCode()
    path = "/owner/enrollment-codes"
    return Call(method="POST", path=path, answer=EnrollmentCode, body=body, repeatable=False)


def _list_attempts(
    *,
    node_id: str | None = None,
    outcomes: list[str] | None = None,
    device: str | None = None,
    limit: int = PAGE_LIMIT,
    cursor: str | None = None,
) -> Call[Page[OwnerAttempt]]:
    """One page of the units that ran on your nodes, newest first, and what each earned or why it did not. `device` is
    a GPU's UUID, or `cpu`."""
    pairs = query(limit=limit, cursor=cursor, node_id=node_id, outcome=outcomes, device=device)
    return Call(method="GET", path="/owner/attempts", answer=page_of(OwnerAttempt), query=pairs)


def _list_earnings(
    *,
    by: Literal["day", "unit"] = "day",
    days: int = 30,
    node_id: str | None = None,
    limit: int = PAGE_LIMIT,
    cursor: str | None = None,
) -> Call[Page[EarningRow]]:
    """One page of what you earned, newest first: by UTC day, node and GPU, or by unit."""
    pairs = query(by=by, days=days, node_id=node_id, limit=limit, cursor=cursor)
    return Call(method="GET", path="/owner/earnings", answer=page_of(EarningRow), query=pairs)


def _list_demand(
    *, node_id: str | None = None, limit: int = PAGE_LIMIT, cursor: str | None = None
) -> Call[Page[DemandRow]]:
    """One page of what the network waits for, with what each of your nodes lacks."""
    pairs = query(node_id=node_id, limit=limit, cursor=cursor)
    return Call(method="GET", path="/owner/demand", answer=page_of(DemandRow), query=pairs)


def _list_blocks(*, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[PackageBlock]]:
    """One page of the packages that you keep off your nodes."""
    pairs = query(limit=limit, cursor=cursor)
    return Call(method="GET", path="/owner/blocks", answer=page_of(PackageBlock), query=pairs)


def _block_package(package_digest: str, reason: str) -> Call[PackageBlock]:
    """Keep a package off your nodes; the operator reads the reason."""
    body = CreateBlock(package_digest=package_digest, reason=reason)
    return Call(method="POST", path="/owner/blocks", answer=PackageBlock, body=body, creates=True)


def _unblock_package(id: str) -> Call[None]:
    """Let a package onto your nodes again, by the id of its block."""
    return Call(method="DELETE", path=f"/owner/blocks/{quote(id, safe='')}", answer=type(None), repeatable=False)


class OwnerEndpoints:
    """The calls, as methods of both clients."""

    list_nodes = Endpoint(_list_nodes)
    rename_node = Endpoint(_rename_node)
    revoke_node = Endpoint(_revoke_node)
    create_enrollment_code = Endpoint(_create_enrollment_code)
    list_attempts = Endpoint(_list_attempts)
    list_earnings = Endpoint(_list_earnings)
    list_demand = Endpoint(_list_demand)
    list_blocks = Endpoint(_list_blocks)
    block_package = Endpoint(_block_package)
    unblock_package = Endpoint(_unblock_package)
