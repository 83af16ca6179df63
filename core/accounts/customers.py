"""Customers: the accounts that own datasets, jobs, nodes and credits. Their keys and limits live next door."""

import re
from collections.abc import Callable

import msgspec

from ..errors import ApiError, ErrorCode, validation_failed
from ..store.database import Transaction
from ..store.sqlite import Connection, IntegrityError, named_sql

SQL = named_sql(__file__, "customers")
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


def suspend(tx: Transaction, customer_id: int, *, now: float) -> bool:
    """From now on every request of this customer is refused with CUSTOMER_SUSPENDED. False where it was so already."""
    return bool(SQL.suspend(tx.connection, customer_id=customer_id, now=now))


def unsuspend(tx: Transaction, customer_id: int) -> bool:
    """Lets a customer in again. False for one who was not suspended."""
    return bool(SQL.unsuspend(tx.connection, customer_id=customer_id))
