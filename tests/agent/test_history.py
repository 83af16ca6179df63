"""The history of a node: a row an attempt, over kills and updates of the program, with nothing of a customer in it."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from agent.attempt import AttemptPhase, AttemptRecord
from agent.events import AttemptTrouble, BytesMoved, OwnerChose, UnitRemoved
from agent.history import Begun, Ended
from agent.instructions import JournalChanges
from agent.journal import VERSION, Journal, JournalBusy, JournalTooNew, counts_of_stopped, history_of_stopped
from agent.journal_backups import NoWayBack, go_back
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.picture import may_of
from agent.sandbox.base import BoxExit
from core.protocol.node import Directive, DirectiveKind, Fault, ReportStatus
from core.protocol.node_history import PastUnit, UnitOutcome

from .bench import Bench, a_lease, answered_as

FIRST_SCHEMA = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value BLOB);
CREATE TABLE attempts (attempt_id TEXT PRIMARY KEY, lease BLOB, record BLOB);
CREATE TABLE reports (attempt_id TEXT, number INTEGER, report BLOB, PRIMARY KEY (attempt_id, number));
PRAGMA user_version = 1;
"""
PAUSED = OwnersChoice(ChoiceKind.PAUSE)
MAY = may_of(a_lease(), True)


def rows(bench: Bench) -> list[PastUnit]:
    return bench.journal.history(before=None, limit=50).data


def the_row(bench: Bench) -> PastUnit:
    (row,) = rows(bench)
    return row


def test_a_unit_that_completes_leaves_its_row(bench: Bench) -> None:
    lease = a_lease(package_digest="ab" * 32)
    attempt = bench.run(lease)
    row = the_row(bench)
    assert (row.outcome, row.ended_at, row.wiped_at) == (None, None, None) and row.started_at is not None
    bench.feed(BytesMoved(attempt, bytes_in=700), BytesMoved(attempt, bytes_out=5), BytesMoved(attempt, bytes_in=1))
    bench.complete(attempt)
    bench.answer_all()
    assert the_row(bench).wiped_at is None
    bench.feed(UnitRemoved(attempt))
    row = the_row(bench)
    assert (row.attempt_id, row.unit_id, row.role, row.number) == (attempt, lease.unit_id, "train", 1)
    assert (row.outcome, row.words, row.run_seconds) == (UnitOutcome.COMPLETED, "completed", 12.0)
    assert (row.bytes_in, row.bytes_out, row.package_digest) == (701, 5, "ab" * 32)
    assert row.may.network and row.may.memory_mb == 512  # nothing confines units on the bench
    assert row.ended_at is not None and row.wiped_at is not None


def test_a_folder_that_could_not_be_removed_is_not_called_wiped_before_the_next_start(bench: Bench) -> None:
    attempt = bench.run()
    bench.complete(attempt)
    bench.answer_all()
    bench.feed(UnitRemoved(attempt, is_wiped=False))
    assert the_row(bench).wiped_at is None
    bench.journal.wiped_all()
    assert the_row(bench).wiped_at is not None


def test_each_end_has_its_word(bench: Bench) -> None:
    for attempt_id in ("given", "failed", "broken", "taken", "late"):
        bench.run(a_lease(attempt_id))
        match attempt_id:
            case "given":
                bench.feed(OwnerChose(PAUSED), OwnerChose(OwnersChoice()))
                bench.exit(attempt_id, BoxExit(143, 15, None, None, None, 3.0, "stopped"))
            case "failed":
                bench.exit(attempt_id, BoxExit(3, None, None, None, None, 3.0, "ended with exit code 3"))
            case "broken":
                bench.feed(AttemptTrouble(attempt_id, Fault.NODE, "environment", "no wheel of acme-secret-model"))
            case "taken":
                bench.answer_poll(directives=[Directive(DirectiveKind.CANCEL, attempt_id, "its job was cancelled")])
            case "late":
                bench.complete(attempt_id)
                bench.answer(answered_as(ReportStatus.SUPERSEDED))
        bench.answer_all()
        bench.feed(UnitRemoved(attempt_id))
    told = {row.attempt_id: (row.outcome, row.words) for row in rows(bench)}
    assert told == {
        "given": (UnitOutcome.GIVEN_BACK, "given back: the owner paused the node"),
        "failed": (UnitOutcome.FAILED, "the customer's code failed (exit_code)"),
        "broken": (UnitOutcome.NOT_RUN_HERE, "what its package requires could not be installed"),
        "taken": (UnitOutcome.TAKEN_BACK, "the server took it back: its job was cancelled"),
        "late": (UnitOutcome.SUPERSEDED, "another node's result of this unit counts"),
    }


def test_a_kill_leaves_one_row_that_goes_on(bench: Bench) -> None:
    attempt = bench.run()
    bench.feed(BytesMoved(attempt, bytes_in=40 << 20))  # enough to be written at once
    bench.kill_and_restart()
    row = the_row(bench)
    assert (row.bytes_in, row.outcome) == (40 << 20, None)
    started_at = row.started_at
    bench.feed(BytesMoved(attempt, bytes_in=2))
    bench.feed(AttemptTrouble(attempt, Fault.NODE, "driver", "gone"))
    bench.answer_all()
    row = the_row(bench)
    assert (row.bytes_in, row.started_at, row.words) == ((40 << 20) + 2, started_at, "the GPU or its driver failed")


def test_pages_go_back_to_the_first(bench: Bench) -> None:
    for number in range(5):
        attempt = bench.run(a_lease(f"attempt-{number}"))
        bench.complete(attempt)
        bench.answer_all()
        bench.feed(UnitRemoved(attempt))
    first = bench.journal.history(before=None, limit=2)
    second = bench.journal.history(before=first.next_before, limit=2)
    third = bench.journal.history(before=second.next_before, limit=2)
    pages = [[row.attempt_id[-1] for row in page.data] for page in (first, second, third)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]] and third.next_before is None


# ---- updates ---------------------------------------------------------------------------------------------------------


def an_old_journal(folder: Path, *, holding: bool) -> Path:
    file = folder / "journal.sqlite"
    connection = sqlite3.connect(file)
    connection.executescript(FIRST_SCHEMA)
    connection.execute("INSERT INTO settings VALUES ('owners_choice', ?)", (msgspec.json.encode(PAUSED),))
    if holding:
        record = b'{"attempt_id":"attempt-1","phase":"running","reports":3,"started":true}'
        connection.execute("INSERT INTO attempts VALUES ('attempt-1', ?, ?)", (msgspec.json.encode(a_lease()), record))
    connection.commit()
    connection.close()
    return file


def version_of(file: Path) -> int:
    with sqlite3.connect(file) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def test_a_new_version_takes_up_what_the_old_one_held_after_a_backup(tmp_path: Path) -> None:
    an_old_journal(tmp_path, holding=True)
    bench = Bench(tmp_path / "journal.sqlite")
    (backup,) = (tmp_path / "backups").iterdir()
    assert version_of(backup) == 1 and backup.stat().st_mode & 0o777 == 0o600
    assert bench.brain.choice == PAUSED
    (held,) = bench.journal.attempts()
    assert held.record.reports >= 3
    row = the_row(bench)  # begun with the new version
    assert (row.attempt_id, row.role) == ("attempt-1", "train")
    bench.journal.close()
    Bench(tmp_path / "journal.sqlite").journal.close()
    assert len(list((tmp_path / "backups").iterdir())) == 1  # nothing to migrate, nothing to back up


def test_the_way_back_keeps_wishes_and_history_and_forward_again_finds_them(tmp_path: Path) -> None:
    file = an_old_journal(tmp_path, holding=False)
    journal = Journal(file)
    begun = Begun("attempt-9", unit_id="u", role="train", number=1, package_digest="", gpu_uuid=None, gpu=None, may=MAY)
    ended = Ended("attempt-9", outcome=UnitOutcome.COMPLETED, words="completed", run_seconds=1, bytes_in=2, bytes_out=3)
    journal.write(JournalChanges(choice=OwnersChoice(), history=[begun, ended]))
    journal.close()
    done = go_back(tmp_path, VERSION, 1e9)
    assert (done.from_version, done.to_version, version_of(file)) == (VERSION, 1, 1)
    assert version_of(Path(done.kept_as)) == VERSION
    with sqlite3.connect(file) as connection:  # as the older program reads it
        (choice,) = connection.execute("SELECT value FROM settings WHERE key = 'owners_choice'").fetchone()
        assert connection.execute("SELECT count(*) FROM attempts").fetchone() == (0,)
    connection.close()
    assert msgspec.json.decode(choice, type=OwnersChoice) == OwnersChoice()
    journal = Journal(file)
    assert [row.attempt_id for row in journal.history(before=None, limit=9).data] == ["attempt-9"]
    journal.close()


def test_there_is_no_way_back_while_units_are_held_or_without_an_older_one(tmp_path: Path) -> None:
    with pytest.raises(NoWayBack, match="no journal"):
        go_back(tmp_path, VERSION, 1e9)
    Journal(tmp_path / "journal.sqlite").close()
    with pytest.raises(NoWayBack, match="no backup"):
        go_back(tmp_path, VERSION, 1e9)
    (tmp_path / "journal.sqlite").unlink()
    file = an_old_journal(tmp_path, holding=True)
    Journal(file).close()
    with pytest.raises(NoWayBack, match="still holds 1"):
        go_back(tmp_path, VERSION, 1e9)
    assert version_of(file) == VERSION


@pytest.mark.full  # SQLite waits 5 s for the other
def test_there_is_no_way_back_under_a_node_that_runs(tmp_path: Path) -> None:
    journal = Journal(an_old_journal(tmp_path, holding=False))
    with pytest.raises(NoWayBack, match="in use"):
        go_back(tmp_path, VERSION, 1e9)
    journal.close()


def test_an_older_program_says_how_to_go_back_and_can_itself(tmp_path: Path) -> None:
    file = an_old_journal(tmp_path, holding=False)
    Journal(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")  # of a still newer program
    connection.close()
    with pytest.raises(JournalTooNew, match="update back"):
        Journal(file)
    assert go_back(tmp_path, VERSION, 1e9).to_version == 1


def test_a_resting_nodes_journal_is_read_and_a_running_ones_is_not(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    assert history_of_stopped(file, before=None, limit=5).data == [] and counts_of_stopped(file) is None
    an_old_journal(tmp_path, holding=True)
    assert history_of_stopped(file, before=None, limit=5).data == [] and counts_of_stopped(file) is None
    journal = Journal(file)
    journal.write(JournalChanges(records=[AttemptRecord("attempt-1", AttemptPhase.UPLOADING)]))
    with pytest.raises(JournalBusy):
        history_of_stopped(file, before=None, limit=5)
    journal.close()
    counts = counts_of_stopped(file)
    assert counts is not None and (counts.version, counts.attempts) == (VERSION, {"uploading": 1})
