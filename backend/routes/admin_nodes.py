"""Nodes, for the operator: all of them, how far each is trusted, revoking one, and codes that let one in."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.customers import find_by_email
from core.clock import rfc3339
from core.errors import ErrorCode
from core.nodes.directory import node_page, node_with_id, set_tier, show_node
from core.nodes.enrollment import CODE_SECONDS, make_code
from core.nodes.tiers import Tier
from core.protocol.admin import AdminNode, ChangeTier, MadeCode, MakeCode, RevokedNode, StoredTier
from core.protocol.customer import Page
from core.scheduling.revoking import revoke_node
from core.store.database import Transaction

from ..admin_door import SECURITY, admin_guard
from ..admin_requests import AnyRequest, admin_of, record
from ..authentication import idempotency_key_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody

PATH = "/admin/nodes"
ONE = f"{PATH}/{{id:str}}"
CODES = "/admin/enrollment-codes"


def _since(context: Context) -> float:
    """Nodes heard of since then are online."""
    return context.clock() - context.node_settings.silent_idle_seconds


@get(
    PATH,
    guards=[admin_guard],
    operation_id="admin_list_nodes",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.PAGINATION_INVALID_CURSOR,)},
)
async def list_all(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
    tier: Annotated[StoredTier | None, Parameter(description="Only nodes of this tier.")] = None,
    owner: Annotated[str | None, Parameter(description="Only nodes of the customer with this address.")] = None,
    revoked: Annotated[bool | None, Parameter(description="Only nodes that are revoked, or are not.")] = None,
) -> Page[AdminNode]:
    """All nodes, newest first. `owner` is an e-mail address; an empty one finds nodes without an owner."""
    context: Context = state["context"]

    def fetch(before: int | None, count: int) -> list[tuple[int, AdminNode]]:
        return node_page(
            context.store.connection,
            tier=tier,
            owner=owner,
            revoked=revoked,
            before=before,
            limit=count,
            since=_since(context),
        )

    filters = {"tier": str(tier), "owner": f"={owner}" if owner is not None else "", "revoked": str(revoked)}
    return page(context, admin_of(request), fetch, key=int, route=PATH, filters=filters, cursor=cursor, limit=limit)


@get(
    ONE,
    guards=[admin_guard],
    operation_id="admin_get_node",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NODE_NOT_FOUND,)},
)
async def show(state: State, id: str) -> AdminNode:
    """One node."""
    context: Context = state["context"]
    return show_node(context.store.connection, id, since=_since(context))


@patch(
    ONE,
    guards=[admin_guard],
    dto=JsonBody[ChangeTier],
    operation_id="admin_change_node",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NODE_NOT_FOUND,)},
)
async def change(request: AnyRequest, state: State, id: str, data: ChangeTier) -> AdminNode:
    """Says how far a node is trusted, from its next lease on; what it holds it may finish."""
    context: Context = state["context"]

    def work(tx: Transaction) -> AdminNode:
        node = node_with_id(tx.connection, id)
        if set_tier(tx, node, Tier(data.tier)):
            record(tx, request, context, "nodes.set-tier", node.public_id, name=node.name, tier=data.tier)
            context.node_changes += 1
            tx.after_commit(lambda: context.index.tell_node(node.id))
        return show_node(tx.connection, id, since=_since(context))

    return await context.store.write(work)


@post(
    f"{ONE}/revoke",
    guards=[admin_guard],
    status_code=200,
    operation_id="admin_revoke_node",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NODE_NOT_FOUND,)},
)
async def revoke(request: AnyRequest, state: State, id: str) -> RevokedNode:
    """Hears a node no more; what it holds goes elsewhere. Said again it changes nothing."""
    context: Context = state["context"]

    def work(tx: Transaction) -> RevokedNode:
        node = node_with_id(tx.connection, id)
        held = show_node(tx.connection, id, since=_since(context)).attempts
        is_new = revoke_node(tx, context.index, node.id, now=context.clock(), new_id=context.new_id)
        shown = show_node(tx.connection, id, since=_since(context))
        ended = held - shown.attempts
        if is_new:
            record(tx, request, context, "nodes.revoke", node.public_id, name=node.name, ended_attempts=ended)
            context.node_changes += 1
        return RevokedNode(**msgspec.structs.asdict(shown), ended_attempts=ended)

    return await context.store.write(work)


@post(
    CODES,
    guards=[admin_guard, idempotency_key_guard],
    dto=JsonBody[MakeCode],
    tags=["admin"],
    operation_id="admin_make_enrollment_code",
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def enrollment_code(request: AnyRequest, state: State, data: MakeCode | None = None) -> Response[MadeCode]:
    """A code that enrols one node at `controlled` within 15 minutes."""
    context: Context = state["context"]
    body = data or MakeCode()
    codes: list[str] = []

    def work(tx: Transaction) -> MadeCode:
        now, email = context.clock(), body.owner_email
        owner = None if email is None else find_by_email(tx.connection, email)
        owner_id, owner_email = (None, None) if owner is None else (owner.id, owner.email)
        codes.append(make_code(tx, owner_id=owner_id, tier=Tier.CONTROLLED, now=now, random_bytes=context.random_bytes))
        subject, tier = owner_email or "operator", Tier.CONTROLLED.value
        record(tx, request, context, "nodes.enrollment-code", subject, tier=tier)
        return MadeCode(None, tier, owner_email, rfc3339(now + CODE_SECONDS))

    def with_code(kept: MadeCode) -> MadeCode:
        return msgspec.structs.replace(kept, code=codes[0] if codes else None)

    return await create_once(request, context, f"POST {CODES}", body, work, answered=MadeCode, present=with_code)


HANDLERS: list[Any] = [list_all, show, change, revoke, enrollment_code]
