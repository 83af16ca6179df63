"""The audit log: every change that an operator makes, written in the transaction that makes it."""

from collections.abc import Callable
from typing import Any

import msgspec

from ..clock import rfc3339
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql

SQL = named_sql(__file__, "audit")
NEWEST = 2**62


class AuditEntry(msgspec.Struct, frozen=True):
    """One change. `actor` is an admin key's prefix or a user of the server's machine, `action` reads `limits.set`,
    `subject` is an e-mail address, an id or a digest; `details` never hold a secret."""

    id: str
    created_at: str
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


def record_change(
    tx: Transaction,
    *,
    actor: str,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
    now: float,
    new_id: Callable[[], str],
) -> None:
    """Adds a row; it is there exactly if the change is."""
    text = msgspec.json.encode(details or {}, order="sorted").decode()
    SQL.add_entry(tx.connection, public_id=new_id(), now=now, actor=actor, action=action, subject=subject, details=text)


def audit_entries(connection: Connection, *, before: int | None, limit: int) -> list[tuple[int, AuditEntry]]:
    """The changes, newest first, each with the key to go on from."""
    return [
        (
            row["id"],
            AuditEntry(
                row["public_id"],
                rfc3339(row["created_at"]),
                row["actor"],
                row["action"],
                row["subject"],
                msgspec.json.decode(row["details"]),
            ),
        )
        for row in SQL.entries(connection, before=NEWEST if before is None else before, limit=limit)
    ]
