"""gpu-agent-client against a real backend: what scripts read, exit codes by meaning, and the next command."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.core.client.live_backend import LiveBackend, client_command
from tests.core.client.saying import TRAIN, failed, ok, only_json, package

PROJECT = Path(__file__).parents[3]


@pytest.mark.full
def test_every_list_and_view_is_one_object_with_ids(backend: LiveBackend, job: str) -> None:
    assert [row["name"] for row in ok(backend.command("datasets", "list", "--json"))["data"]] == ["data.csv"]
    assert [row["id"] for row in ok(backend.command("jobs", "list", "--status", "queued", "--json"))["data"]] == [job]
    roles = [unit["role"] for unit in ok(backend.command("jobs", "show", job, "--json"))["compute_units"]]
    assert roles == ["prepare", "train", "evaluate", "package"]
    assert ok(backend.command("artifacts", "list", job, "--json")) == {"data": []}
    assert ok(backend.command("jobs", "logs", job, "--json")) == {"data": []}
    assert ok(backend.command("credits", "--json"))["ledger"][0]["kind"] == "hold"


@pytest.mark.full
def test_options_may_stand_before_the_command(backend: LiveBackend, job: str) -> None:
    done = backend.command(
        "--json", "--server", backend.url, "jobs", "show", job, GPU_AGENT_SERVER="http://127.0.0.1:1"
    )
    assert ok(done)["id"] == job


@pytest.mark.full
def test_quiet_prints_the_ids_alone(backend: LiveBackend, job: str) -> None:
    assert backend.command("jobs", "list", "-q").stdout == f"{job}\n"


@pytest.mark.full
def test_the_price_and_the_balance_are_said_before_a_submit_which_asks(backend: LiveBackend, job: str) -> None:
    shown = ok(backend.command("jobs", "show", job, "--json"))
    ids = ["--dataset", shown["dataset_id"], "--package", shown["training_package_id"]]
    before = len(ok(backend.command("jobs", "list", "--json"))["data"])
    done = backend.command("jobs", "submit", *ids)
    assert done.returncode == 4 and "-y" in done.stderr, "nobody is there to answer"
    assert "Price: " in done.stderr and "Balance: " in done.stderr
    assert len(ok(backend.command("jobs", "list", "--json"))["data"]) == before


def test_a_package_with_problems_is_told_by_file_and_line_and_not_sent(backend: LiveBackend, tmp_path: Path) -> None:
    path = package(tmp_path, "bad", "def broken(:\n", '[package]\nname = "bad"\nentri = "train.py"\n')
    before = len(ok(backend.command("packages", "list", "--json"))["data"])
    error = failed(backend.command("packages", "push", str(path), "--json"), 1)
    assert error["code"] == "PACKAGE_REJECTED"
    assert any(row.get("file") == "training.toml" and row.get("line") == 3 for row in error["details"])
    assert len(ok(backend.command("packages", "list", "--json"))["data"]) == before


def test_what_is_not_there_is_the_callers_mistake(backend: LiveBackend, tmp_path: Path) -> None:
    assert "not there" in failed(backend.command("datasets", "push", str(tmp_path / "no"), "--json"), 4)["message"]
    assert "not there" in failed(backend.command("packages", "push", str(tmp_path / "no"), "--json"), 4)["message"]
    assert failed(backend.command("datasets", "push", "--json"), 4)["hint"].endswith("datasets push --help")
    (tmp_path / "empty").mkdir()
    assert "no file" in failed(backend.command("datasets", "push", str(tmp_path / "empty"), "--json"), 4)["message"]


def test_what_the_server_refuses_exits_1_and_who_you_are_2(backend: LiveBackend) -> None:
    assert failed(backend.command("jobs", "show", "nothing", "--json"), 1)["code"] == "JOB_NOT_FOUND"
    refused = backend.command("jobs", "list", "--json", GPU_AGENT_API_KEY="sk_alpha_other")
    assert failed(refused, 2)["code"] == "API_KEY_INVALID" and only_json(refused)["error"]["request_id"]
    assert "GPU_AGENT_API_KEY" in failed(backend.command("jobs", "list", "--json", GPU_AGENT_API_KEY=""), 2)["hint"]


@pytest.mark.full
def test_a_server_that_is_not_there_exits_2_and_a_wrong_address_4(backend: LiveBackend) -> None:
    assert (
        "Nothing answers"
        in failed(backend.command("credits", "--server", "http://127.0.0.1:9", "--json"), 2)["message"]
    )
    assert "--insecure" in failed(backend.command("credits", "--server", "http://a.example", "--json"), 4)["hint"]


def test_wait_exits_3_when_time_runs_out(backend: LiveBackend, job: str) -> None:
    error = failed(backend.command("jobs", "wait", job, "--timeout-seconds", "0", "--json"), 3)
    assert error["code"] == "TIMED_OUT" and job in error["hint"]


def test_ctrl_c_in_watch_leaves_the_job_running_and_says_so(backend: LiveBackend, job: str) -> None:
    watching = subprocess.Popen(
        [client_command(), "jobs", "watch", job, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=backend.environment(),
    )
    assert watching.stderr is not None
    said = watching.stderr.readline()
    watching.send_signal(signal.SIGINT)
    out, err = watching.communicate(timeout=20)
    assert "queued" in said and watching.returncode == 130
    assert "goes on" in json.loads(out)["error"]["message"] and "Traceback" not in err
    assert ok(backend.command("jobs", "show", job, "--json"))["status"] == "queued"


def test_a_name_from_outside_cannot_act_on_the_terminal(backend: LiveBackend, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("3,4\n")
    name = "plain \u202e\u2066 家 \x1b]0;owned\x07\x1b[2J"
    done = backend.command("datasets", "push", str(tmp_path / "x.csv"), "--name", name)
    listed = backend.command("datasets", "list")
    for text in (done.stdout, done.stderr, listed.stdout):
        assert "\x1b" not in text and "\u202e" not in text and "\x07" not in text


def test_packages_test_says_what_is_missing_where_no_node_is_installed(backend: LiveBackend, tmp_path: Path) -> None:
    path = package(tmp_path, "fine", TRAIN)
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "python").symlink_to(Path(client_command()).parent / "python")
    program = "import sys; sys.executable = sys.argv.pop(1); from core.client.command_line import main; main()"
    python = str(Path(client_command()).parent / "python")
    done = subprocess.run(
        [python, "-c", program, str(alone / "python"), "packages", "test", str(path), "--data", str(path), "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**backend.environment(), "PATH": str(alone)},
        check=False,
    )
    error = failed(done, 3)
    assert "not installed" in error["message"]


def test_explain_says_why_a_job_waits_and_what_would_help(backend: LiveBackend, job: str) -> None:
    rows = ok(backend.command("jobs", "explain", job, "--json"))["data"]
    assert [(row["role"], row["state"]) for row in rows][:2] == [("prepare", "ready"), ("train", "blocked")]
    shown = backend.command("jobs", "explain", job)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[:2] == ["prepare (cpu, ready)", "No node is connected now."]
    assert lines[2].startswith("Waiting since ") and " it fails, and costs nothing, at " in lines[2]


def test_extend_shows_what_it_holds_asks_and_is_refused_where_it_is_shorter(backend: LiveBackend, job: str) -> None:
    tried = backend.command("jobs", "extend", job, "--max-runtime-seconds", "7200", "--dry-run")
    assert tried.stdout == "0.720000 credits more would be held.\n"
    asked = backend.command("jobs", "extend", job, "--max-runtime-seconds", "7200")
    assert asked.returncode == 4 and "0.720000 credits more would be held" in asked.stderr
    made = ok(backend.command("jobs", "extend", job, "--max-runtime-seconds", "7200", "--json"))
    assert (made["max_runtime_seconds"], made["change"]["hold"]) == (7200, "0.720000")
    refused = failed(backend.command("jobs", "extend", job, "--max-runtime-seconds", "60", "--json"), 4)
    assert refused["details"][0]["field"] == "max_runtime_seconds"


def test_cancelled_jobs_make_wait_exit_1_naming_each(backend: LiveBackend, job: str) -> None:
    assert ok(backend.command("jobs", "cancel", job, "--json"))["status"] == "cancelled"
    error = failed(backend.command("jobs", "wait", job, job, "--json"), 1)
    assert error["code"] == "JOB_CANCELLED" and error["details"][0]["field"] == job and "retry" in error["hint"]
    assert ok(backend.command("jobs", "retry", job, "--json"))["status"] == "queued"
