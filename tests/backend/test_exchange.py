"""Nodes at a real server: what a poll waits for, what ends it, and what a stranger is told."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
import pytest

from core.protocol.node import (
    ATTEMPTS_A_CALL,
    PROTOCOL_VERSION,
    REPORTS_A_CALL,
    Confinement,
    ExchangeResponse,
    FreeResources,
    Lease,
)
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, digest, one_file, ready_dataset, ready_package, submit_job

FREE = FreeResources(cpus=4, memory_mb=8192, disk_mb=100_000, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)


class Node:
    """A node that says what a test wants."""

    def __init__(self, server: BackendServer) -> None:
        code = server.command("nodes", "enrollment-code")["code"]
        self.http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=60, trust_env=False)
        body = {"code": code, "name": "node", "protocol": PROTOCOL_VERSION, "agent_version": "test", "shoe_size": 43}
        answer = self.http.post("/node/enroll", json=body)
        assert answer.status_code == 201, answer.text
        self.http.headers["Authorization"] = f"Bearer {answer.json()['credential']}"
        self.threads = ThreadPoolExecutor(2)
        (settings,) = self.exchange().directives
        assert settings.kind == "settings" and settings.settings is not None
        self.lease_seconds = settings.settings.lease_seconds

    def close(self) -> None:
        self.threads.shutdown()
        self.http.close()

    def post(self, **fields: Any) -> httpx.Response:
        body = {"protocol": PROTOCOL_VERSION, "agent_version": "test", "free": msgspec.to_builtins(FREE), **fields}
        return self.http.post("/node/exchange", json=body)

    def exchange(self, **fields: Any) -> ExchangeResponse:
        answer = self.post(**fields)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=ExchangeResponse)

    def poll(self, **fields: Any) -> "Future[ExchangeResponse]":
        """A poll that waits, in a thread of its own."""
        return self.threads.submit(self.exchange, wait_seconds=25, **{"max_leases": 1, **fields})

    def report(self, lease: Lease, kind: str, number: int, **fields: Any) -> Any:
        """One report; its answer."""
        row = {"kind": kind, "attempt_id": lease.attempt_id, "token": lease.token, "number": number, **fields}
        return self.exchange(reports=[row]).answers[0]


@pytest.fixture
def server(own_server: BackendServer) -> BackendServer:
    own_server.start()
    return own_server


@pytest.fixture
def node(server: BackendServer) -> Iterator[Node]:
    made = Node(server)
    yield made
    made.close()


def submit(customer: Customer) -> str:
    return submit_job(customer, ready_dataset(customer), ready_package(customer))


def test_a_waiting_node_gets_a_unit_when_one_becomes_ready(server: BackendServer, node: Node) -> None:
    poll = node.poll()
    job = submit(server.new_customer())
    leases = poll.result().leases
    while not leases:  # the poll may have ended before the job was there
        leases = node.poll().result().leases
    assert (leases[0].role, leases[0].number) == ("prepare", 1)
    assert job


def test_a_cancelled_job_is_told_to_a_waiting_node(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    (lease,) = node.exchange(max_leases=1).leases
    held = [{"attempt_id": lease.attempt_id, "token": lease.token}]
    poll = node.poll(attempts=held, max_leases=0)
    assert customer.http.post(f"/customer/training-jobs/{job}/cancel").status_code == 200
    directives = poll.result().directives or node.exchange(attempts=held).directives
    assert [(d.kind, d.attempt_id) for d in directives] == [("cancel", lease.attempt_id)]


@pytest.mark.full
def test_a_newer_poll_ends_the_older(node: Node) -> None:
    started = threading.Event()

    def first() -> ExchangeResponse:
        started.set()
        return node.exchange(wait_seconds=2.5, max_leases=1)

    older = node.threads.submit(first)
    started.wait()
    newer = node.poll()
    assert older.result() == ExchangeResponse(tier="controlled")
    assert newer.result() == ExchangeResponse(tier="controlled")


def test_a_server_told_to_stop_ends_its_polls_and_goes(server: BackendServer, node: Node) -> None:
    poll = node.poll()
    assert server.stop() == 0
    error = poll.exception()
    assert error is None or isinstance(error, httpx.TransportError)


def test_a_whole_unit_over_http_with_its_bytes(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    (lease,) = node.exchange(max_leases=1).leases
    assert lease.data is not None
    (chunk,) = lease.data.manifest.files[0].chunks
    data = httpx.get(lease.data.urls[chunk.digest], trust_env=False)
    assert data.content == b"1,2\n3,4\n"
    assert node.report(lease, "started", 1).status == "accepted"
    assert node.report(lease, "log", 2, lines=[{"number": 1, "stream": "stdout", "text": "hello"}]).status == "accepted"
    assert node.report(lease, "exited", 3, exit_code=0, run_seconds=0.5).status == "accepted"
    result = {"files": [one_file("dataset.json", b"{}")]}
    answer = node.report(lease, "completed", 4, manifest=result)
    assert (answer.status, answer.missing_count) == ("missing", 1)
    wrong = httpx.put(answer.missing[0].upload_url, content=b"[]", trust_env=False)
    assert (wrong.status_code, code_of(wrong)) == (400, "CHUNK_MISMATCH")
    assert node.report(lease, "completed", 4, manifest=result).status == "missing"
    assert httpx.put(answer.missing[0].upload_url, content=b"{}", trust_env=False).status_code == 204
    assert node.report(lease, "completed", 4, manifest=result).status == "accepted"
    (train,) = node.poll().result().leases
    assert train.role == "train" and train.inputs["prepare"].manifest.files[0].path == "dataset.json"
    again = node.report(lease, "completed", 4, manifest=result)
    assert again.status == "replayed"
    rows = customer.http.get("/customer/credits/ledger").json()["data"]
    assert [row["kind"] for row in rows].count("charge") == 1
    artifacts = customer.http.get(f"/customer/training-jobs/{job}/artifacts").json()["data"]
    by_name = {row["name"]: row for row in artifacts}
    assert by_name["prepare/dataset.json"]["sha256"] == digest(b"{}")
    assert by_name["prepare/attempt-1.log"]["sha256"] == digest(b"hello\n")


def test_a_lease_outlives_a_kill_of_the_server_and_its_token_stays_good(server: BackendServer, node: Node) -> None:
    submit(server.new_customer())
    (lease,) = node.exchange(max_leases=1).leases
    assert node.report(lease, "started", 1).status == "accepted"
    server.kill()
    server.start()
    assert node.report(lease, "exited", 2, exit_code=0, run_seconds=0.1).status == "accepted"
    assert node.report(lease, "completed", 3, manifest={"files": []}).status == "accepted"


def test_a_result_that_had_arrived_before_a_kill_is_accepted_after_it(server: BackendServer, node: Node) -> None:
    customer = server.new_customer()
    job = submit(customer)
    (lease,) = node.exchange(max_leases=1).leases
    node.report(lease, "started", 1)
    node.report(lease, "exited", 2, exit_code=0, run_seconds=0.1)
    node.report(lease, "completed", 3, manifest={"files": []})
    server.kill()
    server.start()
    leases = node.poll().result().leases
    while not leases:
        leases = node.poll().result().leases
    assert leases[0].role == "train"
    units = customer.http.get(f"/customer/training-jobs/{job}/compute-units").json()["data"]
    assert units[0]["state"] == "completed"


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"Authorization": "Bearer nobody"}, {}, 401, "CUSTOMER_AUTH_REQUIRED"),
        ({"Authorization": ""}, {}, 401, "CUSTOMER_AUTH_REQUIRED"),
        ({}, {"protocol": 99}, 426, "UPGRADE_REQUIRED"),
        ({}, {"protocol": "one"}, 400, "VALIDATION_FAILED"),
        ({}, {"reports": [{}] * (REPORTS_A_CALL + 1)}, 400, "VALIDATION_FAILED"),
        ({}, {"attempts": [{"attempt_id": "a", "token": "t"}] * (ATTEMPTS_A_CALL + 1)}, 400, "VALIDATION_FAILED"),
        ({}, b"{", 400, "VALIDATION_FAILED"),
        ({}, b"\xff\xfe", 400, "VALIDATION_FAILED"),
    ],
)
def test_a_call_that_is_no_exchange_is_refused_in_the_contracts_shape(
    node: Node, headers: dict[str, str], body: Any, status: int, code: str
) -> None:
    whole = {"protocol": PROTOCOL_VERSION, "agent_version": "test"}
    content = body if isinstance(body, bytes) else json.dumps({**whole, **body}).encode()
    answer = node.http.post("/node/exchange", content=content, headers=headers)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert answer.json()["error"]["hint"] and answer.headers["X-Request-Id"]


@pytest.mark.full
def test_as_many_reports_and_attempts_as_a_call_may_have_are_answered(node: Node) -> None:
    named = [{"attempt_id": f"a{number}", "token": "t"} for number in range(ATTEMPTS_A_CALL)]
    said = node.exchange(attempts=named, reports=[{"attempt_id": "a0", "number": 7}] * REPORTS_A_CALL)
    assert (len(said.directives), len(said.answers)) == (ATTEMPTS_A_CALL, REPORTS_A_CALL)


@pytest.mark.full
def test_a_server_started_with_other_lengths_tells_its_nodes(server: BackendServer, node: Node) -> None:
    assert node.lease_seconds == 5
    server.stop()
    server.options = ("--lease-seconds", "9")
    server.start()
    (directive,) = node.exchange(wait_seconds=25).directives
    assert directive.settings is not None and directive.settings.lease_seconds == 9


def test_a_unit_that_the_woken_node_does_not_take_is_offered_to_the_next(server: BackendServer, node: Node) -> None:
    other = Node(server)
    submit(server.new_customer())
    (lease,) = node.exchange(max_leases=1).leases
    waiting = [other.poll(), node.poll(attempts=[{"attempt_id": lease.attempt_id, "token": lease.token}])]
    failed = {"fault": "node", "code": "disk", "message": "no room"}
    assert node.report(lease, "failed", 1, **failed).status == "accepted"
    leases = waiting[0].result().leases
    while not leases:
        leases = other.poll().result().leases
    assert (leases[0].unit_id, leases[0].number) == (lease.unit_id, 2)
    waiting[1].result()
    other.close()


def test_another_method_is_told_which_is_allowed(node: Node) -> None:
    answer = node.http.get("/node/exchange")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.full
def test_one_nodes_token_is_of_no_use_to_another(server: BackendServer, node: Node) -> None:
    submit(server.new_customer())
    (lease,) = node.exchange(max_leases=1).leases
    thief = Node(server)
    assert thief.report(lease, "started", 1).status == "superseded"
    thief.close()


def test_a_node_may_ask_why_it_has_no_work_and_nobody_else_may(node: Node) -> None:
    answer = node.http.get("/node/why")
    assert answer.status_code == 200 and answer.json()["tier"] in ("new", "controlled")
    assert answer.json()["waiting"] >= answer.json()["can_run"] >= 0
    del node.http.headers["Authorization"]
    assert node.http.get("/node/why").json()["error"]["code"] == "CUSTOMER_AUTH_REQUIRED"
