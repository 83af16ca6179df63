"""Limits that the kernel itself keeps for a unit, where its cgroups can be written: memory, processes, processors.

Version 2 in a folder delegated to the agent, or below the root for a root agent; version 1 for root, below the cgroup
that the agent itself is in, so that an owner's limit on the agent holds for its units. Elsewhere the watcher has to do.
"""

import contextlib
import os
import re
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

from agent.sandbox.base import BoxLimits

_MIB = 1024 * 1024
_PERIOD_MICROSECONDS = 100_000
_OWN_PROCESSES = 8  # of the box itself, beside what a unit may have
_KILLED = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_NEEDED = ("memory", "pids")
_LEAF = "gpu-agent-node"  # where the agent stands aside, since a cgroup of version 2 holds processes or other cgroups
_PROBE_LIMITS = BoxLimits(
    memory_mb=64, disk_mb=1, output_files=1, process_count=16, open_files=16, wall_seconds=1, tmp_mb=1, shm_mb=1, cpus=1
)


class NoCgroups(Exception):
    """Units can't be given cgroups here. The text is for the owner."""


class UnitCgroup:
    """The folders of one unit: one a controller in version 1, one altogether in version 2."""

    def __init__(self, folders: list[Path], events: Path) -> None:
        self._folders = folders
        self._events = events

    def enter(self, process_id: int) -> None:
        """Put a process under the limits, with all that it starts from now on. Raises OSError.

        Blocking: each folder costs 0.2 ms, or 4 ms where all processors are busy (the kernel waits for each of them).
        """
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(process_id))

    def killed_for_memory(self) -> bool:
        """Whether the kernel has ended any process of the unit because the unit's memory was used up."""
        with contextlib.suppress(OSError):
            found = _KILLED.search(self._events.read_text())
            return found is not None and int(found[1]) > 0
        return False

    def remove(self) -> None:
        """Remove the folders of a unit that has ended; what can't be removed yet is the undertaker's."""
        for folder in self._folders:
            with contextlib.suppress(OSError):
                folder.rmdir()


class Cgroups(ABC):
    """Where the units of this agent get their cgroups."""

    version: int

    @abstractmethod
    def folders(self, name: str) -> list[Path]:
        """The folders of a unit or, with a name's beginning, how they begin."""

    @abstractmethod
    def limit(self, folders: list[Path], limits: BoxLimits) -> Path:
        """Write the limits; the file that counts kills."""

    def make(self, name: str, limits: BoxLimits) -> UnitCgroup:
        """Make a unit's folders (blocking, under a millisecond). Raises OSError."""
        folders = self.folders(name)
        for folder in folders:
            folder.mkdir(mode=0o700, exist_ok=True)
        return UnitCgroup(folders, self.limit(folders, limits))


class CgroupsV1(Cgroups):
    """One hierarchy a controller; `bases` are the agent's own folders, of memory, pids and, where there is one, cpu."""

    version = 1

    def __init__(self, bases: dict[str, Path]) -> None:
        self._bases = bases

    def folders(self, name: str) -> list[Path]:
        """See `Cgroups`."""
        return [base / name for base in self._bases.values()]

    def limit(self, folders: list[Path], limits: BoxLimits) -> Path:
        """See `Cgroups`."""
        by_controller = dict(zip(self._bases, folders, strict=True))
        memory_bytes = str(limits.memory_mb * _MIB)
        memory = by_controller["memory"]
        (memory / "memory.limit_in_bytes").write_text(memory_bytes)
        _write_if_there(memory / "memory.memsw.limit_in_bytes", memory_bytes)
        (by_controller["pids"] / "pids.max").write_text(str(limits.process_count + _OWN_PROCESSES))
        if "cpu" in by_controller and limits.cpus is not None:
            _write_if_there(by_controller["cpu"] / "cpu.cfs_period_us", str(_PERIOD_MICROSECONDS))
            _write_if_there(by_controller["cpu"] / "cpu.cfs_quota_us", str(limits.cpus * _PERIOD_MICROSECONDS))
        return memory / "memory.oom_control"


class CgroupsV2(Cgroups):
    """One hierarchy; `base` is a folder whose controllers are there for the folders in it."""

    version = 2

    def __init__(self, base: Path) -> None:
        self._base = base

    def folders(self, name: str) -> list[Path]:
        """See `Cgroups`."""
        return [self._base / name]

    def limit(self, folders: list[Path], limits: BoxLimits) -> Path:
        """See `Cgroups`."""
        [folder] = folders
        (folder / "memory.max").write_text(str(limits.memory_mb * _MIB))
        _write_if_there(folder / "memory.swap.max", "0")
        _write_if_there(folder / "memory.oom.group", "1")
        (folder / "pids.max").write_text(str(limits.process_count + _OWN_PROCESSES))
        if limits.cpus is not None:
            _write_if_there(folder / "cpu.max", f"{limits.cpus * _PERIOD_MICROSECONDS} {_PERIOD_MICROSECONDS}")
        return folder / "memory.events"


def _write_if_there(file: Path, text: str) -> None:
    """For what a kernel may have been built without."""
    if file.exists():
        file.write_text(text)


def find_cgroups(name: str, proc: Path = Path("/proc/self")) -> Cgroups:
    """The cgroups of this machine that the agent may write, tried with a process and a folder that begins with `name`.

    Raises NoCgroups with the reason.
    """
    try:
        own = dict(_own_groups((proc / "cgroup").read_text()))
        mounts = _mounts((proc / "mountinfo").read_text())
        found = _version_1(own, mounts) or _version_2(own, mounts)
        _try(found, f"{name}-probe")
    except OSError as error:
        raise NoCgroups(f"the agent may not make cgroups here ({error.strerror}: {error.filename})") from error
    return found


def _own_groups(text: str) -> Iterable[tuple[str, str]]:
    """Controller and the agent's own cgroup of it; the controller of version 2 is the empty one (cgroups(7))."""
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            yield controller, path


def _mounts(text: str) -> dict[str, tuple[str, Path]]:
    """Per controller the cgroup that is mounted and where (proc_pid_mountinfo(5)); of several mounts the first."""
    found: dict[str, tuple[str, Path]] = {}
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        _, _, _, root, point, *_ = before.split(" ")
        names = {"cgroup": options.split(","), "cgroup2": [""]}.get(kind, [])
        for controller in names:
            found.setdefault(controller, (root, Path(point)))
    return found


def _folder(controller: str, own: dict[str, str], mounts: dict[str, tuple[str, Path]]) -> Path | None:
    if controller not in own or controller not in mounts:
        return None
    root, point = mounts[controller]
    inside = os.path.relpath(own[controller], root)
    return None if inside.startswith("..") else point / inside


def _version_1(own: dict[str, str], mounts: dict[str, tuple[str, Path]]) -> Cgroups | None:
    bases = {name: folder for name in (*_NEEDED, "cpu") if (folder := _folder(name, own, mounts)) is not None}
    return CgroupsV1(bases) if all(name in bases for name in _NEEDED) else None


def _version_2(own: dict[str, str], mounts: dict[str, tuple[str, Path]]) -> Cgroups:
    folder = _folder("", own, mounts)
    if folder is None:
        raise NoCgroups("there are no cgroups here")
    if folder.name == _LEAF:  # this process has stood aside before
        return CgroupsV2(folder.parent)
    alone = (folder / "cgroup.procs").read_text().split() == [str(os.getpid())]
    if alone and os.access(folder / "cgroup.procs", os.W_OK):
        _stand_aside(folder)
        return CgroupsV2(folder)
    if os.geteuid() == 0:
        _, top = mounts[""]
        _pass_on_controllers(top)
        return CgroupsV2(top)
    raise NoCgroups("the agent's own cgroup was not given to it")


def _stand_aside(folder: Path) -> None:
    leaf = folder / _LEAF
    leaf.mkdir(exist_ok=True)
    (leaf / "cgroup.procs").write_text(str(os.getpid()))
    _pass_on_controllers(folder)


def _pass_on_controllers(folder: Path) -> None:
    there = (folder / "cgroup.controllers").read_text().split()
    if missing := [name for name in _NEEDED if name not in there]:
        raise NoCgroups(f"the cgroups here don't keep {' and '.join(missing)}")
    given = (folder / "cgroup.subtree_control").read_text().split()
    for name in (*_NEEDED, "cpu"):
        if name in there and name not in given:
            (folder / "cgroup.subtree_control").write_text(f"+{name}")


def _try(cgroups: Cgroups, name: str) -> None:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd="/") as process:
        group = cgroups.make(name, _PROBE_LIMITS)
        try:
            group.enter(process.pid)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()
            group.remove()
