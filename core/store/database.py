"""The one door to the database: synchronous transactions for commands, a group-commit writer for the server.

The writer gathers requests of one event-loop turn into one `BEGIN IMMEDIATE … COMMIT`, so that many small requests
share one fsync. Each runs in a savepoint of its own: a refusal undoes only its own writes.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from sqlite_utils import Database

from ..errors import ApiError, ErrorCode
from .migrate import migrate
from .sqlite import Connection, open_connection

T = TypeVar("T")
BUSY_RETRY_SECONDS = 0.005


class Transaction:
    """A request's transaction under way; `connection` runs named SQL.

    What lives in memory beside the store is kept true by callbacks: change it in `after_commit`, or at once with the
    way back in `after_rollback`. Who only wants to know that something has changed listens to `announced` topics; who
    counts how often something happens, to what is `tallied`.

    Rows that are many or change often go through `insert` and `update`, which gather them (`write_behind.py`); all SQL
    of this transaction sees them. `add` adds to a number of a row, `next_id` counts on, `ever` asks once and for all.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.insert = connection.behind.insert
        self.update = connection.behind.update
        self.add = connection.behind.add
        self.next_id = connection.behind.next_id
        self.ever = connection.behind.ever
        self.announced: set[Hashable] = set()
        self.tallied: list[tuple[str, str]] = []
        self._known: dict[Hashable, Any] = {}
        self._at_end: dict[Hashable, Callable[[], None]] = {}
        self._when_told: dict[Hashable, Callable[[], None]] = {}
        self._after_commit: list[Callable[[], None]] = []
        self._after_rollback: list[Callable[[], None]] = []

    def at_end(self, key: Hashable, callback: Callable[[], None]) -> None:
        """Calls back before this transaction ends, within it; of several with the same key only the last, in its
        place. For what tells where something stands, and not how it came there."""
        self._at_end.pop(key, None)
        self._at_end[key] = callback

    def when_told(self, key: Hashable, callback: Callable[[], None]) -> None:
        """Calls back once, after all of `at_end`: for a look at what this transaction has done."""
        self._when_told[key] = callback

    def finish(self) -> None:
        """Calls what waits for the end, and writes all that was gathered; called by the store alone."""
        while self._at_end or self._when_told:
            callbacks, self._at_end = self._at_end, {}
            if not callbacks:
                callbacks, self._when_told = self._when_told, {}
            for callback in callbacks.values():
                callback()
        self.connection.behind.write()

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls back when this transaction is durable; never when it is rolled back."""
        self._after_commit.append(callback)

    def after_rollback(self, callback: Callable[[], None]) -> None:
        """Calls back when this transaction is undone."""
        self._after_rollback.append(callback)

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """What `find` gives, asked once a transaction: for what can't change within it."""
        try:
            found: T = self._known[key]
        except KeyError:
            found = self._known[key] = find()
        return found

    def announce(self, topic: Hashable) -> None:
        """Has `Store.on_announced` told this topic once this transaction is durable. Costs next to nothing."""
        self.announced.add(topic)

    def tally(self, what: str, kind: str) -> None:
        """Has `Store.on_tallied` told, once this transaction is durable, that this happened once more: such as an
        attempt that ended as lost. Costs next to nothing."""
        self.tallied.append((what, kind))

    def ended(self, *, committed: bool) -> None:
        """Runs the callbacks, once; called by the store alone."""
        callbacks = self._after_commit if committed else self._after_rollback[::-1]
        self._after_commit, self._after_rollback = [], []
        for callback in callbacks:
            callback()


class _Request:
    """One caller's function, waiting for the next group."""

    def __init__(
        self, work: Callable[[Transaction], Any], future: "asyncio.Future[Any]", connection: Connection
    ) -> None:
        self.work = work
        self.future = future
        self.transaction = Transaction(connection)
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Tells the caller how its request ended."""
        if self.future.cancelled():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Store:
    """An open database. `on_foreign_change` is called when another process has committed (`PRAGMA data_version`),
    `on_announced` once a commit with all topics that its transactions announced, if there were any, and `on_tallied`
    with all that they tallied. `on_group` hears of each group that the writer commits: how many requests were in it,
    the seconds it took, and those of its COMMIT alone."""

    def __init__(self, path: Path, *, now: float, busy_timeout_seconds: float) -> None:
        self.path = path
        self.connection = open_connection(path, busy_timeout_seconds=5.0)
        self.database = Database(self.connection, recursive_triggers=False, execute_plugins=False)
        self.backup = migrate(self.database, path.parent / "backups", now)
        self.set_busy_timeout(busy_timeout_seconds)
        self.on_foreign_change: Callable[[], None] = lambda: None
        self.on_announced: Callable[[set[Hashable]], None] = lambda topics: None
        self.on_tallied: Callable[[list[tuple[str, str]]], None] = lambda tallied: None
        self.on_group: Callable[[int, float, float], None] = lambda requests, seconds, commit_seconds: None
        self._pending: list[_Request] = []
        self._scheduled = False
        self._data_version = self._read_data_version()

    def close(self) -> None:
        """Closes the file; requests still waiting get CancelledError."""
        for request in self._pending:
            request.future.cancel()
        self._pending.clear()
        self.database.close()

    # For commands and tests: one transaction at once

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that commits at the end of the block and rolls back on any error."""
        self.connection.execute("BEGIN IMMEDIATE")
        transaction = Transaction(self.connection)
        try:
            self.check_foreign_change()
            yield transaction
            transaction.finish()
        except BaseException:
            self.connection.behind.discard()
            self.connection.execute("ROLLBACK")
            transaction.ended(committed=False)
            raise
        self.connection.execute("COMMIT")
        transaction.ended(committed=True)
        if transaction.tallied:
            self.on_tallied(transaction.tallied)
        if transaction.announced:
            self.on_announced(transaction.announced)

    # For the server: the group-commit writer, on the event loop

    def write(self, work: Callable[[Transaction], T]) -> "asyncio.Future[T]":
        """Runs `work` in the next group; the future is set once it is durable, or with the error it raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._pending.append(_Request(work, future, self.connection))
        if not self._scheduled:
            self._scheduled = True
            # Twice through the loop: requests that arrive in the same turn join the group (2.3 a commit, not 1.3).
            loop.call_soon(loop.call_soon, self._flush)
        return future

    def set_busy_timeout(self, seconds: float) -> None:
        """How long a statement waits for another process's lock from now on; 0 for a server, whose writer tries again
        by itself."""
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def check_foreign_change(self) -> None:
        """Calls `on_foreign_change` if another process has committed since the last look."""
        version = self._read_data_version()
        if version != self._data_version:
            self._data_version = version
            self.connection.behind.forget()
            self.on_foreign_change()

    def _read_data_version(self) -> int:
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        began = perf_counter()  # a loop's own time stands still within a turn
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                loop.call_later(BUSY_RETRY_SECONDS, self._flush)
                return
            self._scheduled = False
            failed, self._pending = self._pending, []
            self._fail(failed, error)
            return
        self._scheduled = False
        group, self._pending = self._pending, []
        try:
            # Within the transaction nobody else can commit: what is read anew here stays true for the group.
            self.check_foreign_change()
            for request in group:
                self._run(request)
            done = perf_counter()
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            self.connection.behind.discard()
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            for request in reversed(group):
                request.transaction.ended(committed=False)
            self._fail(group, error)
            return
        durable = perf_counter()
        announced: set[Hashable] = set()
        tallied: list[tuple[str, str]] = []
        for request in group:
            try:
                if request.error is None:
                    request.transaction.ended(committed=True)
                    announced |= request.transaction.announced
                    tallied += request.transaction.tallied
            finally:  # it is durable: whoever waits is told so, whatever a callback did
                request.settle()
        self.on_group(len(group), durable - began, durable - done)
        if tallied:
            self.on_tallied(tallied)
        if announced:
            self.on_announced(announced)

    def _run(self, request: _Request) -> None:
        """One request in its savepoint. A database error (disk full, I/O) fails the whole group."""
        self.connection.execute("SAVEPOINT request")
        try:
            request.result = request.work(request.transaction)
            request.transaction.finish()
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 – it is the caller's to handle, and reaches it through the future
            request.error = error
            self.connection.behind.discard()
            self.connection.execute("ROLLBACK TO request")
            request.transaction.ended(committed=False)
        self.connection.execute("RELEASE request")

    @staticmethod
    def _fail(group: list[_Request], error: sqlite3.Error) -> None:
        failure = _disk_trouble(error) or error
        for request in group:
            if not request.future.cancelled():
                request.future.set_exception(failure)


def _disk_trouble(error: sqlite3.Error) -> ApiError | None:
    """A disk that refuses, as UNAVAILABLE; None for any other error, which is a fault of ours."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return None
    what = "The disk is full" if code == sqlite3.SQLITE_FULL else "The disk refused"
    return ApiError(
        ErrorCode.UNAVAILABLE, f"{what} (writing the database).", hint="Free some disk space there, then try again."
    )
