"""The store: groups of writes, refusals within a group, other processes beside it, migrations."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from core.store.database import Store, Transaction
from core.store.migrate import MIGRATION_SET, DatabaseTooNew, known_migrations, migrate, statements
from core.store.sqlite import open_connection


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite", now=0.0, busy_timeout_seconds=0)
    yield made
    made.close()


def put(key: str) -> "Putting":
    return Putting(key)


class Putting:
    """A request that writes one row, and refuses when told to."""

    def __init__(self, key: str, refuse: bool = False) -> None:
        self.key = key
        self.refuse = refuse
        self.ended: list[str] = []

    def __call__(self, tx: Transaction) -> str:
        tx.after_commit(lambda: self.ended.append("committed"))
        tx.after_rollback(lambda: self.ended.append("undone"))
        tx.connection.execute("INSERT INTO service VALUES (?, '')", [self.key])
        if self.refuse:
            raise ValueError(self.key)
        return self.key


def keys(store: Store) -> list[str]:
    return [row[0] for row in store.connection.execute("SELECT key FROM service ORDER BY key")]


async def test_requests_of_one_turn_share_a_commit(store: Store) -> None:
    commits: list[str] = []
    store.connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    assert await asyncio.gather(*(store.write(put(key)) for key in "abc")) == ["a", "b", "c"]
    assert commits == ["COMMIT"]
    assert keys(store) == ["a", "b", "c"]


async def test_a_refusal_undoes_its_own_writes_and_no_others(store: Store) -> None:
    good, bad = Putting("good"), Putting("bad", refuse=True)
    results = await asyncio.gather(store.write(good), store.write(bad), return_exceptions=True)
    assert results[0] == "good" and isinstance(results[1], ValueError)
    assert keys(store) == ["good"]
    assert (good.ended, bad.ended) == (["committed"], ["undone"])


async def test_a_database_error_fails_the_whole_group(store: Store) -> None:
    first, twice = Putting("same"), Putting("same")
    results = await asyncio.gather(store.write(first), store.write(twice), return_exceptions=True)
    assert [type(result) for result in results] == [sqlite3.IntegrityError, sqlite3.IntegrityError]
    assert keys(store) == []
    assert first.ended == ["undone"]
    assert await store.write(put("after")) == "after"


async def test_the_writer_waits_for_another_process_without_blocking_the_loop(store: Store, tmp_path: Path) -> None:
    other = open_connection(tmp_path / "store.sqlite", busy_timeout_seconds=0)
    other.execute("BEGIN IMMEDIATE")
    writing = store.write(put("mine"))
    turned = 0
    while turned < 50:
        await asyncio.sleep(0)
        turned += 1
    assert not writing.done()
    other.execute("COMMIT")
    assert await writing == "mine"
    other.close()


async def test_a_change_by_another_process_is_noticed_at_the_next_write(store: Store, tmp_path: Path) -> None:
    seen: list[int] = []
    store.on_foreign_change = lambda: seen.append(len(keys(store)))
    other = Store(tmp_path / "store.sqlite", now=0.0, busy_timeout_seconds=5)
    with other.transaction() as tx:
        tx.connection.execute("INSERT INTO service VALUES ('theirs', '')")
    await store.write(put("mine"))
    await store.write(put("more"))
    assert seen == [1]
    other.close()


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    doing = Putting("x", refuse=True)
    with pytest.raises(ValueError, match="x"), store.transaction() as tx:
        doing(tx)
    assert keys(store) == [] and doing.ended == ["undone"]


def test_the_file_is_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    assert (tmp_path / "store.sqlite").stat().st_mode & 0o777 == 0o600
    assert store.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store.connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def later(name: str, sql: str) -> Migrations:
    """This program's migrations and one more."""
    migrations = known_migrations()

    def apply(database: Database) -> None:
        for statement in statements(sql):
            database.execute(statement)

    migrations(name=name)(apply)
    return migrations


def test_a_migration_is_preceded_by_a_backup_that_opens(store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        put("before")(tx)
    backup = migrate(store.database, tmp_path / "backups", 7.0, later("0099_more", "CREATE TABLE more (id INTEGER);"))
    assert backup is not None and backup.parent.name == "backups"
    old = sqlite3.connect(backup)
    assert old.execute("SELECT key FROM service").fetchall() == [("before",)]
    assert old.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
    old.close()
    assert "more" in store.database.table_names()


def test_a_package_of_before_there_were_locks_has_none(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    older = known_migrations()
    before = [migration.name for migration in older._migrations if migration.name < "0003"]
    database = Database(path)
    older.apply(database, stop_before="0003_requirement_locks")
    assert [migration.name for migration in older.applied(database)] == before
    database.execute("INSERT INTO customers (id, public_id, email, created_at) VALUES (1, 'c', 'a@example.com', 0)")
    database.execute(
        "INSERT INTO uploads (public_id, kind, customer_id, name, version, status, created_at)"
        " VALUES ('p', 'training_package', 1, 'p', 1, 'ready', 0)"
    )
    database.conn.commit()
    database.close()
    store = Store(path, now=7.0, busy_timeout_seconds=0)
    assert [tuple(row) for row in store.connection.execute("SELECT name, lock FROM uploads")] == [("p", None)]
    store.close()


def test_a_failed_migration_changes_nothing(store: Store, tmp_path: Path) -> None:
    broken = later("0099_broken", "CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(sqlite3.OperationalError):
        migrate(store.database, tmp_path / "backups", 7.0, broken)
    assert "half" not in store.database.table_names()


def test_a_database_newer_than_the_program_is_refused(store: Store, tmp_path: Path) -> None:
    store.database.table("_sqlite_migrations").insert(
        {"migration_set": MIGRATION_SET, "name": "9999_future", "applied_at": ""}
    )
    with pytest.raises(DatabaseTooNew, match="9999_future"):
        migrate(store.database, tmp_path / "backups", 7.0)


def test_a_script_that_ends_within_a_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="ends within"):
        list(statements("CREATE TABLE a (id INTEGER"))


async def test_a_look_at_foreign_changes_that_fails_leaves_the_store_working(store: Store, tmp_path: Path) -> None:
    def broken() -> None:
        raise sqlite3.OperationalError("unreadable")

    store.on_foreign_change = broken
    other = Store(tmp_path / "store.sqlite", now=0.0, busy_timeout_seconds=5)
    with other.transaction() as tx:
        tx.connection.execute("INSERT INTO service VALUES ('theirs', '')")
    other.close()
    with pytest.raises(sqlite3.OperationalError, match="unreadable"):
        await store.write(put("mine"))
    assert await store.write(put("more")) == "more"


async def test_a_callback_that_fails_keeps_nobody_waiting(store: Store) -> None:
    loop = asyncio.get_running_loop()
    told: list[BaseException] = []
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))

    def request(tx: Transaction) -> str:
        tx.after_commit(lambda: [].pop())
        return "written"

    assert await store.write(request) == "written"
    assert [type(error) for error in told] == [IndexError]


async def test_a_refused_request_is_undone_once_even_when_its_group_fails(store: Store) -> None:
    bad, first, twice = Putting("bad", refuse=True), Putting("same"), Putting("same")
    await asyncio.gather(store.write(bad), store.write(first), store.write(twice), return_exceptions=True)
    assert (bad.ended, first.ended) == (["undone"], ["undone"])
