"""Training packages that must not run, for the operator: blocks everywhere, and what owners blocked and why."""

from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.errors import ErrorCode
from core.nodes.blocks import list_blocks, list_reports
from core.protocol.admin import BlockedPackage
from core.protocol.customer import Page
from core.protocol.owner import CreateBlock, PackageBlock
from core.scheduling.blocking import block_package, unblock_package
from core.store.database import Transaction

from ..admin_door import SECURITY, admin_guard
from ..admin_requests import AnyRequest, admin_of, record
from ..authentication import idempotency_key_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody

PATH = "/admin/package-blocks"
REPORTS = "/admin/package-reports"
PackageDigest = Annotated[str, Parameter(description="The SHA-256 of the package's zip, in hex.")]


@get(
    PATH,
    guards=[admin_guard],
    operation_id="admin_list_package_blocks",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.PAGINATION_INVALID_CURSOR,)},
)
async def blocks(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Page[PackageBlock]:
    """Packages that the operator blocked everywhere, newest first."""
    context: Context = state["context"]

    def fetch(before: int | None, count: int) -> list[tuple[int, PackageBlock]]:
        return list_blocks(context.store.connection, owner_id=None, before=before, limit=count)

    return page(context, admin_of(request), fetch, key=int, route=PATH, filters={}, cursor=cursor, limit=limit)


@post(
    PATH,
    guards=[admin_guard, idempotency_key_guard],
    dto=JsonBody[CreateBlock],
    operation_id="admin_block_package",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.STATE_CONFLICT,)},
)
async def block(request: AnyRequest, state: State, data: CreateBlock) -> Response[BlockedPackage]:
    """Blocks a package everywhere: its jobs fail now, nodes stop at their next exchange, new jobs of it are refused."""
    context: Context = state["context"]

    def work(tx: Transaction) -> BlockedPackage:
        blocked = block_package(
            tx,
            context.index,
            owner_id=None,
            package_digest=data.package_digest,
            reason=data.reason,
            now=context.clock(),
            new_id=context.new_id,
        )
        made, failed = blocked.block, blocked.jobs_failed
        record(tx, request, context, "packages.block", made.package_digest, reason=made.reason, jobs_failed=failed)
        return BlockedPackage(**msgspec.structs.asdict(made), jobs_failed=failed)

    return await create_once(request, context, f"POST {PATH}", data, work, answered=BlockedPackage)


@delete(
    f"{PATH}/{{package_digest:str}}",
    guards=[admin_guard],
    operation_id="admin_unblock_package",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def unblock(request: AnyRequest, state: State, package_digest: PackageDigest) -> None:
    """Lets a package run again; what its block ended stays so."""
    context: Context = state["context"]

    def work(tx: Transaction) -> None:
        removed = unblock_package(tx, context.index, owner_id=None, package_digest=package_digest)
        record(tx, request, context, "packages.unblock", removed.package_digest, reason=removed.reason)

    await context.store.write(work)


@get(
    REPORTS,
    guards=[admin_guard],
    operation_id="admin_list_package_reports",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.PAGINATION_INVALID_CURSOR,)},
)
async def reports(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
    package_digest: Annotated[str | None, Parameter(description="Only what was said of this package.")] = None,
) -> Page[PackageBlock]:
    """What owners keep off their nodes and why, newest first."""
    context: Context = state["context"]

    def fetch(before: int | None, count: int) -> list[tuple[int, PackageBlock]]:
        return list_reports(context.store.connection, package_digest=package_digest, before=before, limit=count)

    filters = {"package": str(package_digest)}
    return page(context, admin_of(request), fetch, key=int, route=REPORTS, filters=filters, cursor=cursor, limit=limit)


HANDLERS: list[Any] = [blocks, block, unblock, reports]
