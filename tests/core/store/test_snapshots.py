"""A snapshot shows one moment of a database that others write to, and is a file of its own."""

import threading
from pathlib import Path

import pytest

from core.store.database import Store
from core.store.snapshots import reading_snapshot, write_snapshot

ROWS = 2_000


def test_a_snapshot_shows_one_moment_while_another_connection_writes(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite", now=0, busy_timeout_seconds=5)
    store.connection.execute("CREATE TABLE pairs (first INTEGER, second INTEGER)")
    stop, began = threading.Event(), threading.Event()

    def write() -> None:
        writer = Store(tmp_path / "store.sqlite", now=0, busy_timeout_seconds=5)
        number = 0
        while not stop.is_set():
            number += 1
            with writer.transaction() as tx:
                tx.connection.execute("INSERT INTO pairs VALUES (?, 0)", [number])
                tx.connection.execute("UPDATE pairs SET second = ?", [number])
            began.set()
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    began.wait()
    try:
        for number in range(5):
            write_snapshot(store.connection, tmp_path / f"{number}.sqlite")
    finally:
        stop.set()
        thread.join()
        store.close()
    for number in range(5):
        with reading_snapshot(tmp_path / f"{number}.sqlite") as snapshot:
            newest, seconds, low = snapshot.execute(
                "SELECT max(first), count(DISTINCT second), min(second) FROM pairs"
            ).fetchone()
        assert (seconds, low) == (1, newest)
        assert (tmp_path / f"{number}.sqlite").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.glob("[0-9]*")) == [f"{number}.sqlite" for number in range(5)]


def test_what_was_deleted_is_not_in_a_snapshot(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite", now=0, busy_timeout_seconds=5)
    store.connection.execute("CREATE TABLE said (text TEXT)")
    with store.transaction() as tx:
        tx.connection.executemany("INSERT INTO said VALUES (?)", [("a secret word",)] * ROWS)
    store.connection.execute("DELETE FROM said")
    write_snapshot(store.connection, tmp_path / "snapshot.sqlite")
    store.close()
    assert b"a secret word" not in (tmp_path / "snapshot.sqlite").read_bytes()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite", now=0, busy_timeout_seconds=5)
    (tmp_path / "precious").write_text("precious")
    with pytest.raises(FileExistsError):
        write_snapshot(store.connection, tmp_path / "precious")
    store.close()
    assert (tmp_path / "precious").read_text() == "precious"
