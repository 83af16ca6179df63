"""Whether scripts compile, asked of a child process that a hostile script can't hold up."""

import base64
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ..content.paths import shown
from ..errors import ErrorDetail
from . import compile_child

WAIT_SECONDS = 30
_GAVE_UP = "kept Python's compiler busy for too long, or made it crash"

_Line = tuple[str, int | None, str | None]


def compile_problems(scripts: Mapping[str, bytes]) -> list[ErrorDetail]:
    """A row for each script (by its path) that doesn't compile with this Python. Blocks for 20 ms and more.

    In a frozen application, which has no interpreter to start, the scripts are compiled within the process.
    """
    if not scripts:
        return []
    if getattr(sys, "frozen", False) or not sys.executable:
        return [
            _row(name, *found)
            for name, source in scripts.items()
            if (found := compile_child.problem(source, name)) is not None
        ]
    told = {name: (line, message) for name, line, message in _ask_child(scripts)}
    rows = [_row(name, line, message) for name, (line, message) in told.items() if message is not None]
    silent = [name for name in scripts if name not in told]
    # the child takes them in order: it ended at the first of those it said nothing of
    rows += [_row(name, None, _GAVE_UP) for name in silent[:1]]
    return rows


def _ask_child(scripts: Mapping[str, bytes]) -> list[_Line]:
    request = msgspec.json.encode({name: base64.b64encode(source).decode() for name, source in scripts.items()})
    command = [sys.executable, "-I", "-S", str(Path(compile_child.__file__))]
    try:
        run = subprocess.run(command, input=request, capture_output=True, timeout=WAIT_SECONDS, check=False)
        output = run.stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
    whole_lines = output.splitlines() if output.endswith(b"\n") else output.splitlines()[:-1]
    return [msgspec.json.decode(line, type=_Line) for line in whole_lines]


def _row(name: str, line: int | None, message: str) -> ErrorDetail:
    return ErrorDetail(f"{shown(name)}: {shown(message)}", file=shown(name), line=line)
