"""Which box this machine can have, found out by making one."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

from agent.interpreters import Interpreter
from agent.sandbox.base import Confinement, ConfinementKind, Layer, Sandbox
from agent.sandbox.bubblewrap import BubblewrapSandbox
from agent.sandbox.bubblewrap_arguments import REQUIRED_FLAGS, look_at_host, tool_arguments
from agent.sandbox.cgroups import Cgroups, NoCgroups, find_cgroups
from agent.sandbox.disk_images import try_an_image
from agent.sandbox.remedies import (
    Advice,
    bubblewrap_is_missing,
    bubblewrap_is_too_old,
    explain_failure,
    folder_is_closed,
    give_a_cgroup,
    let_images_be_mounted,
    no_uid_to_drop_to,
    read_kernel_settings,
)
from agent.sandbox.seccomp import FilterUnknown, seccomp_program
from agent.sandbox.unconfined import UnconfinedSandbox
from agent.sandbox.watcher import MachineFloor
from agent.sandbox.workspace import (
    STATE_DIR_VARIABLE,
    first_closed_folder,
    make_workspace_root,
    slot_uids,
    workspace_root,
)


class PlatformNotOffered(Exception):
    """Units can't run on this operating system yet. The text is for the owner."""


def choose_sandbox(
    data_dir: Path,
    *,
    environ: Mapping[str, str] | None = None,
    floor: MachineFloor | None = None,
) -> Sandbox:
    """Make the workspace and the best box that works here (blocking, about 50 ms); `confinement` says which and why.

    Raises PlatformNotOffered where the agent can't run units at all, OSError when the workspace can't be made.
    """
    if not sys.platform.startswith("linux"):
        raise PlatformNotOffered(f"running units on {sys.platform} is not offered yet: use Linux, or WSL 2 on Windows")
    root = workspace_root(data_dir, environ)
    make_workspace_root(root)
    floor = floor or MachineFloor()
    bwrap = shutil.which("bwrap", path=None if environ is None else environ.get("PATH"))
    made = bubblewrap_is_missing() if bwrap is None else _try_bubblewrap(bwrap, root, floor)
    if isinstance(made, Sandbox):
        return made
    confinement = Confinement(ConfinementKind.NONE, made.detail, made.remedies)
    return UnconfinedSandbox(workspace_root=root, confinement=confinement, floor=floor)


def _try_bubblewrap(bwrap: str, root: Path, floor: MachineFloor) -> Sandbox | Advice:
    flags = flags_of(bwrap)
    if missing := sorted(REQUIRED_FLAGS - flags):
        return bubblewrap_is_too_old(missing)
    try:
        filter_of_calls = seccomp_program()
    except FilterUnknown as error:
        return Advice(str(error), [])
    uids = None
    if os.geteuid() == 0:
        uids = slot_uids(str(root))
        if uids is None:
            return no_uid_to_drop_to()
        if closed := first_closed_folder(root):
            return folder_is_closed(closed, STATE_DIR_VARIABLE)
    cgroups, limits = _look_for_cgroups()
    disk = _try_disk_images(root, uids)
    installing = _try_to_confine_tools(bwrap, root)
    layers = [
        Layer("namespaces", True, f"of their own for files, processes, network and users ({bwrap})"),
        Layer("user id", True, "one of their own" if uids is not None else "the node's, without any privilege"),
        Layer("system calls", True, "those on a list only (seccomp)"),
        limits,
        disk,
        installing,
    ]
    sandbox = BubblewrapSandbox(
        bwrap=bwrap,
        host=look_at_host(flags, *_write_box_files(root / "box")),
        workspace_root=root,
        confinement=Confinement(ConfinementKind.BUBBLEWRAP, _describe(bwrap, uids), layers=layers),
        uids=uids,
        floor=floor,
        seccomp_program=filter_of_calls,
        cgroups=cgroups,
        confines_tools=installing.holds,
        makes_images=disk.holds,
    )
    # Any interpreter under /usr, which every box binds: what is run is not Python.
    said = sandbox.probe(Interpreter("3.11.0", "/usr/bin/true", "/usr", False), lambda executable: ["true"])
    return sandbox if said is None else explain_failure(said, read_kernel_settings())


def _look_for_cgroups() -> tuple[Cgroups | None, Layer]:
    try:
        cgroups = find_cgroups(f"gpu-agent-{secrets.token_hex(8)}")
    except NoCgroups as error:
        watched = f"memory is looked at five times a second, since {error}"
        return None, Layer("limits", False, watched, give_a_cgroup())
    kept = f"memory, processes and processors by the kernel (cgroups, version {cgroups.version})"
    return cgroups, Layer("limits", True, kept)


def _try_disk_images(root: Path, uids: range | None) -> Layer:
    if uids is None:
        words = "bytes and files are looked at five times a second, since only root may mount an image"
        return Layer("disk", False, words)
    try:
        try_an_image(root / "units", f"probe-{secrets.token_hex(8)}")
    except OSError as error:
        words = f"bytes and files are looked at five times a second, since no image can be mounted: {error.strerror}"
        return Layer("disk", False, words, let_images_be_mounted(error))
    return Layer(
        "disk", True, "bytes and files by the kernel: each unit writes to an image of the size that was agreed"
    )


def _try_to_confine_tools(bwrap: str, root: Path) -> Layer:
    command = [bwrap, *tool_arguments(root), "true"]
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        return Layer("installing", False, str(error))
    if ended.returncode != 0:
        return Layer("installing", False, " ".join(ended.stderr.split())[:300])
    return Layer("installing", True, "what packages require is installed by a process that writes nowhere else")


def flags_of(bwrap: str) -> frozenset[str]:
    """The options that this bwrap knows, none where it doesn't run (blocking)."""
    try:
        said = subprocess.run([bwrap, "--help"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(re.findall(r"^\s+(--[a-z0-9-]+)", said.stdout + said.stderr, re.MULTILINE))


def _describe(bwrap: str, uids: range | None) -> str:
    whose = "with a user id of their own" if uids is not None else "with the node's user id"
    return f"units run {whose} in {bwrap}: no network, a read-only system, nothing of the owner's files or processes"


def _write_box_files(folder: Path) -> tuple[str, str]:
    """Write the two files that stand for masked ones of /proc: an empty one, and a made-up boot id."""
    empty, boot_id = folder / "empty", folder / "boot_id"
    for file, text in ((empty, ""), (boot_id, f"{uuid.UUID(bytes=secrets.token_bytes(16))}\n")):
        file.write_text(text)
        file.chmod(0o644)
    return str(empty), str(boot_id)
