"""What customers delete goes from nodes' caches too: every node that was leased it is asked until it says that it did.

Who was leased what is known from attempts, so nothing is written for it when units are leased. A node that is away
hears of it when it comes back.
"""

from collections.abc import Iterable

import msgspec

from ..content.contents import load_manifest
from ..protocol.node import Directive, DirectiveKind
from ..store.database import Transaction
from ..store.sqlite import Connection, named_sql
from .fairness import ReadyIndex

SQL = named_sql(__file__, "forgetting")
ASKED_AGAIN_SECONDS = 60.0
"""A node that holds something for a running unit, or whose answer was lost, is asked again; one of an older program,
which does not know the question, is not asked without end."""
CONTENTS_A_CALL = 4


def ask_to_forget(
    tx: Transaction, index: ReadyIndex, *, customer_id: int, upload_id: int, content_id: int | None
) -> None:
    """Has all nodes that may hold a deleted dataset or package (internal ids) asked to forget it; those that wait at
    once."""
    if content_id is None:
        return
    manifest = load_manifest(tx.connection, content_id)
    chunks = msgspec.json.encode(list(manifest.chunk_sizes())).decode()
    SQL.remember(tx.connection, content_id=content_id, digest=manifest.digest, chunks=chunks)
    SQL.ask_holders(tx.connection, content_id=content_id, customer_id=customer_id, upload_id=upload_id)
    nodes = [row["node_id"] for row in SQL.asked(tx.connection, content_id=content_id)]
    if not nodes:
        SQL.held_by_none(tx.connection, content_id=content_id)
    tx.after_commit(lambda: _wake(index, nodes))


def _wake(index: ReadyIndex, nodes: Iterable[int]) -> None:
    for node_id in nodes:
        index.tell_node(node_id)


def has_to_forget(connection: Connection, node_id: int, now: float) -> bool:
    """Whether there is something that a node is to be asked now."""
    return SQL.has_to_forget(connection, node_id=node_id, told_before=now - ASKED_AGAIN_SECONDS) is not None


def tell_to_forget(tx: Transaction, node_id: int, now: float) -> list[Directive]:
    """What a node is to be asked now, a few contents at a time; it counts as told."""
    before = now - ASKED_AGAIN_SECONDS
    directives: list[Directive] = []
    for row in list(SQL.to_forget(tx.connection, node_id=node_id, told_before=before, limit=CONTENTS_A_CALL)):
        SQL.told(tx.connection, node_id=node_id, content_id=row["content_id"], now=now)
        directives.append(
            Directive(
                DirectiveKind.FORGET_CONTENT.value,
                reason="its customer has deleted it",
                content_digest=row["digest"],
                chunks=msgspec.json.decode(row["chunks"], type=list[str]),
            )
        )
    return directives


def note_forgotten(tx: Transaction, node_id: int, digests: list[str]) -> None:
    """A node says that it holds nothing of these contents any more; what it was never asked is passed over."""
    if digests and SQL.forgotten(tx.connection, node_id=node_id, digests=msgspec.json.encode(digests).decode()):
        SQL.held_by_none(tx.connection, content_id=None)
