"""The outbox: what endpoints are told, written in the transaction in which it happened, and what becomes of each.

A delivery is tried at once, then ever more rarely for 24 hours. It is made at least once: whoever dies between sending
and noting that sends it again, with the same `webhook-id`. Sending itself is the server's (`backend/`).
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

import msgspec

from ..clock import credits_text, rfc3339
from ..protocol.webhooks import MESSAGE_PREFIX, TEST_EVENT, CreditsLow, DeliveryStatus, Tested, WebhookEvent
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .endpoints import (
    ALL_DUE,
    endpoints_of,
    listeners,
    listeners_changed,
    named_for_job,
    switch_off,
    topic_of_endpoint,
)
from .endpoints import SQL as ENDPOINTS_SQL
from .signing import signed_headers

SQL = named_sql(__file__, "outbox")
NewId = Callable[[], str]
GIVES_UP_SECONDS = 24 * 3600.0
FIRST_WAIT_SECONDS = 5.0
MOST_GROWTHS = 20
WAIT_GROWTH = 3.0
LONGEST_WAIT_SECONDS = 4 * 3600.0
JITTER = 0.2
GONE = 410
ENDED_AT_ONCE = 500
KEPT_AN_ENDPOINT = 10_000
KEPT_TRIES = 20
_encoder = msgspec.json.Encoder()


class Message(msgspec.Struct, frozen=True):
    """What is sent as a body; `type` first, as Standard Webhooks writes it."""

    type: str
    timestamp: str
    data: msgspec.Struct


class Due(msgspec.Struct, frozen=True):
    """A delivery that is to be sent now."""

    id: int
    endpoint_id: int
    message_id: str
    body: str
    url: str
    secret: str
    customer_id: int

    def headers(self, at: float) -> dict[str, str]:
        """Signed at this moment."""
        return signed_headers(self.secret, self.message_id, self.body, at)


class TryOutcome(StrEnum):
    """What came of a try, as it is tallied; a delivery whose endpoint is off fails without one."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    FAILED = "failed"


class Tried(msgspec.Struct, frozen=True):
    """What came of sending: `status` is HTTP's, None without an answer, which `error` tells of."""

    url: str
    at: float
    status: int | None
    seconds: float
    address: str | None
    response: str | None
    error: str | None

    @property
    def is_delivered(self) -> bool:
        """2xx; a redirect is followed nowhere and is none."""
        return self.status is not None and 200 <= self.status < 300


# What happened


def wants(tx: Transaction, customer_id: int) -> bool:
    """Whether anybody listens at all: asked before anything is put together."""
    return bool(listeners(tx, customer_id))


def tell_of_job(
    tx: Transaction,
    event: WebhookEvent,
    *,
    customer_id: int,
    job_id: int,
    data: Callable[[], msgspec.Struct],
    now: float,
    new_id: NewId,
) -> None:
    """Tells the endpoints that asked for such events, and those that the job names. `data` is made only for them."""
    all_listeners = listeners(tx, customer_id)
    if not all_listeners:
        return
    named = named_for_job(tx, job_id)
    hearing = [one for one in all_listeners if event in one.events or one.id in named]
    if hearing:
        body = _body(event, data(), now)
        message_id = MESSAGE_PREFIX + new_id()
        for one in hearing:
            _put(tx, one.id, message_id, event, job_id, body, now, new_id)


def watch_balance(tx: Transaction, customer_id: int, balance_micro: int, now: float, new_id: NewId) -> None:
    """Tells, at the end of the transaction, endpoints whose threshold this balance has crossed downwards; once, and
    again only after it was above."""
    watching = [one for one in listeners(tx, customer_id) if one.threshold_micro is not None]
    if watching:
        tx.at_end(("credits", customer_id), partial(_look_at_balance, tx, customer_id, balance_micro, now, new_id))


def _look_at_balance(tx: Transaction, customer_id: int, balance_micro: int, now: float, new_id: NewId) -> None:
    for one in listeners(tx, customer_id):
        threshold = one.threshold_micro
        if threshold is None or (is_low := balance_micro < threshold) == one.credits_are_low:
            continue
        ENDPOINTS_SQL.set_credits_are_low(tx.connection, id=one.id, is_low=is_low)
        listeners_changed(tx, customer_id)
        if is_low:
            data = CreditsLow(balance_micro, credits_text(balance_micro), threshold, credits_text(threshold))
            body = _body(WebhookEvent.CREDITS_LOW, data, now)
            _put(tx, one.id, MESSAGE_PREFIX + new_id(), WebhookEvent.CREDITS_LOW, None, body, now, new_id)


def put_test(tx: Transaction, endpoint_id: int, webhook_id: str, now: float, new_id: NewId) -> str:
    """A message that says nothing; gives the delivery's public id."""
    data = Tested(webhook_id, "This is a test. Nothing has happened.")
    return _put(tx, endpoint_id, MESSAGE_PREFIX + new_id(), TEST_EVENT, None, _body(TEST_EVENT, data, now), now, new_id)


def put_again(tx: Transaction, delivery: Row, now: float, new_id: NewId) -> str:
    """The same message once more, with its `webhook-id`, in a delivery of its own; gives its public id."""
    return _put(
        tx,
        delivery["endpoint_id"],
        delivery["message_id"],
        delivery["event"],
        delivery["job_id"],
        delivery["body"],
        now,
        new_id,
    )


def _body(event: str, data: msgspec.Struct, now: float) -> str:
    return _encoder.encode(Message(str(event), rfc3339(now), data)).decode()


def _put(
    tx: Transaction,
    endpoint_id: int,
    message_id: str,
    event: str,
    job_id: int | None,
    body: str,
    now: float,
    new_id: NewId,
) -> str:
    public_id = new_id()
    tx.insert(
        "webhook_deliveries",
        public_id=public_id,
        endpoint_id=endpoint_id,
        message_id=message_id,
        event=str(event),
        job_id=job_id,
        body=body,
        status=DeliveryStatus.PENDING.value,
        created_at=now,
        next_attempt_at=now,
        gives_up_at=now + GIVES_UP_SECONDS,
    )
    tx.announce(topic_of_endpoint(endpoint_id))
    return public_id


# What is due, and what became of it


def due(connection: Connection, endpoint_id: int, *, limit: int, now: float) -> list[Due]:
    """What is to be sent to an endpoint now, the longest due first; nothing while it is switched off or its customer is
    suspended."""
    return [
        Due(row["id"], endpoint_id, row["message_id"], row["body"], row["url"], row["secret"], row["customer_id"])
        for row in SQL.due(connection, endpoint_id=endpoint_id, limit=limit, now=now)
    ]


def next_due_at(connection: Connection, endpoint_id: int, *, after: float) -> float | None:
    """When something is to be sent to an endpoint next, after this moment."""
    found: float | None = SQL.next_due_at(connection, endpoint_id=endpoint_id, after=after)
    return found


def endpoints_with_due(connection: Connection) -> list[tuple[int, float]]:
    """Endpoints for which something waits, and since or until when."""
    return [(row["id"], row["due_at"]) for row in SQL.endpoints_with_due(connection)]


def has_ended(connection: Connection, endpoint_id: int) -> bool:
    """Whether something is still to be ended that waited when an endpoint was switched off or deleted."""
    return bool(SQL.has_ended(connection, endpoint_id=endpoint_id))


def is_on(connection: Connection, endpoint_id: int) -> bool:
    """Whether an endpoint is there and switched on."""
    return bool(SQL.is_on(connection, endpoint_id=endpoint_id))


def note_try(
    tx: Transaction, delivery_id: int, tried: Tried, *, now: float, chance: float, trims: bool = False
) -> None:
    """Notes what came of a try: delivered, to be tried again, or failed for good. `chance` (0 to 1) spreads the waits;
    where it `trims`, which is asked for by chance now and then, what the endpoint keeps beyond its newest goes.

    Of an endpoint that was deleted meanwhile nothing is noted. One that answers 410 Gone is switched off, as Standard
    Webhooks has it, unless it was sent elsewhere meanwhile: that is another's answer.
    """
    row = SQL.delivery(tx.connection, id=delivery_id)
    if row is None or row["deleted_at"] is not None:
        return
    number = row["tries"] + 1
    tx.insert("webhook_tries", delivery_id=delivery_id, number=number, **msgspec.structs.asdict(tried))
    if number > KEPT_TRIES:
        SQL.forget_tries_before(tx.connection, delivery_id=delivery_id, number=number - KEPT_TRIES + 1)
    status, next_attempt_at = DeliveryStatus(row["status"]), None
    is_gone = tried.status == GONE and tried.url == row["url"]
    if tried.is_delivered:
        status = DeliveryStatus.DELIVERED
    elif status == DeliveryStatus.PENDING:
        next_attempt_at = _next_try(number, row["gives_up_at"], now, chance)
        if next_attempt_at is None or is_gone or row["has_ended"]:
            status, next_attempt_at = DeliveryStatus.FAILED, None
    tx.update("webhook_deliveries", delivery_id, status=status.value, next_attempt_at=next_attempt_at, tries=number)
    outcome = TryOutcome.RETRIED if status == DeliveryStatus.PENDING else TryOutcome(status.value)
    tx.tally("webhook", outcome.value)
    if trims:
        _trim(tx, row["endpoint_id"])
    if is_gone:
        switch_off(tx, row["endpoint_id"], "it answered 410 Gone")


def _trim(tx: Transaction, endpoint_id: int) -> None:
    """Forgets what is over beyond an endpoint's newest 10,000: whoever sends test after test fills no disk."""
    found = SQL.beyond(tx.connection, endpoint_id=endpoint_id, kept=KEPT_AN_ENDPOINT, limit=ENDED_AT_ONCE)
    forget_deliveries(tx, [row["id"] for row in found])


def forget_deliveries(tx: Transaction, ids: list[int]) -> None:
    """Deletes deliveries with their tries."""
    text = msgspec.json.encode(ids).decode()
    SQL.forget_tries(tx.connection, ids=text)
    SQL.forget_deliveries(tx.connection, ids=text)


def _next_try(tries: int, gives_up_at: float, now: float, chance: float) -> float | None:
    """After 5 s, 15 s, 45 s and so on to every 4 hours, each a fifth shorter or longer by chance; at last at the
    moment of giving up. None when that is past."""
    if now >= gives_up_at:
        return None
    growths = min(tries - 1, MOST_GROWTHS)  # enough for the longest wait; who redelivers by hand makes many tries
    wait = min(FIRST_WAIT_SECONDS * WAIT_GROWTH**growths, LONGEST_WAIT_SECONDS)
    return min(now + wait * (1 + JITTER * (2 * chance - 1)), gives_up_at)


def _expected_tries() -> int:
    """How many tries a delivery has that nobody takes, were no wait made shorter or longer by chance."""
    tries = 0
    at: float | None = 0.0
    while at is not None:
        tries += 1
        at = _next_try(tries, GIVES_UP_SECONDS, at, chance=0.5)
    return tries


EXPECTED_TRIES = _expected_tries()


def end_waiting(tx: Transaction, endpoint_id: int) -> bool:
    """Ends as failed what waited for an endpoint when it was switched off or deleted, a piece at a time; whether there
    may be more. What came after it was switched on again is left alone."""
    ended: int = SQL.end_waiting(tx.connection, endpoint_id=endpoint_id, limit=ENDED_AT_ONCE)
    for _ in range(ended):
        tx.tally("webhook", TryOutcome.FAILED.value)
    return ended >= ENDED_AT_ONCE


def resume_deliveries(tx: Transaction, customer_id: int) -> None:
    """A customer is suspended no longer: what waited is sent."""
    for endpoint_id in endpoints_of(tx.connection, customer_id):
        tx.announce(topic_of_endpoint(endpoint_id))


def postpone_giving_up(tx: Transaction, seconds: float) -> None:
    """The service was down for so long: what waits is given up so much later."""
    SQL.postpone_giving_up(tx.connection, seconds=seconds)


def move_deliveries(tx: Transaction, seconds: float) -> None:
    """The clock was set forward by so many seconds, or back: what waits goes along."""
    SQL.move_waiting(tx.connection, seconds=seconds)
    tx.announce(ALL_DUE)
