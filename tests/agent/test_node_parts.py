"""The small parts of a node: its journal, shared folders, identity, name, and what it sees of the machine."""

import asyncio
import os
import secrets
import socket
from pathlib import Path

import pytest

from agent.attempt import Attempt, AttemptPhase, AttemptRecord
from agent.capacity import cpu_slots, free_resources
from agent.events import MachineSeen
from agent.identity import IdentityUnreadable, load_identity
from agent.instructions import JournalChanges
from agent.journal import Journal, JournalBusy, JournalTooNew
from agent.names import random_name
from agent.probe.gpus import Gpus
from agent.probe.machine import MachineFacts, look_at_machine
from agent.probe.nvml import Nvml
from agent.probe.share import look, shared_disk_mb, shared_memory_mb
from agent.shared_folders import SharedFolders
from core.nodes.enrollment import NAME_CHARACTERS
from core.protocol.node import Confinement, NodeSettings
from core.store.sqlite import open_connection

from .bench import a_lease

RECORD = AttemptRecord("attempt-1", AttemptPhase.RUNNING, reports=3, lines=17)


# ---- journal ---------------------------------------------------------------------------------------------------------


def test_the_journal_gives_back_what_was_written_and_forgets_what_is_over(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    journal = Journal(file)
    journal.write(JournalChanges([a_lease()], [RECORD], [("attempt-1", 1, b"{}"), ("attempt-1", 2, b"[]")]))
    journal.write(JournalChanges(answered=[("attempt-1", 1)], settings=NodeSettings(lease_seconds=4)))
    journal.close()
    journal = Journal(file)
    (held,) = journal.attempts()
    assert (held.lease, held.record, held.reports) == (a_lease(), RECORD, [(2, b"[]")])
    assert journal.settings() == NodeSettings(lease_seconds=4)
    journal.write(JournalChanges(forgotten=["attempt-1"]))
    assert journal.attempts() == []
    journal.close()


def test_a_change_that_fails_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.write(JournalChanges([a_lease()], [RECORD], [("attempt-1", 1, b"{}")]))
    with pytest.raises(Exception, match="UNIQUE"):
        journal.write(JournalChanges(reports=[("attempt-1", 2, b"{}"), ("attempt-1", 1, b"{}")]))
    assert journal.attempts()[0].reports == [(1, b"{}")]
    journal.close()


@pytest.mark.full
def test_one_agent_at_a_time_has_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    with pytest.raises(JournalBusy):
        Journal(tmp_path / "journal.sqlite")
    journal.close()
    Journal(tmp_path / "journal.sqlite").close()


def test_a_journal_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite").close()
    database = open_connection(tmp_path / "journal.sqlite", busy_timeout_seconds=0)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(JournalTooNew):
        Journal(tmp_path / "journal.sqlite")


# ---- shared folders --------------------------------------------------------------------------------------------------


async def filled(folder: Path) -> None:
    (folder / "file").write_bytes(b"x" * 100_000)


async def opened(root: Path, quota_bytes: int) -> SharedFolders:
    folders = SharedFolders(root, quota_bytes)
    await folders.open()
    return folders


async def test_of_several_that_want_a_folder_one_makes_it(tmp_path: Path) -> None:
    folders = await opened(tmp_path / "shared", 0)
    made = 0

    async def make(folder: Path) -> None:
        nonlocal made
        made += 1
        await filled(folder)

    paths = await asyncio.gather(*(folders.hold("a", holder, make) for holder in ("one", "two", "three")))
    assert (made, len(set(paths))) == (1, 1)


async def test_a_folder_whose_making_fails_is_not_there_and_may_be_made_again(tmp_path: Path) -> None:
    folders = await opened(tmp_path / "shared", 0)

    async def fail(folder: Path) -> None:
        await filled(folder)
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        await folders.hold("a", "one", fail)
    assert list((tmp_path / "shared").iterdir()) == []
    assert (await folders.hold("a", "one", filled) / "file").exists()


async def test_past_the_quota_the_longest_unused_goes_and_what_is_held_stays(tmp_path: Path) -> None:
    folders = await opened(tmp_path / "shared", 250_000)
    for name in ("a", "b", "c"):
        await folders.hold(name, name, filled)
    for holder in ("b", "a"):
        await folders.release(holder)
    await folders.hold("a", "again", filled)
    await folders.release("again")
    await folders.hold("d", "d", filled)
    await folders.release("d")
    assert folders.names() == ["a", "c", "d"]


async def test_a_lowered_quota_holds_at_once_and_what_units_hold_stays(tmp_path: Path) -> None:
    folders = await opened(tmp_path / "shared", 1 << 30)
    for name in ("a", "b"):
        await folders.hold(name, name, filled)
    await folders.release("b")
    assert folders.used_bytes == 2 * folders.held_bytes > 0
    await folders.set_quota(0)
    assert folders.names() == ["a"] and folders.used_bytes == folders.held_bytes


async def test_what_no_unit_has_held_for_too_long_goes(tmp_path: Path) -> None:
    folders = await opened(tmp_path / "shared", 1 << 30)
    for name in ("held", "old", "new"):
        await folders.hold(name, name, filled)
    await folders.release("old")
    await folders.release("new")
    for name in ("held", "old"):
        os.utime(tmp_path / "shared" / name, (1000, 1000))
    await folders.expire(1001)
    assert folders.names() == ["held", "new"]
    await folders.release("held")
    await folders.expire(1001)
    assert folders.names() == ["held", "new"], "the days begin when the unit ends"


async def test_what_units_go_on_with_after_a_restart_stays_until_they_end(tmp_path: Path) -> None:
    folders = await opened(tmp_path / "shared", 1 << 30)
    for name in ("a", "b"):
        await folders.hold(name, "unit", filled)
    again = SharedFolders(tmp_path / "shared", 0)
    await again.open({"a": {"unit"}, "never there": {"unit"}})
    assert again.names() == ["a"] and not (tmp_path / "shared" / "b").exists()
    await again.release("unit")
    assert again.names() == []


async def test_what_a_killed_agent_left_half_made_is_removed(tmp_path: Path) -> None:
    (tmp_path / "shared" / ".a.part").mkdir(parents=True)
    (tmp_path / "shared" / "b").mkdir()
    folders = await opened(tmp_path / "shared", 1 << 30)
    assert folders.names() == ["b"]
    assert [entry.name for entry in (tmp_path / "shared").iterdir()] == ["b"]


# ---- identity and name -----------------------------------------------------------------------------------------------


def test_a_damaged_identity_is_said_and_not_overwritten(tmp_path: Path) -> None:
    assert load_identity(tmp_path) is None
    (tmp_path / "node.json").write_text('{"node_id": 5}')
    with pytest.raises(IdentityUnreadable, match=r"node\.json"):
        load_identity(tmp_path)


def test_a_random_name_is_two_words_that_a_server_takes_and_nothing_of_the_machine() -> None:
    names = {random_name(secrets.choice) for _ in range(200)}
    assert len(names) > 100
    assert all(name.count("-") == 1 and len(name) <= NAME_CHARACTERS and name.isascii() for name in names)
    assert socket.gethostname() not in names


# ---- the machine -----------------------------------------------------------------------------------------------------


def test_this_machine_is_seen_and_something_of_it_stays_with_its_owner(tmp_path: Path) -> None:
    facts = look_at_machine(tmp_path)
    nvml = Nvml()
    seen = look(tmp_path, ["3.11.2"], Confinement.BUBBLEWRAP, Gpus(nvml))
    nvml.close()
    assert seen.cpus == facts.cpus >= 1
    assert 0 < seen.memory_mb < facts.memory_total_mb
    assert 0 < seen.disk_mb < facts.disk_total_mb
    assert seen.os == "linux" or seen.os in ("darwin", "windows")
    assert seen.telemetry is not None


def test_a_small_machine_shares_what_it_can_spare_and_never_less_than_nothing() -> None:
    small = MachineFacts(1, 900, 400, 500, 4000, 1500, 0.0, "linux", "x86_64")
    assert shared_memory_mb(small) == 0
    assert shared_disk_mb(small) == 750
    assert cpu_slots(MachineSeen(cpus=1, memory_mb=0, disk_mb=750)) == 1
    assert cpu_slots(MachineSeen(cpus=64, memory_mb=200_000, disk_mb=1)) == 4


def test_what_running_units_use_is_taken_off_once() -> None:
    lease = a_lease()
    holding = Attempt(lease, AttemptRecord(lease.attempt_id, AttemptPhase.RUNNING), 0)
    held_mb = lease.limits.memory_mb
    most = 4 * held_mb
    unused = MachineSeen(cpus=4, memory_mb=most, disk_mb=10_000, memory_most_mb=most)
    assert free_resources(unused, [holding]).memory_mb == most - held_mb
    in_use = MachineSeen(cpus=4, memory_mb=most - held_mb, disk_mb=10_000, memory_most_mb=most)
    assert free_resources(in_use, [holding]).memory_mb == most - held_mb
    owners = MachineSeen(cpus=4, memory_mb=100, disk_mb=10_000, memory_most_mb=most)
    assert free_resources(owners, [holding]).memory_mb == 100
