"""Which Pythons are found, whatever stands in front of them on PATH."""

import sys
import venv
from pathlib import Path

import msgspec
import pytest

from agent.interpreters import Interpreter, ask_interpreter, find_interpreters


def script(file: Path, text: str) -> None:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_the_base_of_this_python_is_found_even_with_an_empty_path() -> None:
    found = find_interpreters({"PATH": ""})
    assert [Path(interpreter.prefix) for interpreter in found] == [Path(sys.base_prefix).resolve()]
    assert found[0].minor == sys.version_info.minor


def test_a_virtual_environments_python_is_answered_by_its_base(tmp_path: Path) -> None:
    venv.create(tmp_path / "environment", with_pip=False)
    inside = ask_interpreter(str(tmp_path / "environment" / "bin" / "python3"))
    assert inside == find_interpreters({"PATH": ""})[0]
    assert not Path(inside.executable).is_relative_to(tmp_path)


def test_candidates_that_do_not_run_or_are_no_python_are_left_out(tmp_path: Path) -> None:
    script(tmp_path / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    script(tmp_path / "python3.12", "echo hello")
    script(tmp_path / "python3.14", "echo '{\"version\": 3}'")
    (tmp_path / "python3.11").write_text("not executable")
    (tmp_path / "python3").mkdir()
    assert find_interpreters({"PATH": str(tmp_path)}) == find_interpreters({"PATH": ""})
    assert ask_interpreter(str(tmp_path / "missing")) is None


@pytest.mark.parametrize(
    ("version", "implementation", "final", "usable"),
    [
        ("3.12.1", "cpython", True, True),
        ("3.10.9", "cpython", True, False),
        ("3.15.0", "cpython", True, False),
        ("3.14.0", "cpython", False, False),
        ("3.11.4", "pypy", True, False),
    ],
)
def test_only_final_cpythons_of_3_11_to_3_14_count(
    tmp_path: Path, version: str, implementation: str, final: bool, usable: bool
) -> None:
    answer = {
        "version": version,
        "implementation": implementation,
        "final": final,
        "executable": "/opt/x/bin/python3",
        "prefix": "/opt/x",
        "shared": False,
    }
    script(tmp_path / "python3", f"echo '{msgspec.json.encode(answer).decode()}'")
    expected = Interpreter(version, "/opt/x/bin/python3", "/opt/x", False) if usable else None
    assert ask_interpreter(str(tmp_path / "python3")) == expected


def test_newest_comes_first_and_among_equals_the_systems_own(tmp_path: Path) -> None:
    for number, (version, prefix) in enumerate(
        [("3.11.9", "/usr"), ("3.14.1", "/home/a"), ("3.14.0", "/usr"), ("3.14.2", "/home/b"), ("3.14.0", "/usr")]
    ):
        answer = {
            "version": version,
            "implementation": "cpython",
            "final": True,
            "executable": f"{prefix}/bin/python-{version}",
            "prefix": prefix,
            "shared": False,
        }
        folder = tmp_path / str(number)
        folder.mkdir()
        script(folder / "python3", f"echo '{msgspec.json.encode(answer).decode()}'")
    found = find_interpreters({"PATH": ":".join(str(tmp_path / str(number)) for number in range(5))})
    ours = [
        (interpreter.version, interpreter.prefix) for interpreter in found if "/bin/python-" in interpreter.executable
    ]
    assert ours == [("3.14.0", "/usr"), ("3.14.2", "/home/b"), ("3.14.1", "/home/a"), ("3.11.9", "/usr")]
