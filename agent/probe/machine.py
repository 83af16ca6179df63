"""Processors, memory and disk as the system tells of them."""

import os
import platform
from pathlib import Path

import msgspec
import psutil

_MIB = 1 << 20
_CPU_LOOK_SECONDS = 0.1


class MachineFacts(msgspec.Struct, frozen=True):
    """`_mb` is MiB. `cpus` are those this process may use; `disk_*` is the file system of the workspace."""

    cpus: int
    memory_total_mb: int
    memory_available_mb: int
    memory_used_mb: int
    disk_total_mb: int
    disk_free_mb: int
    cpu_percent: float
    os: str
    arch: str


def look_at_machine(workspace_root: Path) -> MachineFacts:
    """Ask the system (blocking, a tenth of a second, for which `cpu_percent` is measured).

    psutil remembers its last look for each thread by itself, and these calls come from any thread of a pool.
    """
    memory = psutil.virtual_memory()
    disk = psutil.disk_usage(str(workspace_root))
    return MachineFacts(
        cpus=_usable_cpus(),
        memory_total_mb=memory.total // _MIB,
        memory_available_mb=memory.available // _MIB,
        memory_used_mb=memory.used // _MIB,
        disk_total_mb=disk.total // _MIB,
        disk_free_mb=disk.free // _MIB,
        cpu_percent=psutil.cpu_percent(interval=_CPU_LOOK_SECONDS),
        os=platform.system().lower(),
        arch=platform.machine().lower(),
    )


def _usable_cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
