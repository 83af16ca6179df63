"""API keys, webhook endpoints and deliveries as a server would tell them, hostile words among them."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from core.accounts.api_keys import SCOPES
from core.protocol.accounts import Access, Account, ApiKeyRow
from core.protocol.customer import Page, PageInfo
from core.protocol.webhooks import (
    Delivery,
    DeliveryRequest,
    DeliveryStatus,
    DeliveryTry,
    LastDelivery,
    Webhook,
    WebhookEvent,
)
from gui.pages.customer.api_keys import ApiKeysPage
from gui.pages.customer.webhooks import WebhooksPage

HOSTILE = "<b>bold</b> \x1b[31m\u202eevil & <img src=x>"
T = TypeVar("T")
_ALL = (WebhookEvent.JOB_COMPLETED, WebhookEvent.JOB_FAILED, WebhookEvent.CREDITS_LOW)


def at(hours: float = 0.0) -> str:
    """So many hours before now."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def api_key(
    number: int, scopes: tuple[str, ...] = SCOPES, *, used: str | None = None, revoked: str | None = None
) -> ApiKeyRow:
    name = HOSTILE if number == 0 else f"key {number}"
    return ApiKeyRow(
        f"019d3c02-{number:04d}-7e15", name, f"sk_alpha_b9Xe{number}", list(scopes), at(900), used, revoked
    )


def webhook(
    number: int, *, enabled: bool = True, last: LastDelivery | None = None, reason: str | None = None
) -> Webhook:
    url = f"https://hooks.example.com/gpu-agent/{number}"
    return Webhook(f"019d85f1-{number:04d}-9a30", url, list(_ALL), enabled, 100_000_000, at(30), last, reason)


def delivery(number: int, status: DeliveryStatus, *statuses: int | None) -> Delivery:
    """One whose tries were answered so."""
    tries = [
        DeliveryTry(
            at(20 - place), one, 0.312, "203.0.113.24", None if one is None else HOSTILE, None if one else "slow"
        )
        for place, one in enumerate(statuses)
    ]
    waits = status is DeliveryStatus.PENDING
    headers = {"webhook-id": f"msg_{number}", "webhook-timestamp": "1776146832", "webhook-signature": "v1,Zk0Yp8q1A="}
    return Delivery(
        id=f"delivery-{number}",
        webhook_id=webhook(0).id,
        webhook_message_id=f"msg_{number}",
        event="job.completed",
        status=status,
        training_job_id="019d85f1-0000-7000-8000-0000000a9a30",
        job_name=HOSTILE,
        request=DeliveryRequest(
            "POST", webhook(0).url, headers, '{"type":"job.completed","data":{"status":"completed"}}'
        ),
        created_at=at(21),
        next_attempt_at=at(-1.6) if waits else None,
        gives_up_at=at(-3),
        expected_tries=14,
        tries=tries,
        error_code="WEBHOOK_DELIVERY_FAILED" if status is DeliveryStatus.FAILED else None,
    )


def all_of(rows: list[T]) -> Page[T]:
    return Page(rows, PageInfo(50, None, False))


def fill_keys(page: ApiKeysPage) -> None:
    """Keys of all kinds, with nobody asked."""
    access = Access("api_key", list(SCOPES), api_key(1).id)
    page.put_account(Account("id", "a@example.com", at(900), "alpha", 0, "0", 0, "0", access))
    page.put_page(all_of([api_key(0, SCOPES[:4], used=at(1)), api_key(1), api_key(2, SCOPES[:1], revoked=at(3))]))


def fill_webhooks(page: WebhooksPage) -> None:
    """An endpoint in each state, and a log with the first delivery open."""
    lasts = (
        LastDelivery(DeliveryStatus.PENDING, at(1), 503, at(-1)),
        LastDelivery(DeliveryStatus.DELIVERED, at(1), 204, None),
        LastDelivery(DeliveryStatus.FAILED, at(1), None, None),
        None,
    )
    rows = [webhook(number, last=last) for number, last in enumerate(lasts)]
    rows += [webhook(4, enabled=False, last=lasts[1]), webhook(5, enabled=False, reason="it answered 410 Gone")]
    page.put_page(all_of(rows))
    page.deliveries.put_page(
        all_of(
            [
                delivery(3, DeliveryStatus.PENDING, 503, None, 503),
                delivery(2, DeliveryStatus.DELIVERED, 200),
                delivery(1, DeliveryStatus.FAILED, *([503] * 13)),
                delivery(0, DeliveryStatus.PENDING),
            ]
        )
    )
    page.deliveries.list.open_delivery("delivery-3")
