"""Customers: the accounts that own datasets, jobs, nodes and credits. Their keys and limits live next door."""

import re
from collections.abc import Callable

import msgspec

from ..clock import rfc3339
from ..errors import ApiError, ErrorCode, validation_failed
from ..store.database import Transaction
from ..store.sqlite import Connection, IntegrityError, named_sql

SQL = named_sql(__file__, "customers")
# Announced when somebody may no longer come in who could before: whoever has a stream open is asked again.
ACCESS_CHANGED = ("access", 0)
# The shape an address must have to be worth keeping; whether it is read is not ours to know.
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@.\x00-\x1f\x7f]+(\.[^\s@.\x00-\x1f\x7f]+)*")
_EMAIL_CHARACTERS = 254


class Customer(msgspec.Struct, frozen=True):
    """A customer's row; `id` is the internal key, `public_id` the one shown outside."""

    id: int
    public_id: str
    email: str
    created_at: float
    suspended_at: float | None


def create_customer(tx: Transaction, email: str, *, now: float, new_id: Callable[[], str]) -> Customer:
    """A new customer. Raises VALIDATION_FAILED for what is no e-mail address, STATE_CONFLICT for one that is taken."""
    if len(email) > _EMAIL_CHARACTERS or not _EMAIL.fullmatch(email):
        raise validation_failed(email="is not an e-mail address")
    try:
        SQL.insert_customer(tx.connection, public_id=new_id(), email=email, now=now)
    except IntegrityError:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"there is already a customer {email}",
            hint=f"Use another address, or add to this one: gpu-agent-backend credits grant --email {email}",
        ) from None
    return find_by_email(tx.connection, email)


def find_by_email(connection: Connection, email: str) -> Customer:
    """The customer with this address, in whatever case. Raises NOT_FOUND."""
    row = SQL.customer_by_email(connection, email=email)
    if row is None:
        raise ApiError(
            ErrorCode.NOT_FOUND,
            f"there is no customer {email}",
            hint=f"Create it: gpu-agent-backend customers create --email {email}",
        )
    return Customer(**row)


def find_by_id(connection: Connection, customer_id: int) -> Customer:
    """The customer with this internal id, which must be there."""
    return Customer(**SQL.customer_by_id(connection, customer_id=customer_id))


def suspend(tx: Transaction, customer_id: int, *, now: float) -> int:
    """From now on every request of this customer is refused with CUSTOMER_SUSPENDED. Jobs that run go on, sessions end;
    gives how many there were."""
    SQL.suspend(tx.connection, customer_id=customer_id, now=now)
    deny_approved_logins(tx, customer_id)
    tx.announce(ACCESS_CHANGED)
    return int(SQL.end_sessions_of(tx.connection, customer_id=customer_id))


def deny_approved_logins(tx: Transaction, customer_id: int) -> None:
    """Programs whose codes this customer has approved, and that have not fetched their keys yet, get none any more."""
    SQL.deny_logins_of(tx.connection, customer_id=customer_id)


def refuse_suspended(connection: Connection, customer_id: int) -> None:
    """Raises CUSTOMER_SUSPENDED: for what a customer does by a URL that was signed before."""
    if find_by_id(connection, customer_id).suspended_at is not None:
        raise ApiError(ErrorCode.CUSTOMER_SUSPENDED)


def unsuspend(tx: Transaction, customer_id: int) -> None:
    """Lets a suspended customer in again, by the same keys and password."""
    SQL.unsuspend(tx.connection, customer_id=customer_id)


def set_password_hash(tx: Transaction, customer_id: int, password_hash: str) -> None:
    """Sets what a password must match from now on."""
    SQL.set_password_hash(tx.connection, customer_id=customer_id, password_hash=password_hash)


class CustomerRow(msgspec.Struct, frozen=True):
    """A customer as the operator sees it. `keys` are those in use."""

    id: str
    email: str
    created_at: str
    suspended: bool
    has_password: bool
    keys: int
    sessions: int


def list_customers(connection: Connection) -> list[CustomerRow]:
    """All customers, in the order they came."""
    return [
        CustomerRow(
            id=row["public_id"],
            email=row["email"],
            created_at=rfc3339(row["created_at"]),
            suspended=row["suspended_at"] is not None,
            has_password=row["password_hash"] is not None,
            keys=row["keys"],
            sessions=row["sessions"],
        )
        for row in SQL.all_customers(connection)
    ]
