"""The main job by one command: from real data to a trained model, on this machine, with all that it starts ended."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

import gui.demo_job
from core.console import CommandError, Console, ExitCode, Mode
from core.sibling_commands import find_command
from gui.demo import run_demo

TIMEOUT_SECONDS = 300.0


def demo_command(*arguments: str) -> list[str]:
    found = find_command("gpu-agent", executable=sys.executable, script="")
    assert found is not None, "the project is not installed in this environment: python3 build_scripts/check.py"
    return [found, "demo", "--headless", *arguments]


def run_to_json(*arguments: str, **environment: str) -> tuple[dict[str, Any], str]:
    """The demo's one line on stdout and its stderr. Ends only when nothing holds its output any more."""
    done = subprocess.run(
        [*demo_command(*arguments), "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("\n") == 1
    result: dict[str, Any] = json.loads(done.stdout)
    return result, done.stderr


def check_result(result: dict[str, Any]) -> None:
    assert result["status"] == "completed" and result["accuracy"] >= 0.95
    assert {"checkpoint", "metrics", "logs", "output"} <= {artifact["type"] for artifact in result["artifacts"]}
    assert [unit["role"] for unit in result["units"]] == ["prepare", "train", "evaluate", "package"]
    assert {(unit["state"], unit["node"]) for unit in result["units"]} == {("completed", "demo-node")}
    for artifact in result["artifacts"]:
        path = Path(artifact["path"])
        content = path.read_bytes()
        assert path.is_absolute() and len(content) == artifact["size_bytes"]
        assert hashlib.sha256(content).hexdigest() == artifact["sha256"]


def test_the_demo_trains_a_model_and_the_next_one_trains_another(tmp_path: Path) -> None:
    first, said = run_to_json("--data-dir", str(tmp_path))
    check_result(first)
    assert first["confinement"] in ("bubblewrap", "none")
    assert ("NOTHING CONFINED" in said) == (first["confinement"] == "none")
    second, _ = run_to_json("--data-dir", str(tmp_path))
    check_result(second)
    assert second["job_id"] != first["job_id"] and second["folder"] != first["folder"]


@pytest.mark.full
def test_where_nothing_confines_the_demo_says_so_loudly_and_still_trains(tmp_path: Path) -> None:
    without = tmp_path / "bin"
    without.mkdir()
    for command in Path("/usr/bin").iterdir():
        if command.name != "bwrap":
            (without / command.name).symlink_to(command)
    result, said = run_to_json("--data-dir", str(tmp_path / "data"), PATH=str(without))
    check_result(result)
    assert result["confinement"] == "none"
    assert sum("NOTHING CONFINED THIS CODE" in line for line in said.splitlines()) == 1


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.full), signal.SIGTERM])
def test_a_demo_that_is_stopped_leaves_nothing_running(tmp_path: Path, number: int) -> None:
    demo = subprocess.Popen(
        [*demo_command("--data-dir", str(tmp_path)), "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stderr is not None
    for line in demo.stderr:
        if "prepare: running" in line or "prepare: completed" in line:
            break
    family = psutil.Process(demo.pid).children(recursive=True)
    demo.send_signal(number)
    out, err = demo.communicate(timeout=60)
    assert demo.returncode == ExitCode.INTERRUPTED and json.loads(out)["error"]["code"] == "INTERRUPTED"
    assert "Traceback" not in err
    assert len(family) >= 2
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive


@pytest.mark.full
def test_a_demo_whose_code_fails_says_why_with_its_log_and_where_more_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = tmp_path / "examples"
    shutil.copytree(gui.demo_job.EXAMPLES, examples, ignore=shutil.ignore_patterns("png"))
    (examples / "tiny-mlp" / "train.py").write_text("raise SystemExit('no gradient today')\n")
    monkeypatch.setattr(gui.demo_job, "EXAMPLES", examples)
    with pytest.raises(CommandError) as failed:
        run_demo(Console(Mode.QUIET), data_dir=tmp_path / "data", timeout_seconds=TIMEOUT_SECONDS)
    error = failed.value
    assert error.exit_code is ExitCode.REFUSED and error.code == "JOB_FAILED"
    assert "no gradient today" in error.message and "node.log" in error.hint


@pytest.mark.full
def test_a_demo_that_runs_out_of_time_says_so_and_exits_3(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Time ran out") as failed:
        run_demo(Console(Mode.QUIET), data_dir=tmp_path, timeout_seconds=0)
    assert failed.value.exit_code is ExitCode.ENVIRONMENT and "--timeout-seconds" in failed.value.hint


@pytest.mark.full
def test_in_quiet_mode_the_demo_prints_the_folder_of_what_it_made_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [*demo_command("--data-dir", str(tmp_path), "--quiet")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    [folder] = done.stdout.splitlines()
    assert Path(folder, "train", "model.npz").is_file()
    assert done.stderr == "" or "NOTHING CONFINED" in done.stderr
