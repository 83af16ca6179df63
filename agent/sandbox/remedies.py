"""Why nothing confines here, in words, and the commands that mend it: error texts and settings matched to advice."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from agent.sandbox.disk_images import MissingTool

_INSTALLERS = {
    "apt-get": "sudo apt-get install bubblewrap",
    "dnf": "sudo dnf install bubblewrap",
    "pacman": "sudo pacman -S bubblewrap",
    "zypper": "sudo zypper install bubblewrap",
    "apk": "sudo apk add bubblewrap",
}
_APPARMOR_PROFILE = "bwrap-userns-restrict"
_APPARMOR_REMEDIES = [
    "sudo apt-get install apparmor-profiles",
    f"sudo cp /usr/share/apparmor/extra-profiles/{_APPARMOR_PROFILE} /etc/apparmor.d/",
    f"sudo apparmor_parser -r /etc/apparmor.d/{_APPARMOR_PROFILE}",
]
_CONTAINER_REMEDY = (
    "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined …"
)


class KernelSettings(msgspec.Struct, frozen=True):
    """The switches that forbid user namespaces; None for one that this kernel doesn't have."""

    unprivileged_userns_clone: int | None = None
    max_user_namespaces: int | None = None
    apparmor_restricts: int | None = None


class Advice(msgspec.Struct, frozen=True):
    """What is wrong, and the exact commands, in order."""

    detail: str
    remedies: list[str]


def read_kernel_settings(proc_sys: Path = Path("/proc/sys")) -> KernelSettings:
    """Read them from a folder like /proc/sys."""
    return KernelSettings(
        unprivileged_userns_clone=_number(proc_sys / "kernel/unprivileged_userns_clone"),
        max_user_namespaces=_number(proc_sys / "user/max_user_namespaces"),
        apparmor_restricts=_number(proc_sys / "kernel/apparmor_restrict_unprivileged_userns"),
    )


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def bubblewrap_is_missing(find: Callable[[str], str | None] = shutil.which) -> Advice:
    """No bwrap on PATH."""
    commands = [command for tool, command in _INSTALLERS.items() if find(tool)]
    return Advice("bubblewrap is not installed", commands[:1] or [_INSTALLERS["apt-get"]])


def bubblewrap_is_too_old(missing_flags: list[str]) -> Advice:
    """A bwrap that lacks something without which a box can't be made."""
    return Advice(
        f"the installed bubblewrap is too old: it lacks {', '.join(missing_flags)} (0.5 of 2021 has them)",
        ["sudo apt-get update && sudo apt-get install --only-upgrade bubblewrap"],
    )


def no_uid_to_drop_to() -> Advice:
    """A root agent in a user namespace that maps too few uids."""
    return Advice(
        "the node runs as root in a container that has no other user id for a customer's code, "
        "and root's own would leave it unconfined: run the node as an ordinary user",
        [],
    )


def folder_is_closed(folder: Path, state_dir_variable: str) -> Advice:
    """A root agent's workspace lies below a folder that other uids can't enter."""
    return Advice(
        f"units run with a user id of their own, which may not enter {folder}",
        [f"sudo chmod o+x {folder}", f"or set {state_dir_variable} to a folder that everyone may pass through"],
    )


def give_a_cgroup(runs_systemd: bool | None = None) -> list[str]:
    """How an agent gets cgroups of its own: only systemd can give them, where it runs."""
    if runs_systemd is None:
        runs_systemd = Path("/run/systemd/system").is_dir()
    return ["systemd-run --user --scope --property=Delegate=yes gpu-agent-node run"] if runs_systemd else []


def let_images_be_mounted(error: OSError, loop_control: Path = Path("/dev/loop-control")) -> list[str]:
    """How a root agent gets disk images; nothing helps in a container that may mount nothing."""
    if isinstance(error, MissingTool):
        return ["sudo apt-get install e2fsprogs mount"]
    return [] if loop_control.exists() else ["sudo modprobe loop"]


def explain_failure(said: str, settings: KernelSettings) -> Advice:
    """Match what bubblewrap said, and the kernel's settings, to the cause."""
    short = " ".join(said.split())[:300]
    if settings.unprivileged_userns_clone == 0:
        return Advice(
            f"this kernel is set to forbid user namespaces (kernel.unprivileged_userns_clone = 0): {short}",
            [
                "sudo sysctl -w kernel.unprivileged_userns_clone=1",
                "echo kernel.unprivileged_userns_clone=1 | sudo tee /etc/sysctl.d/60-gpu-agent.conf",
            ],
        )
    if settings.max_user_namespaces == 0:
        return Advice(
            f"this kernel is set to allow no user namespaces (user.max_user_namespaces = 0): {short}",
            [
                "sudo sysctl -w user.max_user_namespaces=15000",
                "echo user.max_user_namespaces=15000 | sudo tee /etc/sysctl.d/60-gpu-agent.conf",
            ],
        )
    apparmor_words = "setting up uid map: Permission denied" in said or "RTM_NEWADDR" in said
    if settings.apparmor_restricts == 1 and apparmor_words:
        return Advice(f"AppArmor forbids user namespaces to programs without a profile: {short}", _APPARMOR_REMEDIES)
    if "Creating new namespace failed" in said or "No permissions to creat" in said:
        return Advice(
            f"namespaces are forbidden here, as they are in most containers and in a chroot: {short}",
            ["run the node on the machine itself", f"or start the container with: {_CONTAINER_REMEDY}"],
        )
    if "mount proc" in said:
        return Advice(
            f"a new /proc can't be mounted here, as in a container that masks parts of it: {short}",
            ["run the node on the machine itself", f"or start the container with: {_CONTAINER_REMEDY}"],
        )
    return Advice(f"bubblewrap failed: {short}", [])
