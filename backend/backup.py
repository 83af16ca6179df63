"""Makes a backup of a data folder while its server works on it: one moment of the database, and every chunk it names.

First the lock, while which the server deletes no chunk; then the snapshot; then the chunks, which never change. So
each chunk that the snapshot names is there until it is copied, whatever customers delete meanwhile. A later backup into
the same folder copies what is new, and removes what its database no longer names once it is finished.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from core.clock import rfc3339
from core.console import CommandError, Console, ExitCode
from core.content.blobs import BlobStore
from core.content.blobs_local import LocalBlobStore
from core.content.folder_writer import sync_folder
from core.content.storage import all_chunks
from core.errors import ApiError, ErrorCode
from core.store.database import Store
from core.store.snapshots import reading_snapshot, write_snapshot

from . import data_folder
from .backup_format import (
    BLOBS_NAME,
    MANIFEST_NAME,
    UNFINISHED_NAME,
    Backup,
    read_backup,
    sha256_of,
    write_durably,
)
from .data_folder import BACKUP_LOCK_NAME, backup_lock
from .secret_keys import FILE_NAME as SECRETS_NAME
from .secret_keys import load_secret_keys

THREADS = 4
SPARE_BYTES = 64 * 2**20
_OURS = {MANIFEST_NAME, UNFINISHED_NAME, BLOBS_NAME, BACKUP_LOCK_NAME}
_FIRST = {BACKUP_LOCK_NAME, f".{UNFINISHED_NAME}.part"}
"""What a backup that was broken off at once may have left."""
Chunk = tuple[str, int]


class Made(msgspec.Struct, frozen=True):
    """A finished backup, and what was copied for it: chunks that its folder had not, and their bytes."""

    backup: Backup
    copied: int
    copied_bytes: int


class Damaged(Exception):
    """The server's own chunk is gone, or has other bytes than its name's."""


def make_backup(data_dir: Path, store: Store, to: Path, *, now: float, verify: bool, console: Console) -> Made:
    """A backup of a data folder in the folder `to`, which may hold an earlier one of it. With `verify`, chunks that
    are there already are read and compared, not only measured.

    Raises CommandError for a folder that can't be used or has too little room, ApiError when a disk refuses.
    """
    earlier = _prepare(data_dir, to)
    with backup_lock(data_dir), backup_lock(to):
        write_durably(to / UNFINISHED_NAME, b"")
        target = LocalBlobStore(to / BLOBS_NAME)
        target.sweep()
        _remove_all_but(to, _OURS | (earlier.files if earlier else set()))
        name = f"{int(now * 1000)}"
        database, secrets = to / f"database-{name}.sqlite", to / f"secrets-{name}.json"
        _check_room(to, (data_dir / data_folder.DATABASE_NAME).stat().st_size)
        console.info("copying the database")
        write_snapshot(store.connection, database)
        load_secret_keys(data_dir, os.urandom, now)  # a server that never ran has none yet
        write_durably(secrets, (data_dir / SECRETS_NAME).read_bytes())
        with reading_snapshot(database) as snapshot:
            chunks = all_chunks(snapshot)
        source = LocalBlobStore(data_dir / data_folder.BLOBS_NAME)
        missing = [chunk for chunk in chunks if not _has(target, chunk, verify=verify)]
        _check_room(to, sum(size for _, size in missing))
        damaged = _copy_all(source, target, missing, console)
        backup = Backup(
            made_at=rfc3339(now),
            database=database.name,
            database_bytes=database.stat().st_size,
            database_sha256=sha256_of(database),
            secrets=secrets.name,
            chunks=len(chunks),
            chunk_bytes=sum(size for _, size in chunks),
            damaged=damaged,
        )
        write_durably(to / MANIFEST_NAME, msgspec.json.format(msgspec.json.encode(backup)))
        _remove_all_but(to, _OURS | backup.files)
        for digest in target.digests() - {digest for digest, _ in chunks}:
            target.delete(digest)
        (to / UNFINISHED_NAME).unlink()
        sync_folder(to)
    unspoilt = [size for digest, size in missing if digest not in set(damaged)]
    return Made(backup, len(unspoilt), sum(unspoilt))


def _prepare(data_dir: Path, to: Path) -> Backup | None:
    """Makes the folder or takes up what is there; gives the backup that it holds. Raises CommandError."""
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        inside, found = to.resolve(), {entry.name for entry in to.iterdir()}
        earlier = read_backup(to)
    except OSError as error:
        raise _refused(
            f"{to} can't be used: {error.strerror or error}", "Give a folder that you may write to."
        ) from error
    except msgspec.MsgspecError as error:
        raise _refused(f"{to / MANIFEST_NAME} is of another version", "Give another folder: --to DIR") from error
    if inside.is_relative_to(data_dir) or data_dir.is_relative_to(inside):
        raise _refused(f"{to} and the data folder lie in each other", "Give a folder apart, best on another disk.")
    if found - _FIRST and not found & {MANIFEST_NAME, UNFINISHED_NAME}:
        raise _refused(f"{to} holds something else than a backup", "Give an empty folder, or one of earlier backups.")
    sync_folder(inside.parent)
    return earlier


def _refused(message: str, hint: str) -> CommandError:
    return CommandError(message, hint=hint, exit_code=ExitCode.ENVIRONMENT)


def _check_room(folder: Path, needed_bytes: int) -> None:
    check_room(folder, needed_bytes, "Free some space there, or give a folder on another disk: --to DIR")


def check_room(folder: Path, needed_bytes: int, hint: str) -> None:
    """Raises CommandError, in numbers, unless so many bytes and some to spare are free where this folder lies."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + SPARE_BYTES:
        raise _refused(f"{needed_bytes + SPARE_BYTES:,} bytes are needed in {folder}; {free:,} are free", hint)


def _remove_all_but(folder: Path, names: set[str]) -> None:
    for entry in list(folder.iterdir()):
        if entry.name not in names and entry.is_file():
            entry.unlink()


def _has(target: BlobStore, chunk: Chunk, *, verify: bool) -> bool:
    """Whether the backup has this chunk; one is there whole or not at all, so its size tells, but for a disk's rot."""
    digest, size_bytes = chunk
    if target.size(digest) != size_bytes:
        return False
    return not verify or hashlib.sha256(target.get(digest)).hexdigest() == digest


def _copy_all(source: BlobStore, target: BlobStore, chunks: list[Chunk], console: Console) -> list[str]:
    """Copies chunks, a few at a time; gives those that the source no longer has whole."""
    total = sum(size for _, size in chunks)
    with console.progress("copying chunks", total) as progress, ThreadPoolExecutor(THREADS) as threads:
        return list(copy_chunks(source, target, chunks, threads, progress.advance))


def copy_chunks(
    source: BlobStore,
    target: BlobStore,
    chunks: list[Chunk],
    threads: ThreadPoolExecutor,
    advance: Callable[[float], None],
) -> Iterator[str]:
    """Copies chunks; each is durable once it was advanced over. Gives those that the source doesn't have whole."""

    def copy(chunk: Chunk) -> str | None:
        digest, size_bytes = chunk
        try:
            _copy(source, target, digest, size_bytes)
        except Damaged:
            return digest
        finally:
            advance(size_bytes)
        return None

    return (digest for digest in threads.map(copy, chunks) if digest is not None)


def _copy(source: BlobStore, target: BlobStore, digest: str, size_bytes: int) -> None:
    try:
        file = source.open(digest)
    except ApiError as error:
        raise Damaged from error
    with file, target.begin(digest, size_bytes) as writer:
        try:
            while piece := _read(file.read):
                writer.write(piece)
            writer.commit()
        except ApiError as error:
            if error.code in (ErrorCode.CHUNK_MISMATCH, ErrorCode.PAYLOAD_TOO_LARGE):
                raise Damaged from error
            raise


def _read(read: Callable[[int], bytes]) -> bytes:
    try:
        return read(1 << 20)
    except OSError as error:
        raise Damaged from error
