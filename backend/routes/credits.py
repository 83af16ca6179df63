"""The customer's money: the ledger, and what was used, by day, by month and as CSV."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from litestar.response import Stream

from core.accounts.api_keys import Principal
from core.billing.days import day_from, day_of, month_of
from core.billing.export import ExportPlace, export_days, export_head, export_rows
from core.billing.ledger import TransferKind
from core.billing.statement import LedgerFilter, ledger_rows
from core.billing.usage import MOST_DAYS, Usage, add_usage, day_usage, usage_of_day, usage_summary
from core.errors import ErrorCode, validation_failed
from core.protocol.customer import LedgerRow, Page, UsageSummary
from core.protocol.usage import DayUsage

from ..authentication import scope_guard
from ..content_routes import content_disposition
from ..context import Context
from ..responses import page

Limit = Annotated[int, Parameter(ge=1, le=100)]
AnyRequest = Request[Any, Any, Any]
READ = [scope_guard("usage:read")]
LEDGER_PATH = "/customer/credits/ledger"
DAILY_PATH = "/customer/usage/daily"
CSV_TYPE = "text/csv"  # the framework adds the charset
_CSV = {
    200: ResponseSpec(
        data_container=str,
        generate_examples=False,
        media_type=CSV_TYPE,
        description="A line a charged unit, oldest first, behind a line of the columns' names",
    )
}


@get(LEDGER_PATH, guards=READ, operation_id="ledger", tags=["usage"], opt={"errors": ()})
async def ledger(
    request: AnyRequest,
    state: State,
    limit: Limit = 50,
    cursor: str | None = None,
    kind: str | None = None,
    training_job_id: str | None = None,
    date_from: str | None = None,
    date_to: str | None = None,
) -> Page[LedgerRow]:
    """Every move of credits, newest first; all rows add up to the balance. Days are UTC days, both inclusive."""
    context: Context = state["context"]
    principal: Principal = request.auth
    given = {"kind": kind, "training_job_id": training_job_id, "date_from": date_from, "date_to": date_to}
    filters = {name: value for name, value in given.items() if value is not None}
    only = _ledger_filter(filters)

    def fetch(before: int | None, count: int) -> list[tuple[int, LedgerRow]]:
        return ledger_rows(context.store.connection, principal.customer_id, before=before, limit=count, only=only)

    return page(context, principal, fetch, key=int, route=LEDGER_PATH, filters=filters, cursor=cursor, limit=limit)


def _ledger_filter(given: dict[str, str]) -> LedgerFilter:
    """Raises VALIDATION_FAILED with a row for each filter that is none."""
    bad: dict[str, str] = {}
    if "kind" in given and given["kind"] not in list(TransferKind):
        bad["kind"] = f"is none of {', '.join(TransferKind)}"
    days = {name: day_from(given[name]) for name in ("date_from", "date_to") if name in given}
    bad |= {name: "must be a date such as 2026-04-30" for name, day in days.items() if day is None}
    first, last = days.get("date_from"), days.get("date_to")
    if first is not None and last is not None and first > last:
        bad["date_from"] = "is after date_to"
    if bad:
        raise validation_failed(**bad)
    kind = TransferKind(given["kind"]) if "kind" in given else None
    return LedgerFilter(kind, given.get("training_job_id"), first, last)


@get(
    DAILY_PATH,
    guards=READ,
    operation_id="usage_daily",
    tags=["usage"],
    opt={"errors": ()},
)
async def daily(
    request: AnyRequest,
    state: State,
    days: Annotated[int, Parameter(ge=1, le=MOST_DAYS)] = 30,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[DayUsage]:
    """The last so many UTC days, oldest first, today the last; none is left out, also where nothing happened."""
    context: Context = state["context"]
    principal: Principal = request.auth
    today = day_of(context.clock())

    def fetch(after: int | None, count: int) -> list[tuple[int, int]]:
        first = today - days + 1 if after is None else after + 1
        return [(day, day) for day in range(first, today + 1)][:count]

    filters = {"days": str(days)}
    shown = page(context, principal, fetch, key=int, route=DAILY_PATH, filters=filters, cursor=cursor, limit=limit)
    return Page([day_usage(day, await _used(context, principal, day)) for day in shown.data], shown.page)


async def _used(context: Context, principal: Principal, day: int) -> Usage:
    """A day's usage, and a turn of the loop for everybody else."""
    await asyncio.sleep(0)
    return usage_of_day(context.store.connection, principal.customer_id, day)


@get("/customer/usage/summary", guards=READ, operation_id="usage_summary", tags=["usage"], opt={"errors": ()})
async def summary(request: AnyRequest, state: State) -> UsageSummary:
    """The UTC month so far, with balance and what is held."""
    context: Context = state["context"]
    principal: Principal = request.auth
    now = context.clock()
    month, first, _ = month_of(now)
    used: Usage = {}
    for day in range(first, day_of(now) + 1):
        add_usage(used, await _used(context, principal, day))
    return usage_summary(context.store.connection, principal.customer_id, month, used)


@get(
    "/customer/usage/export.csv",
    guards=READ,
    operation_id="usage_export",
    tags=["usage"],
    responses=_CSV,
    opt={"errors": (ErrorCode.EXPORT_RANGE_TOO_LARGE,)},
)
async def export(request: AnyRequest, state: State, date_from: str | None = None, date_to: str | None = None) -> Stream:
    """The units charged from a UTC day to another (give both), inclusive, 90 at most, as CSV; no cell is a formula."""
    context: Context = state["context"]
    principal: Principal = request.auth
    first, last = export_days(date_from, date_to)
    headers = {
        "Content-Disposition": content_disposition(f"usage-{date_from}-to-{date_to}.csv"),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    content = _lines(context, principal.customer_id, first, last)
    return Stream(content, media_type=CSV_TYPE, headers=headers)


async def _lines(context: Context, customer_id: int, first: int, last: int) -> AsyncIterator[bytes]:
    """A few lines at a time, each read when its reader has taken the ones before: whoever reads slowly costs a page."""
    yield export_head()
    place: ExportPlace | None = ExportPlace()
    while place is not None:
        lines, place = export_rows(context.store.connection, customer_id, first, last, place)
        yield lines
        await asyncio.sleep(0)


HANDLERS: list[Any] = [ledger, daily, summary, export]
