"""check.py's list, arguments and verdict."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from build_scripts import checks
from tests.build_scripts.checkout import PROJECT


def test_the_summary_names_what_failed() -> None:
    text = checks.summary([checks.Outcome("ruff", True, 0.12), checks.Outcome("mypy", False, 3.4)])

    assert text == "ok     ruff        0.1 s\nFAILED mypy        3.4 s\nFailed: mypy"


def test_the_summary_of_checks_that_hold_says_so() -> None:
    assert checks.summary([checks.Outcome("ruff", True, 1)]).splitlines()[-1] == "All checks hold."


def test_the_short_form_leaves_out_only_the_tests_marked_full() -> None:
    full = checks.checks(full=True)[-1].command
    assert checks.checks(full=False)[-1].command == (*full, "-m", "not full")
    assert "-m" not in full


def test_an_unknown_check_is_refused_before_anything_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.run_checks(str(tmp_path), ["ruff", "spelling"]) == checks.EXIT_ARGUMENTS

    said = capsys.readouterr().err
    assert "spelling" in said
    assert "ruff format mypy imports pytest" in said


def test_all_checks_run_and_one_that_fails_decides(tmp_path: Path) -> None:
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name, ending in (("ruff", 0), ("mypy", 1), ("lint-imports", 0), ("pytest", 0)):
        program = folder / name
        program.write_text(f"#!/bin/sh\nexit {ending}\n")
        program.chmod(0o755)

    code = (
        "from build_scripts import checks, stamp; stamp.is_ready = lambda *_: True;"
        f" raise SystemExit(checks.run_checks({str(tmp_path)!r}, []))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert [line.split()[:2] for line in ended.stdout.splitlines()[-6:-1]] == [
        ["ok", "ruff"],
        ["ok", "format"],
        ["FAILED", "mypy"],
        ["ok", "imports"],
        ["ok", "pytest"],
    ]


def test_ci_runs_just_what_a_developer_runs() -> None:
    lines = (PROJECT / ".ci" / "run").read_text(encoding="utf-8").splitlines()

    assert lines[-1] == "exec python3 build_scripts/check.py"
