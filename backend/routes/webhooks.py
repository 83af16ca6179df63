"""Webhooks: endpoints that customers have events sent to. The log of what was sent is next door."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import Parameter

from core.accounts.api_keys import Principal
from core.accounts.limits import rate_limited
from core.billing.ledger import balance
from core.errors import ErrorCode, validation_failed
from core.protocol.customer import Page
from core.protocol.webhooks import ChangeWebhook, CreatedWebhook, CreateWebhook, Webhook
from core.store.database import Transaction
from core.webhooks.addresses import check_url
from core.webhooks.endpoints import (
    change_endpoint,
    check_events,
    check_room,
    create_endpoint,
    delete_endpoint,
    get_endpoint,
    list_endpoints,
)

from ..authentication import idempotency_key_guard, identify, scope_guard
from ..context import Context
from ..host_lookups import TooManyLookups
from ..idempotency import create_once, is_answered
from ..responses import page
from ..validation import JsonBody

PATH = "/customer/webhooks"
READ = [scope_guard("webhooks:read")]
WRITE = [scope_guard("webhooks:write")]
LOOKUP_RETRY_SECONDS = 2
AnyRequest = Request[Any, Any, Any]


@get(PATH, guards=READ, operation_id="list_webhooks", tags=["webhooks"], opt={"errors": ()})
async def list_all(
    request: AnyRequest,
    state: State,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Page[Webhook]:
    """All webhooks, newest first, each with what became of its newest delivery. Secrets are in no list."""
    context: Context = state["context"]
    principal: Principal = request.auth

    def fetch(before: int | None, count: int) -> list[tuple[int, Webhook]]:
        return list_endpoints(context.store.connection, principal.customer_id, before=before, limit=count)

    return page(context, principal, fetch, key=int, route=PATH, filters={}, cursor=cursor, limit=limit)


@post(
    PATH,
    guards=[*WRITE, idempotency_key_guard],
    dto=JsonBody[CreateWebhook],
    operation_id="create_webhook",
    tags=["webhooks"],
    opt={"errors": (ErrorCode.WEBHOOK_INVALID_URL, ErrorCode.STATE_CONFLICT)},
)
async def create(request: AnyRequest, state: State, data: CreateWebhook) -> Response[CreatedWebhook]:
    """Has events sent to an https address on the internet. Its `secret` is shown this once: a replay has none.

    Each message is signed by it as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`)
    and is sent at least once: what has the same `webhook-id` is the same message. An answer of 2xx takes it; anything
    else, and none within 15 seconds, is tried again for 24 hours.
    """
    context: Context = state["context"]
    principal: Principal = request.auth
    check_events(data.events, data.credits_low_threshold_micro)
    asked = msgspec.structs.replace(data, url=_checked(context, data.url))
    route = f"POST {PATH}"
    if not is_answered(request, context, route, data):  # the host of one that was made may be gone by now
        check_room(context.store.connection, principal.customer_id, principal.limits.webhooks)
        await _resolve(context, principal.customer_id, asked.url)
    secrets: dict[str, str | None] = {}

    def work(tx: Transaction) -> CreatedWebhook:
        made = create_endpoint(
            tx,
            principal.customer_id,
            asked,
            balance_micro=balance(tx.connection, principal.customer_id).available_micro,
            most=principal.limits.webhooks,
            now=context.clock(),
            new_id=context.new_id,
            random_bytes=context.random_bytes,
        )
        secrets[made.id] = made.secret  # never in what is kept for replays
        return msgspec.structs.replace(made, secret=None)

    def with_secret(made: CreatedWebhook) -> CreatedWebhook:
        return msgspec.structs.replace(made, secret=secrets.get(made.id))

    answer = await create_once(request, context, route, data, work, answered=CreatedWebhook, present=with_secret)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@get(
    PATH + "/{id:str}",
    guards=READ,
    operation_id="get_webhook",
    tags=["webhooks"],
    opt={"errors": (ErrorCode.WEBHOOK_NOT_FOUND,)},
)
async def show(request: AnyRequest, state: State, id: str) -> Webhook:
    """One webhook."""
    context: Context = state["context"]
    return get_endpoint(context.store.connection, request.auth.customer_id, id)


@patch(
    PATH + "/{id:str}",
    guards=WRITE,
    dto=JsonBody[ChangeWebhook],
    operation_id="change_webhook",
    tags=["webhooks"],
    opt={"errors": (ErrorCode.WEBHOOK_NOT_FOUND, ErrorCode.WEBHOOK_INVALID_URL)},
)
async def change(request: AnyRequest, state: State, id: str, data: ChangeWebhook) -> Webhook:
    """Changes what is named. What waits goes to the new `url`; switched off, what waits ends as failed."""
    context: Context = state["context"]
    customer_id = request.auth.customer_id
    get_endpoint(context.store.connection, customer_id, id)
    if all(getattr(data, name) is msgspec.UNSET for name in ChangeWebhook.__struct_fields__):
        raise validation_failed(**dict.fromkeys(ChangeWebhook.__struct_fields__, "give this, or another"))
    asked = data
    if not isinstance(data.url, msgspec.UnsetType):
        url = _checked(context, data.url)
        await _resolve(context, customer_id, url)
        asked = msgspec.structs.replace(data, url=url)
    now = context.clock()

    def work(tx: Transaction) -> Webhook:
        identify(tx.connection, request.scope, now)  # a key may be revoked while a name is looked up
        available = balance(tx.connection, customer_id).available_micro
        return change_endpoint(tx, customer_id, id, asked, balance_micro=available)

    return await context.store.write(work)


@delete(
    PATH + "/{id:str}",
    guards=WRITE,
    status_code=204,
    operation_id="delete_webhook",
    tags=["webhooks"],
    opt={"errors": (ErrorCode.WEBHOOK_NOT_FOUND,)},
)
async def remove(request: AnyRequest, state: State, id: str) -> None:
    """Deletes a webhook with its log, at once: what waits is sent no more."""
    context: Context = state["context"]
    customer_id = request.auth.customer_id
    await context.store.write(lambda tx: delete_endpoint(tx, customer_id, id, now=context.clock()))


def _checked(context: Context, url: str) -> str:
    """The URL in its one spelling. Raises WEBHOOK_INVALID_URL."""
    return check_url(url, allow_loopback=context.settings.allow_loopback_webhooks).text


async def _resolve(context: Context, customer_id: int, url: str) -> None:
    """Raises WEBHOOK_INVALID_URL for a host that leads to nothing public; RATE_LIMITED."""
    try:
        await context.webhook_sender.resolve(url, customer_id)
    except TooManyLookups as error:
        raise rate_limited(str(error), LOOKUP_RETRY_SECONDS) from error


HANDLERS: list[Any] = [list_all, create, show, change, remove]
