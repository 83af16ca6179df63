"""The node as a service: what is written for each system, and whose files are left alone."""

import json
import os
import plistlib
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from agent.autostart.base import ServicePlan, ServiceRefused
from agent.autostart.launchd import LaunchdService
from agent.autostart.systemd import UNIT, SystemdService
from agent.autostart.task_scheduler import TaskSchedulerService
from agent.sandbox.workspace import STATE_DIR_VARIABLE
from tests.backend.server_process import PROJECT

from .node_process import COMMAND
from .systemd_stand_in import SystemdStandIn

ODD = Path('/home/o\'brien/50% of "my" $data')


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemdStandIn]:
    made = SystemdStandIn(tmp_path, runs=False)
    monkeypatch.setenv("PATH", made.environment["PATH"])
    monkeypatch.setenv("HOME", made.environment["HOME"])
    yield made


@pytest.fixture
def service(stand_in: SystemdStandIn, tmp_path: Path) -> SystemdService:
    folder = stand_in.home / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    return SystemdService(folder, is_users=True, user="me", linger=tmp_path / "linger")


def a_plan(data_dir: Path, *more: str) -> ServicePlan:
    command = [shutil.which("true") or "/bin/true", "run", "--data-dir", str(data_dir), *more]
    return ServicePlan(command, data_dir, {"GPU_AGENT_STATE_DIR": "/srv/50% state"})


def test_a_service_is_installed_once_and_again_changes_nothing(
    service: SystemdService, stand_in: SystemdStandIn
) -> None:
    assert service.install(a_plan(ODD), force=False)
    assert not service.install(a_plan(ODD), force=False)
    asked = [call for call in stand_in.calls() if "version" not in call]
    assert asked == ["--user daemon-reload", f"--user enable --now {UNIT}", f"--user enable --now {UNIT}"]
    assert (service.file.stat().st_mode & 0o777) == 0o644
    state = service.state()
    assert (state.is_installed, state.is_ours, state.starts_by_itself, state.is_running) == (True, True, True, False)
    assert state.next_steps == ["to share also while you are not logged in: loginctl enable-linger me"]
    assert service.remove(force=False) and not service.remove(force=False)
    assert not service.file.exists()
    assert stand_in.calls()[-2:] == [f"--user disable --now {UNIT}", "--user daemon-reload"]


def test_who_lingers_is_told_nothing_of_it(service: SystemdService, tmp_path: Path) -> None:
    service.install(a_plan(ODD), force=False)
    (tmp_path / "linger").mkdir()
    (tmp_path / "linger" / "me").touch()
    assert service.state().next_steps == []


def test_what_somebody_else_wrote_stays_unless_it_is_forced(service: SystemdService) -> None:
    service.file.write_text("[Service]\nExecStart=/bin/true\n")
    with pytest.raises(ServiceRefused, match="not made by this program"):
        service.install(a_plan(ODD), force=False)
    with pytest.raises(ServiceRefused, match="not made by this program"):
        service.remove(force=False)
    assert service.file.read_text().startswith("[Service]")
    assert not service.serves(ODD)
    assert service.install(a_plan(ODD), force=True) and service.serves(ODD)


def test_another_nodes_service_stays_and_a_newer_text_of_ones_own_takes_its_place(service: SystemdService) -> None:
    service.install(a_plan(ODD), force=False)
    with pytest.raises(ServiceRefused, match="another data folder"):
        service.install(a_plan(Path("/elsewhere")), force=False)
    assert service.install(a_plan(ODD, "--insecure"), force=False)
    assert "--insecure" in service.file.read_text()
    assert not service.serves(Path("/elsewhere"))


def test_a_system_that_says_no_is_told_in_its_words(
    service: SystemdService, stand_in: SystemdStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stand_in.own / "bin" / "systemctl").write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "Failed to connect to bus: No medium found" >&2; exit 1\n'
    )
    with pytest.raises(ServiceRefused, match="Failed to connect to bus"):
        service.install(a_plan(ODD), force=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServiceRefused, match="not on this machine"):
        service.install(a_plan(ODD), force=True)


def test_a_folder_that_no_unit_can_name_is_refused(service: SystemdService) -> None:
    with pytest.raises(ServiceRefused, match="can't stand in a unit"):
        service.install(a_plan(Path("/home/a\nExecStartPre=rm")), force=False)
    assert not service.file.exists()


def test_set_uid_bubblewrap_is_not_taken_its_privileges(service: SystemdService, stand_in: SystemdStandIn) -> None:
    assert "NoNewPrivileges=yes" in service.text(a_plan(ODD)).decode()
    bwrap = stand_in.own / "bin" / "bwrap"
    bwrap.touch()
    bwrap.chmod(0o4755)
    assert "NoNewPrivileges=yes" not in service.text(a_plan(ODD)).decode()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
@pytest.mark.parametrize("is_users", [True, False])
def test_systemd_itself_finds_nothing_wrong(tmp_path: Path, is_users: bool) -> None:
    service = SystemdService(tmp_path, is_users=is_users, user="root")
    service.file.write_bytes(service.text(a_plan(tmp_path / '50% "odd" $folder\'s', "--insecure")))
    command = ["systemd-analyze", "verify", *(["--user"] if is_users else []), str(service.file)]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_LOG_LEVEL": "notice"}
    verified = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    said = [line for line in verified.stderr.splitlines() if UNIT in line]
    assert (verified.returncode, said) == (0, []), verified.stderr
    service.file.write_text(service.file.read_text().replace("Type=exec", "Type=nonsense"))
    broken = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert UNIT in broken.stderr  # it does look


@pytest.mark.full
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root has what is taken away")
def test_what_the_systems_service_may_do_is_enough_for_every_layer_of_the_box(tmp_path: Path) -> None:
    service = SystemdService(tmp_path, is_users=False, user="root")
    lines = service.text(a_plan(tmp_path)).decode().splitlines()
    kept = [
        word for line in lines if line.startswith("CapabilityBoundingSet=") for word in line.partition("=")[2].split()
    ]
    assert "CAP_SYS_ADMIN" in kept and "CAP_NET_ADMIN" not in kept and "NoNewPrivileges=yes" in lines
    bounds = ",".join(["-all", *(f"+{word.removeprefix('CAP_').lower()}" for word in kept)])
    confined = ["setpriv", "--no-new-privs", "--bounding-set", bounds, "--inh-caps=-all", "--"]

    def layers(*before: str) -> list[tuple[str, bool]]:
        command = [*before, *COMMAND, "doctor", "--json", "--data-dir", str(tmp_path / "node")]
        environment = {**os.environ, STATE_DIR_VARIABLE: str(tmp_path / "state")}
        for folder in (tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o755)  # units with other uids pass through
        told = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
        found = json.loads(told.stdout.splitlines()[-1])["confinement"]
        return [(found["kind"], True), *((layer["name"], layer["holds"]) for layer in found["layers"])]

    assert layers(*confined) == layers()


def test_a_launch_agent_is_a_list_that_macos_can_read(tmp_path: Path) -> None:
    service = LaunchdService(tmp_path)
    entry = plistlib.loads(service.text(a_plan(ODD)))
    assert entry["ProgramArguments"][1:] == ["run", "--data-dir", str(ODD)]
    assert entry["RunAtLoad"] and entry["KeepAlive"] == {"SuccessfulExit": False}
    assert entry["EnvironmentVariables"]["GPU_AGENT_STATE_DIR"] == "/srv/50% state"
    service.file.write_bytes(service.text(a_plan(ODD, "--insecure")))
    assert service.serves(ODD) and not service.serves(Path("/elsewhere"))


def test_a_task_is_xml_that_windows_can_read(tmp_path: Path) -> None:
    service = TaskSchedulerService(tmp_path)
    task = ElementTree.fromstring(service.text(a_plan(ODD)))
    inner = {element.tag.rpartition("}")[2]: element.text for element in task.iter()}
    assert inner["Command"] == a_plan(ODD).command[0]
    assert shlex.split((inner["Arguments"] or "").replace("$", ""))[:2] == ["run", "--data-dir"]
    assert inner["ExecutionTimeLimit"] == "PT0S"
    service.file.write_bytes(service.text(a_plan(ODD)))
    assert service.serves(ODD) and not service.serves(Path("/elsewhere"))
