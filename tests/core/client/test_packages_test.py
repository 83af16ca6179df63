"""`packages test` as it is typed: the package runs in this machine's own box, and what fails is an error."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now
from tests.core.client.live_backend import client_command
from tests.core.client.saying import failed, ok, package

TOML = '[package]\nname = "code"\n[params.epochs]\ntype = "int"\ndefault = 3\n'
SAYS_PARAMS = "import os\nprint(os.environ['GPU_AGENT_PARAMS'])\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="gpu-agent-test-"))
    made.chmod(0o755)  # as root, units have a uid of their own and pass through here
    (made / "data.csv").write_text("1,2\n")
    yield made
    remove_tree_now(made)


def try_it(folder: Path, path: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Without a service and a key: nothing is sent."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GPU_AGENT_")}
    return subprocess.run(
        [client_command(), "packages", "test", str(path), "--data", str(folder / "data.csv"), *more],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**kept, STATE_DIR_VARIABLE: str(folder / "state"), "XDG_DATA_HOME": str(folder / "home")},
        timeout=120,
        check=False,
    )


def test_each_step_that_takes_time_is_said_before_it_begins(folder: Path) -> None:
    done = try_it(folder, package(folder, "code", SAYS_PARAMS, TOML))
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if line.endswith("…") or line.startswith(("code is", "prepare"))]
    assert said[:2] == ["code is sound.", "looking for a box that works here, and for Pythons …"]
    assert said[2].startswith("preparing the box's Python 3.") and said[3].startswith("prepare | ")


def test_parameters_reach_the_code_and_unknown_ones_are_refused(folder: Path) -> None:
    path = package(folder, "code", SAYS_PARAMS, TOML)
    done = try_it(folder, path, "--param", "epochs=7", "--json")
    assert ok(done)["status"] == "completed"
    assert 'train | {"epochs": 7}' in done.stderr
    error = failed(try_it(folder, path, "--param", "epoch=7", "--json"), 4)
    assert error["hint"] == "Write --param NAME=VALUE; names here: epochs"


@pytest.mark.full
def test_code_that_fails_is_an_error_with_a_hint_in_every_mode(folder: Path) -> None:
    path = package(folder, "code", "print('half way')\nraise SystemExit(3)\n", TOML)
    done = try_it(folder, path, "--json")
    error = failed(done, 1)
    assert error["code"] == "TRIAL_FAILED"
    assert error["message"].startswith("code failed in train: ended with exit code 3 after ")
    assert "push" not in error["hint"] and "Read what train wrote above" in error["hint"]
    assert "train | half way" in done.stderr and json.loads(done.stdout) == {"error": error}
    for more in ([], ["-q"]):
        spoken = try_it(folder, path, *more)
        assert (spoken.returncode, spoken.stdout) == (1, "")
        assert f"error: {error['message'].partition(' after ')[0]}" in spoken.stderr and "hint: " in spoken.stderr


def test_a_package_that_is_none_says_so_once(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("1\n")
    done = try_it(folder, folder / "data")
    assert done.returncode == 1
    assert done.stderr.count("entry script train.py is not in the package") == 1
    assert "push the package" not in done.stderr
    two = try_it(folder, package(folder, "two", "1\n", '[package]\nname = 3\ncolour = "red"\n'))
    assert "error: The package has 2 problems.\n  training.toml:3: unknown key package.colour\n" in two.stderr
