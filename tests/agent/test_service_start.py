"""The first moments of a running node: what its owner says then is not undone by what the journal remembers."""

import asyncio
import threading
import time
from pathlib import Path
from typing import cast

import msgspec

from agent.brain import Brain
from agent.disk_room import DiskRoom
from agent.events import MachineSeen, OwnerChose, StopRequested
from agent.instructions import JournalChanges
from agent.journal import Journal
from agent.owners_choice import ChoiceKind, OwnersChoice
from agent.policy.keeper import RulesKeeper
from agent.policy.surroundings import Surroundings
from agent.service import Service
from agent.unit_run import UnitTools
from core.client.node import NodeClient
from core.protocol.node import NodeSettings
from core.protocol.node_rules import Rules


class _Tools(msgspec.Struct):
    """What a node needs of its tools while nothing runs."""

    disk: DiskRoom


async def test_an_owners_word_before_the_first_look_stands_over_what_was_chosen_before(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.write(JournalChanges(choice=OwnersChoice(ChoiceKind.PAUSE)))
    may_look = threading.Event()

    def look(rules: Rules) -> tuple[MachineSeen, Surroundings]:
        may_look.wait(30)
        return MachineSeen(cpus=1, memory_mb=64, disk_mb=64), Surroundings()

    async with NodeClient("http://127.0.0.1:9") as client:
        brain = Brain("1.0", NodeSettings(), lambda: 0.5)
        service = Service(
            brain=brain,
            client=client,
            journal=journal,
            tools=cast(UnitTools, _Tools(DiskRoom(tmp_path, [], limits=Rules, now=time.time))),
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
