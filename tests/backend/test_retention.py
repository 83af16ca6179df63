"""A server lets go of what jobs made when its time is over, bytes and all, while it serves."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_exchange import Node, submit
from tests.backend.uploading import code_of, digest, one_file

PROGRAM = [
    sys.executable,
    "-c",
    "import backend.loops; backend.loops.RETENTION_SECONDS = 0.1; from backend.command_line import main; main()",
]
PATIENCE_SECONDS = 30.0
MODEL = b"the model's bytes"


def until(is_so: Callable[[], bool], server: BackendServer) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.05)  # nothing tells of what a server does by itself


def run_unit(node: Node, model: bytes) -> None:
    """Takes the next unit, says a line, and brings one file."""
    (lease,) = node.exchange(max_leases=1).leases
    node.report(lease, "started", 1)
    node.report(lease, "log", 2, lines=[{"number": 1, "stream": "stdout", "text": "said"}])
    node.report(lease, "exited", 3, exit_code=0, run_seconds=0.1)
    manifest = {"files": [one_file("model", model)]}
    answer = node.report(lease, "completed", 4, manifest=manifest)
    for missing in answer.missing:
        assert httpx.put(missing.upload_url, content=model, trust_env=False).status_code == 204
    if answer.missing:
        answer = node.report(lease, "completed", 4, manifest=manifest)
    assert answer.status == "accepted"


def gap_of(customer: Customer, path: str) -> dict[str, Any]:
    """The first event after the second."""
    with connect_sse(customer.http, "GET", path, headers={"Last-Event-ID": "2"}) as source:
        event = next(source.iter_sse())
        return {"kind": event.event, **json.loads(event.data)}


@pytest.mark.parametrize("is_killed", [False, True])
def test_ninety_days_after_a_job_its_files_are_gone_from_the_disk(tmp_path: Path, is_killed: bool) -> None:
    server = BackendServer(tmp_path / "data", "--lease-seconds", "5", program=PROGRAM)
    server.start()
    customer, node = server.new_customer(), Node(server)
    try:
        job = submit(customer)
        for _ in range(4):
            run_unit(node, MODEL)
        name = digest(MODEL)
        chunk = server.data_dir / "blobs/chunks" / name[:2] / name[2:4] / name
        assert chunk.read_bytes() == MODEL
        path = f"/customer/training-jobs/{job}"
        before = customer.http.get(f"{path}/artifacts").json()["data"]
        model = next(row for row in before if row["name"] == "train/model")
        url = customer.http.post(f"{path}/artifacts/{model['id']}/download-url").json()["download_url"]
        assert httpx.get(url, trust_env=False).content == MODEL
        if is_killed:
            server.kill()
        with server.store() as store, store.transaction() as tx:
            for column in ("artifacts SET created_at = created_at", "jobs SET finished_at = finished_at"):
                tx.connection.execute(f"UPDATE {column} - ?", [91 * 86_400.0])
        if is_killed:
            server.start()

        until(lambda: not chunk.exists(), server)
        assert code_of(httpx.get(url, trust_env=False)) == "ARTIFACT_NOT_FOUND"
        answer = customer.http.post(f"{path}/artifacts/{model['id']}/download-url")
        assert (answer.status_code, code_of(answer)) == (404, "ARTIFACT_NOT_FOUND")
        after = customer.http.get(f"{path}/artifacts").json()["data"]
        listed = next(row for row in after if row["name"] == "train/model")
        moved = {name: listed[name] for name in ("created_at", "expires_at")}
        assert listed == {**model, "open": False, **moved}
        assert listed["expires_at"] < model["created_at"]
        assert customer.http.get(path).json()["status"] == "completed"
        until(lambda: gap_of(customer, f"{path}/events")["kind"] == "gap", server)
        assert gap_of(customer, f"{path}/events")["from"] == 3
        until(lambda: one(server, "SELECT count(*) FROM orphans") == 0, server)
        assert one(server, "SELECT count(*) FROM log_lines") == 0
        assert len(list(server.data_dir.glob("blobs/chunks/*/*/*"))) == 2  # dataset and package
    finally:
        node.close()
        server.close()


def one(server: BackendServer, sql: str) -> int:
    with server.store() as store:
        return int(store.connection.execute(sql).fetchone()[0])
