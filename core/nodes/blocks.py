"""Blocked packages: by an owner for their own nodes, by the operator (no owner) everywhere. What a block stops is
done in `core/scheduling/blocking.py`.

A package is named by its digest, the SHA-256 of its zip: what owners see in their leases.
"""

from collections.abc import Callable

from ..clock import rfc3339
from ..content.manifest import is_digest
from ..errors import ApiError, ErrorCode, validation_failed
from ..protocol.owner import PackageBlock
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql

SQL = named_sql(__file__, "blocks")
NEWEST = 2**62
REASON_CHARACTERS = 500
BLOCKED = "package_blocked"


def check_digest(text: str) -> str:
    """The digest in lower case. Raises VALIDATION_FAILED unless it is a SHA-256 in hex."""
    digest = text.strip().lower()
    if not is_digest(digest):
        raise validation_failed(package_digest="64 hex digits: the SHA-256 of the package's zip")
    return digest


def check_reason(text: str) -> str:
    """The reason without space around it. Raises VALIDATION_FAILED unless it is 1 to 500 printable characters."""
    reason = text.strip()
    if not reason or len(reason) > REASON_CHARACTERS or not reason.isprintable():
        raise validation_failed(reason=f"1 to {REASON_CHARACTERS} printable characters")
    return reason


def add_block(
    tx: Transaction, *, owner_id: int | None, package_digest: str, reason: str, now: float, new_id: Callable[[], str]
) -> PackageBlock:
    """Writes a block. Raises VALIDATION_FAILED, STATE_CONFLICT when there is one already."""
    digest, words = check_digest(package_digest), check_reason(reason)
    connection = tx.connection
    if SQL.block(connection, owner_id=owner_id, package_digest=digest) is not None:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"the package {digest} is blocked already",
            hint="Unblock it first to give another reason.",
        )
    SQL.add_block(connection, public_id=new_id(), owner_id=owner_id, package_digest=digest, reason=words, now=now)
    return _block(SQL.block(connection, owner_id=owner_id, package_digest=digest))


def remove_block(tx: Transaction, *, owner_id: int | None, package_digest: str) -> PackageBlock:
    """Removes a block and gives what it was. Raises VALIDATION_FAILED, NOT_FOUND."""
    digest = check_digest(package_digest)
    return _remove(tx, SQL.block(tx.connection, owner_id=owner_id, package_digest=digest))


def remove_owners_block(tx: Transaction, owner_id: int, block_id: str) -> PackageBlock:
    """The same by its id. Raises NOT_FOUND for one that is absent or another owner's."""
    return _remove(tx, SQL.block_of_owner(tx.connection, public_id=block_id, owner_id=owner_id))


def _remove(tx: Transaction, row: Row | None) -> PackageBlock:
    if row is None:
        raise ApiError(ErrorCode.NOT_FOUND, "there is no such block", hint="List the blocks that there are.")
    SQL.remove_block(tx.connection, id=row["id"])
    return _block(row)


def list_blocks(
    connection: Connection, *, owner_id: int | None, before: int | None, limit: int
) -> list[tuple[int, PackageBlock]]:
    """An owner's blocks, or without an owner the operator's; newest first, each with the key to go on from."""
    rows = SQL.blocks_of(connection, owner_id=owner_id, before=NEWEST if before is None else before, limit=limit)
    return [(row["id"], _block(row)) for row in rows]


def list_reports(
    connection: Connection, *, package_digest: str | None = None, before: int | None, limit: int
) -> list[tuple[int, PackageBlock]]:
    """What owners blocked and why, for the operator: newest first, each with the key to go on from."""
    before = NEWEST if before is None else before
    rows = SQL.reports(connection, package_digest=package_digest, before=before, limit=limit)
    return [(row["id"], _block(row)) for row in rows]


def operators_reason(connection: Connection, package_digest: str | None) -> str | None:
    """Why the operator blocked this package everywhere; None when it isn't blocked."""
    if package_digest is None:
        return None
    row = SQL.block(connection, owner_id=None, package_digest=package_digest)
    return None if row is None else str(row["reason"])


def check_not_blocked(connection: Connection, package_digest: str | None) -> None:
    """Raises STATE_CONFLICT for a package that the operator blocked."""
    reason = operators_reason(connection, package_digest)
    if reason is not None:
        raise ApiError(
            ErrorCode.STATE_CONFLICT,
            f"the training package was blocked by the operator: {reason}",
            hint="Use another training package, or ask the operator of the service.",
        )


def owners_blocking(connection: Connection, package_digest: str | None) -> set[int]:
    """The owners who keep this package off their nodes."""
    return {row["owner_id"] for row in SQL.owners_blocking(connection, package_digest=package_digest)}


def owners_blocks(connection: Connection) -> dict[int, set[str]]:
    """The digests that each owner blocks, by owner; those who block nothing are left out."""
    found: dict[int, set[str]] = {}
    for row in SQL.owners_blocks(connection):
        found.setdefault(row["owner_id"], set()).add(row["package_digest"])
    return found


def _block(row: Row) -> PackageBlock:
    created_at = rfc3339(row["created_at"])
    return PackageBlock(row["public_id"], row["package_digest"], row["reason"], created_at, row["owner_email"])
