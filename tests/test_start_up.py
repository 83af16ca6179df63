"""What each command line loads before it does anything: a start is as quick as what it loads is light."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("program", "slow"),
    [
        ("gui.app", ["httpx", "stamina", "litestar", "sqlite_utils", "core.client.customer", "core.packages"]),
        ("core.client.command_line", ["httpx", "stamina", "core.packages"]),
        ("agent.command_line", ["httpx", "sqlite_utils", "numpy", "pynvml", "psutil", "core.packages"]),
        ("agent.command_line.run", ["sqlite_utils", "numpy"]),
        ("backend.command_line", ["litestar", "uvicorn", "uvloop", "structlog", "httpx"]),
    ],
)
def test_a_command_line_loads_what_is_slow_only_when_it_is_needed(program: str, slow: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {program}\nprint(*[name for name in {slow!r} if name in sys.modules])"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    assert done.stdout.split() == []
