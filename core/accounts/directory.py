"""All customers, for the operator: with what they have, and what they may use."""

from typing import Any

import msgspec

from ..clock import credits_text, rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode
from ..protocol.admin import AdminCustomer, CustomerLimits
from ..store.sqlite import Connection, Row, named_sql
from .customers import Customer
from .limits import SQL as LIMITS_SQL
from .limits import limits_from

SQL = named_sql(__file__, "directory")
NEWEST = 2**62


def _found(connection: Connection, customer_id: str) -> Row:
    row: Row | None = SQL.customer(connection, public_id=customer_id)
    if row is None:
        raise ApiError(ErrorCode.NOT_FOUND, "there is no customer with this id", hint="List them: GET /admin/customers")
    return row


def find_customer(connection: Connection, customer_id: str) -> Customer:
    """The customer with this public id. Raises NOT_FOUND."""
    row = _found(connection, customer_id)
    return Customer(row["id"], row["public_id"], row["email"], row["created_at"], row["suspended_at"])


def show_customer(connection: Connection, customer_id: str) -> AdminCustomer:
    """The same as the operator sees it. Raises NOT_FOUND."""
    return _shown(_found(connection, customer_id))


def list_customers(
    connection: Connection, *, q: str | None, suspended: bool | None, before: int | None, limit: int
) -> list[tuple[int, AdminCustomer]]:
    """Customers, newest first, each with the key to go on from; `q` finds in address and id."""
    rows = SQL.customers(
        connection,
        q=q,
        suspended=None if suspended is None else int(suspended),
        before=NEWEST if before is None else before,
        limit=limit,
    )
    return [(row["id"], _shown(row)) for row in rows]


def show_limits(connection: Connection, customer_id: int) -> CustomerLimits:
    """All limits of a customer, and those that are not the defaults."""
    stored: str = LIMITS_SQL.limits_of(connection, customer_id=customer_id)
    own: dict[str, Any] = msgspec.json.decode(stored)
    return CustomerLimits(msgspec.structs.asdict(limits_from(stored)), own)


def _shown(row: Row) -> AdminCustomer:
    return AdminCustomer(
        id=row["public_id"],
        email=row["email"],
        created_at=rfc3339(row["created_at"]),
        suspended_at=rfc3339_or_none(row["suspended_at"]),
        balance_micro=row["balance_micro"],
        balance=credits_text(row["balance_micro"]),
        held_micro=row["held_micro"],
        held=credits_text(row["held_micro"]),
    )
