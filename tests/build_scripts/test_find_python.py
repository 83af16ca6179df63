"""Which Python starts the project: any on PATH that works, none that only looks like one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from build_scripts import find_python

HERE = sys.version_info[:2]


def put(folder: Path, name: str, text: str) -> str:
    """An executable shell script on a PATH of its own."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(folder)


def test_the_running_python_is_supported() -> None:
    assert find_python.is_supported((HERE[0], HERE[1]), sys.implementation.name)


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 15)])
def test_other_versions_and_other_implementations_are_not_supported(version: tuple[int, int]) -> None:
    assert not find_python.is_supported(version, "cpython")
    assert not find_python.is_supported((3, 12), "pypy")


def test_a_shim_that_exists_but_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = put(tmp_path / "shims", "python3.14", "echo 'python3.14: command not found' >&2; exit 127")
    working = put(tmp_path / "bin", "python3", f'exec "{sys.executable}" "$@"')

    assert find_python.find(os.pathsep.join([broken, working])) == (sys.executable, HERE)


def test_what_answers_with_an_old_version_or_with_nonsense_is_passed_over(tmp_path: Path) -> None:
    old = put(tmp_path / "old", "python3.13", "printf '/usr/bin/python3\\n3\\n9\\ncpython\\n'")
    nonsense = put(tmp_path / "nonsense", "python3.12", "echo hello")
    not_a_program = tmp_path / "text"
    not_a_program.mkdir()
    (not_a_program / "python3.11").write_text("not a program")
    (not_a_program / "python3.11").chmod(0o755)

    assert find_python.find(os.pathsep.join([old, nonsense, str(not_a_program), "/nonexistent", ""])) is None


def test_the_newest_version_on_the_path_comes_first(tmp_path: Path) -> None:
    first = put(tmp_path / "a", "python3.11", "exit 1")
    second = put(tmp_path / "b", "python3.13", "exit 1")

    names = [Path(candidate).name for candidate in find_python.candidates(os.pathsep.join([first, second]))]

    assert names == ["python3.13", "python3.11"]


def test_without_a_python_that_works_the_words_say_which_is_needed(tmp_path: Path) -> None:
    code = (
        "import sys; sys.version_info = (3, 9, 1);"
        " from build_scripts.find_python import start_again_if_unsupported as start; start('run.py')"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
        cwd=Path(find_python.__file__).parents[1],
        check=False,
    )

    assert ended.returncode == 3
    assert "3.11, 3.12, 3.13 or 3.14" in ended.stderr
    assert "Python 3.9" in ended.stderr


def test_an_unsupported_python_hands_over_to_one_on_the_path_with_all_arguments(tmp_path: Path) -> None:
    path = put(tmp_path / "bin", "python3", f'exec "{sys.executable}" "$@"')
    script = tmp_path / "script.py"
    script.write_text("import sys; print(sys.argv[1:])")
    code = (
        "import sys; sys.version_info = (3, 9, 1); from build_scripts.find_python import start_again_if_unsupported;"
        f" start_again_if_unsupported({str(script)!r})"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code, "demo", "--json"],
        capture_output=True,
        text=True,
        env={"PATH": path},
        cwd=Path(find_python.__file__).parents[1],
        check=False,
    )

    assert ended.stdout == "['demo', '--json']\n"
