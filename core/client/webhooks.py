"""Webhooks as a customer keeps them, each call described once; both clients have them as methods."""

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from ..protocol.customer import Page
from ..protocol.webhooks import ChangeWebhook, CreatedWebhook, CreateWebhook, Delivery, Webhook, WebhookEvent
from .http import Call, Endpoint
from .queries import PAGE_LIMIT, page_of, query


def _webhook(id: str = "", rest: str = "") -> str:
    return "/customer/webhooks" + (f"/{quote(id, safe='')}" if id else "") + rest


def _events(names: Sequence[WebhookEvent | str]) -> list[WebhookEvent]:
    return [WebhookEvent(name) for name in names]  # what this program doesn't know is the service's to judge


def _create_webhook(
    url: str, events: Sequence[WebhookEvent | str], *, credits_low_threshold_micro: int | None = None
) -> Call[CreatedWebhook]:
    """Have events sent to an https address. Its `secret` is in this answer alone: a try whose answer was lost is not
    sent again, since what is given twice holds no secret."""
    body = CreateWebhook(url=url, events=_events(events), credits_low_threshold_micro=credits_low_threshold_micro)
    return Call(method="POST", path=_webhook(), answer=CreatedWebhook, body=body, repeatable=False)


def _list_webhooks(*, limit: int = PAGE_LIMIT, cursor: str | None = None) -> Call[Page[Webhook]]:
    """One page of the endpoints, newest first."""
    return Call(method="GET", path=_webhook(), answer=page_of(Webhook), query=query(limit=limit, cursor=cursor))


def _get_webhook(id: str) -> Call[Webhook]:
    """One endpoint."""
    return Call(method="GET", path=_webhook(id), answer=Webhook)


def _change_webhook(
    id: str,
    *,
    url: str | msgspec.UnsetType = msgspec.UNSET,
    events: Sequence[WebhookEvent | str] | msgspec.UnsetType = msgspec.UNSET,
    enabled: bool | msgspec.UnsetType = msgspec.UNSET,
    credits_low_threshold_micro: int | msgspec.UnsetType | None = msgspec.UNSET,
) -> Call[Webhook]:
    """Change an endpoint; what is left out stays as it is."""
    body = ChangeWebhook(
        url=url,
        events=events if isinstance(events, msgspec.UnsetType) else _events(events),
        enabled=enabled,
        credits_low_threshold_micro=credits_low_threshold_micro,
    )
    return Call(method="PATCH", path=_webhook(id), answer=Webhook, body=body)


def _delete_webhook(id: str) -> Call[None]:
    """Delete an endpoint, its log, and what waits to be sent there."""
    return Call(method="DELETE", path=_webhook(id), answer=type(None), repeatable=False)


def _test_webhook(id: str) -> Call[Delivery]:
    """Have a `webhook.test` sent to an endpoint; its log tells what became of it."""
    return Call(method="POST", path=_webhook(id, "/test"), answer=Delivery, creates=True)


def _list_deliveries(
    id: str, *, status: str | None = None, limit: int = PAGE_LIMIT, cursor: str | None = None
) -> Call[Page[Delivery]]:
    """One page of what was sent to an endpoint, newest first: `pending`, `delivered` or `failed`, or all."""
    pairs = query(status=status, limit=limit, cursor=cursor)
    return Call(method="GET", path=_webhook(id, "/deliveries"), answer=page_of(Delivery), query=pairs)


def _redeliver(id: str, delivery_id: str, *, idempotency_key: str | None = None) -> Call[Delivery]:
    """Send a delivery again, with the `webhook-id` that it had."""
    path = _webhook(id, f"/deliveries/{quote(delivery_id, safe='')}/redeliver")
    return Call(method="POST", path=path, answer=Delivery, creates=True, idempotency_key=idempotency_key)


class WebhookEndpoints:
    """The calls, as methods of both clients."""

    create_webhook = Endpoint(_create_webhook)
    list_webhooks = Endpoint(_list_webhooks)
    get_webhook = Endpoint(_get_webhook)
    change_webhook = Endpoint(_change_webhook)
    delete_webhook = Endpoint(_delete_webhook)
    test_webhook = Endpoint(_test_webhook)
    list_deliveries = Endpoint(_list_deliveries)
    redeliver = Endpoint(_redeliver)
