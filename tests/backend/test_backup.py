"""A backup made while the server works, and a server restored from it: nothing missing, nothing half, nothing wrong."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.backup import make_backup
from backend.backup_format import MANIFEST_NAME, UNFINISHED_NAME, read_backup
from backend.command_line.backup import restore as restore_command
from backend.data_folder import RESTORING_NAME, backup_lock, is_served
from core.client.customer import Client
from core.console import CommandError, Console, Mode
from core.console.progress import ProgressLine
from tests.agent.node_process import NodeProcess
from tests.backend.backups import back_up, chunk_in, content_of, restore
from tests.backend.server_process import PROJECT, BackendServer, Customer, run_command
from tests.backend.uploading import code_of, ready_dataset, ready_package
from tests.faults.world import PATIENT, TOML, assert_books, ended_job, submit_contents

STEPS = """
from gpu_agent import training
import itertools, time
left = training.resume()
print("began at", int((left / "step").read_text()) if left else 0, flush=True)
for step in itertools.count(1):
    with training.checkpoint(step=step) as folder:
        (folder / "step").write_text(str(step))
    if (training.output_dir() / "go").exists():
        break
    time.sleep(0.2)  # the work of a step
(training.output_dir() / "model").write_text("trained")
"""
PATIENCE_SECONDS = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path / "data", "--lease-seconds", "5")
    made.start()
    yield made
    made.close()


@pytest.fixture
def customer(server: BackendServer) -> Customer:
    return server.new_customer()


def until(is_so: Any, server: BackendServer) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.05)  # nothing tells of what another process does


@pytest.mark.full
def test_a_job_that_ran_during_the_backup_comes_to_its_end_on_the_restored_server(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    first = BackendServer(tmp_path / "first", "--lease-seconds", "15", port=port)
    second = BackendServer(tmp_path / "second", "--lease-seconds", "15", port=port)
    first.start()
    customer = first.new_customer()
    node = NodeProcess(tmp_path, first)
    try:
        node.start(owner=customer.email)
        package = ready_package(customer, train__py=STEPS, training__toml=TOML)
        job = submit_contents(customer, ready_dataset(customer), package)

        def checkpoints() -> int:
            with first.store() as store:
                return int(store.connection.execute("SELECT count(*) FROM checkpoints").fetchone()[0])

        until(lambda: checkpoints() > 0, first)
        back_up(first, tmp_path / "backup")
        until(lambda: checkpoints() > 2, first)  # the first goes on, and is further than its backup when it is lost
        first.kill()
        done = restore(tmp_path / "backup", second.data_dir)
        assert done.returncode == 0 and "stop it first" in done.stderr
        second.start()
        (scratch,) = node.root.glob("units/*/scratch")
        (scratch / "output" / "go").touch()
        with Client(second.url, customer.key, retries=PATIENT) as client:
            ended = ended_job(client, job)
            assert ended.status == "completed", node.log()
            model = next(row for row in client.list_artifacts(job).data if row.name == "train/model")
            url = client.artifact_download(job, model.id).download_url
            assert httpx.get(url, trust_env=False).content == b"trained"
        assert node.stop() == 0
        second.stop()
        with second.store() as store:
            lines = store.connection.execute("SELECT text FROM log_lines WHERE text LIKE 'began at%'").fetchall()
            attempts = store.connection.execute("SELECT max(number) FROM attempts").fetchone()[0]
        assert ([line["text"] for line in lines], attempts) == (["began at 0"], 1)  # the same attempt went on
        assert_books(second)
    finally:
        node.close()
        first.close()
        second.close()


class DeletingConsole(Console):
    """As soon as chunks are copied, a customer deletes what was there when the backup began."""

    def __init__(self, customer: Customer, datasets: list[str]) -> None:
        super().__init__(Mode.QUIET)
        self._customer = customer
        self._datasets = datasets

    def progress(self, title: str, total: float | None = None, *, unit: str = "bytes") -> ProgressLine:
        for dataset in self._datasets:
            assert self._customer.http.delete(f"/customer/datasets/{dataset}").status_code == 204
        return super().progress(title, total, unit=unit)


@pytest.mark.full
def test_what_is_deleted_while_a_backup_is_made_is_in_it_whole_and_goes_from_the_server_afterwards(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    contents = [f"data {number}\n".encode() for number in range(8)]
    datasets = [ready_dataset(customer, data, f"d{number}") for number, data in enumerate(contents)]
    console = DeletingConsole(customer, datasets)
    with server.store() as store:
        made = make_backup(server.data_dir, store, tmp_path / "backup", now=time.time(), verify=False, console=console)
    assert (made.backup.damaged, made.copied) == ([], len(contents))
    assert customer.http.get("/customer/datasets").json()["data"] == []
    ready_dataset(customer, b"goes too", "last")
    assert customer.http.delete(f"/customer/datasets/{ready_dataset(customer, b'goes', 'l')}").status_code == 204
    assert [chunk_in(server.data_dir, data).exists() for data in contents] == [False] * len(contents)

    restored = BackendServer(tmp_path / "restored")
    assert restore(tmp_path / "backup", restored.data_dir).returncode == 0
    restored.start()
    try:
        assert [content_of(restored, customer, dataset) for dataset in datasets] == contents
    finally:
        restored.close()


@pytest.mark.full
def test_a_server_that_stops_during_a_backup_still_deletes_afterwards(
    server: BackendServer, customer: Customer
) -> None:
    dataset = ready_dataset(customer, b"to be deleted")
    with backup_lock(server.data_dir):
        assert customer.http.delete(f"/customer/datasets/{dataset}").status_code == 204
        assert chunk_in(server.data_dir, b"to be deleted").exists()
        server.kill()
    server.start()
    other = ready_dataset(customer, b"another", "another")
    assert customer.http.delete(f"/customer/datasets/{other}").status_code == 204
    assert not chunk_in(server.data_dir, b"to be deleted").exists()


@pytest.mark.full
def test_a_chunk_sent_again_during_a_backup_outlives_its_deletion(server: BackendServer, customer: Customer) -> None:
    dataset = ready_dataset(customer, b"comes back")
    with backup_lock(server.data_dir):
        assert customer.http.delete(f"/customer/datasets/{dataset}").status_code == 204
        again = ready_dataset(customer, b"comes back")
    other = ready_dataset(customer, b"another", "another")
    assert customer.http.delete(f"/customer/datasets/{other}").status_code == 204
    assert content_of(server, customer, again) == b"comes back"


@pytest.mark.full
def test_a_second_backup_copies_what_is_new_and_drops_what_was_deleted(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    to = tmp_path / "backup"
    gone = ready_dataset(customer, b"gone", "gone")
    ready_dataset(customer, b"stays", "stays")
    assert back_up(server, to)["copied"] == 2
    assert customer.http.delete(f"/customer/datasets/{gone}").status_code == 204
    ready_dataset(customer, b"is new", "new")
    made = back_up(server, to)
    assert (made["copied"], made["copied_bytes"], made["backup"]["chunks"]) == (1, len(b"is new"), 2)
    assert [chunk_in(to, data).exists() for data in (b"gone", b"stays", b"is new")] == [False, True, True]
    names = {entry.name for entry in to.iterdir()}
    assert names == {MANIFEST_NAME, "blobs", "backup.lock", made["backup"]["database"], made["backup"]["secrets"]}
    modes = {entry.name: entry.stat().st_mode & 0o077 for entry in [to, *to.rglob("*")]}
    assert set(modes.values()) == {0}
    with server.store() as store:
        rows = store.connection.execute("SELECT action, subject FROM audit_log").fetchall()
    assert [tuple(row) for row in rows] == [("backup.make", str(to))] * 2


def killed_at(step: int, *arguments: str) -> int:
    """A command that ends by SIGKILL when it is about to copy this chunk; its exit code."""
    program = (
        "import itertools, os, signal\n"
        "import backend.backup as made\n"
        f"count, copy = itertools.count(), made._copy\n"
        "def copies(*arguments):\n"
        f"    if next(count) == {step}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    copy(*arguments)\n"
        "made._copy, made.THREADS = copies, 1\n"
        "from backend.command_line import main; main()\n"
    )
    return subprocess.run([sys.executable, "-c", program, *arguments], cwd=PROJECT, capture_output=True).returncode


@pytest.mark.full
def test_a_backup_that_is_killed_is_known_for_unfinished_and_the_next_goes_on(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    to = tmp_path / "backup"
    dataset = ready_dataset(customer, b"one", "one")
    ready_dataset(customer, b"two", "two")
    code = killed_at(1, "backup", "--to", str(to), "--data-dir", str(server.data_dir))
    assert code == -signal.SIGKILL
    assert (to / UNFINISHED_NAME).exists() and read_backup(to) is None
    refused = restore(to, tmp_path / "new")
    assert refused.returncode == 3 and "never finished" in refused.stderr
    assert content_of(server, customer, dataset) == b"one"

    assert back_up(server, to)["copied"] == 1
    # now a finished one is there: one more that is killed leaves it as it was
    three = ready_dataset(customer, b"three", "three")
    assert customer.http.delete(f"/customer/datasets/{dataset}").status_code == 204
    assert killed_at(0, "backup", "--to", str(to), "--data-dir", str(server.data_dir)) == -signal.SIGKILL
    assert (to / UNFINISHED_NAME).exists()
    restored = BackendServer(tmp_path / "restored")
    assert restore(to, restored.data_dir).returncode == 0
    restored.start()
    try:
        assert content_of(restored, customer, dataset) == b"one"
        shown = httpx.get(
            f"{restored.url}/api/v1/customer/datasets/{three}", headers={"X-API-Key": customer.key}, trust_env=False
        )
        assert code_of(shown) == "DATASET_NOT_FOUND"
    finally:
        restored.close()


@pytest.mark.full
def test_a_restore_that_is_killed_is_never_served_and_can_be_said_again(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    to, new = tmp_path / "backup", tmp_path / "new"
    dataset = ready_dataset(customer, b"one", "one")
    ready_dataset(customer, b"two", "two")
    back_up(server, to)
    assert killed_at(1, "restore", "--from", str(to), "--data-dir", str(new)) == -signal.SIGKILL
    assert (new / RESTORING_NAME).exists()
    for command in (("serve", "--port", "0"), ("nodes", "list")):
        refused = run_command(*command, data_dir=new)
        assert refused.returncode == 3 and "broken off" in refused.stderr
    assert restore(to, new).returncode == 0
    restored = BackendServer(new)
    restored.start()
    try:
        assert content_of(restored, customer, dataset) == b"one"
    finally:
        restored.close()
    assert {entry.name for entry in new.iterdir()} >= {"store.sqlite", "secrets.json", "blobs"}
    assert not (new / RESTORING_NAME).exists()


@pytest.mark.full
def test_folders_that_must_not_be_written_to_are_refused_and_left_as_they_are(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    to = tmp_path / "backup"
    ready_dataset(customer)
    back_up(server, to)
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter").write_text("dear")
    newer = tmp_path / "newer"
    shutil.copytree(to, newer)
    manifest = json.loads((newer / MANIFEST_NAME).read_bytes())
    (newer / MANIFEST_NAME).write_text(json.dumps({**manifest, "format": 2}))
    changed = tmp_path / "changed"
    shutil.copytree(to, changed)
    with (changed / manifest["database"]).open("r+b") as file:
        file.seek(5000)
        file.write(b"rot")
    served = server.data_dir
    tries = [
        (("backup", "--to", str(other)), served, "something else"),
        (("backup", "--to", str(served / "backup")), served, "lie in each other"),
        (("backup", "--to", str(served.parent)), served, "lie in each other"),
        (("backup", "--to", str(other / "letter")), served, "can't be used"),
        (("backup", "--to", str(tmp_path / "x")), tmp_path / "nothing", "nothing to back up"),
        (("restore", "--from", str(to)), other, "is not empty"),
        (("restore", "--from", str(to)), served, "a server works on"),
        (("restore", "--from", str(other)), tmp_path / "new", "there is no backup"),
        (("restore", "--from", str(newer)), tmp_path / "new", "newer program"),
        (("restore", "--from", str(changed)), tmp_path / "new", "other bytes"),
    ]
    for arguments, data_dir, words in tries:
        done = run_command(*arguments, data_dir=data_dir)
        assert done.returncode in (3, 4) and words in done.stderr and "hint:" in done.stderr, (arguments, done.stderr)
    assert [entry.name for entry in other.iterdir()] == ["letter"]
    assert (other / "letter").read_text() == "dear"
    with backup_lock(served):
        done = run_command("backup", "--to", str(to), data_dir=served)
        assert done.returncode == 3 and "another backup" in done.stderr


def test_too_little_room_is_told_in_numbers_before_anything_is_copied(
    server: BackendServer, customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_dataset(customer)

    class Usage:
        free = 1000

    monkeypatch.setattr("backend.backup.shutil.disk_usage", lambda folder: Usage)
    with server.store() as store, pytest.raises(CommandError, match="1,000 are free"):
        make_backup(server.data_dir, store, tmp_path / "to", now=time.time(), verify=False, console=Console(Mode.QUIET))
    assert read_backup(tmp_path / "to") is None
    assert list((tmp_path / "to").glob("*.sqlite")) == []


@pytest.mark.full
def test_what_the_lost_server_signed_opens_nothing_on_the_restored_one(
    server: BackendServer, customer: Customer, tmp_path: Path
) -> None:
    dataset = ready_dataset(customer)
    ready_dataset(customer, name="another")
    path = f"/customer/datasets/{dataset}/download-url"
    url = customer.http.post(path, json={"path": "data.csv"}).json()["download_url"]
    cursor = customer.http.get("/customer/datasets", params={"limit": 1}).json()["page"]["next_cursor"]
    back_up(server, tmp_path / "backup")
    restored = BackendServer(tmp_path / "restored")
    assert restore(tmp_path / "backup", restored.data_dir).returncode == 0
    restored.start()
    try:
        refused = httpx.get(url.replace(server.url, restored.url), trust_env=False)
        assert code_of(refused) == "SIGNED_URL_INVALID"
        lists = f"{restored.url}/api/v1/customer/datasets"
        refused = httpx.get(lists, params={"cursor": cursor}, headers={"X-API-Key": customer.key}, trust_env=False)
        assert code_of(refused) == "PAGINATION_INVALID_CURSOR"
        assert content_of(restored, customer, dataset) == b"1,2\n3,4\n"
    finally:
        restored.close()
    assert (restored.data_dir / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_restore_that_was_broken_off_is_cleared_by_one_at_a_time(
    server: BackendServer, customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, new = tmp_path / "backup", tmp_path / "new"
    back_up(server, to)
    (new / RESTORING_NAME).mkdir(parents=True)
    alone: list[bool] = []
    remove = shutil.rmtree

    def looking(path: Path, ignore_errors: bool = False) -> None:
        alone.append(is_served(new))
        remove(path, ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", looking)
    restore_command(to, data_dir=new, quiet=True)
    assert len(alone) > 1 and all(alone)
