"""What a scrape tells after real work, to whom, and that its labels are few."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from backend.metrics import Metrics
from backend.settings import Settings
from core.billing.ledger import AccountKind
from core.protocol.node import ExchangeResponse
from tests.backend.admin_client import Admin
from tests.backend.server_process import BackendServer
from tests.backend.test_exchange import Node
from tests.backend.uploading import one_file, ready_dataset, ready_package, submit_job

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def admin(own_server: BackendServer) -> Iterator[Admin]:
    own_server.start()
    made = Admin(own_server, metrics_only=True)
    yield made
    made.close()


def scrape(server: BackendServer, admin: Admin, path: str = "/metrics") -> Samples:
    headers = {"Authorization": f"Bearer {admin.secret}"}
    answer = httpx.get(f"{server.url}{path}", headers=headers, trust_env=False)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def run_one_unit(node: Node) -> None:
    """Leases a unit, and says at once that it has done it."""
    (lease,) = node.exchange(max_leases=1).leases
    assert node.report(lease, "started", 1).status == "accepted"
    assert node.report(lease, "exited", 2, exit_code=0, run_seconds=0.1).status == "accepted"
    files = [one_file("model.txt", b"weights")]
    answer = node.report(lease, "completed", 3, manifest={"files": files})
    for missing in answer.missing:
        assert httpx.put(missing.upload_url, content=b"weights", trust_env=False).status_code == 204
    if answer.missing:
        answer = node.report(lease, "completed", 3, manifest={"files": files})
    assert answer.status == "accepted"


def test_a_scrape_tells_what_was_done(own_server: BackendServer, admin: Admin) -> None:
    customer = own_server.new_customer(credits=100)
    submit_job(customer, ready_dataset(customer), ready_package(customer))
    cancelled = submit_job(customer, ready_dataset(customer), ready_package(customer))
    node = Node(own_server)
    try:
        run_one_unit(node)
        assert customer.http.post(f"/customer/training-jobs/{cancelled}/cancel").status_code == 200
        assert isinstance(node.exchange(max_leases=1), ExchangeResponse)
    finally:
        node.close()
    samples = scrape(own_server, admin)
    assert value(samples, "gpu_agent_jobs", status="running") == 1
    assert value(samples, "gpu_agent_jobs_moved_total", status="cancelled") == 1
    assert value(samples, "gpu_agent_units", state="leased") == 1
    assert value(samples, "gpu_agent_units", state="blocked") == 2
    assert value(samples, "gpu_agent_units", state="ready") == 0
    assert value(samples, "gpu_agent_units_ended_total", state="completed") == 1
    assert value(samples, "gpu_agent_units_ended_total", state="cancelled") == 4
    assert value(samples, "gpu_agent_attempts_ended_total", outcome="completed") == 1
    assert value(samples, "gpu_agent_leases") == 1
    assert value(samples, "gpu_agent_nodes", tier="controlled", state="online") == 1
    assert value(samples, "gpu_agent_exchange_seconds_count") >= 5
    assert value(samples, "gpu_agent_writer_group_requests_sum") >= value(
        samples, "gpu_agent_writer_commit_seconds_count"
    )
    credits = {kind.value: value(samples, "gpu_agent_credits", account=kind.value) for kind in AccountKind}
    assert sum(credits.values()) == pytest.approx(0)
    assert credits["issuance"] == -100 and credits["held"] > 0 and credits["operator"] > 0
    assert value(samples, "gpu_agent_stored_bytes") > 0
    assert value(samples, "gpu_agent_database_bytes", file="main") > 0
    submitted = {"method": "POST", "route": "/api/v1/customer/training-jobs"}
    assert value(samples, "gpu_agent_http_requests_total", **submitted, status="201") == 2
    assert value(samples, "gpu_agent_http_request_seconds_count", **submitted) == 2
    build = {"build": "dev", "environment": "alpha", "protocol": "1"}
    assert value(samples, "gpu_agent_build_info", **build) == 1
    assert "process_resident_memory_bytes" in {name for name, _ in samples}


def test_open_polls_and_streams_are_counted_while_they_are_open(own_server: BackendServer, admin: Admin) -> None:
    customer = own_server.new_customer()
    node = Node(own_server)
    poll = node.poll()
    with customer.http.stream("GET", "/customer/events") as stream:
        assert stream.status_code == 200
        samples = scrape(own_server, admin)
        while not value(samples, "gpu_agent_node_polls_open"):  # the poll is on its way
            samples = scrape(own_server, admin)
        assert value(samples, "gpu_agent_event_streams_open") == 1
    assert own_server.stop() == 0
    assert poll.result() == ExchangeResponse(tier="controlled")
    node.close()


@pytest.mark.full
def test_labels_are_routes_and_never_what_a_stranger_wrote(own_server: BackendServer, admin: Admin) -> None:
    customer = own_server.new_customer()
    for number in range(20):
        customer.http.get(f"/customer/training-jobs/secret-{number}")
        customer.http.get(f"/customer/secret-{number}")
        httpx.get(f"{own_server.url}/secret-{number}", trust_env=False)
        httpx.get(f"{own_server.url}/api/v1/content/secret-{number}", trust_env=False)
        httpx.get(f"{own_server.url}/api/v1/admin/secret-{number}", trust_env=False)
        httpx.request(f"SECRET{number}", f"{own_server.url}/healthz", trust_env=False)
    samples = scrape(own_server, admin)
    told = {dict(labels)["route"] for name, labels in samples if name == "gpu_agent_http_requests_total"}
    assert told == {
        "/api/v1/customer/training-jobs/{id}",
        "/api/v1/customer/*",
        "/api/v1/content/{token}",
        "/api/v1/admin/*",
        "other",
    }
    assert "secret" not in str(samples).lower()


def test_both_paths_answer_a_key_of_either_kind_and_nobody_else(own_server: BackendServer, admin: Admin) -> None:
    for path in ("/metrics", "/api/v1/metrics"):
        assert scrape(own_server, admin, path)
        answer = httpx.get(f"{own_server.url}{path}", trust_env=False)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "CUSTOMER_AUTH_REQUIRED")
        other = httpx.get(
            f"{own_server.url}{path}", headers={"X-API-Key": own_server.new_customer().key}, trust_env=False
        )
        assert (other.status_code, other.json()["error"]["code"]) == (401, "API_KEY_INVALID")


def test_servers_in_one_process_have_metrics_of_their_own(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
    first, second = Metrics(settings), Metrics(settings)
    first.count([("attempt", "lost"), ("attempt", "lost")])
    assert b'outcome="lost"} 2.0' in first.text()
    assert b'outcome="lost"} 0.0' in second.text()
    assert b"_created" not in first.text()
