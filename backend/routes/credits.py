"""The customer's money: the ledger, and what was used this month."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.billing.ledger import ledger_rows
from core.billing.usage import usage_summary
from core.protocol.customer import LedgerRow, Page, UsageSummary

from ..authentication import scope_guard
from ..context import Context
from ..responses import page

Limit = Annotated[int, Parameter(ge=1, le=100)]
LEDGER_PATH = "/customer/credits/ledger"


@get(LEDGER_PATH, guards=[scope_guard("usage:read")], operation_id="ledger", tags=["usage"], opt={"errors": ()})
async def ledger(
    request: Request[Any, Any, Any], state: State, limit: Limit = 50, cursor: str | None = None
) -> Page[LedgerRow]:
    """Every move of credits, newest first; all rows add up to the balance."""
    context: Context = state["context"]
    principal: Principal = request.auth

    def fetch(before: int | None, count: int) -> list[tuple[int, LedgerRow]]:
        return ledger_rows(context.store.connection, principal.customer_id, before=before, limit=count)

    return page(context, principal, fetch, key=int, route=LEDGER_PATH, filters={}, cursor=cursor, limit=limit)


@get(
    "/customer/usage/summary",
    guards=[scope_guard("usage:read")],
    operation_id="usage_summary",
    tags=["usage"],
    opt={"errors": ()},
)
async def summary(request: Request[Any, Any, Any], state: State) -> UsageSummary:
    """The UTC month so far, with balance and what is held."""
    context: Context = state["context"]
    principal: Principal = request.auth
    return usage_summary(context.store.connection, principal.customer_id, now=context.clock())


HANDLERS: list[Any] = [ledger, summary]
