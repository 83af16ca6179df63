"""A real node from its installation to its end: its service, its history and log, and a home as it was before."""

import hashlib
import json
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.command_line.resting import running_node
from agent.sandbox.disk_images import unmount_below
from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from core.client.node_control import NodeControl, control_of
from core.protocol.node import CompletedReport
from core.protocol.node_control import NodeState
from tests.backend.server_process import PROJECT

from .node_process import COMMAND, LAST_SECONDS
from .real_systemd import RealSystemd
from .small_backend import CODE, SmallBackend
from .systemd_stand_in import SystemdStandIn
from .test_running_node import leased, package


class Machine:
    """A home, a systemd, a folder for units' disks, and the node's commands there."""

    def __init__(self, folder: Path, systemd: SystemdStandIn | RealSystemd) -> None:
        self.systemd = systemd
        self.home = self.systemd.home
        self.state = folder / "state"
        self.state.mkdir(mode=0o755)
        self.data_dir = self.home / ".local" / "share" / "gpu-agent" / "node"

    def run(self, *arguments: str, fails: bool = False) -> dict[str, Any]:
        """A command with --json; gives its object."""
        ended = subprocess.run(
            [*self.systemd.before, *COMMAND, *arguments, "--json"],
            cwd=PROJECT,
            env={**self.systemd.environment, STATE_DIR_VARIABLE: str(self.state)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LAST_SECONDS,
            check=False,
        )
        assert (ended.returncode != 0) == fails, ended.stderr + self.systemd.log()
        assert ended.stdout, ended.stderr
        found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
        return found

    def begin(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """A command that goes on while the test does."""
        environment = {**self.systemd.environment, STATE_DIR_VARIABLE: str(self.state)}
        command = [*self.systemd.before, *COMMAND, *arguments]
        return subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL)

    def enrol(self, backend: SmallBackend) -> None:
        """Enrols it and ends it again, as its owner would by hand."""
        node = self.begin("run", "--server", backend.url, "--enroll", CODE, "--name", "desk", "--paused")
        backend.wait_for(lambda: bool(backend.requests))
        node.terminate()
        assert node.wait(LAST_SECONDS) == 0

    def install(self, backend: SmallBackend) -> None:
        """Has it run as a service, and waits until it speaks to the server, paused as it was left."""
        asked = len(backend.requests)
        assert self.run("service", "install", "--user")["running"] is True
        backend.wait_for(lambda: len(backend.requests) > asked)

    def control(self) -> NodeControl:
        """Its owner's program."""
        return NodeControl(control_of(self.data_dir))

    def found(self) -> dict[str, str]:
        """`find` of the home, and of where units' disks lie: names with modes, and what files hold."""
        there = {}
        for top in (self.home, self.state):
            for path in sorted(top.rglob("*")):
                facts = path.lstat()
                held = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(facts.st_mode) else ""
                there[str(path)] = f"{facts.st_mode:o} {held}"
        return there


@pytest.fixture
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-node-"))
    folder.chmod(0o755)  # a root agent's units run with other uids, which pass through here
    systemd = SystemdStandIn(folder, runs=True)
    machine = Machine(folder, systemd)
    yield machine
    if (systemd.own / "pid").exists():
        machine.run("service", "remove", "--user", "--force")
    if os.geteuid() == 0:
        unmount_below(folder)
    remove_tree_now(folder)


@pytest.fixture
def backend() -> Iterator[SmallBackend]:
    with SmallBackend() as backend:
        yield backend


@pytest.mark.full
@pytest.mark.parametrize("home", ["empty", "lived in"])
def test_a_home_is_after_the_node_as_it_was_before(
    machine: Machine, backend: SmallBackend, tmp_path: Path, home: str
) -> None:
    if home == "lived in":
        (machine.home / ".config" / "systemd" / "user").mkdir(parents=True)
        (machine.home / ".config" / "systemd" / "user" / "mine.service").write_text("[Service]\n")
        (machine.home / ".local" / "share").mkdir(parents=True, mode=0o755)
        (machine.home / "notes.txt").write_text("mine")
    before = machine.found()
    assert machine.run("service", "install", "--user", fails=True)["error"]["code"] == "ARGUMENTS"  # not enrolled
    machine.enrol(backend)
    machine.install(backend)
    backend.give(leased(package(backend, tmp_path, "print('hello')\n")))
    with machine.control() as node:
        node.resume()
        backend.wait_for(lambda: "attempt-1" in backend.ended)
    assert isinstance(backend.ended["attempt-1"], CompletedReport)
    history = machine.run("history")["data"]
    assert [(row["attempt_id"], row["words"]) for row in history] == [("attempt-1", "completed")]
    assert history[0]["bytes_in"] == sum(len(backend.chunks[digest]) for digest in backend.fetched) > 0
    assert history[0]["bytes_out"] == sum(len(backend.chunks[digest]) for digest in backend.uploaded)
    said = [line["text"] for line in machine.run("logs", "-n", "50")["data"]]
    assert any("completed" in text for text in said) and not any("hello" in text for text in said)
    assert machine.found() != before
    (machine.data_dir / "my own.txt").write_text("not the node's")
    done = machine.run("uninstall", "--yes")
    assert [left["path"] for left in done["left"] if "my own" in left["path"]] == [str(machine.data_dir / "my own.txt")]
    assert {Path(item["path"]).name for item in done["removed"]} >= {"node.json", "journal.sqlite", "log"}
    assert done["revoked"] is True and backend.left == ["node-1"]
    (machine.data_dir / "my own.txt").unlink()
    for folder in (machine.data_dir, *machine.data_dir.parents[:3]):  # what that file alone has kept
        if str(folder) not in before and folder != machine.home:
            folder.rmdir()
    assert machine.found() == before
    assert machine.run("uninstall", "--yes")["removed"] == []


@pytest.mark.full
def test_a_restart_when_idle_waits_for_the_unit_and_the_node_goes_on_sharing(
    machine: Machine, backend: SmallBackend, tmp_path: Path
) -> None:
    machine.enrol(backend)
    machine.install(backend)
    script = """
        import time
        from gpu_agent import training
        print("ready", flush=True)
        with training.checkpoint(step=1) as folder:
            (folder / "step").write_text("1")
        time.sleep(4)
        (training.output_dir() / "done.txt").write_text("done")
    """
    backend.give(leased(package(backend, tmp_path, script)))
    with machine.control() as node:
        node.resume()
    backend.wait_for(lambda: "ready" in backend.texts("attempt-1"))
    before = control_of(machine.data_dir)
    assert machine.run("service", "restart", "--user", "--when-idle")["shares_again"] is True
    assert isinstance(backend.ended["attempt-1"], CompletedReport)  # whole, and before the restart
    after = control_of(machine.data_dir)
    assert after.pid != before.pid
    with NodeControl(after) as node:
        assert node.status().state in (NodeState.STARTING, NodeState.SHARING)
        node.pause()
    assert machine.run("service", "restart", "--user", "--when-idle")["shares_again"] is False
    assert machine.run("service", "status", "--user")["is_running"] is True
    assert machine.run("service", "remove", "--user")["removed"] is True
    assert machine.run("service", "status", "--user")["is_installed"] is False


@pytest.mark.full
def test_a_restart_that_is_killed_while_it_waits_leaves_a_node_that_shares_again_by_itself(
    machine: Machine, backend: SmallBackend, tmp_path: Path
) -> None:
    machine.enrol(backend)
    machine.install(backend)
    backend.give(leased(package(backend, tmp_path, "import time; print('ready', flush=True); time.sleep(600)\n")))
    with machine.control() as node:
        node.resume()
        backend.wait_for(lambda: "ready" in backend.texts("attempt-1"))
        restarting = machine.begin("service", "restart", "--user", "--when-idle")
        backend.wait_for(lambda: node.status().state is NodeState.FINISHING)
        restarting.kill()
        restarting.wait(LAST_SECONDS)
        held = node.status()
        assert held.units and held.paused_until is not None
        left = datetime.fromisoformat(held.paused_until) - datetime.now(UTC)
        assert timedelta() < left <= timedelta(seconds=300)
        node.resume()
        restarting = machine.begin("service", "restart", "--user", "--when-idle")
        backend.wait_for(lambda: node.status().state is NodeState.FINISHING)
        said = node.pause(for_seconds=3_000).paused_until  # the owner's own word, while the command waits
        assert restarting.wait(LAST_SECONDS) == 0
    backend.wait_for(lambda: running_node(machine.data_dir) is not None)
    with machine.control() as node:
        backend.wait_for(lambda: node.status().state is not NodeState.STARTING)
        assert node.status().paused_until == said


@pytest.mark.full
def test_a_node_whose_server_is_away_says_how_it_is_revoked_and_goes_all_the_same(
    machine: Machine, backend: SmallBackend
) -> None:
    machine.enrol(backend)
    identity = json.loads((machine.data_dir / "node.json").read_text())
    (machine.data_dir / "node.json").write_text(json.dumps({**identity, "server": "http://127.0.0.1:9/api/v1"}))
    refused = machine.run("uninstall", fails=True)
    assert "-y" in refused["error"]["hint"] and (machine.data_dir / "node.json").exists()
    done = machine.run("uninstall", "--yes")
    assert done["revoked"] is False and "/owner/nodes/node-1" in done["how_to_revoke"]
    assert not machine.data_dir.exists()
