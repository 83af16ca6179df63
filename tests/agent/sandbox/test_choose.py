"""Which box a machine gets, and what its owner is told where there is none."""

import os
from pathlib import Path

import pytest

from agent.sandbox import remedies
from agent.sandbox.base import ConfinementKind
from agent.sandbox.bubblewrap_arguments import REQUIRED_FLAGS
from agent.sandbox.choose import PlatformNotOffered, choose_sandbox
from agent.sandbox.remedies import KernelSettings, explain_failure, read_kernel_settings
from agent.sandbox.unconfined import UnconfinedSandbox
from agent.sandbox.workspace import STATE_DIR_VARIABLE

from .conftest import Driver
from .drive import Case


def test_a_machine_that_can_confine_says_how(confined: Driver) -> None:
    confinement = confined.run(Case("print('hello')")).confinement
    assert confinement.kind is ConfinementKind.BUBBLEWRAP and confinement.remedies == []
    assert ("user id of their own" in confinement.detail) == confined.is_root


def test_where_user_namespaces_are_forbidden_units_run_unconfined_and_the_owner_is_told(
    confined: Driver, installation: Path
) -> None:
    forbid = installation / "project" / "tests" / "agent" / "sandbox" / "forbid_namespaces.py"
    confined.before_python = [str(confined.python), str(forbid)]
    outcome = confined.run(Case("print('ran')"))
    assert outcome.confinement.kind is ConfinementKind.NONE
    assert outcome.stdout == ["ran"]
    if confined.is_root:  # in that namespace root is the only user there is
        assert "no other user id" in outcome.confinement.detail
    else:
        assert "user.max_user_namespaces = 0" in outcome.confinement.detail
        assert outcome.confinement.remedies[0] == "sudo sysctl -w user.max_user_namespaces=15000"


def test_without_bubblewrap_the_command_that_installs_it_is_named(tmp_path: Path) -> None:
    sandbox = choose_sandbox(tmp_path, environ={STATE_DIR_VARIABLE: str(tmp_path), "PATH": str(tmp_path)})
    assert isinstance(sandbox, UnconfinedSandbox)
    assert sandbox.confinement.kind is ConfinementKind.NONE
    assert sandbox.confinement.detail == "bubblewrap is not installed"
    assert remedies.bubblewrap_is_missing(lambda tool: tool).remedies == ["sudo apt-get install bubblewrap"]
    on_fedora = remedies.bubblewrap_is_missing(lambda tool: tool if tool == "dnf" else None)
    assert on_fedora.remedies == ["sudo dnf install bubblewrap"]


def test_a_bubblewrap_that_lacks_an_option_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "bwrap"
    old.write_text("#!/bin/sh\necho '    --bind SRC DEST    Bind mount'\n")
    old.chmod(0o755)
    sandbox = choose_sandbox(tmp_path, environ={STATE_DIR_VARIABLE: str(tmp_path), "PATH": str(tmp_path)})
    assert sandbox.confinement.kind is ConfinementKind.NONE
    assert "--clearenv" in sandbox.confinement.detail and "--bind," not in sandbox.confinement.detail


def test_a_bubblewrap_that_is_there_but_fails_confines_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    flags = "\n".join(f"    {flag}" for flag in REQUIRED_FLAGS)
    broken.write_text(f"#!/bin/sh\n[ \"$1\" = --help ] && echo '{flags}' && exit\necho broken >&2; exit 1\n")
    broken.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/tmp") and folder.is_relative_to("/tmp"):
            folder.chmod(0o755)
    sandbox = choose_sandbox(tmp_path, environ={STATE_DIR_VARIABLE: str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert sandbox.confinement.kind is ConfinementKind.NONE
    assert sandbox.confinement.detail == "bubblewrap failed: broken"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's boxes have its own uid")
def test_a_root_agents_workspace_that_others_can_not_enter_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/tmp") and folder.is_relative_to("/tmp"):
            folder.chmod(0o755)
    sandbox = choose_sandbox(tmp_path, environ={STATE_DIR_VARIABLE: str(closed / "state")})
    assert sandbox.confinement.kind is ConfinementKind.NONE
    assert sandbox.confinement.remedies[0] == f"sudo chmod o+x {closed}"


@pytest.mark.parametrize(
    "said",
    ["bwrap: setting up uid map: Permission denied", "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted"],
)
def test_ubuntus_refusal_is_answered_with_the_profile(said: str) -> None:
    advice = explain_failure(said, KernelSettings(apparmor_restricts=1, max_user_namespaces=60000))
    assert "AppArmor" in advice.detail
    assert advice.remedies == [
        "sudo apt-get install apparmor-profiles",
        "sudo cp /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/",
        "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict",
    ]


def test_every_other_refusal_is_answered_by_its_cause() -> None:
    said = "bwrap: No permissions to create new namespace, likely because the kernel does not allow it"
    debian = explain_failure(said, KernelSettings(unprivileged_userns_clone=0))
    assert debian.remedies[0] == "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    container = explain_failure(said, KernelSettings())
    assert "container" in container.detail and "seccomp=unconfined" in container.remedies[1]
    proc = explain_failure("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", KernelSettings())
    assert "/proc" in proc.detail and "systempaths=unconfined" in proc.remedies[1]
    unknown = explain_failure("bwrap: something\nnew", KernelSettings(apparmor_restricts=1))
    assert unknown.detail == "bubblewrap failed: bwrap: something new" and unknown.remedies == []


def test_kernel_settings_are_read_where_they_exist(tmp_path: Path) -> None:
    (tmp_path / "kernel").mkdir()
    (tmp_path / "user").mkdir()
    (tmp_path / "kernel" / "apparmor_restrict_unprivileged_userns").write_text("1\n")
    (tmp_path / "user" / "max_user_namespaces").write_text("0\n")
    assert read_kernel_settings(tmp_path) == KernelSettings(None, 0, 1)


def test_other_platforms_are_told_plainly_that_they_are_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(PlatformNotOffered, match="not offered yet"):
        choose_sandbox(tmp_path)
