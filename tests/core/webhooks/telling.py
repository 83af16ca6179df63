"""Endpoints and their logs, for tests of what webhooks are told and of what becomes of it."""

import msgspec

from core.accounts.limits import DEFAULTS
from core.billing.ledger import balance
from core.protocol.webhooks import ChangeWebhook, CreatedWebhook, CreateWebhook, Delivery, WebhookEvent
from core.webhooks.deliveries import (
    list_deliveries,
)
from core.webhooks.endpoints import (
    change_endpoint,
    create_endpoint,
    find_endpoint,
)
from core.webhooks.outbox import (
    Tried,
    due,
    note_try,
)
from tests.core.engine import Engine

URL = "https://hooks.example.com/"
ALL: list[WebhookEvent] = [event for event in WebhookEvent if event is not WebhookEvent.CREDITS_LOW]
MICRO = 10**6


def endpoint(
    engine: Engine, customer: int, events: list[WebhookEvent] | None = None, below: int | None = None
) -> CreatedWebhook:
    """A new endpoint of a customer, for these events."""
    asked = CreateWebhook(url=URL, events=ALL if events is None else events, credits_low_threshold_micro=below)
    with engine.store.transaction() as tx:
        return create_endpoint(
            tx,
            customer,
            asked,
            balance_micro=balance(tx.connection, customer).available_micro,
            most=DEFAULTS.webhooks,
            now=engine.now,
            new_id=engine.new_id,
            random_bytes=engine.random.randbytes,
        )


def change(engine: Engine, customer: int, webhook: str, **changes: object) -> None:
    with engine.store.transaction() as tx:
        available = balance(tx.connection, customer).available_micro
        asked = msgspec.convert(changes, ChangeWebhook)
        change_endpoint(tx, customer, webhook, asked, balance_micro=available)


def told(engine: Engine, customer: int, webhook: str) -> list[str]:
    """The events of an endpoint's deliveries, oldest first."""
    return [one.event for _, one in deliveries(engine, customer, webhook)]


def deliveries(engine: Engine, customer: int, webhook: str) -> list[tuple[int, Delivery]]:
    """An endpoint's log, oldest first."""
    found = list_deliveries(engine.store.connection, customer, webhook, status=None, before=None, limit=100)
    return found[::-1]


def key_of(engine: Engine, customer: int, webhook: str) -> int:
    return int(find_endpoint(engine.store.connection, customer, webhook)["id"])


def answer(
    engine: Engine,
    customer: int,
    webhook: str,
    status: int | None,
    *,
    error: str | None = None,
    chance: float = 0.5,
    trims: bool = False,
) -> None:
    """Sends the delivery that is longest due, which must be there, and gets this answer."""
    endpoint_id = key_of(engine, customer, webhook)
    [one, *_] = due(engine.store.connection, endpoint_id, limit=10, now=engine.now)
    tried = Tried(one.url, engine.now, status, 0.1, "93.184.216.34", "said", error)
    with engine.store.transaction() as tx:
        note_try(tx, one.id, tried, now=engine.now, chance=chance, trims=trims)


def due_count(engine: Engine, customer: int, webhook: str) -> int:
    return len(due(engine.store.connection, key_of(engine, customer, webhook), limit=100, now=engine.now))
