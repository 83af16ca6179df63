"""Gathered rows: seen by every statement, written together, undone with their request."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.store.database import Store, Transaction
from core.store.sqlite import IntegrityError, named_sql, open_connection
from core.store.write_behind import StaleRow, words_of

QUERIES = """
-- name: states
SELECT id, state FROM things ORDER BY id;

-- name: names
SELECT name FROM things ORDER BY id;

-- name: whole^
SELECT t.* FROM things t WHERE id = :id;

-- name: rename!
UPDATE things SET name = :name WHERE id = :id;

-- name: delete_note!
DELETE FROM notes WHERE id = :id;

-- name: set_note!
UPDATE notes SET text = :text WHERE id = :id;

-- name: add_page!
INSERT INTO pages (note_id) VALUES (:note_id);

-- name: count_notes$
SELECT count(*) FROM notes;
"""


@pytest.fixture
def sql(tmp_path: Path) -> Any:
    (tmp_path / "things.sql").write_text(QUERIES, encoding="utf-8")
    return named_sql(str(tmp_path / "things.py"), "things")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite", now=0.0, busy_timeout_seconds=0)
    made.connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, state TEXT)")
    made.connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
    made.connection.executemany("INSERT INTO things VALUES (?, ?, 'new')", [(1, "a"), (2, "b"), (3, "c")])
    yield made
    made.close()


@pytest.fixture
def said(store: Store) -> list[str]:
    """The statements that reach SQLite from here on."""
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    return statements


def written(said: list[str]) -> list[str]:
    return [statement for statement in said if statement.startswith(("INSERT", "UPDATE"))]


def states(sql: Any, store: Store) -> list[str]:
    return [row["state"] for row in sql.states(store.connection)]


def test_a_row_that_changes_thrice_is_written_once_at_the_end(store: Store, sql: Any, said: list[str]) -> None:
    with store.transaction() as tx:
        for state in ("x", "y", "z"):
            tx.update("things", 1, state=state)
        tx.update("things", 1, name="last")
        assert written(said) == []
    assert len(written(said)) == 1
    assert tuple(sql.whole(store.connection, id=1)) == (1, "last", "z")


@pytest.mark.parametrize("query", ["states", "whole"])
def test_a_query_of_what_is_gathered_sees_it(store: Store, sql: Any, query: str) -> None:
    with store.transaction() as tx:
        tx.update("things", 1, state="seen")
        found = sql.states(tx.connection)[0] if query == "states" else sql.whole(tx.connection, id=1)
        assert found["state"] == "seen"


def test_sql_without_a_name_sees_it_too(store: Store) -> None:
    with store.transaction() as tx:
        tx.update("things", 1, state="seen")
        assert tx.connection.execute("SELECT state FROM things").fetchone()[0] == "seen"
        tx.update("things", 2, state="seen")
        tx.connection.executemany("UPDATE things SET name = state WHERE id = ?", [(2,)])
        assert tx.connection.execute("SELECT name FROM things WHERE id = 2").fetchone()[0] == "seen"


def test_a_query_of_other_columns_or_tables_writes_nothing(store: Store, sql: Any, said: list[str]) -> None:
    with store.transaction() as tx:
        tx.update("things", 1, state="later")
        tx.insert("notes", text="later")
        assert [row["name"] for row in sql.names(tx.connection)] == ["a", "b", "c"]
        assert written(said) == []
        assert sql.count_notes(tx.connection) == 1
    assert states(sql, store) == ["later", "new", "new"]


def test_a_statement_that_writes_the_same_column_comes_after(store: Store, sql: Any) -> None:
    with store.transaction() as tx:
        tx.update("things", 1, name="first")
        sql.rename(tx.connection, id=1, name="second")
        tx.update("things", 1, state="z")
    assert tuple(sql.whole(store.connection, id=1)) == (1, "second", "z")


def test_a_number_is_added_to_what_waits_and_to_what_is_stored(store: Store, said: list[str]) -> None:
    store.connection.execute("CREATE TABLE counts (id INTEGER PRIMARY KEY, number INTEGER)")
    store.connection.execute("INSERT INTO counts VALUES (1, 40)")
    said.clear()
    with store.transaction() as tx:
        assert [tx.add("counts", 1, "number", amount) for amount in (1, 2, -3)] == [41, 43, 40]
        assert written(said) == []
        assert tx.connection.execute("SELECT number FROM counts").fetchone()[0] == 40
        assert tx.add("counts", 1, "number", 2) == 42
    assert store.connection.execute("SELECT number FROM counts").fetchone()[0] == 42


def test_new_rows_have_ids_that_follow_the_newest(store: Store, sql: Any) -> None:
    with store.transaction() as tx:
        ids = [tx.next_id("things"), tx.next_id("things")]
        for id in ids:
            tx.insert("things", id=id, name=str(id), state="new")
        assert ids == [4, 5]
    with store.transaction() as tx:
        assert tx.next_id("things") == 6
        assert tx.next_id("notes") == 1
    assert [row["name"] for row in sql.names(store.connection)] == ["a", "b", "c", "4", "5"]


def test_rows_that_change_alike_are_written_together(store: Store, sql: Any) -> None:
    calls: list[str] = []
    many = store.connection.behind._execute_many

    def counted(statement: str, rows: list[tuple[Any, ...]]) -> Any:
        calls.append(statement)
        return many(statement, rows)

    store.connection.behind._execute_many = counted
    with store.transaction() as tx:
        for id in (1, 2, 3):
            tx.update("things", id, {"state": "new"}, state="z")
            tx.insert("notes", text=str(id))
    assert [call.split()[0] for call in calls] == ["INSERT", "UPDATE"]
    assert states(sql, store) == ["z", "z", "z"]


def test_a_row_that_is_not_as_it_was_undoes_its_request(store: Store, sql: Any) -> None:
    with pytest.raises(StaleRow), store.transaction() as tx:
        tx.update("things", 1, {"state": "old"}, state="z")
    with pytest.raises(StaleRow), store.transaction() as tx:
        tx.update("things", 2, {"state": "new"}, state="y")
        tx.update("things", 2, {"state": "new"}, state="z")
    with pytest.raises(StaleRow), store.transaction() as tx:
        tx.update("things", 99, state="z")
    assert states(sql, store) == ["new", "new", "new"]


def test_a_value_that_must_be_null_is_checked(store: Store) -> None:
    with store.transaction() as tx:
        tx.update("things", 1, name=None)
    with store.transaction() as tx:
        tx.update("things", 1, {"name": None}, name="again")
    with pytest.raises(StaleRow), store.transaction() as tx:
        tx.update("things", 1, {"name": None}, name="once more")


class Change:
    """A request that gathers a change of one row, and refuses when told to."""

    def __init__(self, id: int, refuse: bool = False) -> None:
        self.id = id
        self.refuse = refuse

    def __call__(self, tx: Transaction) -> None:
        tx.update("things", self.id, state="changed")
        tx.insert("notes", text=str(self.id))
        if self.refuse:
            raise ValueError


async def test_a_refused_request_leaves_nothing_behind_for_the_next(store: Store, sql: Any) -> None:
    requests = (Change(1), Change(2, refuse=True), Change(3))
    results = await asyncio.gather(*(store.write(request) for request in requests), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert states(sql, store) == ["changed", "new", "changed"]
    assert sql.count_notes(store.connection) == 2


async def test_a_stale_row_fails_its_own_request_alone(store: Store, sql: Any) -> None:
    def stale(tx: Transaction) -> None:
        tx.update("things", 2, {"state": "old"}, state="z")

    results = await asyncio.gather(store.write(Change(1)), store.write(stale), return_exceptions=True)
    assert results[0] is None and isinstance(results[1], StaleRow)
    assert states(sql, store) == ["changed", "new", "new"]


async def test_a_database_error_while_writing_fails_the_group(store: Store, sql: Any) -> None:
    results = await asyncio.gather(store.write(Change(1)), store.write(Change(1)), return_exceptions=True)
    assert [type(result) for result in results] == [IntegrityError, IntegrityError]
    await store.write(Change(2))
    assert states(sql, store) == ["new", "changed", "new"]
    assert sql.count_notes(store.connection) == 1


def test_what_is_found_once_is_not_looked_for_again(store: Store) -> None:
    answers = iter([7, 8])
    with store.transaction() as tx:
        assert [tx.once("key", lambda: next(answers)) for _ in range(3)] == [7, 7, 7]
    with store.transaction() as tx:
        assert tx.once("key", lambda: next(answers)) == 8


def test_every_column_is_a_word_of_its_own() -> None:
    assert "*" in words_of("SELECT * FROM things") and "*" in words_of("SELECT t.* FROM things t")
    assert "*" not in words_of("SELECT count(*), 2 * size FROM things")


def test_the_id_of_a_deleted_row_is_not_given_again_while_things_are_remembered_by_it(store: Store, sql: Any) -> None:
    with store.transaction() as tx:
        first = tx.next_id("notes")
        tx.insert("notes", id=first, text="one")
        assert tx.ever(("note", first), lambda: "one") == "one"
    with store.transaction() as tx:
        sql.delete_note(tx.connection, id=first)
    with store.transaction() as tx:
        assert tx.next_id("notes") == first + 1


def test_what_was_remembered_in_a_transaction_that_is_undone_is_asked_again(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.insert("notes", id=tx.next_id("notes"), text="one")
        assert tx.ever("answer", lambda: "undone") == "undone"
        raise ZeroDivisionError
    with store.transaction() as tx:
        assert (tx.next_id("notes"), tx.ever("answer", lambda: "asked again")) == (1, "asked again")


def test_a_number_is_read_anew_after_another_process_has_written(store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        tx.insert("notes", id=tx.next_id("notes"), text="5")
    with store.transaction() as tx:
        assert tx.add("notes", 1, "text", 1) == 6
    other = open_connection(tmp_path / "store.sqlite", busy_timeout_seconds=0)
    other.execute("UPDATE notes SET text = '40' WHERE id = 1")
    other.execute("INSERT INTO notes (id, text) VALUES (7, 'theirs')")
    other.close()
    with store.transaction() as tx:
        assert (tx.add("notes", 1, "text", 2), tx.next_id("notes")) == (42, 8)


def test_a_number_is_read_anew_after_a_statement_that_may_have_changed_it(store: Store, sql: Any) -> None:
    with store.transaction() as tx:
        tx.insert("notes", id=tx.next_id("notes"), text="5")
    with store.transaction() as tx:
        assert tx.add("notes", 1, "text", 1) == 6
        sql.set_note(tx.connection, id=1, text="90")
        assert tx.add("notes", 1, "text", 1) == 91


def test_a_row_is_written_before_a_statement_whose_row_refers_to_it(store: Store, sql: Any) -> None:
    store.connection.execute("CREATE TABLE pages (id INTEGER PRIMARY KEY, note_id INTEGER REFERENCES notes (id))")
    with store.transaction() as tx:
        tx.insert("notes", id=1, text="one")
        sql.add_page(tx.connection, note_id=1)
    with pytest.raises(IntegrityError), store.transaction() as tx:
        sql.add_page(tx.connection, note_id=2)


def test_of_what_is_told_at_the_end_the_last_counts_and_looks_come_after_it(store: Store) -> None:
    told: list[str] = []
    with store.transaction() as tx:
        tx.when_told("look", lambda: tx.at_end("late", lambda: told.append("late")))
        tx.at_end("a", lambda: told.append("a first"))
        tx.at_end("b", lambda: told.append("b"))
        tx.at_end("a", lambda: told.append("a last"))
        assert told == []
    assert told == ["b", "a last", "late"]


def test_what_rows_refer_to_is_inserted_before_them_also_when_a_read_had_some_of_it_written(
    store: Store, sql: Any
) -> None:
    store.connection.execute(
        "CREATE TABLE pages (id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL REFERENCES notes (id))"
    )
    with store.transaction() as tx:
        tx.insert("notes", id=101, text="one")
        assert sql.count_notes(tx.connection) == 1
        tx.insert("pages", id=101, note_id=101)
        tx.insert("notes", id=102, text="two")
        tx.insert("pages", id=102, note_id=102)
    found = store.connection.execute("SELECT note_id FROM pages ORDER BY id").fetchall()
    assert [row[0] for row in found] == [101, 102]
