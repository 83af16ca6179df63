"""Node, npm and Chromium as these tests run them. Where one is absent, the tests that need it are skipped."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[3]
LIBRARY = PROJECT / "resources" / "typescript-sdk"
DIST = LIBRARY / "dist"
OLDEST_NODE = (20, 3)
"""The first that has `AbortSignal.any`, by which an upload's chunks are called off together."""
LAST_SECONDS = 120


def program(*names: str) -> str:
    """The first of these programs that is there; without any, the test is skipped."""
    for name in names:
        found = shutil.which(name)
        if found is not None:
            return found
    pytest.skip(f"{names[0]} is not installed: python3 build_scripts/check.py installs it as root")


def node() -> str:
    """Node, of a version that the library runs on."""
    found = program("node", "nodejs")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=LAST_SECONDS, check=True)
    version = re.match(r"v(\d+)\.(\d+)", said.stdout)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE:
        pytest.skip(f"node is {said.stdout.strip()}; the library needs Node {'.'.join(map(str, OLDEST_NODE))}")
    return found


def npm(*arguments: str, folder: Path) -> None:
    """An npm command in a folder. What packages would run at their install is not run."""
    node()
    command = [program("npm"), *arguments, "--no-save", "--no-package-lock", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LAST_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Stranger:
    """A project of somebody else in which the library is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, script: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Runs a script of the folder, to its end, however it ends."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GPU_AGENT_")}
        return subprocess.run(
            [node(), script, *arguments],
            cwd=self.folder,
            env={**kept, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LAST_SECONDS,
            check=False,
        )

    def tell(self, code: str, *arguments: str, **environment: str) -> Any:
        """What a module that ends by `tell(value)` told. Its arguments are `args`; the whole library is `sdk`."""
        script = self.folder / "told.mjs"
        head = 'import * as sdk from "gpu-agent-sdk";\nimport * as disk from "gpu-agent-sdk/node";\n'
        head += "const args = process.argv.slice(2);\nconst tell = (value) => console.log(JSON.stringify(value));\n"
        script.write_text(head + code, encoding="utf-8")
        done = self.run(script.name, *arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def chromium(url: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A headless Chromium with this page open. It looks up no name and asks nobody but this machine."""
    browser = program("chromium", "chromium-browser", "google-chrome")
    home = tempfile.mkdtemp(prefix="chromium-")  # of a short path: there are sockets in it
    command = [
        browser,
        "--headless=new",
        "--no-sandbox",  # tests may run as root
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        f"--user-data-dir={home}/profile",
        url,
    ]
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=_plain(home)
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(LAST_SECONDS)
        shutil.rmtree(home, ignore_errors=True)


def _plain(home: str) -> dict[str, str]:
    """An environment in which Chromium keeps all its files in this folder and asks no proxy."""
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return {**kept, "HOME": home, "TMPDIR": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
