"""Admin keys: what opens the operator's routes. Made by a command, kept only as their SHA-256.

They are no customers' keys: neither opens the other's routes. One that is for metrics only opens nothing else, so that
what Prometheus keeps in a file can't grant credits.
"""

import base64
import hmac
from collections.abc import Callable
from hashlib import sha256

import msgspec

from ..clock import rfc3339, rfc3339_or_none
from ..errors import ApiError, ErrorCode, validation_failed
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql

SQL = named_sql(__file__, "admin_keys")
SECRET_BYTES = 32
PREFIX_SECRET_CHARACTERS = 6
NAME_CHARACTERS = 100


class AdminKey(msgspec.Struct, frozen=True):
    """A key as lists show it; the secret is kept nowhere."""

    id: str
    name: str
    prefix: str
    metrics_only: bool
    created_at: str
    last_used_at: str | None
    revoked_at: str | None


class AdminPrincipal(msgspec.Struct, frozen=True):
    """The operator, by one key. `prefix` is who the audit log names."""

    key_id: int
    prefix: str
    metrics_only: bool

    @property
    def customer_id(self) -> None:
        """No customer: what is kept by customer, such as answers to an Idempotency-Key, is kept for the operator."""
        return None


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _key(row: Row) -> AdminKey:
    return AdminKey(
        id=row["public_id"],
        name=row["name"],
        prefix=row["prefix"],
        metrics_only=bool(row["metrics_only"]),
        created_at=rfc3339(row["created_at"]),
        last_used_at=rfc3339_or_none(row["last_used_at"]),
        revoked_at=rfc3339_or_none(row["revoked_at"]),
    )


def create_admin_key(
    tx: Transaction,
    *,
    name: str,
    metrics_only: bool,
    environment: str,
    now: float,
    new_id: Callable[[], str],
    random_bytes: Callable[[int], bytes],
) -> tuple[AdminKey, str]:
    """A new key `ak_<environment>_<43 url-safe characters>`: its row, and the secret, which is told only now.

    Raises VALIDATION_FAILED for a name that can't be shown.
    """
    if not 0 < len(name) <= NAME_CHARACTERS or not name.isprintable():
        raise validation_failed(name=f"must be 1 to {NAME_CHARACTERS} printable characters")
    start = f"ak_{environment}_"
    secret = start + base64.urlsafe_b64encode(random_bytes(SECRET_BYTES)).rstrip(b"=").decode()
    prefix = secret[: len(start) + PREFIX_SECRET_CHARACTERS]
    key = AdminKey(new_id(), name, prefix, metrics_only, rfc3339(now), None, None)
    SQL.insert_key(
        tx.connection,
        public_id=key.id,
        name=name,
        prefix=prefix,
        secret_hash=_hash(secret),
        metrics_only=int(metrics_only),
        now=now,
    )
    return key, secret


def authenticate_admin(connection: Connection, secret: str | None) -> AdminPrincipal:
    """The operator by a key. Raises CUSTOMER_AUTH_REQUIRED without one, API_KEY_INVALID, API_KEY_REVOKED."""
    if not secret:
        raise ApiError(
            ErrorCode.CUSTOMER_AUTH_REQUIRED,
            "this route needs an admin key",
            hint="Send it as X-API-Key or as Authorization: Bearer; make one: gpu-agent-backend admin-keys create",
        )
    secret_hash = _hash(secret)
    row = SQL.key_by_hash(connection, secret_hash=secret_hash)
    if row is None or not hmac.compare_digest(row["secret_hash"], secret_hash):
        raise ApiError(
            ErrorCode.API_KEY_INVALID,
            "this is no admin key",
            hint="A customer's key opens no admin route; make one that does: gpu-agent-backend admin-keys create",
        )
    if row["revoked_at"] is not None:
        raise ApiError(ErrorCode.API_KEY_REVOKED, hint="Make a new one: gpu-agent-backend admin-keys create")
    return AdminPrincipal(row["id"], row["prefix"], bool(row["metrics_only"]))


def list_admin_keys(connection: Connection) -> list[AdminKey]:
    """All keys, the oldest first; revoked ones stay listed."""
    return [_key(row) for row in SQL.all_keys(connection)]


def revoke_admin_key(tx: Transaction, named: str, *, now: float) -> tuple[AdminKey, bool]:
    """Revokes the key with this id or prefix; gives it, and whether it was not revoked before.

    Raises NOT_FOUND, and STATE_CONFLICT where several have the prefix.
    """
    rows = SQL.keys_named(tx.connection, named=named)
    if not rows:
        raise ApiError(
            ErrorCode.NOT_FOUND,
            f"there is no admin key {named}",
            hint="Give its id or its prefix: gpu-agent-backend admin-keys list",
        )
    if len(rows) > 1:
        raise ApiError(
            ErrorCode.STATE_CONFLICT, f"{len(rows)} keys begin with {named}", hint="Give the id of the one you mean."
        )
    revoked = bool(SQL.revoke_key(tx.connection, id=rows[0]["id"], now=now))
    return _key(SQL.keys_named(tx.connection, named=rows[0]["public_id"])[0]), revoked


def note_admin_used(tx: Transaction, uses: dict[int, float]) -> None:
    """Writes when keys (internal id → Unix seconds) were last used; many at once, since it is no request's business."""
    SQL.key_used(tx.connection, [{"key_id": key_id, "now": now} for key_id, now in uses.items()])
