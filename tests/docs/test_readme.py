"""Holds README.md to the code: its commands and those of the programs are the same, its links lead somewhere."""

import re
import tomllib
from collections.abc import Iterator

import pytest
import typer.main

import agent.command_line
import backend.command_line
import core.client.command_line.commands
import gui.command_line

from .guide import project

_README = (project() / "README.md").read_text(encoding="utf-8")
_PROGRAMS = {
    "gpu-agent": gui.command_line.build(),
    "gpu-agent-backend": backend.command_line.app,
    "gpu-agent-node": agent.command_line.app,
    "gpu-agent-client": core.client.command_line.commands.build(),
}


def _commands(program: str, command: object) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield program
        return
    if getattr(command, "invoke_without_command", False):
        yield program
    for name, one in inner.items():
        if not one.hidden:
            yield from _commands(f"{program} {name}", one)


def _told() -> set[str]:
    """The commands of the table: in a row with several, the program's name stands before the first only."""
    told: set[str] = set()
    for row in re.findall(r"^\| (`gpu-agent[^|]*)\|", _README, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", row)
        told |= {first, *(f"{first.split()[0]} {other}" for other in others)}
    return told


def test_the_table_of_commands_is_that_of_the_programs() -> None:
    exist = {line for name, app in _PROGRAMS.items() for line in _commands(name, typer.main.get_command(app))}
    assert _told() == exist


def test_every_program_that_is_installed_is_told_of() -> None:
    installed = tomllib.loads((project() / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert set(installed) == set(_PROGRAMS)


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/command-line.md",
        "docs/node-as-a-service.md",
        "docs/customer-custom-training-guide.md",
        "docs/operations.md",
        "docs/python-library.md",
    ],
)
def test_links_lead_to_files_and_headings_that_are_there(page: str) -> None:
    path = project() / page
    for link in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        file, _, heading = link.partition("#")
        target = (path.parent / file) if file else path
        assert target.exists(), f"{page} links to {link}"
        if heading:
            assert heading in _headings(target.read_text(encoding="utf-8")), f"{page} links to {link}"


def _headings(text: str) -> set[str]:
    """As GitHub makes anchors of them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
