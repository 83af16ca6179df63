"""The audit log, for the operator: what was changed, by whom, when."""

from typing import Annotated, Any

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.audit import AuditEntry, audit_entries
from core.errors import ErrorCode
from core.protocol.customer import Page

from ..admin_door import SECURITY, admin_guard
from ..admin_requests import AnyRequest, admin_of
from ..context import Context
from ..responses import page

PATH = "/admin/audit-log"


@get(
    PATH,
    guards=[admin_guard],
    operation_id="admin_audit_log",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.PAGINATION_INVALID_CURSOR,)},
)
async def audit_log(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Page[AuditEntry]:
    """Every change that an operator made, over HTTP or by a command, newest first."""
    context: Context = state["context"]

    def fetch(before: int | None, count: int) -> list[tuple[int, AuditEntry]]:
        return audit_entries(context.store.connection, before=before, limit=count)

    return page(context, admin_of(request), fetch, key=int, route=PATH, filters={}, cursor=cursor, limit=limit)


HANDLERS: list[Any] = [audit_log]
