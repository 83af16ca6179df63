"""Linux's processes by what /proc tells of each.

psutil keeps what it knows of a process, and a process changes its name as a launcher becomes the program. Asked anew
each time, it takes several times as long as this.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from agent.presence.programs import Program, RunningPrograms, names_of, steam_game_of

_A_THREAD_OF_THE_KERNEL = 0x00200000
_PARENT, _FLAGS, _STARTED = 1, 6, 19  # counted from what follows the name: proc_pid_stat(5)
_MOST_STAT_BYTES = 1024
_MOST_COMMAND_BYTES = 16_384
_MOST_ARGUMENTS = 200


class _Life(NamedTuple):
    """By what a process is known to be the same program still: a new one in its place gives it another name."""

    name: bytes
    started: bytes


class ProcTable(RunningPrograms):
    """A line is read of each process at each look, all else once a program."""

    by = "the names of all processes"

    def __init__(self) -> None:
        self._known: dict[int, tuple[_Life, Program]] = {}

    def look(self) -> Sequence[Program]:
        known: dict[int, tuple[_Life, Program]] = {}
        for pid in psutil.pids():
            try:
                life, parent, is_kernels = _stat(_start_of(f"/proc/{pid}/stat", _MOST_STAT_BYTES))
            except (OSError, ValueError, IndexError):
                continue  # it has ended
            if is_kernels:
                continue
            before = self._known.get(pid)
            if before is not None and before[0] == life and before[1].parent == parent:
                known[pid] = before
            else:
                known[pid] = (life, _read(pid, parent, life.name.decode("utf-8", "replace")))
        self._known = known
        return [program for _, program in known.values()]

    def executable_of(self, pid: int) -> str:
        """The name of a process's program; "" where it can't be seen."""
        try:
            life, _, _ = _stat(_start_of(f"/proc/{pid}/stat", _MOST_STAT_BYTES))
        except (OSError, ValueError, IndexError):
            return ""
        return Path(_executable(pid) or life.name.decode("utf-8", "replace")).name


def _stat(line: bytes) -> tuple[_Life, int, bool]:
    """The name stands in brackets and may hold any of them."""
    name, bracket, rest = line.partition(b"(")[2].rpartition(b")")
    if not bracket:
        raise ValueError("no line of stat")
    fields = rest.split()
    return (
        _Life(name, fields[_STARTED]),
        int(fields[_PARENT]),
        bool(int(fields[_FLAGS]) & _A_THREAD_OF_THE_KERNEL),
    )


def _start_of(path: str, most: int) -> bytes:
    """A file's first bytes; Python's own files would take twice as long."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, most)
    finally:
        os.close(file)


def _executable(pid: int) -> str:
    """The file that runs; "" where another user's may not be seen."""
    try:
        return str(Path(f"/proc/{pid}/exe").readlink()).removesuffix(" (deleted)")
    except OSError:
        return ""


def _read(pid: int, parent: int, own_name: str) -> Program:
    try:
        command = _start_of(f"/proc/{pid}/cmdline", _MOST_COMMAND_BYTES)
    except OSError:
        command = b""
    arguments = [one.decode("utf-8", "replace") for one in command.split(b"\0")[:_MOST_ARGUMENTS]]
    executable = _executable(pid) or arguments[0]
    return Program(pid, parent, names_of(executable, own_name, arguments), steam_game_of(executable, arguments))
