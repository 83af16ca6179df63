"""Customers, for the operator: who they are, what they have, what they may use, and whether they may come in."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import create_key
from core.accounts.customers import create_customer
from core.accounts.directory import find_customer, list_customers, show_customer, show_limits
from core.accounts.limits import set_limits
from core.billing.amounts import MOST_CREDITS, micro_from
from core.billing.ledger import balance, grant
from core.clock import MICRO_PER_CREDIT, credits_text
from core.errors import ErrorCode, validation_failed
from core.protocol.admin import (
    AdminCustomer,
    ChangeLimits,
    CreateCustomer,
    CreatedCustomer,
    CustomerLimits,
    GrantCredits,
    GrantedCredits,
)
from core.protocol.customer import Page
from core.scheduling.suspending import suspend_customer, unsuspend_customer
from core.store.database import Transaction

from ..admin_door import SECURITY, admin_guard
from ..admin_requests import AnyRequest, admin_of, record
from ..authentication import idempotency_key_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody

PATH = "/admin/customers"
ONE = f"{PATH}/{{id:str}}"


@get(
    PATH,
    guards=[admin_guard],
    operation_id="admin_list_customers",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.PAGINATION_INVALID_CURSOR,)},
)
async def list_all(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
    q: str | None = None,
    suspended: Annotated[bool | None, Parameter(description="Only who is suspended, or who is not.")] = None,
) -> Page[AdminCustomer]:
    """All customers, newest first. `q` finds in address and id."""
    context: Context = state["context"]

    def fetch(before: int | None, count: int) -> list[tuple[int, AdminCustomer]]:
        return list_customers(context.store.connection, q=q, suspended=suspended, before=before, limit=count)

    filters = {"q": q or "", "suspended": str(suspended)}
    return page(context, admin_of(request), fetch, key=int, route=PATH, filters=filters, cursor=cursor, limit=limit)


@post(
    PATH,
    guards=[admin_guard, idempotency_key_guard],
    dto=JsonBody[CreateCustomer],
    tags=["admin"],
    operation_id="admin_create_customer",
    security=SECURITY,
    opt={"errors": (ErrorCode.STATE_CONFLICT,)},
)
async def create(request: AnyRequest, state: State, data: CreateCustomer) -> Response[CreatedCustomer]:
    """A customer with a first key, which is told once, and perhaps credits to begin with."""
    context: Context = state["context"]
    amount = micro_from(data.credits, "credits")
    secrets: list[str] = []

    def work(tx: Transaction) -> CreatedCustomer:
        now, new_id = context.clock(), context.new_id
        customer = create_customer(tx, data.email, now=now, new_id=new_id)
        key = create_key(
            tx,
            customer.id,
            name=data.key_name,
            environment=context.settings.environment,
            now=now,
            new_id=new_id,
            random_bytes=context.random_bytes,
        )
        if amount:
            note = "granted when the account was made"
            grant(tx, customer.id, amount, key=f"grant:{new_id()}", note=note, now=now, new_id=new_id)
        record(tx, request, context, "customers.create", customer.email, key_prefix=key.prefix, credits_micro=amount)
        secrets.append(key.secret)
        shown = show_customer(tx.connection, customer.public_id)
        return CreatedCustomer(**msgspec.structs.asdict(shown), api_key=None)

    def with_key(kept: CreatedCustomer) -> CreatedCustomer:
        return msgspec.structs.replace(kept, api_key=secrets[0] if secrets else None)

    return await create_once(request, context, f"POST {PATH}", data, work, answered=CreatedCustomer, present=with_key)


@get(
    ONE,
    guards=[admin_guard],
    operation_id="admin_get_customer",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def show(state: State, id: str) -> AdminCustomer:
    """One customer."""
    context: Context = state["context"]
    return show_customer(context.store.connection, id)


@post(
    f"{ONE}/suspend",
    guards=[admin_guard],
    status_code=200,
    operation_id="admin_suspend_customer",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def suspend_one(request: AnyRequest, state: State, id: str) -> AdminCustomer:
    """Refuses every request of this customer from now on; said again it changes nothing."""
    context: Context = state["context"]

    def work(tx: Transaction) -> AdminCustomer:
        customer = find_customer(tx.connection, id)
        if customer.suspended_at is None:
            ended = suspend_customer(tx, context.index, customer.id, now=context.clock())
            record(tx, request, context, "customers.suspend", customer.email, sessions_ended=ended)
        return show_customer(tx.connection, id)

    return await context.store.write(work)


@post(
    f"{ONE}/unsuspend",
    guards=[admin_guard],
    status_code=200,
    operation_id="admin_unsuspend_customer",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def unsuspend_one(request: AnyRequest, state: State, id: str) -> AdminCustomer:
    """Lets a customer in again; said again it changes nothing."""
    context: Context = state["context"]

    def work(tx: Transaction) -> AdminCustomer:
        customer = find_customer(tx.connection, id)
        if customer.suspended_at is not None:
            unsuspend_customer(tx, context.index, customer.id)
            tx.after_commit(lambda: context.wake())  # nodes that wait may have work again
            record(tx, request, context, "customers.unsuspend", customer.email)
        return show_customer(tx.connection, id)

    return await context.store.write(work)


@post(
    f"{ONE}/credits",
    guards=[admin_guard, idempotency_key_guard],
    dto=JsonBody[GrantCredits],
    tags=["admin"],
    operation_id="admin_grant_credits",
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def grant_credits(request: AnyRequest, state: State, id: str, data: GrantCredits) -> Response[GrantedCredits]:
    """Gives a customer credits. Send an Idempotency-Key: without one, a request sent twice grants twice."""
    context: Context = state["context"]
    amount = micro_from(data.credits, "credits")
    if not amount:
        raise validation_failed(credits="must be more than 0")

    def work(tx: Transaction) -> GrantedCredits:
        customer = find_customer(tx.connection, id)
        now, grant_id = context.clock(), context.new_id()
        has = balance(tx.connection, customer.id).available_micro + amount
        if has > MOST_CREDITS * MICRO_PER_CREDIT:
            raise validation_failed(credits=f"would take the balance above {MOST_CREDITS} credits")
        key = f"grant:{grant_id}"
        grant(tx, customer.id, amount, key=key, note=data.note, now=now, new_id=context.new_id)
        record(tx, request, context, "credits.grant", customer.email, amount_micro=amount, note=data.note)
        return GrantedCredits(grant_id, id, amount, credits_text(amount), has, credits_text(has))

    return await create_once(request, context, f"POST {PATH}/{id}/credits", data, work, answered=GrantedCredits)


@get(
    f"{ONE}/limits",
    guards=[admin_guard],
    operation_id="admin_get_limits",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def limits(state: State, id: str) -> CustomerLimits:
    """What a customer may use, and which of that is not the default."""
    context: Context = state["context"]
    connection = context.store.connection
    return show_limits(connection, find_customer(connection, id).id)


@patch(
    f"{ONE}/limits",
    guards=[admin_guard],
    dto=JsonBody[ChangeLimits],
    operation_id="admin_change_limits",
    tags=["admin"],
    security=SECURITY,
    opt={"errors": (ErrorCode.NOT_FOUND,)},
)
async def change_limits(request: AnyRequest, state: State, id: str, data: ChangeLimits) -> CustomerLimits:
    """Sets limits of a customer, from the next request on; null puts one back to its default."""
    context: Context = state["context"]
    changes = data.changes()

    def work(tx: Transaction) -> CustomerLimits:
        customer = find_customer(tx.connection, id)
        if changes:
            set_limits(tx, customer.id, changes)
            record(tx, request, context, "limits.set", customer.email, **changes)
        return show_limits(tx.connection, customer.id)

    return await context.store.write(work)


HANDLERS: list[Any] = [list_all, create, show, suspend_one, unsuspend_one, grant_credits, limits, change_limits]
