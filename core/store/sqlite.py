"""How a SQLite file is opened: pragmas measured for this service, and named SQL beside each feature."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from sqlite3 import DatabaseError, IntegrityError, OperationalError, Row
from types import SimpleNamespace
from typing import Any

import aiosql
from aiosql.types import SQLOperationType

from .write_behind import WriteBehind, words_of, writes

__all__ = [
    "Connection",
    "DatabaseError",
    "IntegrityError",
    "OperationalError",
    "Row",
    "disk_words",
    "named_sql",
    "open_connection",
    "open_reader",
]

CACHED_STATEMENTS = 256
CACHE_KIB = 65_536
_execute = sqlite3.Connection.execute
_execute_many = sqlite3.Connection.executemany


class Connection(sqlite3.Connection):
    """A connection with rows that wait to be written (`behind`); every statement through it sees them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.behind = WriteBehind(super().execute, super().executemany)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As in `sqlite3`, once all that waits is written."""
        self.behind.write()
        if writes(sql):
            self.behind.forget()
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """As in `sqlite3`, once all that waits is written."""
        self.behind.write()
        self.behind.forget()
        return super().executemany(sql, parameters)


def open_connection(path: Path, *, busy_timeout_seconds: float) -> Connection:
    """Opens (or makes) the database file, 0600, in WAL mode with `synchronous=FULL`.

    The connection is in autocommit: its user begins and ends transactions. `busy_timeout_seconds` is how long a
    statement waits for another process's lock; the server uses 0 and tries again by itself.
    """
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        cached_statements=CACHED_STATEMENTS,
        check_same_thread=False,
        timeout=5.0,
        factory=Connection,
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout_seconds * 1000)}")
    return connection


def open_reader(path: Path) -> Connection:
    """Opens a database that another connection keeps open, to read it beside that one, such as in a thread: it sees
    what is committed and can write nothing."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0, factory=Connection)
    connection.row_factory = sqlite3.Row
    return connection


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


def named_sql(module_file: str, name: str) -> Any:
    """The queries of `name`.sql beside a module, as functions of `(connection, **parameters)`.

    The file is read by aiosql, whose signs after a query's name say what it gives: `^` a row or None, `$` its first
    value, `!` how many rows were written, `<!` the new row's id, `*!` is called with a list of rows, none is a list of
    rows. aiosql's own functions cost 5 µs a call, these next to nothing.
    """
    path = Path(module_file).with_name(f"{name}.sql")
    queries = aiosql.from_path(path, "sqlite3", mandatory_parameters=False)
    named = SimpleNamespace()
    for query_name in queries.available_queries:
        query = getattr(queries, query_name)
        if not query_name.endswith("_cursor"):
            setattr(named, query_name, _function(query.sql, query.operation))
    return named


def _function(sql: str, operation: SQLOperationType) -> Callable[..., Any]:
    words = words_of(sql)
    is_writing = writes(sql)

    def prepare(connection: Connection) -> None:
        if is_writing:
            connection.behind.before_writing(words)
        else:
            connection.behind.before(words)

    def rows(connection: Connection, **parameters: Any) -> list[Row]:
        prepare(connection)
        return _execute(connection, sql, parameters).fetchall()

    def row(connection: Connection, **parameters: Any) -> Row | None:
        prepare(connection)
        found: Row | None = _execute(connection, sql, parameters).fetchone()
        return found

    def value(connection: Connection, **parameters: Any) -> Any:
        prepare(connection)
        found = _execute(connection, sql, parameters).fetchone()
        return None if found is None else found[0]

    def written(connection: Connection, **parameters: Any) -> int:
        prepare(connection)
        return _execute(connection, sql, parameters).rowcount

    def new_id(connection: Connection, **parameters: Any) -> int | None:
        prepare(connection)
        return _execute(connection, sql, parameters).lastrowid

    def written_many(connection: Connection, rows: Iterable[Any]) -> int:
        prepare(connection)
        return _execute_many(connection, sql, rows).rowcount

    kinds: dict[SQLOperationType, Callable[..., Any]] = {
        SQLOperationType.SELECT: rows,
        SQLOperationType.SELECT_ONE: row,
        SQLOperationType.SELECT_VALUE: value,
        SQLOperationType.INSERT_UPDATE_DELETE: written,
        SQLOperationType.INSERT_RETURNING: new_id,
        SQLOperationType.INSERT_UPDATE_DELETE_MANY: written_many,
    }
    return kinds[operation]
