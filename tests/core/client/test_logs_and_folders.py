"""A job on folders of this machine, run by a real node, and its log: the last lines, since when, what is in them, which
attempt, and live."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.client.command_line.local_data import DatasetSource
from core.client.customer import Client
from core.console import CommandError, Console, Mode
from tests.core.client.live_backend import client_command
from tests.core.client.live_node import LiveNode
from tests.core.client.saying import failed, ok, package

LINES = 230
READS = f"""
import os, pathlib
folder = pathlib.Path(os.environ["GPU_AGENT_INPUTS_DIR"]) / "extra"
for path in sorted(folder.iterdir()):
    print("read", path.name, path.read_text().strip())
for number in range(1, {LINES} + 1):
    print("line", number, "needle" if number % 100 == 0 else "hay")
"""
FAILS = "print('tried')\nraise SystemExit(3)\n"


@pytest.fixture(scope="module")
def live() -> Iterator[LiveNode]:
    running = LiveNode()
    yield running
    running.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and a folder beside, as on somebody's machine."""
    folder = tmp_path_factory.mktemp("mine")
    (folder / "data.csv").write_text("1,2\n")
    (folder / "more").mkdir()
    (folder / "more" / "a.txt").write_text("first\n")
    return folder


def submit(live: LiveNode, folder: Path, code: str, *more: str) -> "subprocess.CompletedProcess[str]":
    words = ["--dataset", str(folder / "data.csv"), "--package", code, "--disk-mb", "64", "--json", *more]
    return live.command("jobs", "submit", *words)


@pytest.fixture(scope="module")
def completed(live: LiveNode, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    code = live.command("packages", "push", str(package(tmp_path_factory.mktemp("reads"), "reads", READS)), "-q").stdout
    done = submit(live, folder, code.strip(), "-v", f"{folder / 'more'}:/extra", "--wait")
    job = ok(done)
    assert job["status"] == "completed", done.stderr
    return str(job["id"])


def texts(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """The lines of a log, behind their unit's names."""
    assert done.returncode == 0, done.stderr
    return [re.sub(r"^ *(\w+) [|*] ", r"\1: ", one) for one in done.stdout.splitlines()]


@pytest.mark.full
def test_a_job_reads_the_folder_that_was_mounted(live: LiveNode, completed: str) -> None:
    assert "train: read a.txt first" in texts(live.command("jobs", "logs", completed, "--unit", "train"))
    names = [row["name"] for row in ok(live.command("datasets", "list", "--json"))["data"]]
    assert sorted(names) == ["data.csv", "more"]


@pytest.mark.full
def test_what_is_there_unchanged_is_not_sent_again_and_what_changed_is_the_next_version(
    live: LiveNode, folder: Path, completed: str
) -> None:
    job = ok(live.command("jobs", "show", completed, "--json"))
    code = job["training_package_id"]
    again = submit(live, folder, code, "--input", f"extra={folder / 'more'}", "--dry-run")
    assert ok(again)["units"] and again.stderr.count("nothing is sent") == 2
    (folder / "more" / "b.txt").write_text("second\n")
    dry = failed(submit(live, folder, code, "--input", f"extra={folder / 'more'}", "--dry-run"), 4)
    assert dry["hint"] == f"gpu-agent-client datasets push {folder / 'more'}"
    assert len(ok(live.command("datasets", "list", "--json"))["data"]) == 2, "a dry run sent nothing"
    job = ok(submit(live, folder, code, "--input", f"extra={folder / 'more'}", "--wait"))
    assert "train: read b.txt second" in texts(live.command("jobs", "logs", job["id"], "--unit", "train"))
    versions = [(row["name"], row["version"]) for row in ok(live.command("datasets", "list", "--json"))["data"]]
    assert sorted(versions) == [("data.csv", 1), ("more", 1), ("more", 2)]


def test_only_the_chunks_that_changed_are_sent(live: LiveNode, tmp_path: Path) -> None:
    sent: list[str] = []

    def note(request: httpx.Request) -> None:
        if request.method == "PUT":
            sent.append(str(request.url))

    big = tmp_path / "parts"
    big.mkdir()
    (big / "big.bin").write_bytes(bytes(range(256)) * 8192)
    (big / "small.txt").write_text("one")
    with Client(live.url, live.key) as client:
        client.http.event_hooks["request"].append(note)
        first = DatasetSource(Console(Mode.QUIET), client, may_send=True).id_of(str(big))
        assert len(sent) == 2
        assert DatasetSource(Console(Mode.QUIET), client, may_send=True).id_of(str(big)) == first
        assert len(sent) == 2
        (big / "small.txt").write_text("two")
        second = DatasetSource(Console(Mode.QUIET), client, may_send=True)
        assert second.id_of(str(big)) == second.id_of(str(big)) != first
        assert len(sent) == 3
        assert second.id_of(first) == first
        with pytest.raises(CommandError):
            DatasetSource(Console(Mode.QUIET), client, may_send=False).id_of(str(big / "small.txt"))


@pytest.mark.parametrize("volume", ["data", ":x", "./data:", "./data:/a/b", "./data:/"])
def test_a_volume_that_is_none_is_the_callers_mistake(live: LiveNode, completed: str, volume: str) -> None:
    error = failed(live.command("jobs", "submit", "--dataset", "x", "--package", "x", "-v", volume, "--json"), 4)
    assert "FOLDER:NAME" in error["message"]


@pytest.mark.full
def test_the_last_lines_are_the_last_of_those_that_are_wanted(live: LiveNode, completed: str) -> None:
    train = ["jobs", "logs", completed, "--unit", "train"]
    whole = texts(live.command(*train))
    assert whole[-1] == f"train: line {LINES} hay" and len(whole) > LINES
    for count in (0, 3, 150, 5000):
        assert texts(live.command(*train, "-n", str(count))) == whole[len(whole) - min(count, len(whole)) :]
    found = texts(live.command(*train, "--search", "needle"))
    assert found == ["train: line 100 needle", "train: line 200 needle"]
    assert texts(live.command(*train, "--search", "/line 2[0-9]{2} ne/")) == found[1:]
    assert texts(live.command(*train, "--search", "needle", "-n", "1")) == found[1:]
    rows = ok(live.command(*train, "--search", "needle", "--json"))["data"]
    assert [row["text"] for row in rows] == ["line 100 needle", "line 200 needle"]


def test_a_search_that_finds_nothing_exits_1(live: LiveNode, completed: str) -> None:
    for more in ([], ["-f"], ["-n", "5"]):
        done = live.command("jobs", "logs", completed, "--search", "nowhere", *more)
        assert done.returncode == 1 and "No line has that in it." in done.stderr and not done.stdout


@pytest.mark.full
def test_lines_since_then(live: LiveNode, completed: str) -> None:
    whole = live.command("jobs", "logs", completed).stdout
    assert live.command("jobs", "logs", completed, "--since", "2h").stdout == whole
    assert live.command("jobs", "logs", completed, "--since", "2100-01-01").stdout == ""
    assert failed(live.command("jobs", "logs", completed, "--since", "soon", "--json"), 4)["code"] == "ARGUMENTS"


def test_followed_lines_are_the_same_each_once(live: LiveNode, completed: str) -> None:
    train = ["jobs", "logs", completed, "--unit", "train"]
    whole = texts(live.command(*train))
    assert texts(live.command(*train, "-f")) == whole
    assert texts(live.command(*train, "-f", "-n", "4")) == whole[-4:]
    both = live.command("jobs", "logs", completed, "-f", "--search", "needle")
    assert texts(both) == ["train: line 100 needle", "train: line 200 needle"]


@pytest.mark.full
def test_an_attempt_by_its_number_and_a_follower_from_the_start_to_the_end(
    live: LiveNode, folder: Path, tmp_path: Path
) -> None:
    code = live.command("packages", "push", str(package(tmp_path, "fails", FAILS)), "-q").stdout.strip()
    error = failed(submit(live, folder, code, "--wait"), 1)
    assert error["code"] == "JOB_FAILED"
    [job] = live.command("jobs", "list", "--find", "fails", "-q").stdout.split()
    assert ok(live.command("jobs", "retry", job, "--json"))["id"] == job
    following = subprocess.Popen(
        [client_command(), "jobs", "logs", job, "-f", "-n", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=live.environment(),
    )
    out, err = following.communicate(timeout=120)
    assert following.returncode == 0, err
    assert {row["attempt"] for row in json.loads(out)["data"]} <= {1, 2}
    train = ["jobs", "logs", job, "--unit", "train"]
    assert texts(live.command(*train, "--search", "tried")) == ["train: tried"] * 2
    for number in ("1", "2"):
        assert texts(live.command(*train, "--search", "tried", "--attempt", number)) == ["train: tried"]
    assert live.command(*train, "--attempt", "3").stdout == ""
