"""The window's line to a real node: it follows what the owner does, loses it, and finds it again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.client.node_control import NodeNotRunning, control_of
from core.protocol.node_control import NodeState
from gui.node_link import LinkState, NodeLink
from gui.node_mood import Mood
from gui.own_processes import OwnProcesses
from gui.pause_choices import PauseFor

from ..backend.server_process import BackendServer

LONGEST_SECONDS = 30.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path / "server")
    made.start()
    yield made
    made.close()


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[OwnProcesses]:
    made = OwnProcesses(tmp_path / "node", tmp_path / "log", tmp_path / "demo")
    yield made
    await made.close()


@pytest.fixture
async def link(tmp_path: Path, qapp: object) -> AsyncIterator[NodeLink]:
    made = NodeLink(tmp_path / "node", look_seconds=0.1)
    running = asyncio.ensure_future(made.run())
    yield made
    running.cancel()
    await asyncio.wait([running])
    made.deleteLater()


async def until(link: NodeLink, is_so: Callable[[], bool]) -> None:
    """Until something is heard that makes it so."""
    heard = asyncio.Event()
    link.changed.connect(heard.set)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while not is_so():
                heard.clear()
                await heard.wait()
    finally:
        link.changed.disconnect(heard.set)


def is_in(link: NodeLink, state: NodeState) -> Callable[[], bool]:
    return lambda: link.status is not None and link.status.state is state


async def enrol(server: BackendServer, processes: OwnProcesses) -> None:
    await processes.share(server.url, str(server.command("nodes", "enrollment-code")["code"]), name="cedar-31")


async def test_without_a_node_nothing_can_be_asked(link: NodeLink) -> None:
    assert link.state is LinkState.ABSENT and link.words().mood is Mood.ABSENT
    with pytest.raises(NodeNotRunning):
        await link.pause(PauseFor.HOUR)


@pytest.mark.full
async def test_the_owners_wishes_reach_the_node_and_come_back_as_its_state(
    server: BackendServer, processes: OwnProcesses, link: NodeLink
) -> None:
    await enrol(server, processes)
    await until(link, is_in(link, NodeState.PAUSED))
    assert link.words().is_paused and link.status is not None and link.status.node_name == "cedar-31"
    await link.share()
    await until(link, is_in(link, NodeState.SHARING))
    await link.pause(PauseFor.HOUR)
    await until(link, is_in(link, NodeState.PAUSED))
    assert link.status.paused_until is not None
    await link.pause(PauseFor.UNTIL_I_SAY)
    assert link.status.paused_until is None
    await link.share()
    await link.finish_then_pause()  # nothing runs, so it is done at once
    await until(link, is_in(link, NodeState.PAUSED))


@pytest.mark.full
async def test_a_node_that_was_killed_is_gone_and_one_that_starts_again_is_found(
    server: BackendServer, processes: OwnProcesses, link: NodeLink
) -> None:
    await enrol(server, processes)
    await until(link, lambda: link.state is LinkState.LIVE)
    node = psutil.Process(control_of(processes.node_dir).pid)
    node.kill()
    await until(link, lambda: link.state is LinkState.ABSENT)
    assert await processes.start_known_node()
    await until(link, is_in(link, NodeState.PAUSED))


@pytest.mark.full
async def test_another_folder_is_another_node(
    server: BackendServer, processes: OwnProcesses, link: NodeLink, tmp_path: Path
) -> None:
    await enrol(server, processes)
    await until(link, lambda: link.state is LinkState.LIVE)
    link.set_data_dir(tmp_path / "elsewhere")
    await until(link, lambda: link.state is LinkState.ABSENT)
    link.set_data_dir(processes.node_dir)
    await until(link, lambda: link.state is LinkState.LIVE)
