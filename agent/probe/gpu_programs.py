"""Which programs of others use a GPU: by name, with the memory they hold there. This node's units are left out."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import psutil

from core.printable import printable

_MIB = 1 << 20
_NAME_CHARACTERS = 100
# What puts a desktop on the screen is there all day, whatever it holds. How much of others is too much, rules say.
_DESKTOPS = frozenset({"Xorg", "Xwayland", "gnome-shell", "kwin_x11", "kwin_wayland", "dwm.exe"})
UNKNOWN_PROGRAM = "a program of another user"


class GpuProgram(msgspec.Struct, frozen=True):
    """One program as the driver tells of it. `memory_mb` (MiB) is None where it doesn't; `draws_only`: it draws, and
    computes nothing."""

    pid: int
    memory_mb: int | None
    draws_only: bool


def programs_of(computing: Iterable[Any], drawing: Iterable[Any]) -> list[GpuProgram]:
    """NVML's two lists as one; a program that does both stands in both."""
    found = {told.pid: _program(told, draws_only=True) for told in drawing}
    found |= {told.pid: _program(told, draws_only=False) for told in computing}
    return list(found.values())


def others_on_gpu(
    programs: Iterable[GpuProgram], own_pid: int, find: Callable[[int], psutil.Process] = psutil.Process
) -> dict[str, int | None]:
    """Programs by name with MiB each (None: at least one of that name doesn't tell). What this process started, such as
    its units, is left out, and so is what puts a desktop on the screen."""
    others: dict[str, int | None] = {}
    for program in programs:
        name = _name_of_other(program.pid, own_pid, find)
        if name is None or (program.draws_only and name in _DESKTOPS):
            continue
        before = others.get(name, 0)
        others[name] = None if before is None or program.memory_mb is None else before + program.memory_mb
    return others


def _program(told: Any, *, draws_only: bool) -> GpuProgram:
    memory = told.usedGpuMemory
    return GpuProgram(int(told.pid), None if memory is None else int(memory) // _MIB, draws_only)


def _name_of_other(pid: int, own_pid: int, find: Callable[[int], psutil.Process]) -> str | None:
    """None: it is ours, or has ended."""
    try:
        process = find(pid)
        if pid == own_pid or any(parent.pid == own_pid for parent in process.parents()):
            return None
        return printable(process.name())[:_NAME_CHARACTERS] or UNKNOWN_PROGRAM
    except psutil.NoSuchProcess:  # also where /proc hides what belongs to others
        return UNKNOWN_PROGRAM if psutil.pid_exists(pid) else None
    except psutil.AccessDenied:
        return UNKNOWN_PROGRAM
