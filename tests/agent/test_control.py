"""A real node at a real server, seen and steered by its owner: over loopback, by programs, never by web pages."""

import asyncio
import functools
import json
import os
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest

from core.client.coded_errors import StateConflict
from core.client.errors import ConnectionFailed, ServerError
from core.client.node_control import NodeControl, NodeNotRunning, control_of, node_statuses
from core.protocol.node_control import NodeState
from core.protocol.node_rules import RuleKind, Rules
from gui.rule_book import changed_at
from tests.agent.node_process import NodeProcess, control, started, until
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

JOBS = "/customer/training-jobs"
GOES_ON_UNTIL_STOPPED = """
import sys, time
from gpu_agent import training
if training.resume() is not None:
    print("went on", flush=True)
    time.sleep(5)  # work enough to be seen at, twice a second
    sys.exit(0)
with training.checkpoint(40) as folder:
    (folder / "weights").write_text("1 2 3")
training.progress(40, 100)
print("trained", flush=True)
while not training.should_stop():
    time.sleep(0.05)
sys.exit(143)
"""


@pytest.fixture
def server(own_server: BackendServer) -> BackendServer:
    own_server.start()
    return own_server


@pytest.fixture
def node(server: BackendServer, tmp_path: Path) -> Iterator[NodeProcess]:
    made = NodeProcess(tmp_path, server)
    yield made
    made.close()


def submit(customer: Customer) -> str:
    package = ready_package(customer, train__py=GOES_ON_UNTIL_STOPPED)
    return submit_job(customer, ready_dataset(customer), package, max_runtime_seconds=600)


def train_unit(customer: Customer, job: str) -> dict[str, Any]:
    units = customer.http.get(f"{JOBS}/{job}/compute-units").json()["data"]
    (found,) = [unit for unit in units if unit["role"] == "train"]
    unit: dict[str, Any] = found
    return unit


async def test_an_owner_shares_pauses_with_the_work_kept_and_lets_it_finish(
    server: BackendServer, node: NodeProcess
) -> None:
    customer = server.new_customer()
    await started(node, "--paused", owner=customer.email)
    async with control(node) as owner:
        status = await until(owner, lambda status: status.connected)
        assert (status.state, status.paused_until, status.sharing_since) == (NodeState.PAUSED, None, None)
        job = submit(customer)
        assert train_unit(customer, job)["attempts"] == []
        await owner.resume()
        status = await until(owner, lambda status: any(unit.progress == 0.4 for unit in status.units))
        (unit,) = status.units
        assert (status.state, unit.role, unit.phase, unit.number) == (NodeState.BUSY, "train", "running", 1)
        assert len(unit.package_digest) == 64 and unit.may.data_bytes == 8 and unit.may.disk_mb == 64
        children = psutil.Process(node.pid).children(recursive=True)
        assert children
        before = time.monotonic()
        assert (await owner.pause(for_seconds=3600)).state is NodeState.PAUSING
        status = await until(owner, lambda status: status.state is NodeState.PAUSED)
        assert time.monotonic() - before < 10 and status.paused_until is not None
        left = [child.cmdline() for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        assert left == []
        await until(owner, lambda status: not status.units)
        unit_row = train_unit(customer, job)
        assert (unit_row["state"], unit_row["attempts"][0]["outcome"]) == ("ready", "released")
        assert unit_row["attempts"][0]["reason"] == "the owner paused the node"
        await owner.resume()
        await until(owner, lambda status: any(unit.number == 2 for unit in status.units))
        assert (await owner.finish_then_pause()).state is NodeState.FINISHING
        await until(owner, lambda status: status.state is NodeState.PAUSED)
    unit_row = train_unit(customer, job)
    assert (unit_row["state"], unit_row["attempts"][1]["resumed_from_step"]) == ("completed", 40)


@pytest.mark.full
async def test_a_pause_outlives_kill_9_and_a_pause_for_a_time_ends_by_itself(node: NodeProcess) -> None:
    await started(node)
    async with control(node) as owner:
        assert (await owner.status()).state in (NodeState.STARTING, NodeState.SHARING)
        await owner.pause()
    node.stop(signal.SIGKILL)
    async with control(node) as owner:
        with pytest.raises(ConnectionFailed):
            await owner.status()
    gone = node.command("status", "--json")
    assert gone.returncode == 3 and "ended" in gone.stderr
    (node.data_dir / "control.json").unlink()
    await started(node)
    async with control(node) as owner:
        await until(owner, lambda status: status.state is NodeState.PAUSED)
        await owner.pause(for_seconds=1.0)
        status = await until(owner, lambda status: status.state is NodeState.SHARING)
        assert status.paused_until is None and status.sharing_since is not None


@pytest.mark.full
async def test_a_node_that_ends_tells_its_watchers_and_leaves_no_file(node: NodeProcess) -> None:
    await started(node)
    async with control(node) as owner:
        statuses = node_statuses(owner)
        await anext(statuses)
        assert node.stop() == 0
        with pytest.raises(ConnectionFailed):
            async for _ in statuses:
                pass
    with pytest.raises(NodeNotRunning):
        control_of(node.data_dir)


async def test_only_the_owners_own_programs_are_answered(node: NodeProcess) -> None:
    await started(node)
    file = node.data_dir / "control.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and file.stat().st_uid == os.getuid()
    reach = control_of(node.data_dir)
    good = {"Authorization": f"Bearer {reach.token}"}
    port = reach.url.rpartition(":")[2]
    async with httpx.AsyncClient(base_url=reach.url, trust_env=False) as http:
        assert (await http.get("/status")).status_code == 401
        assert (await http.get("/status", headers={"Authorization": f"Bearer {reach.token}x"})).status_code == 401
        assert (await http.get("/status", headers={**good, "Host": f"evil.example:{port}"})).status_code == 400
        assert (await http.post("/pause", headers={**good, "Origin": "http://evil.example"})).status_code == 400
        assert (await http.post("/status", headers=good)).headers["Allow"] == "GET"
        assert (await http.get("/pause", headers=good)).status_code == 405
        assert (await http.post("/rules", headers=good)).headers["Allow"] == "GET, PUT"
        assert (await http.put("/rules", headers=good, content=b" " * (1 << 20 | 1))).status_code == 413
        assert (await http.put("/rules", headers={**good, "Origin": "http://evil.example"})).status_code == 400
        assert (await http.get("/elsewhere", headers=good)).status_code == 404
        assert (await http.post("/pause", headers=good, content=b" " * 5000)).status_code == 413
        assert (await http.get("/status", headers=good)).json()["state"] != "paused"
    assert not [one for one in psutil.Process(node.pid).net_connections() if one.laddr and one.laddr.ip != "127.0.0.1"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"for_seconds": -1}',
        b'{"for_seconds": 1e300}',
        b'{"until": "tomorrow"}',
        b'{"until": "2026-04-01T08:00:00"}',
        b'{"until": "2001-04-01T08:00:00Z"}',
        b'{"for_seconds": 5, "until": "2031-04-01T08:00:00Z"}',
        b'{"minutes": 5}',
        b"\xff",
    ],
)
async def test_a_pause_that_makes_no_sense_changes_nothing(running_node: NodeProcess, body: bytes) -> None:
    async with control(running_node) as owner:
        answer = await owner.http.post(f"{owner.base_url}/pause", content=body, headers=owner.key_headers)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "VALIDATION_FAILED"
        assert (await owner.status()).state is not NodeState.PAUSED
        with pytest.raises(ServerError):
            await owner.pause(for_seconds=0)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "before=-1", "before=1e3", "before=" + "9" * 40, "limit=%FF"]
)
async def test_a_page_of_history_that_makes_no_sense_is_refused(running_node: NodeProcess, query: str) -> None:
    async with control(running_node) as owner:
        answer = await owner.http.get(f"{owner.base_url}/history?{query}", headers=owner.key_headers)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "VALIDATION_FAILED"
        assert (await owner.history(limit=5)).data == [] and (await owner.journal()).units == 0


def test_a_node_is_told_what_its_server_speaks_and_how_to_update(running_node: NodeProcess) -> None:
    found = json.loads(running_node.command("update", "check", "--json").stdout)
    assert (found["must_update"], found["is_older"], found["protocol"] in found["server_protocols"]) == (
        False,
        False,
        True,
    )
    assert any("--when-idle" in step for step in found["how"])


@pytest.mark.full
def test_the_commands_show_and_turn_the_switch(running_node: NodeProcess) -> None:
    paused = running_node.command("pause", "--for", "30min", "--json")
    assert paused.returncode == 0, paused.stderr
    assert json.loads(paused.stdout)["state"] == "paused" and json.loads(paused.stdout)["paused_until"]
    assert "paused until" in running_node.command("status").stdout
    assert json.loads(running_node.command("pause", "--until", "08:00", "--json").stdout)["paused_until"]
    assert json.loads(running_node.command("resume", "--json").stdout)["state"] == "sharing"
    assert json.loads(running_node.command("finish-then-pause", "--json").stdout)["state"] == "paused"
    assert json.loads(running_node.command("resume", "--json").stdout)["state"] == "sharing"
    for wrong in (["--for", "soon"], ["--until", "25:00"], ["--for", "1h", "--until", "08:00"]):
        refused = running_node.command("pause", *wrong)
        assert refused.returncode == 4 and "hint:" in refused.stderr


async def test_rules_hold_at_once_are_kept_and_are_refused_at_the_field_that_is_wrong(
    running_node: NodeProcess,
) -> None:
    never = Rules(hours=[[]] * 7, programs=["blender"])
    async with control(running_node) as owner:
        plain = (await owner.status()).rules_digest
        paused = await owner.put_rules(never)
        assert paused.state is NodeState.PAUSED_BY_RULE and paused.rules_digest != plain
        assert [one.rule for one in paused.rules.reasons] == [RuleKind.HOURS] and paused.sharing_since is None
        assert await owner.rules() == never
        file = running_node.data_dir / "rules.json"
        assert (
            stat.S_IMODE(file.stat().st_mode) == 0o600 and msgspec.json.decode(file.read_bytes(), type=Rules) == never
        )
        with pytest.raises(ServerError) as caught:
            await owner.put_rules(Rules(hours=[[]] * 6))
        assert [row.field for row in caught.value.details] == ["hours"] and await owner.rules() == never
        (reason,) = [one for one in (await owner.why()).reasons if one.kind == "hours"]
        assert "share-anyway hours" in reason.next_step
        sharing = await owner.share_anyway(RuleKind.HOURS, 600)
        assert sharing.state is NodeState.SHARING and sharing.rules.reasons[0].anyway_until is not None
        assert (await owner.pause()).rules.reasons[0].anyway_until is None
        with pytest.raises(ServerError, match="you paused"):
            await owner.share_anyway(RuleKind.HOURS, 600)
        assert (await owner.resume()).state is NodeState.PAUSED_BY_RULE
        await owner.share_anyway(RuleKind.HOURS, 0.3)  # it ends by itself
        await until(owner, lambda status: status.state is NodeState.PAUSED_BY_RULE)
        with pytest.raises(ServerError) as caught:
            await owner.share_anyway(RuleKind.SELF_TEST)
        assert [row.field for row in caught.value.details] == ["rule"]
        assert (await owner.put_rules(Rules())).rules_digest == plain


async def test_rules_that_others_changed_meanwhile_are_not_written_over(running_node: NodeProcess) -> None:
    """Two windows: each has read the same rules, and each changes one."""
    async with control(running_node) as owner:
        first = (await owner.status()).rules_digest
        await owner.put_rules(Rules(battery=False), if_match=first)
        with pytest.raises(StateConflict, match="changed meanwhile"):
            await owner.put_rules(Rules(metered=False), if_match=first)
        assert await owner.rules() == Rules(battery=False)
        changes = [functools.partial(msgspec.structs.replace, **{name: False}) for name in ("metered", "others_gpu")]
        await asyncio.gather(*(changed_at(owner, change) for change in changes))
        assert await owner.rules() == Rules(battery=False, metered=False, others_gpu=False)
        await owner.put_rules(Rules())


async def test_finishing_for_a_time_ends_by_itself_as_a_pause_does(running_node: NodeProcess) -> None:
    async with control(running_node) as owner:
        paused = await owner.finish_then_pause(for_seconds=0.5)
        assert paused.state is NodeState.PAUSED and paused.paused_until is not None
        await until(owner, lambda status: status.state is NodeState.SHARING and status.paused_until is None)


async def test_rules_that_cannot_be_written_are_refused_and_the_old_ones_hold(running_node: NodeProcess) -> None:
    file = running_node.data_dir / "rules.json"
    async with control(running_node) as owner:
        before = await owner.put_rules(Rules(battery=False))
        file.unlink()
        (file / "in the way").mkdir(parents=True)
        with pytest.raises(ServerError) as caught:
            await owner.put_rules(Rules(hours=[[]] * 7))
        assert caught.value.status == 503 and "the old ones hold" in caught.value.message
        after = await owner.status()
        assert (after.state, after.rules_digest) == (NodeState.SHARING, before.rules_digest)
        assert not list(running_node.data_dir.glob("rules.json?*"))
        shutil.rmtree(file)
        await owner.put_rules(Rules())


async def test_two_programs_that_set_rules_at_once_leave_the_rules_of_one_on_disk_and_in_force(
    running_node: NodeProcess,
) -> None:
    asked = [Rules(idle_minutes=minutes, battery=False, metered=False) for minutes in range(1, 9)]
    async with control(running_node) as owner:
        await asyncio.gather(*map(owner.put_rules, asked))
        in_force = await owner.rules()
        assert in_force in asked
        assert msgspec.json.decode((running_node.data_dir / "rules.json").read_bytes(), type=Rules) == in_force
        status = await owner.put_rules(Rules())
        assert status.state is NodeState.SHARING


@pytest.mark.full
def test_the_commands_set_and_show_rules_and_say_why(running_node: NodeProcess, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_bytes(msgspec.json.encode(Rules(hours=[[]] * 7)))
    assert "never" in running_node.command("rules", "set", str(file)).stdout
    shown = running_node.command("rules", "show", "--json")
    assert msgspec.json.decode(shown.stdout, type=Rules) == Rules(hours=[[]] * 7)
    why = running_node.command("why")
    assert why.returncode == 0 and "share-anyway hours" in why.stdout
    aside = running_node.command("share-anyway", "hours", "--for", "10min")
    assert "you share anyway until" in aside.stdout
    changed = running_node.command("rules", "set", "hours=none", "programs=blender,obs", "idle_minutes=1")
    assert "blender, obs" in changed.stdout and "always" in changed.stdout
    refused = running_node.command("rules", "set", "programs=/usr/bin/blender")
    assert refused.returncode == 4 and "programs[0]" in refused.stderr
    with NodeControl(control_of(running_node.data_dir)) as owner:
        owner.put_rules(Rules())


@pytest.fixture(scope="module")
def running_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """One node for the tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("node")
    server = BackendServer(folder / "data")
    server.start()
    node = NodeProcess(folder, server)
    asyncio.run(started(node))
    yield node
    node.close()
    server.close()
