"""An owner's nodes: listing, renaming and revoking them, codes for more, and the packages that are kept off them."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.errors import ErrorCode, validation_failed
from core.nodes.blocks import list_blocks
from core.nodes.owned import get_owned, list_owned, make_owners_code, owned_id, rename
from core.protocol.customer import Page
from core.protocol.owner import (
    ChangeNode,
    CreateBlock,
    CreateEnrollmentCode,
    EnrollmentCode,
    OwnedNode,
    PackageBlock,
)
from core.scheduling.blocking import block_package, unblock_owners
from core.scheduling.revoking import revoke_node
from core.store.database import Transaction

from ..authentication import idempotency_key_guard, identify, scope_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody

NODES_PATH = "/owner/nodes"
CODES_PATH = "/owner/enrollment-codes"
BLOCKS_PATH = "/owner/blocks"
READ = [scope_guard("nodes:read")]
WRITE = [scope_guard("nodes:write")]
AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=100)]


@get(NODES_PATH, guards=READ, operation_id="list_owned_nodes", tags=["node owners"], opt={"errors": ()})
async def nodes(request: AnyRequest, state: State, limit: Limit = 50, cursor: str | None = None) -> Page[OwnedNode]:
    """Your nodes, newest first: tier, when last heard of, what they offer, what runs there now."""
    context: Context = state["context"]
    principal: Principal = request.auth
    now = context.clock()

    def fetch(before: int | None, count: int) -> list[tuple[int, OwnedNode]]:
        return list_owned(
            context.store.connection,
            principal.customer_id,
            settings=context.node_settings,
            now=now,
            before=before,
            limit=count,
        )

    return page(context, principal, fetch, key=int, route=NODES_PATH, filters={}, cursor=cursor, limit=limit)


@patch(
    NODES_PATH + "/{id:str}",
    guards=WRITE,
    dto=JsonBody[ChangeNode],
    operation_id="change_owned_node",
    tags=["node owners"],
    opt={"errors": (ErrorCode.NODE_NOT_FOUND,)},
)
async def change_node(request: AnyRequest, state: State, id: str, data: ChangeNode) -> OwnedNode:
    """Renames a node, or revokes it: what it holds goes elsewhere, and its credential is good no more."""
    context: Context = state["context"]
    owner_id = request.auth.customer_id
    if data.name is None and data.revoked is None:
        raise validation_failed(name="give a name, or revoked", revoked="give revoked, or a name")
    if data.revoked is False:
        raise validation_failed(revoked="can only be true: a revoked node is enrolled anew, with a code")
    now = context.clock()

    def change(tx: Transaction) -> OwnedNode:
        identify(tx.connection, request.scope, now)  # a key may be revoked while a slow body arrives
        if data.name is not None:
            rename(tx, owner_id, id, data.name)
        if data.revoked:
            revoke_node(tx, context.index, owned_id(tx.connection, owner_id, id), now=now, new_id=context.new_id)
            context.node_changes += 1  # at once: the next exchange of this group reads the node anew
        return get_owned(tx.connection, owner_id, id, settings=context.node_settings, now=now)

    return await context.store.write(change)


@post(
    CODES_PATH,
    guards=[*WRITE, idempotency_key_guard],
    dto=JsonBody[CreateEnrollmentCode],
    operation_id="create_enrollment_code",
    tags=["node owners"],
    opt={"errors": ()},
)
async def create_code(
    request: AnyRequest, state: State, data: CreateEnrollmentCode | None = None
) -> Response[EnrollmentCode]:
    """A code that enrols one node of yours within 15 minutes, at tier `new`. It is shown once."""
    context: Context = state["context"]
    owner_id = request.auth.customer_id
    shown: list[str | None] = [None]

    def work(tx: Transaction) -> EnrollmentCode:
        made = make_owners_code(tx, owner_id, now=context.clock(), random_bytes=context.random_bytes)
        shown[0] = made.code
        return msgspec.structs.replace(made, code=None)  # what is kept for a replay

    def with_code(kept: EnrollmentCode) -> EnrollmentCode:
        return msgspec.structs.replace(kept, code=shown[0])

    body = data or CreateEnrollmentCode()
    route = f"POST {CODES_PATH}"
    return await create_once(request, context, route, body, work, answered=EnrollmentCode, present=with_code)


@get(BLOCKS_PATH, guards=READ, operation_id="list_package_blocks", tags=["node owners"], opt={"errors": ()})
async def blocks(request: AnyRequest, state: State, limit: Limit = 50, cursor: str | None = None) -> Page[PackageBlock]:
    """The packages that you keep off your nodes, newest first."""
    context: Context = state["context"]
    principal: Principal = request.auth

    def fetch(before: int | None, count: int) -> list[tuple[int, PackageBlock]]:
        connection = context.store.connection
        return list_blocks(connection, owner_id=principal.customer_id, before=before, limit=count)

    return page(context, principal, fetch, key=int, route=BLOCKS_PATH, filters={}, cursor=cursor, limit=limit)


@post(
    BLOCKS_PATH,
    guards=[*WRITE, idempotency_key_guard],
    dto=JsonBody[CreateBlock],
    operation_id="create_package_block",
    tags=["node owners"],
    opt={"errors": (ErrorCode.STATE_CONFLICT,)},
)
async def create_block(request: AnyRequest, state: State, data: CreateBlock) -> Response[PackageBlock]:
    """Keeps a package off your nodes, at once; the reason is your report to the operator."""
    context: Context = state["context"]
    owner_id = request.auth.customer_id

    def work(tx: Transaction) -> PackageBlock:
        made = block_package(
            tx,
            context.index,
            owner_id=owner_id,
            package_digest=data.package_digest,
            reason=data.reason,
            now=context.clock(),
            new_id=context.new_id,
        )
        return made.block

    return await create_once(request, context, f"POST {BLOCKS_PATH}", data, work, answered=PackageBlock)


@delete(
    BLOCKS_PATH + "/{id:str}",
    guards=WRITE,
    operation_id="delete_package_block",
    tags=["node owners"],
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def delete_block(request: AnyRequest, state: State, id: str) -> None:
    """Lets a package onto your nodes again."""
    context: Context = state["context"]
    owner_id = request.auth.customer_id
    await context.store.write(lambda tx: unblock_owners(tx, context.index, owner_id=owner_id, block_id=id))


HANDLERS: list[Any] = [nodes, change_node, create_code, blocks, create_block, delete_block]
