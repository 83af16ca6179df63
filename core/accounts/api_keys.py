"""API keys: made once, kept only as their SHA-256, and the door that turns one into a principal with scopes.

A key is 258 random bits, so a plain hash is enough: there is nothing to guess that a slow one would protect.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable

import msgspec

from ..errors import ApiError, ErrorCode, validation_failed
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
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
    """Who a request is from, and what it may do."""

    customer_id: int
    key_id: int
    scopes: frozenset[str]
    limits: Limits

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


def revoke_key(tx: Transaction, customer_id: int, key_id: str, *, now: float) -> bool:
    """Revokes a customer's key by its public id; False when there is none to revoke."""
    return bool(SQL.revoke_key(tx.connection, customer_id=customer_id, public_id=key_id, now=now))


def note_used(tx: Transaction, uses: dict[int, float]) -> None:
    """Writes when keys (internal id → Unix seconds) were last used; many at once, since it is no request's business."""
    SQL.key_used(tx.connection, [{"key_id": key_id, "now": now} for key_id, now in uses.items()])
