"""Databases of older programs: what lies in them means the same after each migration."""

import shutil
import sqlite3
from pathlib import Path

from sqlite_utils import Database

import core.store
from core.accounts.customers import list_customers
from core.accounts.idempotency import Answer, RequestKey, find_answer
from core.jobs.find import JobFilter, find_jobs
from core.scheduling.account_closing import next_to_erase
from core.store.database import Store
from core.store.migrate import known_migrations, migrate

MIGRATIONS = Path(core.store.__file__).with_name("migrations")
UNIT = """INSERT INTO units (id, public_id, job_id, customer_id, class_id, role, number, count, round, state, priority,
    waiting_on, spec, planned_seconds, rate_class, rate_micro, held_micro, created_at)
    VALUES (?, ?, 1, 1, 1, 'train', 0, 1, 0, ?, 0, ?, '{}', 60, 'cpu', 1, 60, 0)"""

JOB = """INSERT INTO jobs (id, public_id, customer_id, name, status, dataset_id, package_id, required_vram_mb,
    required_disk_mb, max_runtime_seconds, sensitivity, strategy, params, priority, created_at)
    VALUES (?, ?, ?, ?, 'failed', 1, 1, 0, 0, 1, 'public', '{}', '{}', 0, 0)"""


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


def test_earnings_from_before_are_known_by_day_and_where_one_attempt_was_paid_by_it(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0006")
    customer = "INSERT INTO customers (id, public_id, email, created_at) VALUES (?, ?, ?, 0)"
    older.executemany(customer, [(number, f"c{number}", f"{number}@example.com") for number in (1, 2, 3)])
    older.executemany(
        "INSERT INTO ledger_accounts (id, kind, customer_id) VALUES (?, ?, ?)",
        [(1, "available", 1), (2, "available", 2), (3, "available", 3), (4, "fees", None), (5, "operator", None)],
    )
    for unit in (1, 2, 3):
        older.execute(UNIT.replace("waiting_on", "waits_for"), (unit, f"u{unit}", "completed", None))
        older.execute("UPDATE units SET accepted_attempt_id = ? WHERE id = ?", (unit * 10, unit))
    paid = {1: [(2, 90)], 2: [(2, 60), (3, 30)], 3: [(5, 90)], None: [(2, 500)]}
    for number, (of_unit, parts) in enumerate(paid.items(), start=1):
        older.execute(
            "INSERT INTO ledger_transfers (id, public_id, key, kind, created_at, unit_id, seconds) "
            "VALUES (?, ?, ?, ?, ?, ?, 7.0)",
            (number, f"t{number}", f"k{number}", "charge" if of_unit else "grant", 86_400.0 * 20_000 + 5, of_unit),
        )
        for account, amount in [(1, -100), *parts, (4, 10)]:
            older.execute(
                "INSERT INTO ledger_entries (transfer_id, account_id, amount_micro, balance_micro) VALUES (?, ?, ?, 0)",
                (number, account, amount),
            )
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    query = """SELECT amount_micro, earned_day, attempt_id, seconds FROM ledger_entries
        WHERE earned_day IS NOT NULL OR attempt_id IS NOT NULL ORDER BY id"""
    rows = [tuple(row) for row in store.connection.execute(query)]
    store.close()
    assert rows == [(90, 20_000, 10, 7.0), (60, 20_000, None, None), (30, 20_000, None, None)]


def test_jobs_that_were_there_are_found_by_a_part_of_their_names(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0012")
    older.executemany(JOB, [(1, "id-one", 7, "Tiny run"), (2, "id-two", 7, "x"), (3, "id-three", 8, "tiny run")])
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    found = [
        find_jobs(store.connection, 7, JobFilter(q=q), before=9, limit=9) for q in ("TINY", "id-", "two", "three", "x")
    ]
    store.close()
    assert found == [[1], [2, 1], [2], [], [2]]


def test_artifacts_stay_as_they_are_and_no_key_that_a_job_still_names_is_given_again(tmp_path: Path) -> None:
    older = database_before(tmp_path / "store.sqlite", "0014")
    older.execute("INSERT INTO customers (id, public_id, email, created_at) VALUES (1, 'c', 'a@example.com', 0)")
    upload = """INSERT INTO uploads (id, public_id, customer_id, kind, name, version, status, created_at)
        VALUES (1, 'd', 1, 'dataset', 'd', 1, 'ready', 0)"""
    older.execute(upload)
    older.execute(JOB, (1, "j", 1, "job"))
    older.execute("UPDATE jobs SET start_checkpoint_artifact_id = 9")
    older.execute("INSERT INTO classes VALUES (1, 'cpu', 0, 0, 0, 1, 1, '3.11', 'public')")
    older.execute(UNIT.replace("waiting_on", "waits_for"), (1, "u", "completed", None))
    artifact = "INSERT INTO artifacts VALUES (?, ?, 1, 1, 'logs', ?, 1, NULL, NULL, 5, 'aa', 0, 3.5)"
    older.executemany(artifact, [(2, "a2", "x"), (7, "a7", "y")])
    before = older.execute("SELECT * FROM artifacts ORDER BY id").fetchall()
    older.close()
    store = Store(tmp_path / "store.sqlite", now=1.0, busy_timeout_seconds=0)
    after = [tuple(row) for row in store.connection.execute("SELECT * FROM artifacts ORDER BY id")]
    store.connection.execute("DELETE FROM artifacts WHERE id = 7")
    store.connection.execute(artifact, (None, "a10", "z"))
    newest = store.connection.execute("SELECT max(id) FROM artifacts").fetchone()[0]
    store.close()
    assert (after, newest) == (before, 10)
