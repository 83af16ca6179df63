"""Contents: sets of files by their keys, whatever they are for. What they take, and who has which chunk: storage."""

from collections.abc import Iterable

import msgspec

from ..protocol.content import FileEntry, Manifest
from ..store.database import Transaction
from ..store.sqlite import Connection, Row, named_sql

SQL = named_sql(__file__, "contents")
SMALL_MANIFEST_BYTES = 1 << 14
_decoder = msgspec.json.Decoder(Manifest)


def add_content(tx: Transaction, customer_id: int, manifest: Manifest) -> int:
    """Stores a checked manifest; gives its key."""
    content_id = tx.next_id("contents")
    tx.insert(
        "contents",
        id=content_id,
        customer_id=customer_id,
        manifest=msgspec.json.encode(manifest),
        digest=manifest.digest,
        size_bytes=manifest.size_bytes,
        file_count=manifest.file_count,
    )
    for digest, size_bytes in manifest.chunk_sizes().items():
        tx.insert("content_chunks", content_id=content_id, digest=digest, size_bytes=size_bytes)
    return content_id


class MissingContent(LookupError):
    """There is no content with this key: it is gone, or never was."""


class StoredManifest(msgspec.Struct, frozen=True):
    """The manifest of a content, and its digest."""

    manifest: Manifest
    digest: str


def load_contents(connection: Connection, content_ids: Iterable[int]) -> dict[int, StoredManifest]:
    """The manifests of contents, by key; a key that is none is left out."""
    found: dict[int, StoredManifest] = {}
    unknown = []
    for content_id in content_ids:
        known = connection.behind.known(("content", content_id))
        if known is None:
            unknown.append(content_id)
        else:
            found[content_id] = known
    if unknown:
        for row in SQL.contents(connection, ids=msgspec.json.encode(unknown).decode()):
            found[row["id"]] = _stored(connection, row)
    return found


def load_content(connection: Connection, content_id: int) -> StoredManifest:
    """The manifest of a content. Raises MissingContent for a key that is none."""
    found = load_contents(connection, [content_id])
    if not found:
        raise MissingContent(f"there is no content {content_id}")
    return found[content_id]


def _stored(connection: Connection, row: Row) -> StoredManifest:
    """Small ones are remembered: the units of a layer all need the same results."""
    stored = row["manifest"]
    content = StoredManifest(_decoder.decode(stored), row["digest"])
    return (
        connection.behind.remember(("content", row["id"]), content) if len(stored) <= SMALL_MANIFEST_BYTES else content
    )


def load_manifest(connection: Connection, content_id: int) -> Manifest:
    """The manifest alone. Raises MissingContent for a key that is none."""
    return load_content(connection, content_id).manifest


class _FilesUnread(msgspec.Struct, frozen=True):
    """A manifest whose files are not looked into: skipping 200,000 of them takes 40 ms, reading them 500."""

    files: list[msgspec.Raw]


_files_decoder = msgspec.json.Decoder(_FilesUnread)
_file_decoder = msgspec.json.Decoder(FileEntry)


def load_files(connection: Connection, content_id: int, start: int, count: int) -> list[FileEntry]:
    """Up to `count` files of a content from number `start` on (the first is 0), without reading the others.

    Raises MissingContent for a key that is none.
    """
    known = connection.behind.known(("content", content_id))
    if known is not None:
        return list(known.manifest.files[start : start + count])
    for row in SQL.contents(connection, ids=f"[{content_id}]"):
        files = _files_decoder.decode(row["manifest"]).files
        return [_file_decoder.decode(entry) for entry in files[start : start + count]]
    raise MissingContent(f"there is no content {content_id}")


def empty_content(tx: Transaction, content_id: int) -> None:
    """Empties the row of a content. It stays: signed URLs name contents by their keys, which must not become another's,
    and to look for all that may name a row that goes would take long."""
    SQL.empty_content(tx.connection, content_id=content_id)
    tx.connection.behind.forget_known(("content", content_id))
