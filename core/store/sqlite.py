"""How a SQLite file is opened: pragmas measured for this service, and named SQL beside each feature."""

import sqlite3
from pathlib import Path
from typing import Any, cast

import aiosql
from sqlite_utils import Database

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


def named_sql(module_file: str, name: str) -> Any:
    """The queries of `name`.sql beside a module, as functions of `(connection, **parameters)` (aiosql)."""
    return cast(Any, aiosql.from_path(Path(module_file).with_name(f"{name}.sql"), "sqlite3"))
