"""Databases of older programs: what lies in them means the same after each migration."""

import shutil
import sqlite3
from pathlib import Path

from sqlite_utils import Database

import core.store
from core.accounts.customers import list_customers
from core.jobs.account_closing import next_to_erase
from core.store.database import Store
from core.store.migrate import known_migrations, migrate

MIGRATIONS = Path(core.store.__file__).with_name("migrations")
UNIT = """INSERT INTO units (id, public_id, job_id, customer_id, class_id, role, number, count, round, state, priority,
    waiting_on, spec, planned_seconds, rate_class, rate_micro, held_micro, created_at)
    VALUES (?, ?, 1, 1, 1, 'train', 0, 1, 0, ?, 0, ?, '{}', 60, 'cpu', 1, 60, 0)"""


def database_before(path: Path, newest: str) -> sqlite3.Connection:
    """A database as the program had it whose newest migration this was."""
    folder = path.parent / "older"
    folder.mkdir()
    for file in MIGRATIONS.glob("*.sql"):
        if file.stem[:4] <= newest:
            shutil.copy(file, folder)
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(Database(connection), path.parent / "backups", 0.0, known_migrations(folder))
    return connection


def test_a_blocked_unit_waits_for_the_newest_of_those_it_waited_for(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0002")
    for unit, state, waiting_on in ((1, "completed", 0), (2, "running", 0), (3, "leased", 0), (4, "blocked", 2)):
        older.execute(UNIT, (unit, f"u{unit}", state, waiting_on))
    older.execute(UNIT, (5, "u5", "cancelled", 1))
    older.executemany("INSERT INTO unit_needs VALUES (?, ?)", [(4, 1), (4, 2), (4, 3), (5, 4)])
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    rows = store.connection.execute("SELECT id, waits_for FROM units ORDER BY id").fetchall()
    store.close()
    assert [tuple(row) for row in rows] == [(1, None), (2, None), (3, None), (4, 3), (5, None)]


def test_a_customer_of_before_passwords_has_none_and_is_not_closed(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0006")
    older.execute("INSERT INTO customers (public_id, email, created_at) VALUES ('c1', 'a@example.com', 0)")
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    (customer,) = list_customers(store.connection)
    left = next_to_erase(store.connection)
    store.close()
    assert (customer.email, customer.has_password, customer.suspended, left) == ("a@example.com", False, False, None)


TRANSFER = """INSERT INTO ledger_transfers (id, public_id, key, kind, created_at, seconds, rate_class)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
ENTRY = "INSERT INTO ledger_entries (transfer_id, account_id, amount_micro, balance_micro) VALUES (?, ?, ?, ?)"
DAY = 86_400.0


def test_a_ledger_tells_its_days_and_what_each_entry_is_to_its_account(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0006")
    customer = "INSERT INTO customers (id, public_id, email, created_at) VALUES (?, ?, ?, 0)"
    older.executemany(customer, [(1, "c1", "a@example.com"), (2, "c2", "b@example.com")])
    accounts = [(1, "issuance", None, -100), (2, "available", 1, 90), (3, "available", 2, 9), (4, "fees", None, 1)]
    older.executemany("INSERT INTO ledger_accounts VALUES (?, ?, ?, ?)", accounts)
    older.execute(TRANSFER, (1, "t1", "grant:1", "grant", 10 * DAY, None, None))
    older.executemany(ENTRY, [(1, 1, -100, -100), (1, 2, 100, 100)])
    older.execute(TRANSFER, (2, "t2", "charge:7", "charge", 12 * DAY + 1, 5.0, "cpu"))
    older.executemany(ENTRY, [(2, 2, -10, 90), (2, 3, 9, 9), (2, 4, 1, 1)])
    older.execute(TRANSFER, (3, "t3", "charge:8", "charge", 11 * DAY, 0.0, None))  # the clock was set back
    older.execute(ENTRY, (3, 2, 0, 90))
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)

    def rows(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in store.connection.execute(sql)]

    assert rows("SELECT kind, seconds, rate_class FROM ledger_entries ORDER BY id") == [
        ("grant", None, None),
        ("grant", None, None),
        ("charge", 5.0, "cpu"),
        ("earning", 5.0, "cpu"),
        ("fee", None, None),
        ("charge", 0.0, None),
    ]
    assert rows("SELECT id, first_entry_id FROM ledger_transfers ORDER BY id") == [(1, 1), (2, 3), (3, 6)]
    assert rows("SELECT first_entry_id, day FROM ledger_days ORDER BY first_entry_id") == [(1, 10), (3, 12), (6, 11)]
    assert rows("SELECT id, kind, customer_id, balance_micro FROM ledger_accounts ORDER BY id") == accounts
    assert rows("PRAGMA foreign_key_check") == []
    store.close()
