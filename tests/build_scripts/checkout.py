"""A small checkout with the project's own build scripts, whose installing needs no network. No tests here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from build_scripts import stamp

PROJECT = Path(__file__).resolve().parents[2]

PYPROJECT = """
[build-system]
requires = ["pip"]
build-backend = "in_tree_backend"
backend-path = ["."]

[project]
name = "small"
version = "1"

[project.optional-dependencies]
dev = []
"""

BACKEND = '''
"""Builds an editable wheel with one command, `gpu-agent`, that shows how it was started."""
import pathlib
import zipfile

METADATA = "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\nProvides-Extra: dev\\n"
FILES = {
    "small.pth": str(pathlib.Path(__file__).parent) + "\\n",
    "small-1.dist-info/METADATA": METADATA,
    "small-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "small-1.dist-info/entry_points.txt": "[console_scripts]\\ngpu-agent = small_command:main\\n",
    "small-1.dist-info/RECORD": "",
}


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    hold = pathlib.Path(__file__).parent / "hold"
    if hold.exists():
        hold.with_name("reached").touch()
        hold.read_bytes()
    name = "small-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
    with open(pathlib.Path(__file__).parent / "installs", "a") as log:
        log.write("installed\\n")
    return name


build_wheel = build_editable
'''

COMMAND = """
import json, os, sys


def main():
    print(json.dumps({"arguments": sys.argv[1:], "pid": os.getpid(), "prefix": sys.prefix}), flush=True)
    if "wait" in sys.argv:
        sys.stdin.read()
    sys.exit(7 if "fail" in sys.argv else 0)
"""


class Checkout:
    """A folder to start run.py in. Where `hold` is made a named pipe, installing stands still while it is open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        self.hold = folder / "hold"
        scripts = folder / "build_scripts"
        shutil.copytree(PROJECT / "build_scripts", scripts, ignore=shutil.ignore_patterns("__pycache__"))
        (scripts / "constraints.txt").write_text("")
        (scripts / "example_wheels.txt").write_text("")
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "in_tree_backend.py").write_text(BACKEND)
        (folder / "small_command.py").write_text(COMMAND)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.folder / "build_scripts" / "run.py"), "--no-system", *arguments]

    def environment(self, **changed: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "GPU_AGENT_VENV"}
        return {**kept, **changed}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Starts run.py to its end."""
        env = self.environment(**variables)
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, env=env, check=False, stdin=subprocess.DEVNULL
        )

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Starts run.py as the leader of a process group, with its streams as pipes."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.command(*arguments),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            env=self.environment(),
            start_new_session=True,
        )

    def installs(self) -> int:
        """How often the project was installed."""
        log = self.folder / "installs"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def layout(self) -> stamp.Layout:
        return stamp.Layout.of(str(self.folder), {"PATH": os.environ["PATH"]})
