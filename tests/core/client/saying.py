"""What a command of gpu-agent-client said, read as a script reads it; and packages to say something about."""

import json
import subprocess
from pathlib import Path
from typing import Any

TRAIN = "print('training')\n"


def only_json(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """The one object on stdout."""
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def ok(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """The result of a command that did well."""
    assert done.returncode == 0, done.stderr
    return only_json(done)


def failed(done: "subprocess.CompletedProcess[str]", exit_code: int) -> dict[str, Any]:
    """The error of a command that ended with this code; its hint is on stderr too."""
    assert done.returncode == exit_code, done.stdout + done.stderr
    error: dict[str, Any] = only_json(done)["error"]
    assert error["hint"] and f"hint: {error['hint']}" in done.stderr
    return error


def package(folder: Path, name: str, source: str, toml: str | None = None) -> Path:
    """A package's folder with one script."""
    path = folder / name
    path.mkdir()
    (path / "train.py").write_text(source)
    if toml is not None:
        (path / "training.toml").write_text(toml)
    return path
