"""The one output door: what lands on which stream, what exit codes mean, and that a stranger's text stays text."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.console import Console, ExitCode, Mode, printable
from core.console.words import seconds_in_words, size_in_words

PROGRAM = """
import typer
from core.console import *
from core.console.ending import run
from core.errors import ApiError, ErrorCode, ErrorDetail, validation_failed
class Lost(Exception):
    hint = "connect again"
app = typer.Typer(add_completion=False)
@app.command()
def act(what: str, number: int = 0, as_json: JsonOption = False, quiet: QuietOption = False, yes: YesOption = False):
    console = Console.choose(as_json, quiet)
    console.info("going on \\x1b[31m")
    with console.progress("Sending", 10) as line:
        line.advance(10)
    match what:
        case "refused": raise ApiError(ErrorCode.JOB_NOT_FOUND, request_id="r-1")
        case "key": raise ApiError(ErrorCode.API_KEY_INVALID)
        case "fields": raise validation_failed(name="is empty")
        case "lost": raise Lost("line is dead")
        case "environment": raise CommandError("no disk", hint="buy one", exit_code=ExitCode.ENVIRONMENT)
        case "bug": raise RuntimeError("oops")
        case "stop": raise KeyboardInterrupt
        case "ask": console.confirm("Sure?", yes=yes)
    console.result([{"id": "a\\u202eb", "n": 1}, {"id": "c", "n": None}], human=table(["id"], [["[red]a\\x1b[0m"]]))
@app.command()
def other(): pass
run(app, meanings=lambda: {Lost: ExitCode.CONNECTION})
"""


def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (["refused"], 1, "List your jobs"),
        (["key"], 2, "Copy the key"),
        (["lost"], 2, "connect again"),
        (["environment"], 3, "buy one"),
        (["fields"], 4, "Mend each field"),
        (["fine", "--nope"], 4, "--help"),
        (["fine", "--number", "x"], 4, "--help"),
        (["ask"], 4, "-y"),
        (["bug"], 5, "Report this"),
        (["stop"], 130, "Say the command again"),
    ],
)
def test_every_failure_has_its_exit_code_its_words_and_the_next_command(
    arguments: list[str], code: int, hint: str
) -> None:
    done = call("act", *arguments, "--json")
    assert done.returncode == code
    [only] = done.stdout.splitlines()
    error = json.loads(only)["error"]
    assert hint in error["hint"] and error["message"] and error["code"]
    assert "error: " in done.stderr and f"hint: {error['hint']}" in done.stderr


def test_json_leaves_nothing_but_one_object_on_stdout() -> None:
    done = call("act", "fine", "--json")
    assert json.loads(done.stdout) == {"data": [{"id": "a\u202eb", "n": 1}, {"id": "c", "n": None}]}
    assert done.stdout.isascii() and done.stdout.count("\n") == 1
    assert "going on \\x1b[31m" in done.stderr


def test_quiet_prints_ids_alone() -> None:
    done = call("act", "fine", "--quiet")
    assert (done.stdout, done.stderr) == ("a\\u202eb\nc\n", "")


def test_people_get_escaped_text_and_no_markup() -> None:
    done = call("act", "fine")
    assert "[red]a\\x1b[0m" in done.stdout and "\x1b" not in done.stdout + done.stderr


def test_yes_is_taken_for_an_answer() -> None:
    assert call("act", "ask", "-y", "--json").returncode == 0


def test_a_bug_shows_its_traceback_on_stderr_alone() -> None:
    done = call("act", "bug", "--json")
    assert "Traceback" in done.stderr and "oops" in done.stderr and "Traceback" not in done.stdout


def test_no_subcommand_is_an_argument_missing() -> None:
    done = call()
    assert done.returncode == ExitCode.ARGUMENTS and "--help" in done.stderr


def test_a_reader_that_goes_away_is_no_bug() -> None:
    done = subprocess.run(
        ["bash", "-c", '"$0" -c "$1" act fine | true; exit ${PIPESTATUS[0]}', sys.executable, PROGRAM],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr


@given(st.text())
def test_printable_text_holds_no_character_that_acts(text: str) -> None:
    shown = printable(text)
    assert all(
        character.isprintable() or character in "\u200c\u200d" or unicodedata.category(character) == "Zs"
        for character in shown
    )


def test_ordinary_words_of_any_script_stay_as_they_are() -> None:
    assert printable("家庭异构 naïve 👩\u200d🔬 [bold]") == "家庭异构 naïve 👩\u200d🔬 [bold]"


def test_sizes_and_durations_are_words() -> None:
    assert [size_in_words(size) for size in (812, 1536, 5 << 30)] == ["812 B", "1.5 KiB", "5.0 GiB"]
    assert [seconds_in_words(seconds) for seconds in (4, 185, 7800)] == ["4 s", "3 min 5 s", "2 h 10 min"]


def test_progress_without_a_terminal_is_sparse_lines(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([0.0, 1.0, 6.0, 7.0, 20.0, 20.0])
    with Console(Mode.HUMAN, monotonic=lambda: next(clock)).progress("Sending", 4 << 20) as line:
        for _ in range(4):
            line.advance(1 << 20)
    said = capsys.readouterr()
    assert said.out == "" and said.err.splitlines() == [
        "Sending: 2.0 MiB of 4.0 MiB, 341.3 KiB/s, 6 s left",
        "Sending: 4.0 MiB, 204.8 KiB/s, 0 s left",
        "Sending: 4.0 MiB in 20 s, 204.8 KiB/s",
    ]
