"""Where a unit's cgroups are made and what is written there: on this machine where it lets us, and in a stand-in."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from agent.sandbox.base import StopReason
from agent.sandbox.cgroups import CgroupsV1, CgroupsV2, NoCgroups, find_cgroups
from agent.sandbox.remedies import give_a_cgroup

from .conftest import Driver
from .drive import LIMITS, Case

V2_MOUNT = "30 23 0:26 / {point} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def stand_in(tmp_path: Path, own: str, processes: str) -> tuple[Path, Path]:
    """A /proc/self and a version 2 hierarchy, as files."""
    proc, point = tmp_path / "proc", tmp_path / "cgroup"
    proc.mkdir()
    folder = point / own.lstrip("/")
    folder.mkdir(parents=True)
    (proc / "cgroup").write_text(f"0::{own}\n")
    (proc / "mountinfo").write_text(V2_MOUNT.format(point=point))
    for there in {folder, point}:
        (there / "cgroup.procs").write_text(processes)
        (there / "cgroup.controllers").write_text("cpuset cpu io memory pids\n")
        (there / "cgroup.subtree_control").write_text("memory")
    return proc, folder


def test_a_folder_that_was_delegated_is_used_and_the_agent_stands_aside_in_it(tmp_path: Path) -> None:
    proc, folder = stand_in(tmp_path, "/user.slice/run-1.scope", f"{os.getpid()}\n")
    # A real hierarchy refuses folders that aren't removed; here they stay, as the files in them do.
    found = find_cgroups("gpu-agent-x", proc)
    assert isinstance(found, CgroupsV2)
    assert (folder / "gpu-agent-node" / "cgroup.procs").read_text() == str(os.getpid())
    assert found.folders("unit") == [folder / "unit"]
    (proc / "cgroup").write_text("0::/user.slice/run-1.scope/gpu-agent-node\n")
    assert find_cgroups("gpu-agent-y", proc).folders("unit") == [folder / "unit"]


def test_limits_of_version_2_end_all_of_a_unit_when_memory_is_used_up(tmp_path: Path) -> None:
    folder = tmp_path / "unit"
    folder.mkdir()
    for name in ("memory.swap.max", "memory.oom.group", "cpu.max"):
        (folder / name).touch()
    group = CgroupsV2(tmp_path).make("unit", msgspec.structs.replace(LIMITS, cpus=2))
    written = {file.name: file.read_text() for file in folder.iterdir()}
    assert written == {
        "memory.max": str(1000 * 1024 * 1024),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "136",
        "cpu.max": "200000 100000",
    }
    assert not group.killed_for_memory()
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n")
    assert group.killed_for_memory()


def test_a_folder_that_others_are_in_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proc, folder = stand_in(tmp_path, "/user.slice/session-3.scope", f"1\n{os.getpid()}\n")
    with monkeypatch.context() as as_user:
        as_user.setattr("os.geteuid", lambda: 1000)
        with pytest.raises(NoCgroups, match="was not given to it"):
            find_cgroups("gpu-agent-x", proc)
    assert not (folder / "gpu-agent-node").exists()
    with monkeypatch.context() as as_root:
        as_root.setattr("os.geteuid", lambda: 0)
        assert find_cgroups("gpu-agent-x", proc).folders("unit") == [tmp_path / "cgroup" / "unit"]
    assert (tmp_path / "cgroup" / "cgroup.subtree_control").read_text() == "+cpu"  # the last that was written


def test_a_machine_without_the_controllers_is_told(tmp_path: Path) -> None:
    proc, folder = stand_in(tmp_path, "/x.scope", f"{os.getpid()}\n")
    (folder / "cgroup.controllers").write_text("hugetlb\n")
    with pytest.raises(NoCgroups, match="don't keep memory and pids"):
        find_cgroups("gpu-agent-x", proc)
    (proc / "mountinfo").write_text("")
    with pytest.raises(NoCgroups, match="there are no cgroups"):
        find_cgroups("gpu-agent-x", proc)


def test_only_where_systemd_runs_it_is_asked_for_a_cgroup() -> None:
    assert give_a_cgroup(True) == ["systemd-run --user --scope --property=Delegate=yes gpu-agent-node run"]
    assert give_a_cgroup(False) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may write the cgroups of version 1")
def test_this_machines_cgroups_keep_the_limits_of_a_process(tmp_path: Path) -> None:
    try:
        found = find_cgroups("gpu-agent-test")
    except NoCgroups as error:
        pytest.skip(str(error))
    group = found.make("gpu-agent-test-unit", msgspec.structs.replace(LIMITS, memory_mb=64, cpus=1))
    greedy = "input(); held = b'x' * (200 * 1024 * 1024); input()"
    with subprocess.Popen(["python3", "-c", greedy], stdin=subprocess.PIPE) as process:
        group.enter(process.pid)
        assert not group.killed_for_memory()
        process.communicate(b"\n")
    assert process.returncode == -9 and group.killed_for_memory()
    group.remove()
    assert not any(folder.exists() for folder in found.folders("gpu-agent-test-unit"))
    assert isinstance(found, CgroupsV1 | CgroupsV2)


def test_one_worker_of_many_that_the_kernel_ends_for_memory_ends_the_unit(confined: Driver) -> None:
    layers = {layer.name: layer for layer in confined.run(Case("print()")).confinement.layers}
    if not layers["limits"].holds:
        pytest.skip(layers["limits"].detail)
    script = """
import os, signal
if os.fork() == 0:
    held = b"x" * (400 * 1024 * 1024)
    os._exit(0)
while True:
    signal.pause()
"""
    ended = confined.run(Case(script, limits=msgspec.structs.replace(LIMITS, memory_mb=200))).exit
    assert ended is not None and ended.stop is StopReason.MEMORY
    assert ended.message.startswith("stopped by the node: ") and "200" in ended.message
