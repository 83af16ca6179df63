"""Why a job waits, more time, and what a change moves, as curl sees them, with nodes that speak for themselves."""

import os
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from core.ids import uuid7
from core.scheduling.fairness import ReadyIndex
from core.scheduling.leases import fail_what_waited
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, ready_dataset, ready_package

JOBS = "/customer/training-jobs"
ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
DAY = 86_400.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """One whose nodes are these tests' alone."""
    made = BackendServer(tmp_path_factory.mktemp("explain") / "data")
    made.start()
    yield made
    made.close()


@pytest.fixture
def customer(server: BackendServer) -> Customer:
    return server.new_customer()


@pytest.fixture
def body(customer: Customer) -> dict[str, Any]:
    """The published request."""
    return {
        "name": "tiny-mlp-fine-tune",
        "dataset_id": ready_dataset(customer),
        "training_package_id": ready_package(customer),
        "required_vram_mb": 8000,
        "required_disk_mb": 1024,
        "max_runtime_seconds": 600,
        "sensitivity": "low_sensitive",
    }


def speak(server: BackendServer, name: str, *, vram_mb: int | None = None, owner: str = "") -> str:
    """A node that enrols and says once what it has, and that it wants work. Its credential."""
    base = f"{server.url}/api/v1"
    code = server.command("nodes", "enrollment-code", "--owner", owner)["code"]
    asked = {"code": code, "name": name, "protocol": 1, "agent_version": "test"}
    credential = str(httpx.post(f"{base}/node/enroll", json=asked, trust_env=False).json()["credential"])
    gpus = [] if vram_mb is None else [{"uuid": name, "model": "m", "vram_total_mb": vram_mb, "vram_free_mb": vram_mb}]
    free = {"cpus": 4, "memory_mb": 4096, "disk_mb": 50_000, "gpus": gpus, "pythons": ["3.11.7"]}
    said = {
        "protocol": 1,
        "agent_version": "test",
        "free": {**free, "confinement": "bubblewrap"},
        "max_leases": 1,
    }
    answer = httpx.post(
        f"{base}/node/exchange", json=said, headers={"Authorization": f"Bearer {credential}"}, trust_env=False
    )
    assert answer.status_code == 200, answer.text
    return credential


def test_the_published_job_waits_on_a_network_without_a_gpu_and_explain_says_why(
    server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    speak(server, "kitchen-node")
    submitted = customer.http.post(JOBS, json=body)
    assert submitted.status_code == 201
    job = submitted.json()["id"]
    answer = customer.http.get(f"{JOBS}/{job}/explain")
    assert answer.status_code == 200
    found = answer.json()
    assert found["page"] == {"limit": 50, "next_cursor": None, "has_more": False}
    assert [(row["role"], row["state"]) for row in found["data"]] == [
        ("prepare", "ready"),
        ("train", "blocked"),
        ("evaluate", "blocked"),
        ("package", "blocked"),
    ]
    prepare, train = found["data"][:2]
    assert (prepare["nodes_fit"], prepare["nodes_now"], prepare["ahead"]) == (1, 1, 0)
    assert prepare["message"] == "1 node could take it now; it is next."
    assert train["waits_for"] == prepare["compute_unit_id"] and train["kind"] == "gpu"
    assert {row["name"]: row["nodes"] for row in train["requirements"]}["vram"] == 0
    assert train["changes"][0]["fields"] == {"required_vram_mb": 0} and train["changes"][0]["nodes"] == 1
    speak(server, "attic-node", vram_mb=6000)
    rows = customer.http.get(f"{JOBS}/{job}/explain").json()["data"]
    assert [row["role"] for row in rows] == ["train", "evaluate", "package"]  # prepare was leased to the second
    train = rows[0]
    assert (train["nodes_known"], train["nodes_fit"]) == (2, 0)
    assert train["changes"][0]["fields"] == {"required_vram_mb": 6000}
    assert customer.http.get(f"{JOBS}/{job}").json()["status"] == "queued"
    preview = customer.http.post(f"{JOBS}/preview", json=body).json()
    assert [unit["nodes_now"] for unit in preview["units"]] == [2, 0, 2, 2]
    owner = server.new_customer()
    speak(server, "owners-node", owner=owner.email)
    preview = customer.http.post(f"{JOBS}/preview", json=body).json()
    assert [unit["nodes_now"] for unit in preview["units"]] == [3, 0, 3, 3]
    with server.store() as store:
        sql = "SELECT package_digest FROM uploads WHERE public_id = ?"
        (digest,) = store.connection.execute(sql, [body["training_package_id"]]).fetchone()
    block = {"package_digest": digest, "reason": "noisy"}
    assert owner.http.post("/owner/blocks", json=block).status_code == 201
    preview = customer.http.post(f"{JOBS}/preview", json=body).json()
    assert [unit["nodes_now"] for unit in preview["units"]] == [2, 0, 2, 2]


def test_after_seven_days_it_fails_and_its_hold_returns(
    server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    job = customer.http.post(JOBS, json={**body, "required_disk_mb": 1_000_000}).json()["id"]
    until = customer.http.get(f"{JOBS}/{job}/explain").json()["data"][0]["gives_up_at"]
    later = time.time() + 7 * DAY + 1

    def pass_seven_days(now: float) -> None:
        with server.store() as store, store.transaction() as tx:
            fail_what_waited(tx, ReadyIndex(), now, lambda: uuid7(now, os.urandom))

    pass_seven_days(later - 60)
    assert customer.http.get(f"{JOBS}/{job}").json()["status"] == "queued"
    pass_seven_days(later)
    failed = customer.http.get(f"{JOBS}/{job}").json()
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "no_node")
    assert failed["finished_at"] >= until
    summary = customer.http.get("/customer/usage/summary").json()
    assert (summary["balance_micro"], summary["held_micro"]) == (1_000_000_000, 0)
    assert customer.http.get(f"{JOBS}/{job}/explain").json()["data"] == []


def test_it_pages_and_every_cursor_is_its_jobs_alone(customer: Customer, body: dict[str, Any]) -> None:
    job, other = (customer.http.post(JOBS, json=body).json()["id"] for _ in range(2))
    first = customer.http.get(f"{JOBS}/{job}/explain?limit=3").json()
    assert len(first["data"]) == 3 and first["page"]["has_more"]
    cursor = first["page"]["next_cursor"]
    rest = customer.http.get(f"{JOBS}/{job}/explain", params={"limit": 3, "cursor": cursor}).json()
    assert [row["role"] for row in rest["data"]] == ["package"] and not rest["page"]["has_more"]
    foreign = customer.http.get(f"{JOBS}/{other}/explain", params={"limit": 3, "cursor": cursor})
    assert (foreign.status_code, code_of(foreign)) == (400, "PAGINATION_INVALID_CURSOR")
    wide = customer.http.get(f"{JOBS}/{job}/explain?limit=101")
    assert (wide.status_code, code_of(wide)) == (400, "VALIDATION_FAILED")


def test_anothers_job_is_absent_and_nothing_of_another_customer_is_told(
    server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    job = customer.http.post(JOBS, json=body).json()["id"]
    other = server.new_customer()
    for id in (job, ABSENT, "not-an-id"):
        for answer in (
            other.http.get(f"{JOBS}/{id}/explain"),
            other.http.post(f"{JOBS}/{id}/extend", json={"max_runtime_seconds": 700}),
        ):
            assert (answer.status_code, code_of(answer)) == (404, "JOB_NOT_FOUND")
    mine = {**body, "dataset_id": ready_dataset(other), "training_package_id": ready_package(other)}
    own = other.http.post(JOBS, json=mine).json()["id"]
    text = other.http.get(f"{JOBS}/{own}/explain").text
    assert '"ahead":' in text
    for secret in (customer.email, job, body["name"], "kitchen-node", "attic-node"):
        assert secret not in text


def test_a_scope_is_asked_for(server: BackendServer, customer: Customer, body: dict[str, Any]) -> None:
    job = customer.http.post(JOBS, json=body).json()["id"]
    reader = server.new_customer(scopes=["jobs:read"])
    denied = reader.http.post(f"{JOBS}/{job}/extend", json={"max_runtime_seconds": 700})
    assert (denied.status_code, code_of(denied)) == (403, "API_KEY_SCOPE_DENIED")
    writer = server.new_customer(scopes=["jobs:write"])
    denied = writer.http.get(f"{JOBS}/{job}/explain")
    assert (denied.status_code, code_of(denied)) == (403, "API_KEY_SCOPE_DENIED")


def test_extend_holds_the_difference_once_and_a_preview_changes_nothing(
    customer: Customer, body: dict[str, Any]
) -> None:
    job = customer.http.post(JOBS, json=body).json()
    longer = {"max_runtime_seconds": 900}
    tried = customer.http.post(f"{JOBS}/{job['id']}/extend", json={**longer, "preview": True}).json()
    assert (tried["max_runtime_seconds"], tried["change"]["hold_micro"]) == (900, 300 * 2000)
    assert tried["change"]["hold"] == "0.600000"
    unchanged = customer.http.get(f"{JOBS}/{job['id']}").json()
    assert (unchanged["max_runtime_seconds"], unchanged["credits"]) == (600, job["credits"])
    made = customer.http.post(f"{JOBS}/{job['id']}/extend", json=longer)
    assert made.status_code == 200 and made.json()["change"] == tried["change"]
    again = customer.http.post(f"{JOBS}/{job['id']}/extend", json=longer).json()
    assert again["change"]["hold_micro"] == 0
    assert again["credits"]["held_micro"] == job["credits"]["held_micro"] + 300 * 2000
    rows = customer.http.get("/customer/credits/ledger").json()["data"]
    assert [row["amount_micro"] for row in rows if row["kind"] == "hold"] == [
        -300 * 2000,
        -job["credits"]["held_micro"],
    ]


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"max_runtime_seconds": 599}, 400, "VALIDATION_FAILED"),
        ({"max_runtime_seconds": "900"}, 400, "VALIDATION_FAILED"),
        ({"max_runtime_seconds": 900, "seconds": 1}, 400, "VALIDATION_FAILED"),
        ({}, 400, "VALIDATION_FAILED"),
        ({"max_runtime_seconds": 604_801}, 400, "PLAN_INFEASIBLE"),
        ({"max_runtime_seconds": 10**30}, 400, "PLAN_INFEASIBLE"),
        ({"max_runtime_seconds": 600_000}, 402, "CREDIT_INSUFFICIENT"),
    ],
)
def test_what_extend_refuses(
    customer: Customer, body: dict[str, Any], asked: dict[str, Any], status: int, code: str
) -> None:
    job = customer.http.post(JOBS, json=body).json()["id"]
    answer = customer.http.post(f"{JOBS}/{job}/extend", json=asked)
    assert (answer.status_code, code_of(answer)) == (status, code)
    customer.http.post(f"{JOBS}/{job}/cancel")
    ended = customer.http.post(f"{JOBS}/{job}/extend", json={"max_runtime_seconds": 900})
    assert (ended.status_code, code_of(ended)) == (409, "STATE_CONFLICT")


def test_cancel_and_retry_say_what_they_would_move(customer: Customer, body: dict[str, Any]) -> None:
    job = customer.http.post(JOBS, json=body).json()
    held = job["credits"]["held_micro"]
    nothing = {"hold_micro": 0, "release_micro": 0, "charge_micro": 0}

    def moved(answer: httpx.Response) -> dict[str, int]:
        return {name: answer.json()["change"][name] for name in nothing}

    tried = customer.http.post(f"{JOBS}/{job['id']}/cancel", json={"preview": True})
    assert moved(tried) == {**nothing, "release_micro": held}
    assert tried.json()["change"]["balance_micro"] == 1_000_000_000
    assert moved(customer.http.post(f"{JOBS}/{job['id']}/cancel")) == {**nothing, "release_micro": held}
    assert moved(customer.http.post(f"{JOBS}/{job['id']}/cancel")) == nothing
    tried = customer.http.post(f"{JOBS}/{job['id']}/retry", json={"preview": True})
    assert (tried.json()["status"], moved(tried)) == ("queued", {**nothing, "hold_micro": held})
    assert customer.http.get(f"{JOBS}/{job['id']}").json()["status"] == "cancelled"


def test_a_preview_says_what_would_be_refused_and_a_submit_says_the_same(
    server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    server.command("limits", "set", "--email", customer.email, "active_jobs=0", "units_per_day=3")
    preview = customer.http.post(f"{JOBS}/preview", json=body)
    assert preview.status_code == 200
    codes = [row["code"] for row in preview.json()["would_be_refused"]]
    assert codes == ["DAILY_TASK_LIMIT_EXCEEDED", "RATE_LIMITED"]
    refused = customer.http.post(JOBS, json=body)
    assert code_of(refused) == codes[0]
    assert refused.json()["error"]["message"] == preview.json()["would_be_refused"][0]["message"]


def test_the_new_routes_and_fields_stand_in_the_openapi_page(customer: Customer) -> None:
    page = customer.http.get("/openapi.json").json()
    paths = page["paths"]
    assert {"/api/v1/customer/training-jobs/{id}/explain", "/api/v1/customer/training-jobs/{id}/extend"} <= set(paths)
    assert "webhook_ids" in page["components"]["schemas"]["SubmitJob"]["properties"]
