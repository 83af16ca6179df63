"""The log of an endpoint's deliveries, as its customer reads it: tests, redeliveries, and how long it is kept."""

from collections.abc import Callable

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..protocol.webhooks import Delivery, DeliveryRequest, DeliveryStatus, DeliveryTry
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .endpoints import find_endpoint, topic_of_endpoint
from .outbox import EXPECTED_TRIES, forget_deliveries, put_again, put_test
from .signing import signed_headers

SQL = named_sql(__file__, "deliveries")
NEWEST = 2**62
KEPT_DAYS = 30
MOST_WAITING = 1_000
MOST_TRIES_BY_HAND = 50
DAY_SECONDS = 86_400.0


def list_deliveries(
    connection: Connection,
    customer_id: int,
    webhook_id: str,
    *,
    status: DeliveryStatus | None,
    before: int | None,
    limit: int,
) -> list[tuple[int, Delivery]]:
    """An endpoint's deliveries, newest first, each with the key to go on from. Raises WEBHOOK_NOT_FOUND."""
    endpoint = find_endpoint(connection, customer_id, webhook_id)
    asked = {"endpoint_id": endpoint["id"], "before": before or NEWEST, "limit": limit}
    rows = SQL.list_all(connection, **asked) if status is None else SQL.list_of(connection, **asked, status=status)
    ids = msgspec.json.encode([row["id"] for row in rows]).decode()
    tries: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    for row in SQL.tries_of(connection, ids=ids):
        tries[row["delivery_id"]].append(row)
    return [(row["id"], _shown(endpoint, row, tries[row["id"]])) for row in rows]


def get_delivery(connection: Connection, customer_id: int, webhook_id: str, delivery_id: str) -> Delivery:
    """One delivery of a customer's endpoint. Raises WEBHOOK_NOT_FOUND, NOT_FOUND."""
    endpoint = find_endpoint(connection, customer_id, webhook_id)
    row = _find(connection, endpoint, delivery_id)
    ids = msgspec.json.encode([row["id"]]).decode()
    return _shown(endpoint, row, SQL.tries_of(connection, ids=ids))


def send_test(tx: Transaction, customer_id: int, webhook_id: str, *, now: float, new_id: Callable[[], str]) -> Delivery:
    """Has a message sent that says nothing. Raises WEBHOOK_NOT_FOUND, STATE_CONFLICT for one that is switched off
    or for which a thousand messages wait."""
    endpoint = find_endpoint(tx.connection, customer_id, webhook_id)
    _check_on(endpoint)
    _check_room(tx.connection, endpoint)
    made = put_test(tx, endpoint["id"], webhook_id, now, new_id)
    return get_delivery(tx.connection, customer_id, webhook_id, made)


def redeliver(
    tx: Transaction, customer_id: int, webhook_id: str, delivery_id: str, *, now: float, new_id: Callable[[], str]
) -> Delivery:
    """Has a delivery sent again, as a new one with the `webhook-id` of the old. One that still waits for its next try
    is tried now instead, and is the answer itself. Raises WEBHOOK_NOT_FOUND, NOT_FOUND, STATE_CONFLICT (also for one
    that was tried fifty times: it is left to its own pace)."""
    endpoint = find_endpoint(tx.connection, customer_id, webhook_id)
    row = _find(tx.connection, endpoint, delivery_id)
    _check_on(endpoint)
    if row["status"] == DeliveryStatus.PENDING and row["id"] > endpoint["ended_through_id"]:
        if row["tries"] >= MOST_TRIES_BY_HAND:
            raise ApiError(
                ErrorCode.STATE_CONFLICT,
                f"this was tried {row['tries']} times already",
                hint="Mend the endpoint and wait for the next try, or for its end: then it can be sent anew.",
            )
        if row["next_attempt_at"] > now:
            tx.update("webhook_deliveries", row["id"], next_attempt_at=now)
            tx.announce(topic_of_endpoint(endpoint["id"]))
        return get_delivery(tx.connection, customer_id, webhook_id, delivery_id)
    _check_room(tx.connection, endpoint)
    made = put_again(tx, row, now, new_id)
    return get_delivery(tx.connection, customer_id, webhook_id, made)


def _find(connection: Connection, endpoint: Row, delivery_id: str) -> Row:
    row: Row | None = SQL.delivery(connection, endpoint_id=endpoint["id"], public_id=delivery_id)
    if row is None:
        raise ApiError(
            ErrorCode.NOT_FOUND,
            "there is no such delivery of this webhook",
            hint=f"List them: GET /customer/webhooks/{endpoint['public_id']}/deliveries",
        )
    return row


def _check_on(endpoint: Row) -> None:
    if not endpoint["enabled"]:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            "this webhook is switched off",
            hint=f'Switch it on first: PATCH /customer/webhooks/{endpoint["public_id"]} {{"enabled": true}}',
        )


def _check_room(connection: Connection, endpoint: Row) -> None:
    """What customers send by hand to an endpoint that takes nothing must not grow without end."""
    if SQL.waiting(connection, endpoint_id=endpoint["id"], most=MOST_WAITING) >= MOST_WAITING:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"{MOST_WAITING} messages wait for this webhook already",
            hint="Mend the endpoint, so that they are taken; switched off and on again, they end as failed.",
        )


def _shown(endpoint: Row, row: Row, tries: list[Row]) -> Delivery:
    sent_at = tries[-1]["at"] if tries else row["created_at"]
    status = DeliveryStatus(row["status"])
    return Delivery(
        id=row["public_id"],
        webhook_id=endpoint["public_id"],
        webhook_message_id=row["message_id"],
        event=row["event"],
        status=status,
        training_job_id=row["job_public_id"],
        job_name=row["job_name"],
        request=DeliveryRequest(
            method="POST",
            url=tries[-1]["url"] if tries else endpoint["url"],
            headers=signed_headers(endpoint["secret"], row["message_id"], row["body"], sent_at),
            body=row["body"],
        ),
        created_at=rfc3339(row["created_at"]),
        next_attempt_at=rfc3339_or_none(row["next_attempt_at"]),
        gives_up_at=rfc3339(row["gives_up_at"]),
        expected_tries=max(EXPECTED_TRIES, row["tries"]),
        tries=[
            DeliveryTry(
                at=rfc3339(one["at"]),
                status=one["status"],
                seconds=round(one["seconds"], 3),
                address=one["address"],
                response=one["response"],
                error=one["error"],
            )
            for one in tries
        ],
        error_code=ErrorCode.WEBHOOK_DELIVERY_FAILED.value if status == DeliveryStatus.FAILED else None,
    )


# How long it is kept


def retain_deliveries(tx: Transaction, *, now: float, rows: int) -> bool:
    """Forgets a piece of what is too old, and of what was sent to deleted endpoints; whether there may be more."""
    before = now - KEPT_DAYS * DAY_SECONDS
    old = [row["id"] for row in SQL.too_old(tx.connection, before=before, limit=rows)]
    if old:
        forget_deliveries(tx, old)
        return True
    deleted = SQL.deleted_endpoint(tx.connection)
    return deleted is not None and erase_endpoint(tx, deleted, rows=rows)


def erase_endpoint(tx: Transaction, endpoint_id: int, *, rows: int) -> bool:
    """Erases a piece of a deleted endpoint's log; when nothing of it is left, the endpoint. Always True: it is asked
    again until none is left."""
    ids = [row["id"] for row in SQL.of_endpoint(tx.connection, endpoint_id=endpoint_id, limit=rows)]
    if ids:
        forget_deliveries(tx, ids)
    elif not SQL.forget_named(tx.connection, endpoint_id=endpoint_id, limit=rows):
        SQL.erase_endpoint(tx.connection, id=endpoint_id)
    return True


def deleted_endpoint_of(connection: Connection, customer_id: int) -> int | None:
    """A deleted endpoint of a customer of which something is left."""
    found: int | None = SQL.deleted_endpoint_of(connection, customer_id=customer_id)
    return found
