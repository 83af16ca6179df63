"""`doctor`: looks at a data folder and says what is wrong with it, and what mends it."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core.console import CommandError, Console, ExitCode, JsonOption, QuietOption
from core.store.database import Store
from core.store.sqlite import DatabaseError

from ..data_folder import BLOBS_NAME, DATABASE_NAME, command_store, is_served, prepare_folder
from ..secret_keys import FILE_NAME as SECRETS_NAME
from .options import DEFAULT_DATA_DIR, DataDir

FEW_BYTES = 2 << 30


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at. `hint` says what mends it."""

    name: str
    ok: bool
    message: str
    hint: str = ""


class Diagnosis(msgspec.Struct, frozen=True):
    """`ok`: every check is."""

    ok: bool
    data_dir: str
    served: bool
    checks: list[Check]


def doctor(data_dir: DataDir = DEFAULT_DATA_DIR, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Check the data folder: permissions, disk, database, ledger. Works beside a running server."""
    console = Console.choose(json, quiet)
    folder = prepare_folder(data_dir)
    checks = [*_folder_checks(folder), *_store_checks(folder)]
    diagnosis = Diagnosis(all(check.ok for check in checks), str(folder), is_served(folder), checks)
    lines = [f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.message}" for check in checks]
    lines += [f"     hint: {check.hint}" for check in checks if not check.ok]
    if diagnosis.ok:
        console.result(diagnosis, human="\n".join(lines), quiet="ok")
        return
    console.info("\n".join(lines))
    bad = [check for check in checks if not check.ok]
    raise CommandError(
        f"{len(bad)} of {len(checks)} checks failed: {'; '.join(check.message for check in bad)}",
        hint=bad[0].hint,
        exit_code=ExitCode.ENVIRONMENT,
        code="DOCTOR",
    )


def _folder_checks(folder: Path) -> Iterator[Check]:
    for name in ("", DATABASE_NAME, SECRETS_NAME, BLOBS_NAME):
        path = folder / name
        if path.exists() and os.name == "posix":
            mode = stat.S_IMODE(path.stat().st_mode)
            private = mode & 0o077 == 0
            hint = f"chmod {'700' if path.is_dir() else '600'} {path}"
            yield Check(f"{name or 'folder'} is private", private, f"{path} has mode {mode:03o}", hint)
    free = shutil.disk_usage(folder).free
    yield Check("free disk", free >= FEW_BYTES, f"{free:,} bytes are free", "Free some disk, or move the data folder.")


def _store_checks(folder: Path) -> Iterator[Check]:
    if not (folder / DATABASE_NAME).exists():
        yield Check("database", True, "none yet; the first start makes it")
        return
    try:
        with command_store(folder) as store:
            yield from _database_checks(store)
    except CommandError as error:
        yield Check("database", False, error.message, "Restore a backup from the folder backups/, or update.")


def _database_checks(store: Store) -> Iterator[Check]:
    restore = "Stop the server and restore the newest backup."
    try:
        said = store.connection.execute("PRAGMA quick_check").fetchone()[0]
    except DatabaseError as error:
        said = str(error)
    yield Check("database", said == "ok", f"quick_check says {said}", restore)
    total = store.connection.execute("SELECT coalesce(sum(balance_micro), 0) FROM ledger_accounts").fetchone()[0]
    yield Check("ledger", total == 0, f"all accounts add up to {total} micro-credits", restore)
    overdue = store.connection.execute(
        "SELECT count(*) FROM attempts WHERE outcome IS NULL AND lease_expires_at < ?", [time.time() - 3600]
    ).fetchone()[0]
    yield Check("leases", overdue == 0, f"{overdue} ran out over an hour ago", "Start the server: it ends them.")
