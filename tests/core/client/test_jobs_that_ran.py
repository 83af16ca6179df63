"""gpu-agent-client on jobs that a real node ran: what failed and what helps, prices, metrics, and quiet mode."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from core.client.command_line.commands import build
from tests.command_names import command_names
from tests.core.client.live_node import LiveNode
from tests.core.client.saying import failed, ok, package
from tests.core.client.test_quietly import LOGINS, WEBHOOKS

LOGS = """
import json, os
file = open(os.path.join(os.environ["GPU_AGENT_OUTPUT_DIR"], "metrics.jsonl"), "w")
for step in range(250):
    print(json.dumps({"step": step, "loss": 1 / (step + 1), "speed": 7}), file=file)
"""
FAILS = "print('half way')\nraise SystemExit(3)\n"
UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}\n"


@pytest.fixture(scope="module")
def live() -> Iterator[LiveNode]:
    running = LiveNode()
    yield running
    running.close()


def run_job(live: LiveNode, folder: Path, name: str, source: str) -> str:
    """The id of a job that has ended."""
    (folder / "data.csv").write_text("1,2\n")
    data = live.command("datasets", "push", str(folder / "data.csv"), "-q").stdout.strip()
    code = live.command("packages", "push", str(package(folder, name, source)), "-q").stdout.strip()
    done = live.command("jobs", "submit", "--dataset", data, "--package", code, "-y", "-q", "--disk-mb", "64")
    assert done.returncode == 0, done.stderr
    live.command("jobs", "wait", done.stdout.strip())
    return done.stdout.strip()


@pytest.fixture(scope="module")
def completed(live: LiveNode, tmp_path_factory: pytest.TempPathFactory) -> str:
    id = run_job(live, tmp_path_factory.mktemp("good"), "logs", LOGS)
    assert live.command("jobs", "show", id, "-q").stdout == "completed\n"
    return id


@pytest.fixture(scope="module")
def broken(live: LiveNode, tmp_path_factory: pytest.TempPathFactory) -> str:
    id = run_job(live, tmp_path_factory.mktemp("bad"), "fails", FAILS)
    assert live.command("jobs", "show", id, "-q").stdout == "failed\n"
    return id


@pytest.mark.full
def test_a_failed_job_is_told_as_a_sentence_and_the_hint_is_the_command_that_helps(live: LiveNode, broken: str) -> None:
    failure = ok(live.command("jobs", "show", broken, "--json"))["failure"]
    assert failure["suggestion"] == "Read the log of train: its last lines say what went wrong."
    command = f"jobs logs {broken} --unit {failure['compute_unit_id']}"
    helps = f"{failure['suggestion']} gpu-agent-client {command}"
    assert "half way" in live.command(*command.split()).stdout
    watched = live.command("jobs", "watch", broken)
    assert watched.returncode == 1
    said = watched.stderr.splitlines()
    assert f"error: Job {broken} failed. exit_code: ended with exit code 3." in said
    assert f"hint: {helps}" in said
    waited = live.command("jobs", "wait", broken)
    assert "error: 1 of 1 job did not complete." in waited.stderr
    assert f"  {broken}: failed. exit_code: ended with exit code 3." in waited.stderr.splitlines()
    assert f"hint: {helps}" in waited.stderr
    shown = live.command("jobs", "show", broken).stdout.splitlines()
    assert "failure: exit_code: ended with exit code 3." in shown and f"what helps: {helps}" in shown


@pytest.mark.full
def test_cancel_says_that_a_job_has_ended_before_it_asks(live: LiveNode, broken: str, completed: str) -> None:
    for job, how in ((broken, "it failed"), (completed, "it completed")):
        done = live.command("jobs", "cancel", job)
        assert done.returncode == 1, "nobody is asked"
        assert f"error: Job {job} has ended: {how}. There is nothing to cancel." in done.stderr
        error = failed(live.command("jobs", "cancel", job, "--json"), 1)
        assert (error["code"], error["hint"]) == ("STATE_CONFLICT", f"gpu-agent-client jobs show {job}")


@pytest.mark.full
def test_a_dry_run_shows_plan_price_and_balance_and_submits_nothing(live: LiveNode, completed: str) -> None:
    job = ok(live.command("jobs", "show", completed, "--json"))
    ids = ["--dataset", job["dataset_id"], "--package", job["training_package_id"]]
    before = live.command("jobs", "list", "-q").stdout
    preview = ok(live.command("jobs", "submit", *ids, "--dry-run", "--json"))
    assert [(unit["role"], unit["nodes_now"]) for unit in preview["units"]] == [
        (role, 1) for role in ("prepare", "train", "evaluate", "package")
    ]
    shown = live.command("jobs", "submit", *ids, "--dry-run")
    assert shown.returncode == 0 and "warning" not in shown.stderr
    assert f"{preview['hold']} are held until it ends. Balance: {preview['balance']}" in shown.stdout
    assert re.search(r"^train +cpu +prepare +1 h 0 min +[\d.]+ +1 +\d+ s *$", shown.stdout, re.MULTILINE)
    assert "credits, as in 1 earlier run; " in shown.stdout
    assert live.command("jobs", "submit", *ids, "--dry-run", "-q").stdout == f"{preview['hold']}\n"
    assert live.command("jobs", "list", "-q").stdout == before
    asked = live.command("jobs", "submit", *ids)
    assert asked.returncode == 4 and "prepare (cpu, 1 node now)" in asked.stderr


@pytest.mark.full
def test_a_dry_run_says_what_stands_in_the_way(live: LiveNode, completed: str) -> None:
    job = ok(live.command("jobs", "show", completed, "--json"))
    ids = ["--dataset", job["dataset_id"], "--package", job["training_package_id"], "--dry-run"]
    dear = live.command("jobs", "submit", *ids, "--max-runtime-seconds", "604800", "--vram-mb", "190000")
    assert dear.returncode == 0, dear.stderr
    assert "warning: Your balance is 1000.000000, and " in dear.stderr
    assert "warning: No node can run all of it at this moment" in dear.stderr


def test_metrics_are_the_last_values_by_name_and_unit_or_all_of_them(live: LiveNode, completed: str) -> None:
    last = ok(live.command("jobs", "metrics", completed, "--json"))["data"]
    assert [(row["unit"], row["name"], row["value"], row["step"]) for row in last] == [
        ("train", "loss", 1 / 250, 249),
        ("train", "speed", 7.0, 249),
        ("evaluate", "loss", 1 / 250, 249),
        ("evaluate", "speed", 7.0, 249),
    ]
    shown = live.command("jobs", "metrics", completed)
    assert re.search(r"^train +loss +0\.004 +249 ", shown.stdout, re.MULTILINE)
    every = ok(live.command("jobs", "metrics", completed, "--all", "--json"))["data"]
    assert [row["value"] for row in every if (row["unit"], row["name"]) == ("train", "loss")] == [
        1 / (step + 1) for step in range(250)
    ]
    assert len(live.command("jobs", "metrics", completed, "--all").stdout.splitlines()) == 503


def test_what_ran_on_ones_own_node_is_told_alike_by_usage_ledger_and_export(
    live: LiveNode, completed: str, tmp_path: Path
) -> None:
    told = ok(live.command("usage", "--json"))
    assert len(told["days"]) == 30
    rows = ok(live.command("credits", "ledger", "--kind", "charge", "--limit", "500", "--json"))["data"]
    assert {(row["amount_micro"], row["note"]) for row in rows} == {(0, "own node")}
    assert sum(day["units_completed"] for day in told["days"]) == len(rows) >= 4
    assert sum(day["charged_micro"] for day in told["days"]) == 0
    first, last = told["days"][-2]["date"], told["days"][-1]["date"]
    file = tmp_path / "usage.csv"
    file.write_text("what was there before")
    done = ok(live.command("usage", "export", str(file), "--from", first, "--to", last, "--json"))
    assert done == {"path": str(file), "size_bytes": file.stat().st_size}
    with file.open(newline="") as lines:
        assert list(csv.DictReader(lines)) == [], "what ran on one's own node was not charged"
    of_job = ok(live.command("credits", "ledger", "--job", completed, "--from", first, "--json"))["data"]
    assert [row["kind"] for row in of_job] == ["charge", "release"] * 4 + ["hold"]
    month = live.command("usage").stdout.splitlines()[0]
    assert re.fullmatch(r"\d{4}-\d\d: 0\.000000 credits charged, [\d.]+ left, [\d.]+ held", month), month
    assert "own node" in live.command("credits", "ledger").stdout


def test_an_export_that_is_refused_leaves_the_file_as_it_was(live: LiveNode, tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("what was there before")
    words = ["usage", "export", str(file), "--from", "2026-01-01", "--to"]
    error = failed(live.command(*words, "2026-12-31", "--json"), 1)
    assert error["code"] == "EXPORT_RANGE_TOO_LARGE" and "usage export --help" in error["hint"]
    assert failed(live.command(*words, "soon", "--json"), 4)["code"] == "VALIDATION_FAILED"
    nowhere = ["usage", "export", str(tmp_path / "no" / "usage.csv"), "--from", "2026-01-01", "--to", "2026-01-02"]
    assert "can't be written" in failed(live.command(*nowhere, "--json"), 3)["message"]
    assert file.read_text() == "what was there before" and list(tmp_path.iterdir()) == [file]
    assert failed(live.command("credits", "ledger", "--kind", "gift", "--json"), 4)["code"] == "VALIDATION_FAILED"


def test_a_further_dataset_comes_with_a_job_and_a_checkpoint_must_be_one(live: LiveNode, completed: str) -> None:
    job = ok(live.command("jobs", "show", completed, "--json"))
    ids = ["--dataset", job["dataset_id"], "--package", job["training_package_id"]]
    more = ["--input", f"labels={job['dataset_id']}"]
    submitted = ok(live.command("jobs", "submit", *ids, *more, "--json", "--wait"))
    assert (submitted["status"], submitted["inputs"]) == ("completed", {"labels": job["dataset_id"]})
    artifact = live.command("artifacts", "list", completed, "-q").stdout.split()[0]
    refused = failed(live.command("jobs", "submit", *ids, "--start-from", artifact, "--json"), 4)
    assert refused["code"] == "VALIDATION_FAILED"
    assert refused["details"][0]["field"] == "initial_checkpoint_artifact_id"
    odd = live.command("jobs", "submit", *ids, "--input", "labels")
    assert odd.returncode == 4 and "error: --input labels is not NAME=DATASET." in odd.stderr


def test_a_choice_that_is_none_is_refused_in_plain_words(live: LiveNode) -> None:
    done = live.command("jobs", "submit", "--dataset", "a", "--package", "b", "--sensitivity", "secret")
    assert done.returncode == 4
    assert "error: Invalid value for '--sensitivity': 'secret' is not one of 'public', 'low_sensitive'" in done.stderr


@pytest.mark.full
def test_every_command_prints_in_quiet_mode_just_what_a_script_wants(
    live: LiveNode, completed: str, tmp_path: Path
) -> None:
    job = ok(live.command("jobs", "show", completed, "--json"))
    ids = ["--dataset", job["dataset_id"], "--package", job["training_package_id"]]
    (tmp_path / "more.csv").write_text("5,6\n")
    code = package(tmp_path, "quiet", "print('quietly')\n")
    submitted = live.command("jobs", "submit", *ids, "-y", "-q").stdout.strip()
    old_data = live.command("datasets", "push", str(tmp_path / "more.csv"), "--name", "old", "-q").stdout.strip()
    old_code = live.command("packages", "push", str(code), "--name", "old", "-q").stdout.strip()
    pull = ["artifacts", "pull", completed, "--to", str(tmp_path / "artifacts")]
    spare = ok(live.command("keys", "create", "--name", "spare", "--json"))["id"]
    expected = {
        "datasets push": (["datasets", "push", str(tmp_path / "more.csv")], UUID),
        "datasets list": (["datasets", "list"], f"({UUID})+"),
        "datasets delete": (["datasets", "delete", old_data, "-y"], f"{old_data}\n"),
        "packages push": (["packages", "push", str(code)], UUID),
        "packages list": (["packages", "list"], f"({UUID})+"),
        "packages delete": (["packages", "delete", old_code, "-y"], f"{old_code}\n"),
        "packages test": (["packages", "test", str(code), "--data", str(tmp_path / "more.csv")], "completed\n"),
        "jobs submit": (["jobs", "submit", *ids, "-y"], UUID),
        "jobs list": (["jobs", "list"], f"({UUID})+"),
        "jobs show": (["jobs", "show", completed], "completed\n"),
        "jobs watch": (["jobs", "watch", submitted], f"{submitted}\n"),
        "jobs wait": (["jobs", "wait", submitted, completed], f"{submitted}\n{completed}\n"),
        "jobs logs": (["jobs", "logs", completed, "--unit", "prepare"], r"(  prepare \| .*\n)+"),
        "jobs metrics": (["jobs", "metrics", completed], r"(?:(train|evaluate)\tloss\t0\.004\n\1\tspeed\t7\.0\n){2}"),
        "artifacts list": (["artifacts", "list", completed], f"({UUID})+"),
        "artifacts pull": (pull, f"{re.escape(str(tmp_path / 'artifacts'))}\n"),
        "credits": (["credits"], r"[\d.]+\n"),
        "credits ledger": (["credits", "ledger", "--limit", "3"], f"({UUID}){{3}}"),
        "usage": (["usage", "--days", "2"], r"(\d{4}-\d\d-\d\d\t[\d.]+\n){2}"),
        "usage export": (
            ["usage", "export", "--from", "2026-01-01", "--to", "2026-01-02", str(tmp_path / "usage.csv")],
            f"{re.escape(str(tmp_path / 'usage.csv'))}\n",
        ),
        "keys create": (["keys", "create", "--name", "another"], r"sk_alpha_[A-Za-z0-9_-]{43}\n"),
        "keys list": (["keys", "list"], f"({UUID})+"),
        "keys revoke": (["keys", "revoke", spare, "-y"], f"{spare}\n"),
        "account show": (["account", "show"], r"a@example\.com\n"),
        "nodes list": (["nodes", "list"], UUID),
        "nodes code": (["nodes", "code"], r"[A-Z2-7-]{19}\n"),
        "nodes earnings": (["nodes", "earnings"], r"0\.000000\n"),
    }
    for words, pattern in expected.values():
        done = live.command(*words, "-q")
        assert done.returncode == 0, (words, done.stderr)
        assert re.fullmatch(pattern, done.stdout), (words, done.stdout)
        assert done.stderr == "" or words == pull or "NOTHING CONFINES" in done.stderr, (words, done.stderr)
    live.node.stop()
    waiting = live.command("jobs", "submit", *ids, "-y", "-q").stdout.strip()
    expected["jobs cancel"] = (["jobs", "cancel", waiting, "-y"], f"{waiting}\n")
    expected["jobs retry"] = (["jobs", "retry", waiting], f"{waiting}\n")
    longer = ["jobs", "extend", waiting, "--max-runtime-seconds", "7200", "-y"]
    expected["jobs extend"] = (longer, f"{waiting}\n")
    expected["jobs explain"] = (["jobs", "explain", waiting], r"prepare: .+\n(\w+: It waits for \w+\. .+\n){3}")
    for name in ("jobs cancel", "jobs cancel", "jobs retry", "jobs extend", "jobs explain"):
        done = live.command(*expected[name][0], "-q")
        assert (done.returncode, done.stderr) == (0, ""), name
        assert re.fullmatch(expected[name][1], done.stdout), (name, done.stdout)
    elsewhere = LOGINS | WEBHOOKS
    assert set(expected) | elsewhere == set(command_names(typer.main.get_command(build())))
    assert not set(expected) & elsewhere
