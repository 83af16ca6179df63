"""Sessions of signed-in customers: a random token, of which only the SHA-256 is kept, with an idle and a last end.

A session may do all that its customer may. It ends at sign-out, after `IDLE_SECONDS` without a request or an open
stream, after `LAST_SECONDS` in any case, and when the operator sets a password or suspends the customer. Beyond
`MOST_SESSIONS` the one that was used longest ago ends.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

import msgspec

from ..errors import ApiError, ErrorCode
from ..protocol.accounts import SESSION_PREFIX
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from .api_keys import SCOPES, Principal
from .customers import ACCESS_CHANGED, deny_approved_logins
from .limits import limits_from

SQL = named_sql(__file__, "sessions")
IDLE_SECONDS = 7 * 86_400.0
LAST_SECONDS = 30 * 86_400.0
MOST_SESSIONS = 50
TOKEN_BYTES = 32


class Session(msgspec.Struct, frozen=True):
    """A new session. `token` is shown once and kept nowhere."""

    token: str
    expires_at: float


def open_session(tx: Transaction, customer_id: int, *, now: float, random_bytes: Callable[[int], bytes]) -> Session:
    """A new session of a customer who has proved to be one."""
    token = SESSION_PREFIX + base64.urlsafe_b64encode(random_bytes(TOKEN_BYTES)).rstrip(b"=").decode()
    session = Session(token, now + LAST_SECONDS)
    SQL.insert_session(
        tx.connection, customer_id=customer_id, token_hash=_hash(token), now=now, expires_at=session.expires_at
    )
    if SQL.end_oldest(tx.connection, customer_id=customer_id, kept=MOST_SESSIONS):
        tx.announce(ACCESS_CHANGED)
    return session


def authenticate_session(connection: Connection, token: str, now: float) -> Principal:
    """The principal of a session. Raises CUSTOMER_AUTH_REQUIRED when it has ended or never was, CUSTOMER_SUSPENDED."""
    token_hash = _hash(token)
    row = SQL.session_by_hash(connection, token_hash=token_hash)
    if (
        row is None
        or not hmac.compare_digest(row["token_hash"], token_hash)
        or now >= row["expires_at"]
        or now - row["last_used_at"] >= IDLE_SECONDS
    ):
        raise ApiError(ErrorCode.CUSTOMER_AUTH_REQUIRED, "this session has ended", hint="Sign in again.")
    if row["suspended_at"] is not None:
        raise ApiError(ErrorCode.CUSTOMER_SUSPENDED)
    limits = limits_from(row["limits"])
    return Principal(row["customer_id"], None, frozenset(SCOPES), limits, session_id=row["session_id"])


def session_end(connection: Connection, session_id: int) -> float | None:
    """When a session ends at last, in Unix seconds; None when it has ended."""
    found: float | None = SQL.session_end(connection, session_id=session_id)
    return found


def end_session(tx: Transaction, session_id: int) -> None:
    """Ends a session at once, with the streams it has open."""
    SQL.end_session(tx.connection, session_id=session_id)
    tx.announce(ACCESS_CHANGED)


def end_sessions(tx: Transaction, customer_id: int) -> int:
    """Ends all sessions of a customer, and what they may have approved; gives how many there were."""
    deny_approved_logins(tx, customer_id)
    tx.announce(ACCESS_CHANGED)
    return int(SQL.end_sessions(tx.connection, customer_id=customer_id))


def note_sessions_used(tx: Transaction, uses: dict[int, float]) -> None:
    """Writes when sessions (internal id → Unix seconds) were last used."""
    SQL.session_used(tx.connection, [{"session_id": id, "now": now} for id, now in uses.items()])


def forget_sessions(tx: Transaction, *, now: float) -> None:
    """Removes those that have run out."""
    SQL.forget_sessions(tx.connection, now=now, unused_since=now - IDLE_SECONDS)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
