"""What a node must still know after kill -9: its attempts, how far they are, and reports without an answer.

One SQLite file in the data dir, which one agent at a time can have. What follows from it is the brain's business.
Plain sqlite3: sqlite-utils, which the server uses, imports NumPy where that is installed, 12 MiB of an idle agent.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec

from agent import day, history
from agent.attempt import AttemptRecord, JournalledAttempt
from agent.instructions import JournalChanges
from agent.journal_backups import make_backup, version_of
from agent.owners_choice import OwnersChoice
from core.protocol.node import Lease, NodeSettings
from core.protocol.node_day import NodeDay
from core.protocol.node_history import History, JournalCounts
from core.store.sqlite import open_connection, open_reader

VERSION = 3
"""1: what is held. 2: the history of what was. 3: what each GPU did."""
_WITH_HISTORY = 2
_WITH_DOINGS = 3
_SETTINGS = "settings"
_CHOICE = "owners_choice"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value BLOB)",
    "CREATE TABLE IF NOT EXISTS attempts (attempt_id TEXT PRIMARY KEY, lease BLOB, record BLOB)",
    "CREATE TABLE IF NOT EXISTS reports "
    "(attempt_id TEXT, number INTEGER, report BLOB, PRIMARY KEY (attempt_id, number))",
    history.TABLE,
    day.TABLE,
    day.INDEX,
)
_PUT_LEASE = (
    "INSERT INTO attempts (attempt_id, lease) VALUES (?, ?) "
    "ON CONFLICT (attempt_id) DO UPDATE SET lease = excluded.lease, record = NULL"
)


class JournalBusy(Exception):
    """Another agent runs with this data dir."""


class JournalRefused(Exception):
    """The disk took no more, such as for being full. Nothing of the change is there; it may be written again."""


class JournalTooNew(Exception):
    """The journal was written by a newer version of this program."""


class Journal:
    """The open journal. Every call is one transaction, on disk when it returns."""

    def __init__(self, path: Path, wall: Callable[[], float] = time.time) -> None:
        """Open or make it, after a backup of one that has to be migrated. `wall` gives Unix seconds, for the history.
        Raises JournalBusy, JournalTooNew, JournalRefused."""
        self._wall = wall
        try:
            self._connection = open_connection(path, busy_timeout_seconds=0)
            try:
                self._begin(path.parent)
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise JournalBusy(f"another node runs with the data folder {path.parent}") from error
            if not _is_the_disks(error):
                raise
            raise JournalRefused(f"the node's journal can't be written: {error}") from error

    def _begin(self, data_dir: Path) -> None:
        # Held until the process ends, however it ends: a second agent would run the same units again.
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        if 0 < version_of(self._connection) < VERSION:
            make_backup(self._connection, data_dir, self._wall())
        with self._transaction():
            self._migrate()

    def attempts(self) -> list[JournalledAttempt]:
        """What was held, oldest first."""
        reports: dict[str, list[tuple[int, bytes]]] = {}
        for row in self._rows("SELECT attempt_id, number, report FROM reports ORDER BY attempt_id, number"):
            reports.setdefault(row["attempt_id"], []).append((row["number"], row["report"]))
        return [
            JournalledAttempt(
                msgspec.json.decode(row["lease"], type=Lease),
                msgspec.json.decode(row["record"], type=AttemptRecord),
                reports.get(row["attempt_id"], []),
            )
            for row in self._rows("SELECT attempt_id, lease, record FROM attempts ORDER BY rowid")
            if row["record"] is not None
        ]

    def settings(self) -> NodeSettings | None:
        """The server's lengths of time as they were told last."""
        for row in self._rows("SELECT value FROM settings WHERE key = ?", _SETTINGS):
            return msgspec.json.decode(row["value"], type=NodeSettings)
        return None

    def choice(self) -> OwnersChoice:
        """What the owner chose last; to share, if nothing was chosen yet."""
        for row in self._rows("SELECT value FROM settings WHERE key = ?", _CHOICE):
            return msgspec.json.decode(row["value"], type=OwnersChoice)
        return OwnersChoice()

    def write(self, changes: JournalChanges) -> None:
        """Put changes on the disk, all or none of them. Raises JournalRefused."""
        with _told_of_refusals():
            self._write(changes)

    def _write(self, changes: JournalChanges) -> None:
        put, put_many = self._connection.execute, self._connection.executemany
        with self._transaction():
            leases = [(lease.attempt_id, msgspec.json.encode(lease)) for lease in changes.leases]
            put_many(_PUT_LEASE, leases)
            for record in changes.records:
                body = msgspec.json.encode(record)
                if put("UPDATE attempts SET record = ? WHERE attempt_id = ?", (body, record.attempt_id)).rowcount != 1:
                    raise LookupError(f"the journal has no attempt {record.attempt_id}")
            put_many("INSERT INTO reports (attempt_id, number, report) VALUES (?, ?, ?)", changes.reports)
            put_many("DELETE FROM reports WHERE attempt_id = ? AND number = ?", changes.answered)
            for attempt_id in changes.forgotten:
                put("DELETE FROM reports WHERE attempt_id = ?", (attempt_id,))
                put("DELETE FROM attempts WHERE attempt_id = ?", (attempt_id,))
            for key, value in ((_SETTINGS, changes.settings), (_CHOICE, changes.choice)):
                if value is not None:
                    put("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (key, msgspec.json.encode(value)))
            history.write(self._connection, changes.history, self._wall())

    def history(self, *, before: int | None, limit: int) -> History:
        """What ever ran here, the newest first."""
        return history.page(self._connection, before=before, limit=limit)

    def write_doings(self, spans: Sequence[day.Span], now: float) -> list[int]:
        """Put on the disk what GPUs did, and forget what is older than that is kept; the rows' ids. `now` is in Unix
        seconds. Raises JournalRefused."""
        with _told_of_refusals(), self._transaction():
            return day.write(self._connection, spans, now)

    def doings(self, begins_at: float, ends_at: float) -> list[day.Span]:
        """What GPUs did in this time, in the order in which it was begun."""
        return day.read(self._connection, begins_at, ends_at)

    def wiped_all(self) -> None:
        """Nothing is left on the disk of any attempt that isn't held. A disk that takes no more is told of it at the
        next start."""
        try:
            with self._transaction():
                history.wipe_ended(self._connection, self._wall())
        except sqlite3.OperationalError as error:
            if not _is_the_disks(error):
                raise

    def counts(self) -> JournalCounts:
        """How much there is."""
        return _counts(self._connection)

    def close(self) -> None:
        """Let go of the file; another agent may have it."""
        self._connection.close()

    def _migrate(self) -> None:
        version = version_of(self._connection)
        if version > VERSION:
            raise JournalTooNew(
                f"the journal has version {version}, this program knows {VERSION}: update the node, or bring the "
                "journal back: gpu-agent-node update back"
            )
        for statement in _SCHEMA:
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _rows(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        return self._connection.execute(sql, parameters).fetchall()


def history_of_stopped(path: Path, *, before: int | None, limit: int) -> History:
    """The history of a node that doesn't run. Raises JournalBusy for one that does; there may be no journal yet."""
    with _reading(path) as connection:
        known = connection is not None and version_of(connection) >= _WITH_HISTORY
        return history.page(connection, before=before, limit=limit) if connection is not None and known else History([])


def day_of_stopped(path: Path, wanted: date, now: float) -> NodeDay:
    """What the GPUs of a node that doesn't run did on a day of its wall's clock. `now` is in Unix seconds. Raises
    JournalBusy for one that runs; there may be no journal yet."""
    with _reading(path) as connection:
        known = connection is not None and version_of(connection) >= _WITH_DOINGS
        told = day.read(connection, *day.bounds(wanted, None)) if connection is not None and known else []
    return day.day_of(told, wanted, now, None)


def counts_of_stopped(path: Path) -> JournalCounts | None:
    """How much the journal of a node that doesn't run holds; None without one, or for one of an older version. Raises
    JournalBusy."""
    with _reading(path) as connection:
        known = connection is not None and version_of(connection) >= _WITH_HISTORY
        return _counts(connection) if connection is not None and known else None


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    if not path.exists():
        yield None
        return
    connection = open_reader(path)
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("BEGIN")  # one moment for all that is read
        yield connection
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise JournalBusy(f"another node runs with the data folder {path.parent}") from error
    finally:
        connection.close()


def _counts(connection: sqlite3.Connection) -> JournalCounts:
    records = connection.execute("SELECT record FROM attempts WHERE record IS NOT NULL").fetchall()
    phases = Counter(msgspec.json.decode(row["record"], type=AttemptRecord).phase.value for row in records)
    (reports,) = connection.execute("SELECT count(*) FROM reports").fetchone()
    (units,) = connection.execute("SELECT count(*) FROM history").fetchone()
    return JournalCounts(version_of(connection), dict(phases), reports, units)


@contextmanager
def _told_of_refusals() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if not _is_the_disks(error):
            raise
        raise JournalRefused(f"the node's journal can't be written: {error}") from error


def _is_the_disks(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
