"""How a SQLite file is opened: pragmas measured for this service, and named SQL beside each feature."""

import sqlite3
from pathlib import Path
from sqlite3 import Connection, DatabaseError, IntegrityError, OperationalError, Row
from typing import Any, cast

import aiosql
from aiosql.adapters.sqlite3 import SQLite3Adapter
from sqlite_utils import Database

__all__ = [
    "Connection",
    "DatabaseError",
    "IntegrityError",
    "OperationalError",
    "Row",
    "disk_words",
    "named_sql",
    "open_database",
]

CACHED_STATEMENTS = 256
CACHE_KIB = 65_536


def open_database(path: Path, *, busy_timeout_seconds: float) -> Database:
    """Opens (or makes) the database file, 0600, in WAL mode with `synchronous=FULL`.

    The connection is in autocommit: transactions are begun and ended by `Store` alone. `busy_timeout_seconds` is how
    long a statement waits for another process's lock; the server uses 0 and tries again by itself.
    """
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(
        path, isolation_level=None, cached_statements=CACHED_STATEMENTS, check_same_thread=False, timeout=5.0
    )
    connection.row_factory = sqlite3.Row
    database = Database(connection, recursive_triggers=False, execute_plugins=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    database.execute(f"PRAGMA busy_timeout = {int(busy_timeout_seconds * 1000)}")
    return database


def disk_words(error: BaseException) -> str | None:
    """What the disk under the database said, in words; None for an error that is not the disk's."""
    if not isinstance(error, DatabaseError):
        return None
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # a fault of the call itself carries no code
        case sqlite3.SQLITE_FULL:
            return "The server's disk is full."
        case sqlite3.SQLITE_IOERR:
            return "The server's disk refused to write."
    return None


class _RowAdapter(SQLite3Adapter):
    """aiosql's adapter, which refuses `sqlite3.Row` where a single value is asked for (aiosql 15)."""

    def select_value(self, conn: sqlite3.Connection, query_name: str, sql: str, parameters: Any) -> Any:
        row = conn.execute(sql, parameters).fetchone()
        return None if row is None else row[0]


def named_sql(module_file: str, name: str) -> Any:
    """The queries of `name`.sql beside a module, as functions of `(connection, **parameters)` (aiosql)."""
    path = Path(module_file).with_name(f"{name}.sql")
    return cast(Any, aiosql.from_path(path, _RowAdapter, mandatory_parameters=False))
