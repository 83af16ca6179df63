"""Whose boxes the tests make: the present user's, and where that is root an ordinary user's as well.

The ordinary user can't follow paths below folders of 0700, so it gets copies of what it needs.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from agent.interpreters import ask_interpreter
from agent.sandbox.base import Confinement, ConfinementKind
from agent.sandbox.box_python import copy_interpreter
from agent.sandbox.choose import choose_sandbox
from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now

from .drive import Case, Outcome

_PROJECT = Path(__file__).parents[3]
ORDINARY_UID = 59_990
MODES = [*([pytest.param("as root", marks=pytest.mark.full)] if os.geteuid() == 0 else []), "as a user"]
"""Root's boxes stand in the full form; in the short one nodes as a whole run as root where the tests do."""


class Driver:
    """Runs cases as one user, each in a process of its own."""

    def __init__(self, folder: Path, drop: list[str], python: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.python = python
        self.is_root = os.geteuid() == 0 and not drop
        self.before_python: list[str] = []
        self._drop = drop
        self._environment = environment

    def start(self, mode: str, case: Case) -> subprocess.Popen[bytes]:
        """Start the driver and give it its case; stdout is a pipe."""
        case.folder = case.folder or str(self.folder)
        case.executable = case.executable or str(self.python)
        if case.unconfined:  # a confined box sets this itself; a copied Python doesn't know where its library is
            case.environment["LD_LIBRARY_PATH"] = self._environment["LD_LIBRARY_PATH"]
        process = subprocess.Popen(
            [*self._drop, *self.before_python, str(self.python), "-m", "tests.agent.sandbox.drive", mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._environment,
            cwd="/",
        )
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(case))
        process.stdin.close()
        process.stdin = None
        return process

    def run(self, case: Case) -> Outcome:
        """Run a case to its end; nothing of it may be left running."""
        process = self.start("run", case)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        outcome = msgspec.json.decode(said, type=Outcome)
        assert outcome.left == []
        return outcome

    def facts(self, case: Case) -> dict[str, object]:
        """Run a script that must end well and whose last line is a JSON object; that object."""
        outcome = self.run(case)
        assert outcome.exit is not None, outcome.not_started
        assert outcome.exit.exit_code == 0, "\n".join([outcome.exit.message, *outcome.stderr])
        facts = json.loads(outcome.stdout[-1])
        assert isinstance(facts, dict)
        return facts


def make_public_folder() -> Path:
    """A folder of a test that every user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-box-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may pass through."""
    folder = make_public_folder()
    yield folder
    remove_tree_now(folder)


@pytest.fixture(scope="session")
def installation() -> Iterator[Path]:
    """A copy of Python, of the libraries and of the code under test that every user can reach."""
    folder = make_public_folder()
    base = ask_interpreter(getattr(sys, "_base_executable", sys.executable))
    assert base is not None
    copy = copy_interpreter(base, folder)
    copy.rename(folder / "python")
    for package in ("msgspec", "psutil"):
        spec = importlib.util.find_spec(package)
        assert spec is not None and spec.origin is not None
        shutil.copytree(Path(spec.origin).parent, folder / "libraries" / package)
    pynvml = importlib.util.find_spec("pynvml")
    assert pynvml is not None and pynvml.origin is not None
    shutil.copy(pynvml.origin, folder / "libraries")
    for part in ("agent", "tests/agent/sandbox"):
        shutil.copytree(_PROJECT / part, folder / "project" / part, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    yield folder
    remove_tree_now(folder)


@pytest.fixture(params=MODES)
def driver(request: pytest.FixtureRequest, installation: Path) -> Iterator[Driver]:
    """Every user whose boxes are tested, with an empty folder for its workspace."""
    folder = make_public_folder()
    python = installation / "python" / "bin" / f"python3.{sys.version_info.minor}"
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": f"{installation}/project:{installation}/libraries",
        "LD_LIBRARY_PATH": f"{installation}/python/lib",
        "HOME": str(folder),
    }
    drop = []
    if request.param == "as a user" and os.geteuid() == 0:
        os.chown(folder, ORDINARY_UID, ORDINARY_UID)
        drop = ["setpriv", f"--reuid={ORDINARY_UID}", f"--regid={ORDINARY_UID}", "--clear-groups"]
    yield Driver(folder, drop, python, environment)
    remove_tree_now(folder)


@pytest.fixture(scope="session")
def confinement() -> Confinement:
    """What confines here."""
    folder = make_public_folder()
    found = choose_sandbox(folder, environ={STATE_DIR_VARIABLE: str(folder)}).confinement
    remove_tree_now(folder)
    return found


@pytest.fixture
def needs_a_box(request: pytest.FixtureRequest, confinement: Confinement) -> None:
    """Skips where no box can be made, unless the test is of an unconfined one."""
    callspec = getattr(request.node, "callspec", None)
    if callspec is not None and callspec.params.get("unconfined"):
        return
    if confinement.kind is not ConfinementKind.BUBBLEWRAP:
        pytest.skip(f"nothing confines here: {confinement.detail}")


@pytest.fixture
def confined(needs_a_box: None, driver: Driver) -> Driver:
    """As `driver`, with what `needs_a_box` says."""
    return driver
