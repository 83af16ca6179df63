"""Looks five times a second at what a unit uses, where no cgroup keeps the limit.

Measuring is one class a kind of box (`BoxProcesses`, `SessionProcesses`); judging is one function.
"""

import os
import re
import shutil
from abc import ABC, abstractmethod
from pathlib import Path

import msgspec
import psutil

from agent.sandbox.base import BoxLimits, StopReason
from agent.sandbox.cgroups import UnitCgroup
from agent.sandbox.disk_images import DiskImage
from agent.sandbox.outputs import measure_folder

LOOK_SECONDS = 0.2
_MIB = 1024 * 1024
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_INODE_BYTES = 1024  # of kernel memory: 1.5 million empty files took 1.5 GB of slab
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_ROLLUP_LINE = re.compile(rb"^(Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB", re.MULTILINE)


class MachineFloor(msgspec.Struct, frozen=True):
    """What must stay free on the owner's machine, whatever a unit's own limits allow."""

    memory_mb: int = 256
    disk_mb: int = 512


class Breach(msgspec.Struct, frozen=True):
    """Why the node ends a unit: a limit that was passed, in the units of `base.BoxExit`, or a wish without numbers."""

    reason: StopReason
    measured: float | None
    limit: float | None
    message: str


class MemoryFiles(msgspec.Struct, frozen=True):
    """What files in memory (tmpfs) take."""

    data_bytes: int
    kernel_bytes: int


class Processes(ABC):
    """The processes of one unit."""

    @abstractmethod
    def folders(self) -> list[tuple[int, str]]:
        """For each process an open folder and the prefix there under which its `statm` and `smaps_rollup` lie."""

    @abstractmethod
    def files_in_memory(self) -> MemoryFiles:
        """The unit's own tmpfs."""

    def close(self) -> None:
        """Let go of what looking needs."""
        return

    def resident_bytes(self) -> int:
        """Resident memory, counting what processes share once for each: never less than they use."""
        return sum(self._read_statm(folder, prefix) for folder, prefix in self.folders())

    def proportional_bytes(self) -> tuple[int, int]:
        """Memory of their own (with swap), and shared memory, each page counted once. Files' pages are not counted:
        the kernel takes those back when it must, so a large memory-mapped dataset is no breach."""
        private = shared = 0
        for folder, prefix in self.folders():
            for name, kilobytes in _ROLLUP_LINE.findall(_read(folder, f"{prefix}smaps_rollup")):
                if name == b"Pss_Shmem":
                    shared += int(kilobytes) * 1024
                else:
                    private += int(kilobytes) * 1024
        return private, shared

    def _read_statm(self, folder: int, prefix: str) -> int:
        fields = _read(folder, f"{prefix}statm").split()
        return int(fields[1]) * _PAGE_BYTES if len(fields) > 1 else 0

    def memory_bytes(self, limit_bytes: int) -> int:
        """What the unit uses; exact only above the limit, where it is worth the price."""
        files = self.files_in_memory()
        at_most = self.resident_bytes() + files.data_bytes + files.kernel_bytes
        if at_most <= limit_bytes:
            return at_most
        private, shared = self.proportional_bytes()
        # Shared pages are mostly mappings of files in /dev/shm; adding both would count those twice.
        return private + max(shared, files.data_bytes) + files.kernel_bytes


class BoxProcesses(Processes):
    """Those of a confined box, seen through its own /proc, which lists nothing else."""

    def __init__(self, init_pid: int) -> None:
        self._proc = os.open(f"/proc/{init_pid}/root/proc", _FOLDER_FLAGS)
        self._memory_folders = [os.open(f"/proc/{init_pid}/root/{name}", _FOLDER_FLAGS) for name in ("tmp", "dev/shm")]

    def folders(self) -> list[tuple[int, str]]:
        """See `Processes`. Once the box is gone, its /proc is empty."""
        return [(self._proc, f"{name}/") for name in _process_names(self._proc)]

    def files_in_memory(self) -> MemoryFiles:
        """What /tmp and /dev/shm hold."""
        data_bytes = inodes = 0
        for folder in self._memory_folders:
            facts = os.statvfs(folder)
            data_bytes += (facts.f_blocks - facts.f_bfree) * facts.f_frsize
            inodes += facts.f_files - facts.f_ffree
        return MemoryFiles(data_bytes, inodes * _INODE_BYTES)

    def close(self) -> None:
        """Close the folders."""
        for fd in (self._proc, *self._memory_folders):
            os.close(fd)


class SessionProcesses(Processes):
    """Those of a session (setsid) on the machine itself."""

    def __init__(self, session_id: int) -> None:
        self._session_id = session_id
        self._proc = os.open("/proc", _FOLDER_FLAGS)

    def folders(self) -> list[tuple[int, str]]:
        """See `Processes`."""
        return [
            (self._proc, f"{name}/")
            for name in _process_names(self._proc)
            if _session_of(_read(self._proc, f"{name}/stat")) == self._session_id
        ]

    def files_in_memory(self) -> MemoryFiles:
        """None that could be told from the owner's."""
        return MemoryFiles(0, 0)

    def close(self) -> None:
        """Close the folder."""
        os.close(self._proc)


def _process_names(proc: int) -> list[str]:
    try:
        with os.scandir(proc) as entries:
            return [entry.name for entry in entries if entry.name.isdigit()]
    except OSError:  # the box's, after its end
        return []


def _session_of(stat: bytes) -> int | None:
    # "pid (name) state ppid pgrp session …", where the name may hold anything, parentheses too.
    fields = stat.rpartition(b")")[2].split()
    return int(fields[3]) if len(fields) > 3 else None


def _read(folder: int, name: str) -> bytes:
    """A small file of /proc; empty when its process is gone."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return b""
    try:
        return os.read(fd, 65536)
    except OSError:
        return b""
    finally:
        os.close(fd)


class Watch(msgspec.Struct, frozen=True):
    """One unit under watch: its processes, the folders it may write to, what it may use, its cgroup and its
    disk's image if any."""

    processes: Processes
    folders: list[str]
    limits: BoxLimits
    floor: MachineFloor
    cgroup: UnitCgroup | None = None
    image: DiskImage | None = None

    def look(self) -> Breach | None:
        """Measure once (blocking: 0.3 ms and some microseconds a file) and judge."""
        return self.killed_for_memory() or self._memory() or self._disk() or self.look_at_machine()

    def killed_for_memory(self) -> Breach | None:
        """Whether the kernel has judged already: it is faster than any look, but may end one process of many."""
        if self.cgroup is None or not self.cgroup.killed_for_memory():
            return None
        limit_mb = self.limits.memory_mb
        words = f"more than {limit_mb:,} MiB of memory, {limit_mb:,} allowed"
        return Breach(StopReason.MEMORY, limit_mb, limit_mb, words)

    def ended_by_kernel(self) -> Breach | None:
        """Which limit the unit met that the kernel keeps, looked at when all has ended: no look may have seen it."""
        return self.killed_for_memory() or self._filled_image()

    def _filled_image(self) -> Breach | None:
        if self.image is None:
            return None
        if self.image.is_past_bytes():
            limit_mb = self.limits.disk_mb
            return Breach(
                StopReason.DISK, limit_mb, limit_mb, f"more than {limit_mb:,} MiB of disk, {limit_mb:,} allowed"
            )
        return self._too_many_files(self.limits.output_files) if self.image.is_past_files() else None

    def _too_many_files(self, names: int) -> Breach:
        limit = self.limits.output_files
        return Breach(StopReason.FILES, names, limit, f"more than {limit:,} files and folders")

    def _memory(self) -> Breach | None:
        limit_mb = self.limits.memory_mb
        used_mb = self.processes.memory_bytes(limit_mb * _MIB) / _MIB
        if used_mb <= limit_mb:
            return None
        return Breach(StopReason.MEMORY, used_mb, limit_mb, f"{used_mb:,.0f} MiB of memory, {limit_mb:,} allowed")

    def _disk(self) -> Breach | None:
        disk_bytes = self.processes.files_in_memory().data_bytes
        names = 0
        for folder in self.folders:
            size = measure_folder(Path(folder), self.limits.output_files)
            disk_bytes += size.disk_bytes
            names += size.names
            if size.is_closed:  # what it holds can't be counted, and may grow without end
                limit = self.limits.output_files
                return Breach(StopReason.FILES, limit, limit, "it closed a folder of its outputs to the node")
        if names > self.limits.output_files:
            return self._too_many_files(names)
        used_mb = disk_bytes / _MIB
        if used_mb > self.limits.disk_mb:
            words = f"{used_mb:,.0f} MiB of disk, {self.limits.disk_mb:,} allowed"
            return Breach(StopReason.DISK, used_mb, self.limits.disk_mb, words)
        return None

    def look_at_machine(self) -> Breach | None:
        """Whether the machine itself is short of memory or disk, whoever uses it (blocking)."""
        free_memory_mb = psutil.virtual_memory().available / _MIB
        if free_memory_mb < self.floor.memory_mb:
            words = f"the machine has {free_memory_mb:,.0f} MiB of memory left, {self.floor.memory_mb:,} must stay free"
            return Breach(StopReason.MACHINE, free_memory_mb, self.floor.memory_mb, words)
        free_disk_mb = self._free_disk_bytes() / _MIB
        if free_disk_mb < self.floor.disk_mb:
            words = f"the disk has {free_disk_mb:,.0f} MiB left, {self.floor.disk_mb:,} must stay free"
            return Breach(StopReason.MACHINE, free_disk_mb, self.floor.disk_mb, words)
        return None

    def _free_disk_bytes(self) -> int:
        if self.image is None:
            return min(shutil.disk_usage(folder).free for folder in self.folders)
        return shutil.disk_usage(self.image.file).free - self.image.unwritten_bytes()
