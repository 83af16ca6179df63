"""The node's commands as a person or a script starts them."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.workspace import STATE_DIR_VARIABLE, remove_tree_now


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that units with other uids may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="gpu-agent-try-"))
    folder.chmod(0o755)
    yield folder
    remove_tree_now(folder)


def command(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from agent.command_line import main; main()", *arguments],
        cwd=Path(__file__).parents[2],
        env={**os.environ, STATE_DIR_VARIABLE: str(folder / "state")},
        capture_output=True,
        text=True,
        timeout=120,
    )


def last_object(said: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    found = json.loads(said.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_commands_that_only_look_make_no_folder_and_say_that_nothing_is_there(folder: Path) -> None:
    absent = folder / "absent"
    said = command(folder, "logs", "--data-dir", str(absent))
    assert (said.returncode, said.stdout) == (0, "") and "Nothing was said here yet." in said.stderr
    said = command(folder, "restore-power", "--data-dir", str(absent))
    assert said.returncode == 0 and "nothing was left set" in said.stdout
    assert not absent.exists()


def a_package(folder: Path, **scripts: str) -> Path:
    package = folder / "package"
    package.mkdir()
    for name, text in scripts.items():
        (package / f"{name}.py").write_text(textwrap.dedent(text))
    lines = ["[package]", 'name = "tried"', *(f'{name} = "{name}.py"' for name in scripts if name != "train")]
    lines += ["[params.lr]", 'type = "float"', "default = 0.5"]
    (package / "training.toml").write_text("\n".join(lines) + "\n")
    (folder / "data.csv").write_text("a,b\n1,2\n")
    return package


def try_it(folder: Path, package: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    data_dir = ["--data-dir", str(folder / "node")]
    return command(folder, "try", str(package), "--data", str(folder / "data.csv"), *data_dir, *more)


def test_a_package_is_tried_as_a_job_would_run_it(folder: Path) -> None:
    package = a_package(
        folder,
        prepare="""
            from gpu_agent import training
            rows = (training.data_dir() / "data.csv").read_text().splitlines()
            (training.output_dir() / "rows.txt").write_text(str(len(rows)))
        """,
        train="""
            from gpu_agent import training
            rows = (training.inputs_dir("prepare") / "rows.txt").read_text()
            print("rows", rows, "lr", training.params()["lr"])
            training.log(step=1, loss=0.25)
            (training.output_dir() / "model.txt").write_text(rows)
            with training.checkpoint(step=1) as folder:
                (folder / "state").write_text("saved")
        """,
        evaluate="""
            from gpu_agent import training
            train = training.inputs_dir("train")
            print((train / "model.txt").read_text(), (train / "checkpoint" / "step-00000001" / "state").read_text())
            training.log(accuracy=0.99)
        """,
    )
    kept = folder / "kept"
    said = try_it(folder, package, "--param", "lr=0.125", "--keep", str(kept), "--json")
    assert said.returncode == 0, said.stderr
    result = last_object(said)
    assert result["status"] == "completed"
    assert [unit["role"] for unit in result["units"]] == ["prepare", "train", "evaluate"]
    assert result["metrics"] == {"loss": 0.25, "accuracy": 0.99}
    assert "train/model.txt" in result["outputs"]
    assert "train | rows 2 lr 0.125" in said.stderr
    assert "evaluate | 2 saved" in said.stderr
    assert (kept / "train" / "model.txt").read_text() == "2"
    assert [entry.name for entry in (folder / "state").glob("*/units/*")] == []


def test_code_that_fails_is_told_by_exit_code_one_with_its_log(folder: Path) -> None:
    said = try_it(folder, a_package(folder, train="raise ValueError('no such luck')\n"), "--json")
    assert said.returncode == 1
    assert "no such luck" in said.stderr
    assert last_object(said)


def test_a_package_with_problems_is_refused_before_anything_runs(folder: Path) -> None:
    said = try_it(folder, a_package(folder, train="def broken(:\n"), "--json")
    assert said.returncode == 1
    assert last_object(said)["error"]["code"] == "PACKAGE_REJECTED"


@pytest.mark.parametrize("parameter", ["lr", "speed=3"])
def test_a_parameter_that_the_package_does_not_have_is_an_argument_error(folder: Path, parameter: str) -> None:
    said = try_it(folder, a_package(folder, train="pass\n"), "--param", parameter, "--json")
    assert said.returncode == 4
    assert "lr" in last_object(said)["error"]["hint"]


def test_the_doctor_says_what_confines_and_what_is_there(folder: Path) -> None:
    said = command(folder, "doctor", "--data-dir", str(folder / "node"), "--json")
    assert said.returncode == 0, said.stderr
    found = last_object(said)
    assert found["confinement"]["kind"] in ("bubblewrap", "none")
    assert found["pythons"]
    assert found["cpus"] >= 1
    for_people = command(folder, "doctor", "--data-dir", str(folder / "node"))
    assert "confinement:" in for_people.stdout
    assert not (folder / "node").exists() and not Path(found["workspace"]).exists(), "a look leaves nothing"
    assert [sight["rule"] for sight in found["sights"]] == ["in_use", "full_screen", "program", "battery", "metered"]
    for sight in found["sights"]:
        assert sight["words"] and (sight["sees"] or f"NOT SEEN: {sight['words']}" in for_people.stdout)
    if found["confinement"]["kind"] == "bubblewrap":
        layers = {layer["name"]: layer for layer in found["confinement"]["layers"]}
        assert list(layers) == ["namespaces", "user id", "system calls", "limits", "disk", "installing"]
        assert layers["system calls"]["holds"] is True
        for name, layer in layers.items():
            assert f"{name}:" in for_people.stdout and layer["detail"] in for_people.stdout
            assert layer["holds"] or "NOT KEPT" in for_people.stdout


def test_a_node_that_was_never_enrolled_says_what_it_needs(folder: Path) -> None:
    without_server = command(folder, "run", "--data-dir", str(folder / "node"))
    assert without_server.returncode == 4
    assert "--server" in without_server.stderr
    without_code = command(folder, "run", "--data-dir", str(folder / "node"), "--server", "http://127.0.0.1:9")
    assert without_code.returncode == 4
    assert "enrollment-code" in without_code.stderr


def test_plain_http_to_another_machine_needs_to_be_wanted(folder: Path) -> None:
    said = command(folder, "run", "--data-dir", str(folder / "node"), "--server", "http://192.0.2.1", "--enroll", "X")
    assert said.returncode == 4
    assert "--insecure" in said.stderr
