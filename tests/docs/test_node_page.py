"""Holds docs/node-as-a-service.md to the program: its commands and options exist, its folders are those of the code."""

import re
from typing import Any

import typer.main

from agent.autostart.choose import SYSTEM_UNITS
from agent.autostart.systemd import UNIT
from agent.command_line import app
from agent.diagnosis_bundle import HISTORY_UNITS, LOG_LINES

from .guide import project

_PAGE = (project() / "docs/node-as-a-service.md").read_text(encoding="utf-8")
_PROGRAM: Any = typer.main.get_command(app)


def test_every_command_of_the_page_exists_with_its_options() -> None:
    lines = re.findall(r"^gpu-agent-node (.+?)(?: +#.*)?$", _PAGE, re.MULTILINE)
    lines += re.findall(r"`gpu-agent-node ([^`]+)`", _PAGE)
    assert len(lines) > 8
    for line in lines:
        command, words = _PROGRAM, line.split()
        while words and hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        options = {text for parameter in command.params for text in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line


def test_its_files_and_numbers_are_those_of_the_code() -> None:
    assert f"`{SYSTEM_UNITS / UNIT}`" in _PAGE and f"`~/.config/systemd/user/{UNIT}`" in _PAGE
    assert f"the newest {HISTORY_UNITS} units" in _PAGE and f"last {LOG_LINES:,} lines" in _PAGE
