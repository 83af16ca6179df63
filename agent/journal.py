"""What a node must still know after kill -9: its attempts, how far they are, and reports without an answer.

One SQLite file in the data dir, which one agent at a time can have. What follows from it is the brain's business.
"""

import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from agent.attempt import AttemptRecord, JournalledAttempt
from agent.instructions import JournalChanges
from agent.owners_choice import OwnersChoice
from core.protocol.node import Lease, NodeSettings
from core.store.sqlite import open_database

_VERSION = 1
_SETTINGS = "settings"
_CHOICE = "owners_choice"


class JournalBusy(Exception):
    """Another agent runs with this data dir."""


class JournalRefused(Exception):
    """The disk took no more, such as for being full. Nothing of the change is there; it may be written again."""


class JournalTooNew(Exception):
    """The journal was written by a newer version of this program."""


class Journal:
    """The open journal. Every call is one transaction, on disk when it returns."""

    def __init__(self, path: Path) -> None:
        """Open or make it. Raises JournalBusy, JournalTooNew."""
        try:
            self._database = open_database(path, busy_timeout_seconds=0)
            # Held until the process ends, however it ends: a second agent would run the same units again.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            with self._database.atomic():
                self._migrate()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise JournalBusy(f"another node runs with the data folder {path.parent}") from error

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
        try:
            self._write(changes)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
                raise
            raise JournalRefused(f"the node's journal can't be written: {error}") from error

    def _write(self, changes: JournalChanges) -> None:
        with self._database.atomic():
            for lease in changes.leases:
                row = {"attempt_id": lease.attempt_id, "lease": msgspec.json.encode(lease), "record": None}
                self._table("attempts").upsert(row, pk="attempt_id")
            for record in changes.records:
                self._table("attempts").update(record.attempt_id, {"record": msgspec.json.encode(record)})
            self._table("reports").insert_all(
                [{"attempt_id": attempt, "number": number, "report": body} for attempt, number, body in changes.reports]
            )
            for attempt_id, number in changes.answered:
                self._table("reports").delete((attempt_id, number))
            for attempt_id in changes.forgotten:
                self._table("reports").delete_where("attempt_id = ?", [attempt_id])
                self._table("attempts").delete_where("attempt_id = ?", [attempt_id])
            for key, value in ((_SETTINGS, changes.settings), (_CHOICE, changes.choice)):
                if value is not None:
                    row = {"key": key, "value": msgspec.json.encode(value)}
                    self._table("settings").upsert(row, pk="key")

    def close(self) -> None:
        """Let go of the file; another agent may have it."""
        self._database.close()

    def _migrate(self) -> None:
        version = next(iter(self._rows("PRAGMA user_version")))[0]
        if version > _VERSION:
            raise JournalTooNew(f"the journal has version {version}, this program knows {_VERSION}: update the node")
        self._table("settings").create({"key": str, "value": bytes}, pk="key", if_not_exists=True)
        self._table("attempts").create(
            {"attempt_id": str, "lease": bytes, "record": bytes}, pk="attempt_id", if_not_exists=True
        )
        self._table("reports").create(
            {"attempt_id": str, "number": int, "report": bytes}, pk=("attempt_id", "number"), if_not_exists=True
        )
        self._database.execute(f"PRAGMA user_version = {_VERSION}")

    def _table(self, name: str) -> Any:
        return self._database.table(name)

    def _rows(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        return self._database.execute(sql, parameters).fetchall()
