"""What lies in a folder of backups, so that a backup that was never finished can't be taken for one.

`backup.json` is written last and names the database and the secrets that belong together; `blobs/` holds at least the
chunks that this database names. While `unfinished` is there, a newer backup is on its way, or was broken off: what
`backup.json` names is whole nevertheless.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core.content.folder_writer import sync_folder
from core.errors import ErrorDetail

FORMAT = 1
MANIFEST_NAME = "backup.json"
UNFINISHED_NAME = "unfinished"
BLOBS_NAME = "blobs"
SHOWN_CHUNKS = 10


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A finished backup. `made_at` is the moment (RFC 3339) that its database shows; `damaged` are chunks that the
    server itself no longer had whole."""

    format: int = FORMAT
    made_at: str
    database: str
    database_bytes: int
    database_sha256: str
    secrets: str
    chunks: int
    chunk_bytes: int
    damaged: list[str] = []

    @property
    def files(self) -> set[str]:
        """The names of what lies beside the chunks."""
        return {self.database, self.secrets}


def read_backup(folder: Path) -> Backup | None:
    """The finished backup of a folder, None where there is none. Raises msgspec.MsgspecError for another's file."""
    try:
        return msgspec.json.decode((folder / MANIFEST_NAME).read_bytes(), type=Backup)
    except FileNotFoundError:
        return None


def write_durably(path: Path, data: bytes) -> None:
    """A file of its owner's alone, whole under its name, replacing an older one."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shown_chunks(digests: list[str]) -> Iterator[ErrorDetail]:
    """Some of many chunks, for people."""
    for digest in digests[:SHOWN_CHUNKS]:
        yield ErrorDetail(f"chunk {digest}")
    if len(digests) > SHOWN_CHUNKS:
        yield ErrorDetail(f"and {len(digests) - SHOWN_CHUNKS:,} more")
