"""What the window starts: a real node at a real server, the world of *Try both*, and that none of it outlives it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from core.client.node_control import AsyncNodeControl, control_of, node_statuses
from core.console import CommandError
from core.protocol.node_control import NodeState
from gui.own_processes import OwnProcesses

from ..backend.server_process import BackendServer

PROJECT = Path(__file__).parents[2]


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


def code_of(server: BackendServer) -> str:
    return str(server.command("nodes", "enrollment-code")["code"])


async def state_of(processes: OwnProcesses) -> NodeState:
    """What it is in once it has looked at its machine."""
    async with (
        AsyncNodeControl(control_of(processes.node_dir)) as control,
        aclosing(node_statuses(control)) as statuses,
    ):
        async for status in statuses:
            if status.state is not NodeState.STARTING:
                return status.state
    raise AssertionError("the node ended")


@pytest.mark.full
async def test_a_computer_shared_from_the_window_begins_paused(server: BackendServer, processes: OwnProcesses) -> None:
    await processes.share(server.url, code_of(server), name="cedar-31")
    assert await state_of(processes) is NodeState.PAUSED and processes.has_children and processes.is_enrolled
    await processes.stop_sharing()
    assert not processes.has_children


@pytest.mark.full
async def test_a_node_enrolled_earlier_starts_as_it_was_left(server: BackendServer, processes: OwnProcesses) -> None:
    assert not await processes.start_known_node()
    await processes.share(server.url, code_of(server))
    async with AsyncNodeControl(control_of(processes.node_dir)) as control:
        await control.resume()
    assert not await processes.start_known_node()
    await processes.stop_sharing()
    assert await processes.start_known_node()
    assert await state_of(processes) is NodeState.SHARING


@pytest.mark.full
async def test_a_code_that_the_server_refuses_is_told_in_its_words(
    server: BackendServer, processes: OwnProcesses
) -> None:
    with pytest.raises(CommandError) as failed:
        await processes.share(server.url, "no-such-code")
    assert failed.value.code == "ENROLLMENT_CODE_INVALID" and "Traceback" not in failed.value.message
    assert not processes.has_children and not processes.is_enrolled


@pytest.mark.full
async def test_a_computer_is_shared_once(server: BackendServer, processes: OwnProcesses) -> None:
    await processes.share(server.url, code_of(server))
    with pytest.raises(CommandError, match="shared already"):
        await processes.share(server.url, code_of(server))


@pytest.mark.full
async def test_what_a_killed_node_left_behind_does_not_keep_it_from_starting(
    server: BackendServer, processes: OwnProcesses
) -> None:
    await processes.share(server.url, code_of(server))
    node = psutil.Process(control_of(processes.node_dir).pid)
    node.kill()
    node.wait(15)
    assert await processes.start_known_node()


@pytest.mark.full
async def test_try_both_needs_nothing_and_its_node_shares(processes: OwnProcesses) -> None:
    both = await processes.try_both()
    async with AsyncNodeControl(control_of(both.node_dir)) as control:
        state = (await control.status()).state
    assert state in (NodeState.STARTING, NodeState.SHARING) and both.api_key
    assert await processes.try_both() == both


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children that their parent died")
def test_a_window_that_is_killed_while_a_unit_runs_leaves_no_process(server: BackendServer, tmp_path: Path) -> None:
    window = subprocess.Popen(
        [sys.executable, "-m", "tests.gui.window_to_kill", str(tmp_path / "window"), server.url, code_of(server)],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        text=True,
    )
    try:
        assert window.stdout is not None and window.stdout.readline() == "a unit runs\n"
        children = psutil.Process(window.pid).children(recursive=True)
        commands = [" ".join(one.cmdline()) for one in children]
        assert sum("gpu-agent-node" in command for command in commands) == 2
        assert any("gpu-agent-backend" in command for command in commands)
        assert any("train.py" in command for command in commands)
        window.kill()
        window.wait()
        _, alive = psutil.wait_procs(children, timeout=30)
        assert alive == []
    finally:
        if window.poll() is None:
            window.kill()
        window.communicate()
