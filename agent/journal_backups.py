"""Copies of the journal from before its schema was changed, and the way back to one of them for an older program.

What an older schema has no table for is carried along as it is: older programs pass over it, and the next update finds
it there again. What a node must not lose on the way back are its owner's wishes and its history.
"""

import os
import re
import shutil
import sqlite3
from pathlib import Path

import msgspec

from agent.durable import sync_file_system
from core.store.sqlite import open_connection

FOLDER = "backups"
_KEPT = 3
_NAME = re.compile(r"journal-v(\d+)-(\d+)\.sqlite")
_EMPTIED = ("attempts", "reports")  # nothing is held by then; what a backup holds has ended long ago
_CARRIED = "settings"


class NoWayBack(Exception):
    """The journal can't be brought back now; the text and `hint` say why, and what to do."""

    def __init__(self, message: str, *, hint: str) -> None:
        self.hint = hint
        super().__init__(message)


class WentBack(msgspec.Struct, frozen=True):
    """What was done: the journal has the older schema's version again, the newer one is kept as `kept_as`."""

    from_version: int
    to_version: int
    backup: str
    kept_as: str


def version_of(connection: sqlite3.Connection) -> int:
    """The schema's version; 0 is a journal that was never written."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def make_backup(connection: sqlite3.Connection, data_dir: Path, now: float) -> Path:
    """Write the journal as it is into the data folder's backups, of which the newest three stay. `now` is in Unix
    seconds. Raises OSError, sqlite3.OperationalError."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    made = folder / f"journal-v{version_of(connection)}-{int(now)}.sqlite"
    draft = folder / f".{made.name}.part"
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)  # SQLite writes into an empty file, and lets it keep its mode
    connection.execute("VACUUM INTO ?", (str(draft),))
    draft.replace(made)
    sync_file_system(folder)
    for _, _, old in sorted(_backups(data_dir))[:-_KEPT]:
        old.unlink()
    return made


def go_back(data_dir: Path, known_version: int, now: float) -> WentBack:
    """Bring the journal back to what it was before its newest schema, or to what a program that knows `known_version`
    can read. Raises NoWayBack, also when a node runs, and OSError."""
    file = data_dir / "journal.sqlite"
    if not file.exists():
        raise NoWayBack(f"There is no journal in {data_dir}.", hint="Name the node's folder by --data-dir.")
    try:
        connection = open_connection(file, busy_timeout_seconds=0)
    except sqlite3.OperationalError as error:
        raise NoWayBack(f"The node's journal is in use: {error}", hint="Stop the node first.") from error
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = version_of(connection)
        most = known_version if version > known_version else version - 1
        older = [(found, at, path) for found, at, path in _backups(data_dir) if found <= most]
        if not older:
            raise NoWayBack(
                f"There is no backup of a journal that is older than version {version}.",
                hint="This version's journal is the first here; any program that knows it can be used.",
            )
        (held,) = connection.execute("SELECT count(*) FROM attempts").fetchone()
        if held:
            raise NoWayBack(
                f"The node still holds {held} units, which an older program knows nothing of.",
                hint="Start it, say gpu-agent-node finish-then-pause, stop it when it is paused, and say this again.",
            )
        to_version, _, backup = max(older)
        draft = _older_journal(connection, backup)
        kept = make_backup(connection, data_dir, now)
    finally:
        connection.close()
    draft.replace(file)
    for name in ("-wal", "-shm"):  # of the newer one, which was closed whole
        file.with_name(file.name + name).unlink(missing_ok=True)
    sync_file_system(data_dir)
    return WentBack(version, to_version, str(backup), str(kept))


def _older_journal(connection: sqlite3.Connection, backup: Path) -> Path:
    """A journal with the backup's schema and what is true now, beside it."""
    draft = backup.with_name(".journal.sqlite.part")
    draft.unlink(missing_ok=True)
    shutil.copyfile(backup, draft)
    os.chmod(draft, 0o600)  # noqa: PTH101 - as the journal's own
    connection.execute("ATTACH ? AS older", (str(draft),))
    connection.execute("BEGIN IMMEDIATE")
    for table in (*_EMPTIED, _CARRIED):
        connection.execute(f"DELETE FROM older.{table}")
    connection.execute(f"INSERT INTO older.{_CARRIED} (key, value) SELECT key, value FROM main.{_CARRIED}")
    there = set(_tables(connection, "older"))
    for name, sql in _tables(connection, "main").items():
        if name not in there:
            connection.execute(sql.replace("CREATE TABLE ", "CREATE TABLE older.", 1))
            connection.execute(f"INSERT INTO older.{name} SELECT * FROM main.{name}")
    connection.execute("COMMIT")
    connection.execute("DETACH older")
    return draft


def _tables(connection: sqlite3.Connection, schema: str) -> dict[str, str]:
    rows = connection.execute(f"SELECT name, sql FROM {schema}.sqlite_master WHERE type = 'table'").fetchall()
    return {name: sql for name, sql in rows if not name.startswith("sqlite_")}


def _backups(data_dir: Path) -> list[tuple[int, int, Path]]:
    """Version, time and file of each."""
    folder = data_dir / FOLDER
    found = [(_NAME.fullmatch(path.name), path) for path in folder.iterdir()] if folder.is_dir() else []
    return [(int(name[1]), int(name[2]), path) for name, path in found if name is not None]
