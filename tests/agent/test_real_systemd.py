"""The node as a service of systemd itself: started by it, hardened by it, brought back by it, ended by it in order."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from agent.autostart.systemd import UNIT
from agent.sandbox.workspace import remove_tree_now
from core.client.node_control import control_of
from core.protocol.node import CompletedReport, ReleasedReport

from .real_systemd import MANAGER, RealSystemd
from .small_backend import SmallBackend
from .test_running_node import leased, package
from .test_taken_down_node import Machine

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(
        os.geteuid() != 0 or not MANAGER.exists() or shutil.which("unshare") is None,
        reason="needs root and systemd's program",
    ),
]


@pytest.fixture
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-node-"))
    folder.chmod(0o755)
    systemd = RealSystemd(folder)
    yield Machine(folder, systemd)
    systemd.close()
    remove_tree_now(folder)


@pytest.fixture
def backend() -> Iterator[SmallBackend]:
    with SmallBackend() as backend:
        yield backend


def test_systemd_runs_the_node_confines_it_brings_it_back_and_ends_it_in_order(
    machine: Machine, backend: SmallBackend, tmp_path: Path
) -> None:
    machine.enrol(backend)
    machine.install(backend)
    systemd = machine.systemd
    assert isinstance(systemd, RealSystemd)
    first = int(systemd.ask("show", "-P", "MainPID", UNIT))
    assert control_of(machine.data_dir).pid == first
    status = Path(f"/proc/{first}/status").read_text()
    assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status
    assert psutil.Process(first).nice() == 5
    with machine.control() as node:
        assert node.status().confinement.kind == machine.run("doctor")["confinement"]["kind"]  # as good inside
        node.resume()
    backend.give(leased(package(backend, tmp_path, "print('hello')\n")))
    backend.wait_for(lambda: "attempt-1" in backend.ended)
    assert isinstance(backend.ended["attempt-1"], CompletedReport)

    os.kill(first, signal.SIGKILL)
    asked = len(backend.requests)
    backend.wait_for(lambda: len(backend.requests) > asked)  # systemd waits 5 s or more first
    second = int(systemd.ask("show", "-P", "MainPID", UNIT))
    assert second not in (0, first) and int(systemd.ask("show", "-P", "NRestarts", UNIT)) == 1

    (tmp_path / "second").mkdir()
    endless = package(backend, tmp_path / "second", "import time; print('ready', flush=True); time.sleep(600)\n")
    backend.give(leased(endless, attempt_id="attempt-2"))
    backend.wait_for(lambda: backend.texts("attempt-2") == ["ready"])
    assert machine.run("service", "remove", "--user")["removed"] is True
    assert isinstance(backend.ended["attempt-2"], ReleasedReport)
    assert not psutil.pid_exists(second)
    assert machine.run("service", "status", "--user")["is_installed"] is False
    assert not any(UNIT in path for path in machine.found())
