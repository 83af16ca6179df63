"""Proving to be a customer by e-mail address and password, and how often that may be tried.

Two throttles, each against another attacker:

- **by address** (the server counts it in memory): `TRIES_A_MINUTE` from an IPv4 address or an IPv6 /64, whatever the
  account, so that one machine can't go through many accounts;
- **by account** (here, in the store): `MOST_TRIES` in `WINDOW_SECONDS`, whoever asks. A try is counted, durably, before
  its password is looked at: a restart and fifty tries at once give no more of them. A success takes its count back.

A stranger who uses up an account's tries must not lock its customer out for good: addresses that the account was signed
in from lately (`SOURCES_KEPT`, for `SOURCE_SECONDS`) have a count each of their own, which nobody elsewhere can use up.
All others share one. Keys and sessions go on working, and the operator's `customers set-password` forgets all counts.

Addresses that are no customer's are counted alike, so that the throttle doesn't tell who is one. E-mail and network
addresses are kept only as hashes, tries for as long as they count.
"""

import hashlib
import ipaddress
import math

import msgspec

from ..errors import ApiError, ErrorCode
from ..store.database import Transaction
from ..store.sqlite import named_sql
from .customers import Customer, set_password_hash
from .limits import rate_limited
from .passwords import NO_PASSWORD_HASH
from .sessions import end_sessions

SQL = named_sql(__file__, "sign_in")
TRIES_A_MINUTE = 30
MOST_TRIES = 10
WINDOW_SECONDS = 900.0
SOURCES_KEPT = 20
SOURCE_SECONDS = 90 * 86_400.0
_ELSEWHERE = b""


class Try(msgspec.Struct, frozen=True):
    """A try that was counted: the hash that the password must match (one that nothing matches where there is no
    customer or no password), and what is settled when it does."""

    customer_id: int | None
    password_hash: str
    account: bytes
    source: bytes
    counted_as: bytes


def network_of(address: str) -> str:
    """The address as it is counted: an IPv4 address, the /64 of an IPv6 one, else the text itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)


def begin_try(tx: Transaction, email: str, address: str, *, now: float) -> Try:
    """Counts a try to sign in. Raises RATE_LIMITED, with Retry-After, when the account's tries are used up."""
    account = _account(email)
    source = hashlib.sha256(account + network_of(address).encode()).digest()
    row = SQL.customer_for_sign_in(tx.connection, email=email)
    customer_id: int | None = None if row is None else row["id"]
    known = SQL.is_known_source(tx.connection, customer_id=customer_id, source=source) is not None
    counted_as = source if known else _ELSEWHERE
    _count(tx, account, counted_as, now)
    stored = None if row is None else row["password_hash"]
    return Try(customer_id, stored or NO_PASSWORD_HASH, account, source, counted_as)


def _count(tx: Transaction, account: bytes, source: bytes, now: float) -> None:
    row = SQL.tries(tx.connection, account=account, source=source)
    tries, began_at = (row["tries"], row["began_at"]) if row is not None else (0, now)
    if not 0 <= now - began_at < WINDOW_SECONDS:
        tries, began_at = 0, now
    if tries >= MOST_TRIES:
        seconds = max(1, math.ceil(began_at + WINDOW_SECONDS - now))
        raise rate_limited(f"this account was tried {MOST_TRIES} times in {WINDOW_SECONDS / 60:.0f} minutes", seconds)
    SQL.set_tries(tx.connection, account=account, source=source, tries=tries + 1, began_at=began_at)


def accept_try(tx: Transaction, tried: Try, *, new_hash: str | None = None, now: float) -> int:
    """Settles a try whose password was right; gives the customer's internal id. `new_hash` replaces the stored one.

    Raises SIGN_IN_FAILED when the password was changed meanwhile, CUSTOMER_SUSPENDED.
    """
    row = None if tried.customer_id is None else SQL.customer_now(tx.connection, customer_id=tried.customer_id)
    if tried.customer_id is None or row is None or row["password_hash"] != tried.password_hash or row["closed_at"]:
        raise ApiError(ErrorCode.SIGN_IN_FAILED)
    if row["suspended_at"] is not None:
        raise ApiError(ErrorCode.CUSTOMER_SUSPENDED)
    SQL.forget_tries(tx.connection, account=tried.account, source=tried.counted_as)
    SQL.remember_source(tx.connection, customer_id=tried.customer_id, source=tried.source, now=now)
    SQL.forget_sources_beyond(tx.connection, customer_id=tried.customer_id, kept=SOURCES_KEPT)
    if new_hash is not None:
        set_password_hash(tx, tried.customer_id, new_hash)
    return tried.customer_id


def reset_password(tx: Transaction, customer: Customer, password_hash: str) -> int:
    """A password set by the operator: all sessions end (gives how many), and the account has all its tries back. Keys
    stay."""
    set_password_hash(tx, customer.id, password_hash)
    forget_tries(tx, customer.email)
    return end_sessions(tx, customer.id)


def forget_tries(tx: Transaction, email: str) -> None:
    """Gives an account all its tries back."""
    SQL.forget_tries_of_account(tx.connection, account=_account(email))


def forget_old_tries(tx: Transaction, *, now: float) -> None:
    """Removes what no longer counts."""
    SQL.forget_old_tries(tx.connection, before=now - WINDOW_SECONDS)
    SQL.forget_old_sources(tx.connection, before=now - SOURCE_SECONDS)


def _account(email: str) -> bytes:
    return hashlib.sha256(email.casefold().encode()).digest()
