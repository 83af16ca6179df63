"""Databases of older programs: what lies in them means the same after each migration."""

import shutil
import sqlite3
from pathlib import Path

from sqlite_utils import Database

import core.store
from core.jobs.find import JobFilter, find_jobs
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
