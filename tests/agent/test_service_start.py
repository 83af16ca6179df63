"""A running node's first moments, and those of a full disk: what its owner says then is neither undone nor put off."""

import asyncio
import threading
import time
from pathlib import Path

import pytest

from agent.brain import Brain
from agent.events import MachineSeen, OwnerChose, StopRequested
from agent.instructions import JournalChanges
from agent.journal import Journal, JournalRefused
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.policy.keeper import RulesKeeper
from agent.policy.surroundings import Surroundings
from agent.sandbox.base import GRACE_SECONDS
from agent.service import Service
from agent.start import _remove_forgotten
from core.client.node import NodeClient
from core.protocol.node import NodeSettings
from core.protocol.node_rules import Rules

from .bench import a_lease
from .unit_tools import open_tools


class FullDisk(Journal):
    """Takes nothing while it is full."""

    is_full = False

    def write(self, changes: JournalChanges) -> None:
        if self.is_full:
            raise JournalRefused("the node's journal can't be written: database or disk is full")
        super().write(changes)


class RunningUnit:
    """Of a unit what is asked of it here."""

    def __init__(self) -> None:
        self.lease = a_lease()
        self.stopped: asyncio.Queue[float] = asyncio.Queue()

    async def stop_box(self, grace_seconds: float) -> None:
        self.stopped.put_nowait(grace_seconds)

    async def leave(self) -> None:
        pass


async def test_an_owners_word_before_the_first_look_stands_over_what_was_chosen_before(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.write(JournalChanges(choice=OwnersChoice(ChoiceKind.PAUSE)))
    may_look = threading.Event()

    def look(rules: Rules) -> tuple[MachineSeen, Surroundings]:
        may_look.wait(30)
        return MachineSeen(cpus=1, memory_mb=64, disk_mb=64), Surroundings()

    async with NodeClient("http://127.0.0.1:9") as client, open_tools(client) as tools:
        brain = Brain("1.0", NodeSettings(), lambda: 0.5)
        service = Service(
            brain=brain,
            client=client,
            journal=journal,
            tools=tools,
            look=look,
            rules=RulesKeeper(tmp_path, time.time),
            say=lambda said: None,
        )
        running = asyncio.create_task(service.run())
        resumed = asyncio.create_task(service.tell(OwnerChose(OwnersChoice())))
        await asyncio.sleep(0)  # both are under way
        may_look.set()
        async with asyncio.timeout(20):
            await resumed
        assert brain.choice.kind is ChoiceKind.SHARE and journal.choice().kind is ChoiceKind.SHARE
        service.emit(StopRequested("the test is over"))
        await running
        await service.tell(OwnerChose(OwnersChoice(ChoiceKind.PAUSE)))  # nobody hears it, and nobody waits for that
    journal.close()


async def test_an_owner_who_pauses_on_a_full_disk_is_not_kept_waiting_for_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.service.JOURNAL_RETRY_SECONDS", 0.05)
    journal, unit = FullDisk(tmp_path / "journal.sqlite"), RunningUnit()
    waits = asyncio.Event()
    async with NodeClient("http://127.0.0.1:9") as client, open_tools(client) as tools:
        service = Service(
            brain=Brain("1.0", NodeSettings(), lambda: 0.5),
            client=client,
            journal=journal,
            tools=tools,
            look=lambda rules: (MachineSeen(cpus=1, memory_mb=64, disk_mb=64), Surroundings()),
            rules=RulesKeeper(tmp_path, time.time),
            say=lambda said: waits.set() if "the node waits" in said.text else None,
        )
        monkeypatch.setitem(service._units, "attempt-1", unit)
        running = asyncio.create_task(service.run())
        async with asyncio.timeout(20):
            await service.tell(OwnerChose(OwnersChoice()))
            journal.is_full = True
            sharing = asyncio.create_task(service.tell(OwnerChose(OwnersChoice())))
            await waits.wait()
            pausing = asyncio.create_task(service.tell(OwnerChose(OwnersChoice(ChoiceKind.PAUSE))))
            assert await unit.stopped.get() == GRACE_SECONDS
            assert not pausing.done(), "it is not said before it is remembered"
            journal.is_full = False
            await asyncio.gather(sharing, pausing)
        assert journal.choice().kind is ChoiceKind.PAUSE
        service.emit(StopRequested("the test is over"))
        await running
    journal.close()


def test_nothing_of_a_killed_self_test_or_of_a_forgotten_unit_outlives_a_start(tmp_path: Path) -> None:
    for name in ("held", "forgotten", "self-test-0a1b-2"):
        (tmp_path / "units" / name).mkdir(parents=True)
    for name in ("self-test-77.tmp", "self-test-0a1b2c3d4e5f6071", "chunks"):
        (tmp_path / name).touch()
    _remove_forgotten(tmp_path, {"held"})
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")} == {"units", "units/held", "chunks"}
