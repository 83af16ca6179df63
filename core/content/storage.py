"""How much customers store, and which chunks nobody needs any more. What they are part of is in uploads."""

from collections.abc import Iterable

import msgspec

from ..errors import ApiError, ErrorCode
from ..protocol.content import Manifest
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from .contents import empty_content

SQL = named_sql(__file__, "storage")
UNUSED_SECONDS = 86_400.0


class SweepPlace(msgspec.Struct, frozen=True):
    """How far a sweep has come: the customer and digest it looked at last."""

    customer_id: int = 0
    digest: str = ""


def used_bytes(connection: Connection, customer_id: int) -> int:
    """What a customer's datasets and packages take, each chunk once, with what has still to be sent, in bytes.

    Results of jobs don't count: they have limits of their own and go by themselves.
    """
    return int(SQL.used_bytes(connection, customer_id=customer_id))


def check_quota(connection: Connection, customer_id: int, manifest: Manifest, storage_bytes: int) -> None:
    """Raises STORAGE_QUOTA_EXCEEDED, in numbers, if these files do not fit beside what the customer stores."""
    sizes = msgspec.json.encode(manifest.chunk_sizes()).decode()
    more = int(SQL.more_bytes(connection, customer_id=customer_id, sizes=sizes))
    used = used_bytes(connection, customer_id)
    if more and used + more > storage_bytes:
        raise ApiError(
            ErrorCode.STORAGE_QUOTA_EXCEEDED,
            f"{more:,} bytes more do not fit: {used:,} of {storage_bytes:,} bytes are used or promised",
        )


def let_go(tx: Transaction, customer_id: int, content_id: int) -> list[str]:
    """Forgets what a content is made of; gives the digests that no customer has any more, which are noted as such
    until `forget_orphans`."""
    SQL.let_go(tx.connection, customer_id=customer_id, content_id=content_id)
    orphans = [row["digest"] for row in SQL.orphans_of_content(tx.connection, content_id=content_id)]
    SQL.forget_content_chunks(tx.connection, content_id=content_id)
    return note_orphans(tx, orphans)


def forget_content(tx: Transaction, customer_id: int, content_id: int) -> list[str]:
    """Forgets a content that nothing is to be read of any more; gives the digests that no customer has any more."""
    orphans = let_go(tx, customer_id, content_id)
    empty_content(tx, content_id)
    return orphans


def note_orphans(tx: Transaction, digests: list[str]) -> list[str]:
    """Notes chunks that no customer has any more, until `forget_orphans`; gives them."""
    if digests:
        SQL.add_orphans(tx.connection, [{"digest": digest} for digest in digests])
    return digests


def forget_everybodys(tx: Transaction, digests: Iterable[str]) -> None:
    """Nobody has sent these chunks: their bytes are lost. Whoever needs them is asked for them again."""
    SQL.forget_everybodys(tx.connection, [{"digest": digest} for digest in digests])


def known_orphans(connection: Connection) -> list[str]:
    """Chunks that nobody had any more and whose bytes were not yet seen to be gone."""
    return [row["digest"] for row in SQL.orphans(connection)]


def forget_orphans(tx: Transaction, digests: Iterable[str]) -> None:
    """Their bytes are gone, or somebody has them again."""
    SQL.forget_orphans(tx.connection, [{"digest": digest} for digest in digests])


def all_chunks(connection: Connection) -> list[tuple[str, int]]:
    """Every chunk that any customer has, as (digest, size in bytes)."""
    return [(row["digest"], row["size_bytes"]) for row in SQL.all_chunks(connection)]


def has_owner(connection: Connection, digest: str) -> bool:
    """Whether any customer has this chunk."""
    return SQL.chunk_has_owner(connection, digest=digest) is not None


def sweep_chunks(tx: Transaction, after: SweepPlace, *, limit: int, now: float) -> tuple[SweepPlace, list[str]]:
    """Looks at the next chunks and forgets those that were sent over a day ago and became part of nothing, such as
    those of a result whose node was lost. Gives where to go on, and the digests that no customer has any more."""
    rows = list(SQL.chunks_after(tx.connection, customer_id=after.customer_id, digest=after.digest, limit=limit))
    orphans: list[str] = []
    for row in rows:
        if not row["used"] and row["stored_at"] < now - UNUSED_SECONDS:
            SQL.forget_chunk(tx.connection, customer_id=row["customer_id"], digest=row["digest"])
            if not has_owner(tx.connection, row["digest"]):
                orphans.append(row["digest"])
    whole = len(rows) < limit
    place = SweepPlace() if whole else SweepPlace(rows[-1]["customer_id"], rows[-1]["digest"])
    return place, note_orphans(tx, orphans)
