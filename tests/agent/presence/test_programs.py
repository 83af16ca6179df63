"""Which programs are found by which names, those of real processes among them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.presence.programs import (
    Program,
    PsutilPrograms,
    RunningPrograms,
    as_named,
    find_programs,
    names_of,
    steam_game_of,
)

LIBRARY = "/home/u/.local/share/Steam/steamapps/common"
NOBODY = -1


@contextmanager
def running(*command: str) -> Iterator[int]:
    """A process that has become its program, and waits until its input ends."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(b"line\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"line\n"
        yield process.pid
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def tables() -> list[RunningPrograms]:
    made: list[RunningPrograms] = [PsutilPrograms()]
    if sys.platform == "linux":
        from agent.presence.proc_table import ProcTable

        made.append(ProcTable())
    return made


def found(table: RunningPrograms, *wanted: str, own_pid: int = NOBODY) -> set[str]:
    return set(find_programs(table.look(), frozenset(wanted), steam_games=False, own_pid=own_pid).programs or ())


@pytest.fixture(scope="module")
def cat() -> str:
    path = shutil.which("cat")
    assert path is not None
    return path


@pytest.mark.parametrize("table", tables(), ids=lambda table: type(table).__name__)
def test_a_program_is_found_while_it_runs_by_its_files_name_in_any_case_and_with_exe(
    table: RunningPrograms, tmp_path: Path, cat: str
) -> None:
    game = shutil.copy(cat, tmp_path / "Odd ) (name")
    wanted = ("odd ) (NAME", "Odd ) (name.exe", "other")
    assert found(table, *wanted) == set()
    with running(str(game)):
        assert found(table, *wanted) == {"odd ) (NAME", "Odd ) (name.exe"}
        assert found(table, *wanted) == {"odd ) (NAME", "Odd ) (name.exe"}, "the second look is from memory"
    assert found(table, *wanted) == set()


@pytest.mark.parametrize("table", tables(), ids=lambda table: type(table).__name__)
def test_what_this_node_started_is_nobodys_program(table: RunningPrograms, tmp_path: Path, cat: str) -> None:
    unit = shutil.copy(cat, tmp_path / "a-units-blender")
    with running("/bin/sh", "-c", f"'{unit}'; exit $?"):
        assert found(table, "a-units-blender") == {"a-units-blender"}
        assert found(table, "a-units-blender", own_pid=os.getpid()) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_launcher_that_becomes_the_program_is_seen_as_what_it_became(tmp_path: Path, cat: str) -> None:
    from agent.presence.proc_table import ProcTable

    table = ProcTable()
    game = shutil.copy(cat, tmp_path / "became")
    launcher = subprocess.Popen(
        ["/bin/sh", "-c", f"read line; exec '{game}'"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert launcher.stdin is not None and launcher.stdout is not None
    try:
        assert found(table, "became") == set()
        launcher.stdin.write(b"go\nline\n")
        launcher.stdin.flush()
        assert launcher.stdout.readline()
        assert found(table, "became") == {"became"}
    finally:
        launcher.stdin.close()
        launcher.wait()
        launcher.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_script_is_found_by_its_own_name_and_a_program_that_was_deleted_by_the_one_it_had(
    tmp_path: Path, cat: str
) -> None:
    from agent.presence.proc_table import ProcTable

    script = tmp_path / "my-stream"
    script.write_text("import sys\nfor line in sys.stdin:\n    print(line, end='', flush=True)\n")
    gone = Path(shutil.copy(cat, tmp_path / "gone"))
    with running(sys.executable, "-u", str(script)), running(str(gone)):
        gone.unlink()
        assert found(ProcTable(), "my-stream", "gone") == {"my-stream", "gone"}


def test_names_are_compared_without_folder_exe_and_case() -> None:
    assert as_named(r"Z:\Games\Foo.EXE") == "foo"
    assert as_named("/usr/bin/OBS") == "obs"
    assert as_named("node.exe.exe") == "node.exe"


@pytest.mark.parametrize(
    ("executable", "own_name", "arguments", "names"),
    [
        ("/usr/bin/wine64-preloader", "game.exe", [r"C:\Games\Game.exe"], {"wine64-preloader", "game"}),
        (
            "/usr/bin/python3.11",
            "lutris",
            ["/usr/bin/python3", "/usr/games/lutris"],
            {"python3.11", "lutris", "python3"},
        ),
        ("/usr/bin/java", "java", ["java", "-Xmx1g", "-jar", "/opt/Craft.jar"], {"java", "craft.jar"}),
        ("/usr/bin/python3", "python3", ["python3", "-c", "blender"], {"python3"}),
        ("/usr/bin/vi", "vi", ["vi", "/usr/bin/blender"], {"vi"}),
        ("", "", [], set()),
    ],
)
def test_a_process_is_called_what_its_owner_calls_it(
    executable: str, own_name: str, arguments: list[str], names: set[str]
) -> None:
    assert names_of(executable, own_name, arguments) == names


@pytest.mark.parametrize(
    ("executable", "arguments", "game"),
    [
        (f"{LIBRARY}/Dota 2/bin/dota2", ["dota2"], "Dota 2"),
        (f"{LIBRARY}/Proton 9.0/files/bin/wineserver", ["wineserver"], None),
        (f"{LIBRARY}/Proton 9.0/files/bin/wine64", [r"S:\steamapps\common\Hades\Hades.exe"], "Hades"),
        (
            "/home/u/.local/share/Steam/ubuntu12_32/reaper",
            [
                "reaper",
                "SteamLaunch",
                "AppId=1",
                "--",
                f"{LIBRARY}/SteamLinuxRuntime_sniper/run",
                f"{LIBRARY}/Hades/Hades",
            ],
            "Hades",
        ),
        ("/x/reaper", ["reaper", "SteamLaunch", "AppId=999", "--", "/opt/mine"], "Steam AppId=999"),
        ("/usr/bin/reaper", ["reaper", "project.rpp"], None),
        ("/usr/bin/du", ["du", f"{LIBRARY}/Hades/Hades"], None),
        ("/home/u/.local/share/Steam/ubuntu12_32/steam", ["steam"], None),
    ],
)
def test_a_game_of_steams_is_told_from_its_tools(executable: str, arguments: list[str], game: str | None) -> None:
    assert steam_game_of(executable, arguments) == game


def test_a_real_process_in_steams_library_is_a_game_where_it_is_asked_for(tmp_path: Path, cat: str) -> None:
    folder = tmp_path / "SteamApps" / "common" / "Portal"
    folder.mkdir(parents=True)
    game = shutil.copy(cat, folder / "hl2")
    for table in tables():
        with running(str(game)) as pid:
            seen = [program for program in table.look() if program.pid in (pid, os.getpid())]
            assert find_programs(seen, frozenset(), steam_games=True, own_pid=NOBODY).steam_game == "Portal"
            assert find_programs(seen, frozenset(), steam_games=False, own_pid=NOBODY).steam_game is None
            assert find_programs(seen, frozenset(), steam_games=True, own_pid=os.getpid()).steam_game == ""


def test_parents_that_go_round_end_the_search() -> None:
    round_about = [Program(1, 2, frozenset({"a"}), None), Program(2, 1, frozenset({"b"}), None)]
    assert find_programs(round_about, frozenset({"a"}), steam_games=False, own_pid=3).programs == frozenset("a")
