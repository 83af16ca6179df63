"""A real node on this machine, whose owner starts a program that the rules name."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.protocol.node_control import NodeState
from core.protocol.node_rules import RuleKind, Rules
from tests.agent.node_process import NodeProcess, control, started, until
from tests.agent.presence.test_programs import running
from tests.backend.server_process import BackendServer


@pytest.fixture
def node(own_server: BackendServer, tmp_path: Path) -> Iterator[NodeProcess]:
    own_server.start()
    made = NodeProcess(tmp_path, own_server)
    yield made
    made.close()


@pytest.mark.full
async def test_it_pauses_while_the_program_runs_and_shares_again_after_it(node: NodeProcess, tmp_path: Path) -> None:
    cat = shutil.which("cat")
    assert cat is not None
    game = shutil.copy(cat, tmp_path / "A Private Game")
    await started(node)
    async with control(node) as owner:
        await owner.put_rules(Rules(programs=["a private game.exe"], again_minutes=0))
        await until(owner, lambda status: status.state is NodeState.SHARING)
        with running(str(game)):
            status = await until(owner, lambda status: status.state is NodeState.PAUSED_BY_RULE)
            assert [(one.rule, one.subject) for one in status.rules.reasons] == [
                (RuleKind.PROGRAM, "a private game.exe")
            ]
        await until(owner, lambda status: status.state is NodeState.SHARING)
