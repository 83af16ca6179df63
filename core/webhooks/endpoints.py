"""Endpoints: where a customer has events sent, who hears of what, and how one ends.

Who listens is asked with every completed unit and every move of credits, so it is remembered until it changes.
"""

from collections.abc import Callable, Sequence

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode, validation_failed
from ..protocol.webhooks import (
    ChangeWebhook,
    CreatedWebhook,
    CreateWebhook,
    DeliveryStatus,
    LastDelivery,
    Webhook,
    WebhookEvent,
)
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .signing import new_secret

SQL = named_sql(__file__, "endpoints")
NEWEST = 2**62
# Announced when any of an endpoint's deliveries is due, and by ALL_DUE when nobody knows whose
ALL_DUE = ("webhooks", 0)


class Listener(msgspec.Struct, frozen=True):
    """An endpoint that is switched on, by its internal id, and what it wants to hear."""

    id: int
    events: frozenset[str]
    threshold_micro: int | None
    credits_are_low: bool


def topic_of_endpoint(endpoint_id: int) -> tuple[str, int]:
    """What a store announces when something is to be sent to an endpoint, or may be no more."""
    return ("webhook", endpoint_id)


def listeners(tx: Transaction, customer_id: int) -> tuple[Listener, ...]:
    """The endpoints of a customer that are switched on."""

    def find() -> tuple[Listener, ...]:
        return tuple(
            Listener(
                row["id"],
                frozenset(row["events"].split()),
                row["credits_low_threshold_micro"],
                bool(row["credits_are_low"]),
            )
            for row in SQL.listeners(tx.connection, customer_id=customer_id)
        )

    return tx.ever(("webhooks", customer_id), find)


def listeners_changed(tx: Transaction, customer_id: int) -> None:
    """What is remembered of a customer's endpoints is no longer so."""
    tx.connection.behind.forget_known(("webhooks", customer_id))


def check_events(events: Sequence[WebhookEvent], threshold_micro: int | None) -> None:
    """Raises VALIDATION_FAILED for events that can't be subscribed to, and a threshold without its event or the other
    way about."""
    if not events:
        raise validation_failed(events=f"must have at least one of {', '.join(WebhookEvent)}")
    if unknown := [event for event in events if not event.is_known]:
        said = ", ".join(event[:40] for event in unknown[:5])
        raise validation_failed(events=f"has unknown events: {said}; known are {', '.join(WebhookEvent)}")
    if len(set(events)) < len(events):
        raise validation_failed(events="names an event twice")
    if WebhookEvent.CREDITS_LOW in events and threshold_micro is None:
        raise validation_failed(credits_low_threshold_micro="is needed with the event credits.low")
    if WebhookEvent.CREDITS_LOW not in events and threshold_micro is not None:
        raise validation_failed(credits_low_threshold_micro="is for the event credits.low alone")


def create_endpoint(
    tx: Transaction,
    customer_id: int,
    request: CreateWebhook,
    *,
    balance_micro: int,
    most: int,
    now: float,
    new_id: Callable[[], str],
    random_bytes: Callable[[int], bytes],
) -> CreatedWebhook:
    """A new endpoint, with its secret. Its URL was checked before. Raises VALIDATION_FAILED, and STATE_CONFLICT when
    the customer has as many as it may have.

    An endpoint is not told of a balance that is below its threshold already: that is no news.
    """
    threshold = request.credits_low_threshold_micro
    check_events(request.events, threshold)
    check_room(tx.connection, customer_id, most)
    secret = new_secret(random_bytes)
    public_id = new_id()
    SQL.insert_endpoint(
        tx.connection,
        public_id=public_id,
        customer_id=customer_id,
        url=request.url,
        events=" ".join(request.events),
        secret=secret,
        threshold_micro=threshold,
        credits_are_low=threshold is not None and balance_micro < threshold,
        now=now,
    )
    listeners_changed(tx, customer_id)
    made = get_endpoint(tx.connection, customer_id, public_id)
    return CreatedWebhook(**msgspec.structs.asdict(made), secret=secret)


def check_room(connection: Connection, customer_id: int, most: int) -> None:
    """Raises STATE_CONFLICT when the customer has as many endpoints as it may have."""
    if count_endpoints(connection, customer_id) >= most:
        raise ApiError(
            ErrorCode.STATE_CONFLICT, f"{most} webhooks are allowed", hint="Delete one that is not needed any more."
        )


def change_endpoint(
    tx: Transaction, customer_id: int, public_id: str, change: ChangeWebhook, *, balance_micro: int
) -> Webhook:
    """Changes what is named; a URL was checked before. Raises WEBHOOK_NOT_FOUND, VALIDATION_FAILED.

    `credits.low` given up takes its threshold with it. Where the threshold changes, or an endpoint is switched on, only
    what the balance does from now on is news. What waits for one that is switched off is over.
    """
    row = find_endpoint(tx.connection, customer_id, public_id)
    events = [WebhookEvent(event) for event in row["events"].split()]
    if not isinstance(change.events, msgspec.UnsetType):
        events = change.events
    threshold: int | None = row["credits_low_threshold_micro"]
    if not isinstance(change.credits_low_threshold_micro, msgspec.UnsetType):
        threshold = change.credits_low_threshold_micro
    elif WebhookEvent.CREDITS_LOW not in events:
        threshold = None
    check_events(events, threshold)
    enabled = bool(row["enabled"]) if isinstance(change.enabled, msgspec.UnsetType) else change.enabled
    is_low: bool = row["credits_are_low"]
    if threshold != row["credits_low_threshold_micro"] or (enabled and not row["enabled"]):
        is_low = threshold is not None and balance_micro < threshold
    SQL.change_endpoint(
        tx.connection,
        id=row["id"],
        url=row["url"] if isinstance(change.url, msgspec.UnsetType) else change.url,
        events=" ".join(events),
        enabled=enabled,
        disabled_reason=None if enabled else row["disabled_reason"],
        threshold_micro=threshold,
        credits_are_low=is_low,
    )
    if row["enabled"] and not enabled:
        SQL.end_what_waits(tx.connection, id=row["id"])
    listeners_changed(tx, customer_id)
    tx.announce(topic_of_endpoint(row["id"]))
    return get_endpoint(tx.connection, customer_id, public_id)


def switch_off(tx: Transaction, endpoint_id: int, reason: str) -> None:
    """The service's own doing, for a reason that its customer is told."""
    customer_id = SQL.customer_of_endpoint(tx.connection, id=endpoint_id)
    SQL.switch_off(tx.connection, id=endpoint_id, reason=reason)
    SQL.end_what_waits(tx.connection, id=endpoint_id)
    listeners_changed(tx, customer_id)
    tx.announce(topic_of_endpoint(endpoint_id))


def delete_endpoint(tx: Transaction, customer_id: int, public_id: str, *, now: float) -> None:
    """Ends an endpoint at once: it is found no more and nothing is sent there, also of what waits. Its log is erased by
    and by (`erasing.py`). Raises WEBHOOK_NOT_FOUND."""
    row = find_endpoint(tx.connection, customer_id, public_id)
    SQL.delete_endpoint(tx.connection, id=row["id"], now=now)
    SQL.end_what_waits(tx.connection, id=row["id"])
    listeners_changed(tx, customer_id)
    tx.announce(topic_of_endpoint(row["id"]))


def delete_all_endpoints(tx: Transaction, customer_id: int, *, now: float) -> None:
    """The same with all endpoints of a customer, whose account is closed."""
    for endpoint_id in endpoints_of(tx.connection, customer_id):
        SQL.end_what_waits(tx.connection, id=endpoint_id)
        tx.announce(topic_of_endpoint(endpoint_id))
    SQL.delete_all_endpoints(tx.connection, customer_id=customer_id, now=now)
    listeners_changed(tx, customer_id)


def endpoints_of(connection: Connection, customer_id: int) -> list[int]:
    """The internal ids of a customer's endpoints."""
    return [row["id"] for row in SQL.ids_of_customer(connection, customer_id=customer_id)]


def count_endpoints(connection: Connection, customer_id: int) -> int:
    """How many endpoints a customer has."""
    return int(SQL.count_endpoints(connection, customer_id=customer_id))


def find_endpoint(connection: Connection, customer_id: int, public_id: str) -> Row:
    """The row of a customer's endpoint. Raises WEBHOOK_NOT_FOUND."""
    row: Row | None = SQL.endpoint(connection, customer_id=customer_id, public_id=public_id)
    if row is None:
        raise ApiError(ErrorCode.WEBHOOK_NOT_FOUND)
    return row


def get_endpoint(connection: Connection, customer_id: int, public_id: str) -> Webhook:
    """A customer's endpoint by its public id. Raises WEBHOOK_NOT_FOUND."""
    return _shown(find_endpoint(connection, customer_id, public_id))


def list_endpoints(
    connection: Connection, customer_id: int, *, before: int | None, limit: int
) -> list[tuple[int, Webhook]]:
    """A customer's endpoints, newest first, each with the key to go on from."""
    rows = SQL.list_endpoints(connection, customer_id=customer_id, before=before or NEWEST, limit=limit)
    return [(row["id"], _shown(row)) for row in rows]


def _shown(row: Row) -> Webhook:
    last = None
    if row["last_status"] is not None:
        last = LastDelivery(
            status=DeliveryStatus(row["last_status"]),
            at=rfc3339(row["last_at"]),
            response_status=row["last_response_status"],
            next_attempt_at=rfc3339_or_none(row["last_next_attempt_at"]),
        )
    return Webhook(
        id=row["public_id"],
        url=row["url"],
        events=[WebhookEvent(event) for event in row["events"].split()],
        enabled=bool(row["enabled"]),
        credits_low_threshold_micro=row["credits_low_threshold_micro"],
        created_at=rfc3339(row["created_at"]),
        last_delivery=last,
        disabled_reason=row["disabled_reason"],
    )


# Endpoints that a job names


def find_named(connection: Connection, customer_id: int, public_ids: Sequence[str]) -> list[int]:
    """The endpoints (internal ids) that a job names, each once. Raises WEBHOOK_NOT_FOUND for one that is absent or
    another's."""
    if not public_ids:
        return []
    named = msgspec.json.encode(public_ids).decode()
    found = [row["id"] for row in SQL.endpoint_ids(connection, customer_id=customer_id, public_ids=named)]
    if len(found) < len(set(public_ids)):
        raise ApiError(ErrorCode.WEBHOOK_NOT_FOUND, "webhook_ids names one that is absent or not yours")
    return found


def name_for_job(tx: Transaction, job_id: int, endpoint_ids: Sequence[int]) -> None:
    """Has these endpoints hear of the job, whatever else they asked for."""
    for endpoint_id in endpoint_ids:
        tx.insert("job_webhooks", job_id=job_id, endpoint_id=endpoint_id)


def named_for_job(tx: Transaction, job_id: int) -> frozenset[int]:
    """The endpoints that a job names."""
    return frozenset(row["endpoint_id"] for row in SQL.named_for_job(tx.connection, job_id=job_id))
