"""Databases of older programs: what lies in them means the same after each migration."""

import shutil
import sqlite3
from pathlib import Path

from sqlite_utils import Database

import core.store
from core.accounts.customers import list_customers
from core.accounts.idempotency import Answer, RequestKey, find_answer
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


def test_a_package_of_one_chunk_is_known_by_the_sha_256_of_its_zip(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0006")
    older.execute("INSERT INTO customers (id, public_id, email, created_at) VALUES (1, 'c', 'a@example.com', 0)")
    one = '{"digest": "%s", "offset": 0, "size_bytes": 5}'
    manifests = {1: one % "aa", 2: f"{one % 'aa'}, {one % 'bb'}", 3: one % "cc", 4: one % "dd"}
    for number, chunks in manifests.items():
        manifest = f'{{"files": [{{"path": "p.zip", "size_bytes": 5, "chunks": [{chunks}]}}]}}'.encode()
        older.execute("INSERT INTO contents VALUES (?, 1, ?, ?, 5, 1)", (number, manifest, f"manifest {number}"))
        kind = "dataset" if number == 3 else "training_package"
        status = "uploading" if number == 4 else "ready"
        older.execute(
            """INSERT INTO uploads (id, public_id, kind, customer_id, name, version, status, created_at, content_id)
            VALUES (?, ?, ?, 1, ?, 1, ?, 0, ?)""",
            (number, f"u{number}", kind, f"n{number}", status, number),
        )
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    rows = store.connection.execute("SELECT id, package_digest FROM uploads ORDER BY id").fetchall()
    store.close()
    assert [tuple(row) for row in rows] == [(1, "aa"), (2, "manifest 2"), (3, None), (4, None)]


def test_answers_that_were_kept_are_given_again(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0006")
    older.execute("INSERT INTO customers (id, public_id, email, created_at) VALUES (1, 'c', 'a@example.com', 0)")
    older.execute("INSERT INTO idempotency_keys VALUES (1, 'POST /x', 'some-key', x'aa', 201, x'bb', 5)")
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    kept = find_answer(store.connection, RequestKey(1, "POST /x", "some-key", b"\xaa"), 6.0)
    others = find_answer(store.connection, RequestKey(None, "POST /x", "some-key", b"\xaa"), 6.0)
    store.close()
    assert (kept, others) == (Answer(201, b"\xbb"), None)


def test_a_customer_of_before_passwords_has_none_and_is_not_closed(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0006")
    older.execute("INSERT INTO customers (public_id, email, created_at) VALUES ('c1', 'a@example.com', 0)")
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    (customer,) = list_customers(store.connection)
    left = next_to_erase(store.connection)
    store.close()
    assert (customer.email, customer.has_password, customer.suspended, left) == ("a@example.com", False, False, None)
