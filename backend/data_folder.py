"""The folder a server keeps everything in: made private, opened for a command, and locked by the one that serves."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.console import CommandError, ExitCode
from core.store.database import Store
from core.store.migrate import DatabaseTooNew
from core.store.sqlite import DatabaseError, OperationalError

DATABASE_NAME = "store.sqlite"
BLOBS_NAME = "blobs"
LOCK_NAME = "server.lock"
BACKUP_LOCK_NAME = "backup.lock"
RESTORING_NAME = ".restoring"
COMMAND_BUSY_SECONDS = 5.0
_LOCK_TRIES = 10
_LOCK_PAUSE_SECONDS = 0.02


def prepare_folder(data_dir: Path) -> Path:
    """The folder, made for its owner alone if it isn't there. Raises CommandError if it can't be used."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data_dir / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CommandError(
            f"the data folder {data_dir} can't be used: {error.strerror or error}",
            hint="Give a folder that you may write to: --data-dir DIR",
            exit_code=ExitCode.ENVIRONMENT,
        ) from error
    return data_dir.resolve()


def open_store(data_dir: Path, *, busy_timeout_seconds: float) -> Store:
    """The store of a prepared folder. Raises CommandError if it is newer than this program, broken, half restored, or
    stays locked."""
    if (data_dir / RESTORING_NAME).exists():
        raise CommandError(
            f"a restore into {data_dir} was broken off",
            hint=f"Say it again: gpu-agent-backend restore --from DIR --data-dir {data_dir}",
            exit_code=ExitCode.ENVIRONMENT,
        )
    try:
        return Store(data_dir / DATABASE_NAME, now=time.time(), busy_timeout_seconds=busy_timeout_seconds)
    except DatabaseTooNew as error:
        raise CommandError(
            str(error), hint="Update this program, or restore a backup.", exit_code=ExitCode.ENVIRONMENT
        ) from error
    except DatabaseError as error:
        raise database_trouble(data_dir, error) from error


@contextmanager
def command_store(data_dir: Path) -> Iterator[Store]:
    """The store for one command, beside a running server: it waits up to 5 s for the server's locks."""
    store = open_store(prepare_folder(data_dir), busy_timeout_seconds=COMMAND_BUSY_SECONDS)
    try:
        yield store
    except OperationalError as error:
        raise database_trouble(data_dir, error) from error
    finally:
        store.close()


def database_trouble(data_dir: Path, error: DatabaseError) -> CommandError:
    """A database's refusal in words."""
    return CommandError(
        f"the database in {data_dir} can't be used: {error}",
        hint=f"Look closer: gpu-agent-backend doctor --data-dir {data_dir}",
        exit_code=ExitCode.ENVIRONMENT,
    )


@contextmanager
def serving_lock(data_dir: Path) -> Iterator[None]:
    """Held by the one server of a folder, until its process ends however it ends. Raises CommandError when taken."""
    path = data_dir / LOCK_NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(descriptor):
            holder = path.read_text(errors="replace").strip()
            raise CommandError(
                f"another server{f' (process {holder})' if holder else ''} works on {data_dir}",
                hint="Use that one, stop it first, or give another --data-dir.",
                exit_code=ExitCode.ENVIRONMENT,
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def backup_lock(data_dir: Path) -> Iterator[None]:
    """While it is held, until its process ends however it ends, the server of the folder deletes no chunk. Raises
    CommandError when another backup has it."""
    descriptor = os.open(data_dir / BACKUP_LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not any(_locked_soon(descriptor)):
            raise CommandError(
                f"another backup of {data_dir} is being made",
                hint="Wait until that one has ended.",
                exit_code=ExitCode.ENVIRONMENT,
            )
        yield
    finally:
        os.close(descriptor)


def _locked_soon(descriptor: int) -> Iterator[bool]:
    """A few tries: a server that looks whether somebody has the lock has it itself for a moment."""
    for _ in range(_LOCK_TRIES):
        yield _lock(descriptor)
        time.sleep(_LOCK_PAUSE_SECONDS)


def is_served(data_dir: Path) -> bool:
    """Whether a server works on this folder now."""
    return _is_locked(data_dir / LOCK_NAME)


def is_backed_up(data_dir: Path) -> bool:
    """Whether a backup of this folder is being made."""
    return _is_locked(data_dir / BACKUP_LOCK_NAME)


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    descriptor = os.open(path, os.O_RDWR)
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # far behind the process id, which others read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
