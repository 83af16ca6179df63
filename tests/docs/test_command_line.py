"""Holds docs/command-line.md to the program: its commands and options exist, its tables are whole."""

import re
from typing import Any

import typer.main

from core.client.command_line.commands import build
from core.client.command_line.completion import Shell
from core.client.profiles import CA_FILE_VARIABLE, KEY_VARIABLE, PROFILE_VARIABLE, SERVER_VARIABLE
from core.console import ExitCode

from .guide import project

_PAGE = (project() / "docs/command-line.md").read_text(encoding="utf-8")
_PROGRAM: Any = typer.main.get_command(build())


def command(name: str) -> Any:
    found = _PROGRAM
    for word in name.split():
        found = found.commands[word]
    return found


def options(name: str) -> set[str]:
    return {text for parameter in command(name).params for text in parameter.opts}


def table(title: str) -> list[str]:
    return _PAGE.partition(f"| {title} |")[2].partition("\n\n")[0].splitlines()[2:]


def test_every_line_of_its_blocks_is_a_command_with_options_that_it_has() -> None:
    lines = re.findall(r"^(?:\$ )?gpu-agent-client (.+?)(?: +#.*)?$", _PAGE, re.MULTILINE)
    assert len(lines) == 8
    for line in lines:
        words = line.split()
        name = " ".join(words[:2]) if hasattr(command(words[0]), "commands") else words[0]
        given = {word for word in words if word.startswith("-")}
        assert given <= options(name), line


def test_the_options_of_logs_are_all_told() -> None:
    told = {text for row in table("option of `jobs logs`") for text in re.findall(r"`(-[\w-]+)`", row.split("|")[1])}
    common = options("jobs list") & options("jobs cancel")
    assert told == options("jobs logs") - common - {"job", "JOB"}


def test_variables_shells_and_exit_codes_are_those_of_the_program() -> None:
    for variable in (CA_FILE_VARIABLE, KEY_VARIABLE, PROFILE_VARIABLE, SERVER_VARIABLE):
        assert f"`{variable}`" in _PAGE
    assert all(re.search(rf"\b{shell.value}\b", _PAGE) for shell in Shell)
    told = [int(row.split("|")[1]) for row in table("code")]
    assert told == [code.value for code in ExitCode]
