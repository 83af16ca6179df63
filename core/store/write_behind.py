"""Rows that one request writes are gathered, and written table by table before they are read or the request ends.

A statement by `executemany` costs a third of one by itself, and a row that changes three times is written once. What
is gathered is seen by every statement, since a statement that mentions any of it has it written first. Numbers that
are counted on, and facts that never change, are remembered until something is undone or another process has written.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
_MOST_KNOWN = 8192
_NOTHING: Mapping[str, Any] = {}
_PARENTS = 'SELECT "table" FROM pragma_foreign_key_list(?)'
_WRITES = re.compile(r"\b(insert|update|delete|replace)\b", re.IGNORECASE)
_EVERY_COLUMN = re.compile(r"(?:\bselect\s+|\.)\*", re.IGNORECASE)


class StaleRow(Exception):
    """A row is not as it was when its change was decided: a fault of this program."""


def words_of(sql: str) -> frozenset[str]:
    """What a statement may read or write: the names in it, and `*` where it reads whatever columns there are."""
    words = re.findall(r"\w+", sql)
    return frozenset([*words, "*"] if _EVERY_COLUMN.search(sql) else words)


def writes(sql: str) -> bool:
    """Whether a statement may write."""
    return _WRITES.search(sql) is not None


@lru_cache(maxsize=1024)
def _insert_into(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


@lru_cache(maxsize=1024)
def _update_of(table: str, names: tuple[str, ...], checked: tuple[str, ...]) -> str:
    check = "".join(f" AND {name} IS ?" for name in checked)
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?{check}"


class WriteBehind:
    """Inserts by table, and updates by table and `id`, merged. `execute` and `execute_many` are SQLite's own.

    A row's columns are told as keywords, always of the same names in the same order for a table: they are written as
    they come. Inserts are written before updates.
    """

    def __init__(
        self, execute: Callable[[str, tuple[Any, ...]], Any], execute_many: Callable[[str, Rows], Any]
    ) -> None:
        self._execute = execute
        self._execute_many = execute_many
        self._depths: dict[str, int] = {}
        self._inserts: dict[tuple[str, tuple[str, ...]], Rows] = {}
        self._updates: dict[tuple[str, int], dict[str, Any]] = {}
        self._expected: dict[tuple[str, int], dict[str, Any]] = {}
        self._inserted: set[str] = set()
        self._updated: dict[str, set[str]] = {}
        self._with_parents: dict[frozenset[str], frozenset[str]] = {}
        # What is remembered from one transaction to the next
        self._numbers: dict[tuple[str, int, str], int] = {}
        self._added: set[tuple[str, int, str]] = set()
        self._newest_ids: dict[str, int] = {}
        self._known: dict[Hashable, Any] = {}

    def insert(self, table: str, **columns: Any) -> None:
        """A new row. Its `id` is told by whoever has to know it (`Transaction.next_id`)."""
        key = (table, tuple(columns))
        rows = self._inserts.get(key)
        if rows is None:
            rows = self._inserts[key] = []
            self._inserted.add(table)
        rows.append(tuple(columns.values()))

    def update(self, table: str, id: int, was: Mapping[str, Any] = _NOTHING, /, **columns: Any) -> None:
        """New values for the row with this `id`, which must have the values `was` until then. Raises StaleRow, now or
        when it is written."""
        key = (table, id)
        change = self._updates.get(key)
        if change is None:
            change = self._updates[key] = {}
        for name, value in was.items():
            if name in change:
                if change[name] != value:
                    raise StaleRow(f"{table} {id}: {name} is {change[name]}, not {value}")
            else:
                self._expected.setdefault(key, {}).setdefault(name, value)
        change.update(columns)
        updated = self._updated.get(table)
        if updated is None:
            updated = self._updated[table] = {"*"}
        updated.update(columns)

    def add(self, table: str, id: int, column: str, amount: int) -> int:
        """Adds to a number; gives what it is then."""
        change = self._updates.get((table, id))
        if change is not None and column in change:
            change[column] += amount
            return int(change[column])
        key = (table, id, column)
        value = self._numbers.get(key)
        if value is None:
            # Nothing is written for it: of a column that does not wait, the store knows best.
            value = int(self._execute(f"SELECT {column} FROM {table} WHERE id = ?", (id,)).fetchone()[0])
        value += amount
        self.update(table, id, **{column: value})
        self._added.add(key)
        return value

    def next_id(self, table: str) -> int:
        """The `id` of a row that is to be inserted by `insert`, as all new rows of its table are: one above the
        highest that there is."""
        newest = self._newest_ids.get(table)
        if newest is None:
            newest = int(self._execute(f"SELECT coalesce(max(id), 0) FROM {table}", ()).fetchone()[0])
        self._newest_ids[table] = newest + 1
        return newest + 1

    def ever(self, key: Hashable, find: Callable[[], T]) -> T:
        """What `find` gives, asked once: for what never changes once it is there, such as an account's id."""
        found: T | None = self.known(key)
        return self.remember(key, find()) if found is None else found

    def known(self, key: Hashable) -> Any:
        """What was remembered by this key, if anything is."""
        return self._known.get(key)

    def remember(self, key: Hashable, value: T) -> T:
        """Keeps a value that never changes, a small one, and gives it."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = value
        return value

    def forget_known(self, key: Hashable) -> None:
        """Forgets what was remembered by this key: it is no more."""
        self._known.pop(key, None)

    def forget(self) -> None:
        """Forgets what was remembered of the store: some of it was undone, or another process has written."""
        self._numbers.clear()
        self._newest_ids.clear()
        self._known.clear()

    def before(self, words: frozenset[str]) -> None:
        """Writes all if a statement of these words could see or change any of it."""
        if not self._inserted.isdisjoint(words):
            self.write()
            return
        for table, columns in self._updated.items():
            if table in words and not columns.isdisjoint(words):
                self.write()
                return

    def before_writing(self, words: frozenset[str]) -> None:
        """The same for a statement that writes: its rows may refer to some that wait (foreign keys). Numbers of tables
        that it names are not remembered."""
        found = self._with_parents.get(words)
        if found is None:
            parents = (row[0] for word in words for row in self._execute(_PARENTS, (word,)))
            found = self._with_parents[words] = words.union(parents)
        self.before(found)
        for key in [key for key in self._numbers if key[0] in words]:
            del self._numbers[key]
        if "INSERT" in words:  # after a DELETE it stays: an `id` is not used again while things are remembered by it
            for table in self._newest_ids.keys() & words:
                del self._newest_ids[table]

    def write(self) -> None:
        """Writes all that was gathered. Raises StaleRow."""
        if not (self._inserted or self._updated):
            return
        inserts, updates, expected = self._inserts, self._updates, self._expected
        if len(self._numbers) + len(self._added) > _MOST_KNOWN:
            self._numbers.clear()
        self._numbers.update((key, updates[key[:2]][key[2]]) for key in self._added)
        self._start_anew()
        for (table, names), rows in sorted(inserts.items(), key=lambda item: self._depth(item[0][0])):
            self._execute_many(_insert_into(table, names), rows)
        alike: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Rows] = {}
        for key, change in updates.items():
            table, id = key
            was = expected.get(key, _NOTHING)
            alike.setdefault((table, tuple(change), tuple(was)), []).append((*change.values(), id, *was.values()))
        for (table, names, checked), rows in alike.items():
            written = self._execute_many(_update_of(table, names, checked), rows)
            if written.rowcount != len(rows):
                raise StaleRow(f"{len(rows) - written.rowcount} rows of {table} are not as they were")

    def _depth(self, table: str) -> int:
        """How many tables a row of this one stands on, one on the other: what rows refer to is inserted before them,
        also where a read had some of it written earlier than the rest."""
        known = self._depths.get(table)
        if known is None:
            self._depths[table] = 0  # of a circle, somewhere is the end
            parents = {str(row[0]) for row in self._execute(_PARENTS, (table,))}
            known = self._depths[table] = max((1 + self._depth(parent) for parent in parents - {table}), default=0)
        return known

    def discard(self) -> None:
        """Forgets what was gathered, and what was remembered: its request is undone."""
        self._start_anew()
        self.forget()

    def _start_anew(self) -> None:
        if self._inserted or self._updated:
            self._inserts, self._updates, self._expected = {}, {}, {}
            self._inserted, self._updated, self._added = set(), {}, set()
