"""What was sent to a webhook and what came of it; a test, and sending again."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.errors import ErrorCode, validation_failed
from core.protocol.customer import Page
from core.protocol.webhooks import Delivery, DeliveryStatus, NothingToSay
from core.store.database import Transaction
from core.webhooks.deliveries import get_delivery, list_deliveries, redeliver, send_test

from ..authentication import idempotency_key_guard
from ..context import Context
from ..idempotency import create_once
from ..responses import page
from ..validation import JsonBody
from .webhooks import PATH, READ, WRITE, AnyRequest


@get(
    PATH + "/{id:str}/deliveries",
    guards=READ,
    operation_id="list_deliveries",
    tags=["webhooks"],
    opt={"errors": (ErrorCode.WEBHOOK_NOT_FOUND,)},
)
async def list_all(
    request: AnyRequest,
    state: State,
    id: str,
    status: Annotated[
        DeliveryStatus | None, Parameter(description="Only those that are pending, delivered or failed.")
    ] = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Page[Delivery]:
    """What was sent to a webhook in the last 30 days, newest first, each with its newest 20 tries. `status`: pending
    (due, under way or waiting for its next try), delivered or failed."""
    context: Context = state["context"]
    principal: Principal = request.auth
    if status is not None and not status.is_known:
        raise validation_failed(status=f"{str(status)[:40]!r} is none of {', '.join(DeliveryStatus)}")

    def fetch(before: int | None, count: int) -> list[tuple[int, Delivery]]:
        connection = context.store.connection
        return list_deliveries(connection, principal.customer_id, id, status=status, before=before, limit=count)

    filters = {"webhook": id, "status": status or ""}
    route = f"{PATH}/{{id}}/deliveries"
    return page(context, principal, fetch, key=int, route=route, filters=filters, cursor=cursor, limit=limit)


@post(
    PATH + "/{id:str}/test",
    guards=[*WRITE, idempotency_key_guard],
    dto=JsonBody[NothingToSay],
    operation_id="test_webhook",
    tags=["webhooks"],
    opt={"errors": (ErrorCode.WEBHOOK_NOT_FOUND, ErrorCode.STATE_CONFLICT)},
)
async def test(request: AnyRequest, state: State, id: str, data: NothingToSay | None = None) -> Response[Delivery]:
    """Sends a `webhook.test`, which says nothing; the log tells what becomes of it."""
    context: Context = state["context"]
    customer_id = request.auth.customer_id
    return await create_once(
        request,
        context,
        f"POST {PATH}/{id}/test",
        data or NothingToSay(),
        lambda tx: send_test(tx, customer_id, id, now=context.clock(), new_id=context.new_id),
        answered=Delivery,
    )


@post(
    PATH + "/{id:str}/deliveries/{delivery_id:str}/redeliver",
    guards=[*WRITE, idempotency_key_guard],
    dto=JsonBody[NothingToSay],
    operation_id="redeliver",
    tags=["webhooks"],
    opt={"errors": (ErrorCode.WEBHOOK_NOT_FOUND, ErrorCode.STATE_CONFLICT)},
)
async def again(
    request: AnyRequest, state: State, id: str, delivery_id: str, data: NothingToSay | None = None
) -> Response[Delivery]:
    """Sends the same message again, with the same `webhook-id`, as a delivery of its own. One that waits for its next
    try is tried now instead, unless it was tried fifty times already."""
    context: Context = state["context"]
    customer_id = request.auth.customer_id

    def work(tx: Transaction) -> Delivery:
        made = redeliver(tx, customer_id, id, delivery_id, now=context.clock(), new_id=context.new_id)
        return _without_its_log(made)

    def as_it_is(kept: Delivery) -> Delivery:
        return get_delivery(context.store.connection, customer_id, id, kept.id)

    return await create_once(
        request,
        context,
        f"POST {PATH}/{id}/deliveries/{delivery_id}/redeliver",
        data or NothingToSay(),
        work,
        answered=Delivery,
        present=as_it_is,
    )


def _without_its_log(made: Delivery) -> Delivery:
    """What is kept for replays: a delivery with its tries may be large, and is read anew for each answer."""
    return msgspec.structs.replace(made, request=msgspec.structs.replace(made.request, body=""), tries=[])


HANDLERS: list[Any] = [list_all, test, again]
