"""Puts a backup into a new data folder, every byte of it compared with what it should be.

All is put together in `.restoring` within the new folder; a folder that has that is refused by every command, so that
half a restore is never served. The database gets its name last.
"""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from core.console import CommandError, Console, ExitCode
from core.content.blobs_local import LocalBlobStore
from core.content.folder_writer import sync_folder
from core.content.storage import all_chunks, forget_everybodys
from core.store.snapshots import reading_snapshot
from core.store.sqlite import DatabaseError

from .backup import THREADS, check_room, copy_chunks
from .backup_format import BLOBS_NAME as BACKUP_BLOBS_NAME
from .backup_format import (
    FORMAT,
    MANIFEST_NAME,
    UNFINISHED_NAME,
    Backup,
    read_backup,
    sha256_of,
    shown_chunks,
)
from .data_folder import (
    BLOBS_NAME,
    DATABASE_NAME,
    LOCK_NAME,
    RESTORING_NAME,
    is_served,
    open_store,
    prepare_folder,
    serving_lock,
)
from .operator_command import Command
from .secret_keys import FILE_NAME as SECRETS_NAME
from .secret_keys import load_secret_keys


class Restored(msgspec.Struct, frozen=True):
    """What now lies in `data_dir`; `damaged` are chunks that the backup had not whole, and that are left out."""

    data_dir: str
    made_at: str
    chunks: int
    chunk_bytes: int
    damaged: list[str]


def restore_backup(source: Path, data_dir: Path, *, skip_damaged: bool, console: Console) -> Restored:
    """Restores into an empty folder, or one whose restore was broken off. Raises CommandError: no finished backup, a
    folder in use, too little room, bytes that are not what they should be (unless `skip_damaged`, for chunks)."""
    backup = _finished(source)
    folder = _usable(data_dir)
    with serving_lock(folder):  # nobody serves it meanwhile, and no other restore is at work in it
        _empty(folder)
        check_room(
            folder, backup.database_bytes + backup.chunk_bytes, "Free some space, or give another --data-dir DIR."
        )
        staging = folder / RESTORING_NAME
        staging.mkdir(mode=0o700)
        sync_folder(folder)
        try:
            damaged = _put_together(source, backup, staging, skip_damaged=skip_damaged, console=console)
        except CommandError:
            shutil.rmtree(staging)
            raise
        for name in (BLOBS_NAME, SECRETS_NAME, DATABASE_NAME):
            (staging / name).rename(folder / name)
        sync_folder(folder)
        shutil.rmtree(staging)
        sync_folder(folder)
    return Restored(str(folder), backup.made_at, backup.chunks - len(damaged), backup.chunk_bytes, damaged)


def _finished(source: Path) -> Backup:
    try:
        backup = read_backup(source)
    except msgspec.MsgspecError as error:
        raise _refused(
            f"{source / MANIFEST_NAME} is no backup that this program knows: {error}", "Update this program."
        ) from error
    if backup is None and (source / UNFINISHED_NAME).exists():
        raise _refused(
            f"the backup in {source} was never finished",
            "Restore another one. To finish it, where its server's data still is: gpu-agent-backend backup --to DIR",
        )
    if backup is None:
        raise _refused(f"there is no backup in {source}", f"Give the folder that holds {MANIFEST_NAME}: --from DIR")
    if backup.format > FORMAT:
        raise _refused(f"the backup in {source} was made by a newer program", "Update this program.")
    return backup


def _usable(data_dir: Path) -> Path:
    """The folder to restore into, as it is; nothing is written into one that has something else in it."""
    if is_served(data_dir):
        raise _refused(f"a server works on {data_dir}", "Give a new folder: --data-dir DIR")
    folder = prepare_folder(data_dir)
    if not (folder / RESTORING_NAME).exists():
        _refuse_unless_empty(folder)
    return folder


def _empty(folder: Path) -> None:
    """Clears away a restore that was broken off; whoever calls has the folder's lock."""
    if (folder / RESTORING_NAME).exists():
        shutil.rmtree(folder / BLOBS_NAME, ignore_errors=True)
        shutil.rmtree(folder / RESTORING_NAME)
        (folder / SECRETS_NAME).unlink(missing_ok=True)
        (folder / DATABASE_NAME).unlink(missing_ok=True)
    _refuse_unless_empty(folder)


def _refuse_unless_empty(folder: Path) -> None:
    if any(entry.name != LOCK_NAME for entry in folder.iterdir()):
        raise _refused(f"{folder} is not empty", "Give a new folder: --data-dir DIR. What is there stays as it is.")


def _put_together(source: Path, backup: Backup, staging: Path, *, skip_damaged: bool, console: Console) -> list[str]:
    """Database, secrets and chunks, durable on return; gives the chunks that are left out.

    The keys that sign are new: what the lost server signed since the backup names rows by numbers that this one will
    give to others, even to other customers.
    """
    console.info(f"restoring the backup of {backup.made_at}")
    database = staging / DATABASE_NAME
    try:
        database.touch(mode=0o600)
        shutil.copyfile(source / backup.database, database)
    except FileNotFoundError as error:
        raise _refused(f"{error.filename} is missing", "This backup is damaged; restore another one.") from error
    chunks = _chunks_of(database, backup)
    blobs, target = LocalBlobStore(source / BACKUP_BLOBS_NAME), LocalBlobStore(staging / BLOBS_NAME)
    total = sum(size for _, size in chunks)
    with console.progress("restoring chunks", total) as progress, ThreadPoolExecutor(THREADS) as threads:
        damaged = sorted(copy_chunks(blobs, target, chunks, threads, progress.advance))
    if damaged and not skip_damaged:
        raise CommandError(
            f"{len(damaged):,} of {len(chunks):,} chunks are missing or damaged in {source}",
            hint="Restore another backup, or everything else by --skip-damaged; customers can send those chunks again.",
            exit_code=ExitCode.ENVIRONMENT,
            code="BACKUP_DAMAGED",
            details=list(shown_chunks(damaged)),
        )
    command = Command()
    load_secret_keys(staging, os.urandom, command.now)
    store = open_store(staging, busy_timeout_seconds=5)
    try:
        with store.transaction() as tx:
            forget_everybodys(tx, damaged)
            command.record(tx, "backup.restore", backup.made_at, chunks=len(chunks), damaged=len(damaged))
    finally:
        store.close()
    return damaged


def _chunks_of(database: Path, backup: Backup) -> list[tuple[str, int]]:
    if sha256_of(database) != backup.database_sha256:
        raise _refused(f"{backup.database} has other bytes than were backed up", "Restore another backup.")
    try:
        with reading_snapshot(database) as snapshot:
            said = snapshot.execute("PRAGMA quick_check").fetchone()[0]
            chunks = all_chunks(snapshot)
    except DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise _refused(f"the database of the backup is damaged: {said}", "Restore another backup.")
    return chunks


def _refused(message: str, hint: str) -> CommandError:
    return CommandError(message, hint=hint, exit_code=ExitCode.ENVIRONMENT)
