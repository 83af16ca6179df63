"""Every import contract catches what it forbids. That the project keeps them all is check.py's own step."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.build_scripts.checkout import PROJECT

FORBIDDEN = {
    "backend, agent and gui stand on core, and don't know each other": ("agent/__init__.py", "import gui"),
    "inside core an import only goes down": ("core/errors.py", "from .protocol import customer"),
    "Qt stays in gui": ("backend/__init__.py", "import PySide6"),
    "SQLite stays in the store": ("core/ids.py", "import sqlite3"),
    "HTTP calls stay in the client (and in agent, and in the one room that dials webhooks)": (
        "gui/__init__.py",
        "import httpx",
    ),
    "core is plain functions: asyncio only in store, client, sdk and blobs": ("core/ids.py", "import asyncio"),
    "core knows no server, no command line and no machine (but where it says so)": ("core/clock.py", "import psutil"),
    "the published library is a part of core that needs nothing else of it": (
        "core/protocol/__init__.py",
        "from .. import clock",
    ),
    "the published library needs httpx, httpx-sse, msgspec and stamina, no more": ("core/errors.py", "import rich"),
    "the published library's client knows neither the command line nor the nodes' calls": (
        "core/client/__init__.py",
        "from . import node",
    ),
}


def lint(folder: Path) -> str:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the project in which each contract is broken once."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("core", "backend", "agent", "gui"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    for file, line in FORBIDDEN.values():
        with (folder / file).open("a", encoding="utf-8") as module:
            module.write(f"\n{line}\n")
    return " ".join(lint(folder).split())


def test_every_contract_is_tried() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))

    assert {contract["name"] for contract in project["tool"]["importlinter"]["contracts"]} == set(FORBIDDEN)


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_a_forbidden_import_is_caught(broken: str, contract: str) -> None:
    assert f"{contract} BROKEN" in broken
