"""What one unit may keep – log, metrics, results – under 50 calls of its node at once, and kill -9 among them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from core.protocol.node import Lease
from tests.backend.many_calls import AT_ONCE, at_once, one, set_limits, until
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_exchange import Node
from tests.backend.uploading import digest, one_file, ready_dataset, ready_package, submit_job

LOG_BYTES, POINTS, OUTPUT_BYTES = 2_000, 100, 1_000
ROWS_A_CALL = 10


@pytest.fixture
def server(own_server: BackendServer) -> BackendServer:
    own_server.start()
    return own_server


@pytest.fixture
def customer(server: BackendServer) -> Customer:
    made = server.new_customer()
    set_limits(
        server,
        made,
        log_bytes_per_unit=LOG_BYTES,
        metric_points_per_unit=POINTS,
        output_bytes_per_unit=OUTPUT_BYTES,
    )
    return made


@pytest.fixture
def node(server: BackendServer) -> Iterator[Node]:
    made = Node(server)
    yield made
    made.close()


@pytest.fixture
def lease(customer: Customer, node: Node) -> Lease:
    submit_job(customer, ready_dataset(customer), ready_package(customer))
    (lease,) = node.exchange(max_leases=1).leases
    node.report(lease, "started", 1)
    return lease


def lines(call: int) -> dict[str, Any]:
    first = call * ROWS_A_CALL + 1
    rows = [{"number": first + row, "stream": "stdout", "text": "x" * 99} for row in range(ROWS_A_CALL)]
    return {"kind": "log", "lines": rows}


def points(call: int) -> dict[str, Any]:
    first = call * ROWS_A_CALL + 1
    rows = [{"number": first + row, "step": row, "values": {"loss": 0.5}} for row in range(ROWS_A_CALL)]
    return {"kind": "metrics", "points": rows}


def result(size_bytes: int) -> dict[str, Any]:
    return {"kind": "completed", "manifest": {"files": [one_file("model", b"m" * size_bytes)]}}


def say(node: Node, lease: Lease, number: int, report: dict[str, Any]) -> httpx.Response | None:
    """One call with one report; None when the server was killed meanwhile."""
    said = {"attempt_id": lease.attempt_id, "token": lease.token, "number": number, **report}
    try:
        return node.post(reports=[said])
    except httpx.TransportError:
        return None


def all_at_once_with_a_kill(
    server: BackendServer, node: Node, lease: Lease, report: Callable[[int], dict[str, Any]], *, once: str
) -> None:
    """50 calls, a kill as soon as the first has come (what `once` counts), and after a new start the same 50 again."""

    def kill() -> None:
        until(lambda: one(server, once) > 0, "something has come")
        server.kill()

    calls: list[Callable[[], object]] = [partial(say, node, lease, call + 2, report(call)) for call in range(AT_ONCE)]
    at_once([*calls[:5], kill, *calls[5:]])
    server.start()
    answers = at_once(calls)
    assert all(isinstance(answer, httpx.Response) and answer.status_code == 200 for answer in answers)


@pytest.mark.full
def test_a_log_is_cut_where_it_is_full_and_says_so_once(server: BackendServer, node: Node, lease: Lease) -> None:
    all_at_once_with_a_kill(server, node, lease, lines, once="SELECT count(*) FROM log_lines")
    assert one(server, "SELECT sum(length(text) + 1) FROM log_lines WHERE stream = 'stdout'") == LOG_BYTES
    assert one(server, "SELECT count(*) FROM log_lines WHERE text LIKE 'the log is full%'") == 1
    assert one(server, "SELECT count(*) FROM log_lines") == one(server, "SELECT max(number) FROM log_lines")


@pytest.mark.full
def test_no_more_points_are_kept_than_a_unit_may_have(server: BackendServer, node: Node, lease: Lease) -> None:
    all_at_once_with_a_kill(server, node, lease, points, once="SELECT count(*) FROM metric_points")
    assert one(server, "SELECT count(*) FROM metric_points") == POINTS
    assert one(server, "SELECT max(metric_points) FROM units") == POINTS


@pytest.mark.full
def test_a_result_that_is_too_large_is_refused_in_every_call_and_one_that_fits_is_charged_once(
    server: BackendServer, customer: Customer, node: Node, lease: Lease
) -> None:
    too_large = at_once([partial(say, node, lease, 2, result(OUTPUT_BYTES + 1))] * AT_ONCE)
    assert {answer.json()["answers"][0]["status"] for answer in too_large if answer is not None} == {"refused"}
    assert len(too_large) == AT_ONCE and None not in too_large
    assert one(server, "SELECT count(*) FROM units WHERE state = 'completed'") == 0
    node.report(lease, "exited", 3, exit_code=0, run_seconds=1.0)
    (missing,) = node.report(lease, "completed", 4, **{"manifest": result(OUTPUT_BYTES)["manifest"]}).missing
    assert missing.digest == digest(b"m" * OUTPUT_BYTES)
    assert customer.http.put(missing.upload_url, content=b"m" * OUTPUT_BYTES).status_code == 204
    done = "SELECT count(*) FROM units WHERE state = 'completed'"
    all_at_once_with_a_kill(server, node, lease, lambda call: result(OUTPUT_BYTES), once=done)
    assert one(server, done) == 1
    assert one(server, "SELECT count(*) FROM ledger_transfers WHERE kind = 'charge'") == 1
