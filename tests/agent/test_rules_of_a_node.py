"""A real node at a real server whose owner's rule pauses it in the middle of a unit, with kills in between."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.policy.ceilings import RULED_NODE
from core.protocol.node_control import CONTROL_FILE_NAME, NodeState
from core.protocol.node_rules import RuleKind, Rules
from tests.agent.node_process import NodeProcess, control, started, until
from tests.agent.node_with_presence import PROGRAM, say_presence
from tests.agent.test_control import submit, train_unit
from tests.backend.server_process import BackendServer


@pytest.fixture
def node(own_server: BackendServer, tmp_path: Path) -> Iterator[NodeProcess]:
    own_server.start()
    made = NodeProcess(tmp_path, own_server, PROGRAM)
    yield made
    made.close()


async def killed_and_started(node: NodeProcess) -> None:
    node.stop(signal.SIGKILL)
    (node.data_dir / CONTROL_FILE_NAME).unlink()
    await started(node)


@pytest.mark.full
async def test_a_program_of_the_owners_takes_the_machine_back_and_the_unit_goes_on_after_it(
    own_server: BackendServer, node: NodeProcess
) -> None:
    customer = own_server.new_customer()
    await started(node, owner=customer.email)
    job = submit(customer)
    async with control(node) as owner:
        await owner.put_rules(Rules(programs=["private-game"], again_minutes=0))
        await until(owner, lambda status: any(unit.progress == 0.4 for unit in status.units))
        say_presence(node.folder, "private-game")
        status = await until(owner, lambda status: status.state is NodeState.PAUSED_BY_RULE)
        assert [(one.rule, one.subject) for one in status.rules.reasons] == [(RuleKind.PROGRAM, "private-game")]
        await until(owner, lambda status: not status.units)
        assert node.unit_processes() == []
        (attempt,) = train_unit(customer, job)["attempts"]
        assert (attempt["outcome"], attempt["reason"]) == ("released", RULED_NODE)
    await killed_and_started(node)
    async with control(node) as owner:
        await until(owner, lambda status: status.state is NodeState.PAUSED_BY_RULE and status.connected)
        assert len(train_unit(customer, job)["attempts"]) == 1
        assert [one.kind for one in (await owner.why()).reasons][:1] == ["program"]
        await owner.share_anyway(RuleKind.PROGRAM, 3600)
        await until(owner, lambda status: any(unit.phase == "running" for unit in status.units))
    await killed_and_started(node)
    async with control(node) as owner:
        status = await until(owner, lambda status: bool(status.rules.reasons))
        assert status.rules.reasons[0].anyway_until is not None
        await until(owner, lambda status: status.connected and not status.units)
        unit = train_unit(customer, job)
        assert (unit["state"], unit["attempts"][1]["resumed_from_step"]) == ("completed", 40)
        await owner.share_anyway(RuleKind.PROGRAM, 0)
        await until(owner, lambda status: status.state is NodeState.PAUSED_BY_RULE)
        say_presence(node.folder)
        await until(owner, lambda status: status.state is NodeState.SHARING)


@pytest.mark.full
async def test_rules_that_cannot_be_read_keep_the_node_paused_until_they_are_written_anew(node: NodeProcess) -> None:
    node.data_dir.mkdir()
    (node.data_dir / "rules.json").write_text("{")
    await started(node)
    async with control(node) as owner:
        status = await until(owner, lambda status: status.connected)
        assert status.state is NodeState.PAUSED_BY_RULE
        shown = node.command("rules", "show")
        assert shown.returncode == 1 and "rules.json can't be read" in shown.stderr and "rules set FILE" in shown.stderr
        assert "rules.json can't be read" in node.log()
        await owner.put_rules(Rules())
        await until(owner, lambda status: status.state is NodeState.SHARING)
