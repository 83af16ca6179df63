"""Which programs run, by the names that their owner knows, and which of them is a game of Steam's."""

import contextlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import psutil

_MOST_ARGUMENTS = 200
_INTERPRETERS = re.compile(r"(python|pypy|perl|ruby|node|java|mono|lua|bash|dash|zsh|fish|sh)[0-9.]*w?")
_NO_SCRIPT_FOLLOWS = ("-c", "-e", "-m")
_GAME_FOLDER = re.compile(r"steamapps[/\\]+common[/\\]+([^/\\]+)[/\\]", re.IGNORECASE)
_STEAMS_OWN = ("proton", "steamlinuxruntime", "steamworks")


class Program(NamedTuple):
    """A process: `names` as they are compared (`as_named`), and the game of Steam's that it is of, if any."""

    pid: int
    parent: int
    names: frozenset[str]
    steam_game: str | None


class Found(NamedTuple):
    """Which of the programs that were asked for run, as they were asked for; and one game of Steam's, "" for none. None
    where it was not looked at."""

    programs: frozenset[str] | None
    steam_game: str | None


class RunningPrograms(ABC):
    """All processes of the machine that may be seen."""

    by: str

    @abstractmethod
    def look(self) -> Sequence[Program]:
        """Those that run now (blocking)."""


class PsutilPrograms(RunningPrograms):
    """As psutil tells of them, on any system. What a process is called is read once."""

    by = "the names of all processes"

    def __init__(self) -> None:
        self._known: dict[tuple[int, float], Program] = {}

    def look(self) -> Sequence[Program]:
        known: dict[tuple[int, float], Program] = {}
        for pid in psutil.pids():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                key = (pid, process.create_time())  # numbers are used again
                known[key] = self._known.get(key) or _read(process)
        self._known = known
        return list(known.values())


def _read(process: psutil.Process) -> Program:
    with process.oneshot():
        executable, arguments = process.name(), [process.name()]
        with contextlib.suppress(psutil.AccessDenied):
            executable = process.exe() or executable
        with contextlib.suppress(psutil.AccessDenied):
            arguments = process.cmdline()[:_MOST_ARGUMENTS] or arguments
        return Program(
            process.pid,
            process.ppid(),
            names_of(executable, process.name(), arguments),
            steam_game_of(executable, arguments),
        )


def as_named(name: str) -> str:
    """A program's name as it is compared: its file's, without `.exe`, in small letters."""
    return re.split(r"[/\\]", name.strip())[-1].casefold().removesuffix(".exe")


def names_of(executable: str, own_name: str, arguments: Sequence[str]) -> frozenset[str]:
    """What a process may be called: its file; the name that it has with the kernel; what it was started as (a program
    for Windows is started by Wine, whose file is another); and the script that an interpreter runs."""
    names = {as_named(executable), as_named(own_name)}
    if arguments:
        names.add(as_named(arguments[0]))
    if _INTERPRETERS.fullmatch(as_named(executable)) and (script := _script(arguments[1:])):
        names.add(as_named(script))
    return frozenset(names - {""})


def _script(arguments: Sequence[str]) -> str | None:
    for argument in arguments:
        if argument in _NO_SCRIPT_FOLLOWS:
            return None
        if not argument.startswith("-"):
            return argument
    return None


def steam_game_of(executable: str, arguments: Sequence[str]) -> str | None:
    """The game, by the name of its folder in Steam's library, of a process that lies there or that was started there;
    or of Steam's `reaper`, which lives as long as the game that it was told to start, and knows some by number only."""
    if as_named(executable) == "reaper" and list(arguments[1:2]) == ["SteamLaunch"]:
        games = [game for argument in arguments if (game := _in_library(argument)) is not None]
        numbers = [argument for argument in arguments if argument.startswith("AppId=")]
        return games[-1] if games else f"Steam {numbers[0]}" if numbers else "a game of Steam's"
    return _in_library(executable) or (_in_library(arguments[0]) if arguments else None)


def _in_library(path: str) -> str | None:
    folder = _GAME_FOLDER.search(path)
    if folder is None or folder[1].casefold().startswith(_STEAMS_OWN):
        return None
    return folder[1]


def find_programs(running: Iterable[Program], wanted: frozenset[str], *, steam_games: bool, own_pid: int) -> Found:
    """Which of `wanted` run, and a game if it is asked for; `own_pid` and what descends from it is left out."""
    running = list(running)
    parents = {program.pid: program.parent for program in running}
    asked: dict[str, set[str]] = {}
    for name in wanted:
        asked.setdefault(as_named(name), set()).add(name)
    found: set[str] = set()
    game = ""
    for program in running:
        called = program.names & asked.keys()
        is_game = steam_games and not game and program.steam_game is not None
        if (called or is_game) and not _descends(program.pid, own_pid, parents):
            found.update(*(asked[name] for name in called))
            game = program.steam_game or "" if is_game else game
    return Found(frozenset(found), game if steam_games else None)


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    seen: set[int] = set()
    while pid != ancestor and pid in parents and pid not in seen:
        seen.add(pid)
        pid = parents[pid]
    return pid == ancestor
