"""API keys: made once, kept only as their SHA-256, and the door that turns one into a principal with scopes.

A key is 258 random bits, so a plain hash is enough: there is nothing to guess that a slow one would protect.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode, validation_failed
from ..protocol.accounts import ApiKeyRow
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql
from .customers import ACCESS_CHANGED
from .limits import Limits, limits_from

SQL = named_sql(__file__, "api_keys")
SCOPES = (
    "datasets:read",
    "datasets:write",
    "packages:read",
    "packages:write",
    "jobs:read",
    "jobs:write",
    "webhooks:read",
    "webhooks:write",
    "artifacts:read",
    "usage:read",
    "keys:write",
    "nodes:read",
    "nodes:write",
)
NEWEST = 2**62
MOST_KEYS = 100
SECRET_BYTES = 32
PREFIX_SECRET_CHARACTERS = 6


class ApiKey(msgspec.Struct, frozen=True):
    """A new key. `secret` is shown once and kept nowhere; `prefix` is what lists show of it."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    secret: str


class Principal(msgspec.Struct, frozen=True):
    """Who a request is from, by a key or by a session (internal ids), and what it may do."""

    customer_id: int
    key_id: int | None
    scopes: frozenset[str]
    limits: Limits
    session_id: int | None = None

    def require(self, scope: str) -> None:
        """Raises API_KEY_SCOPE_DENIED, naming the scope, when the key lacks it."""
        if scope not in self.scopes:
            raise ApiError(
                ErrorCode.API_KEY_SCOPE_DENIED,
                f"the key is missing the scope {scope}",
                hint=f"Use a key that has the scope {scope}.",
            )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def create_key(
    tx: Transaction,
    customer_id: int,
    *,
    name: str,
    scopes: Iterable[str] = SCOPES,
    environment: str,
    now: float,
    new_id: Callable[[], str],
    random_bytes: Callable[[int], bytes],
) -> ApiKey:
    """A new key `sk_<environment>_<43 url-safe characters>`. Raises VALIDATION_FAILED for a scope that isn't one."""
    chosen = tuple(dict.fromkeys(scopes))
    if unknown := [scope for scope in chosen if scope not in SCOPES]:
        raise validation_failed(scopes=f"has unknown scopes: {', '.join(unknown)}; known are {', '.join(SCOPES)}")
    start = f"sk_{environment}_"
    secret = start + base64.urlsafe_b64encode(random_bytes(SECRET_BYTES)).rstrip(b"=").decode()
    key = ApiKey(new_id(), name, secret[: len(start) + PREFIX_SECRET_CHARACTERS], chosen, secret)
    SQL.insert_key(
        tx.connection,
        public_id=key.id,
        customer_id=customer_id,
        name=name,
        prefix=key.prefix,
        secret_hash=_hash(secret),
        scopes=" ".join(chosen),
        now=now,
    )
    return key


def authenticate(connection: Connection, secret: str | None) -> Principal:
    """The principal of a key.

    Raises CUSTOMER_AUTH_REQUIRED without one, API_KEY_INVALID, API_KEY_REVOKED, CUSTOMER_SUSPENDED.
    """
    if not secret:
        raise ApiError(ErrorCode.CUSTOMER_AUTH_REQUIRED)
    secret_hash = _hash(secret)
    row = SQL.key_by_hash(connection, secret_hash=secret_hash)
    if row is None or not hmac.compare_digest(row["secret_hash"], secret_hash):
        raise ApiError(ErrorCode.API_KEY_INVALID)
    if row["revoked_at"] is not None:
        raise ApiError(ErrorCode.API_KEY_REVOKED)
    if row["suspended_at"] is not None:
        raise ApiError(ErrorCode.CUSTOMER_SUSPENDED)
    return Principal(row["customer_id"], row["key_id"], frozenset(row["scopes"].split()), limits_from(row["limits"]))


def check_may_grant(connection: Connection, principal: Principal, scopes: Iterable[str]) -> None:
    """Raises API_KEY_SCOPE_DENIED for a scope that the principal lacks itself, STATE_CONFLICT when the customer has as
    many keys as it may have."""
    for scope in scopes:
        if scope in SCOPES:  # others are refused by `create_key`, with a list of those that there are
            principal.require(scope)
    check_room_for_key(connection, principal.customer_id)


def check_room_for_key(connection: Connection, customer_id: int) -> None:
    """Raises STATE_CONFLICT when the customer has as many keys as it may have."""
    if SQL.count_keys(connection, customer_id=customer_id) >= MOST_KEYS:
        raise ApiError(
            ErrorCode.STATE_CONFLICT, f"{MOST_KEYS} keys are in use", hint="Revoke those that are not needed any more."
        )


def list_keys(
    connection: Connection, customer_id: int, *, before: int | None, limit: int
) -> list[tuple[int, ApiKeyRow]]:
    """A customer's keys, newest first, revoked ones too, each with the key to go on from."""
    rows = SQL.list_keys(connection, customer_id=customer_id, before=before or NEWEST, limit=limit)
    return [(row["id"], _row(row)) for row in rows]


def get_key(connection: Connection, customer_id: int, key_id: str) -> ApiKeyRow:
    """A customer's key by its public id. Raises NOT_FOUND."""
    row = SQL.key(connection, customer_id=customer_id, public_id=key_id)
    if row is None:
        raise ApiError(ErrorCode.NOT_FOUND, "there is no such API key", hint="List them: GET /customer/api-keys")
    return _row(row)


def key_of_principal(connection: Connection, key_id: int) -> ApiKeyRow:
    """The key that a request came with, by its internal id."""
    return _row(SQL.key_by_id(connection, key_id=key_id))


def _row(row: Row) -> ApiKeyRow:
    return ApiKeyRow(
        id=row["public_id"],
        name=row["name"],
        prefix=row["prefix"],
        scopes=row["scopes"].split(),
        created_at=rfc3339(row["created_at"]),
        last_used_at=rfc3339_or_none(row["last_used_at"]),
        revoked_at=rfc3339_or_none(row["revoked_at"]),
    )


def revoke_key(tx: Transaction, customer_id: int, key_id: str, *, now: float) -> bool:
    """Revokes a customer's key by its public id; False when there is none to revoke."""
    tx.announce(ACCESS_CHANGED)
    return bool(SQL.revoke_key(tx.connection, customer_id=customer_id, public_id=key_id, now=now))


def note_used(tx: Transaction, uses: dict[int, float]) -> None:
    """Writes when keys (internal id → Unix seconds) were last used; many at once, since it is no request's business."""
    SQL.key_used(tx.connection, [{"key_id": key_id, "now": now} for key_id, now in uses.items()])
