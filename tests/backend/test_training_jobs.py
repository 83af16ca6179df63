import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.protocol.customer import JobStatus
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, create, one_file, ready_dataset, ready_package

JOBS = "/customer/training-jobs"
ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
KEY = {"Idempotency-Key": "client-uuid-12345678"}


@pytest.fixture
def body(customer: Customer) -> dict[str, Any]:
    """The seven published fields, with a dataset and a package that are ready."""
    return {
        "name": "tiny-mlp-fine-tune",
        "dataset_id": ready_dataset(customer),
        "training_package_id": ready_package(customer),
        "required_vram_mb": 8000,
        "required_disk_mb": 1024,
        "max_runtime_seconds": 600,
        "sensitivity": "low_sensitive",
    }


def balance(customer: Customer) -> tuple[int, int]:
    summary = customer.http.get("/customer/usage/summary").json()
    return summary["balance_micro"], summary["held_micro"]


def test_the_published_job_is_accepted_on_a_network_without_nodes_and_its_cost_is_held(
    customer: Customer, body: dict[str, Any]
) -> None:
    answer = customer.http.post(JOBS, json=body)
    assert answer.status_code == 201
    job = answer.json()
    assert job["status"] == "queued"
    available, held = balance(customer)
    assert held == job["credits"]["held_micro"] > 0
    assert available + held == 1_000_000_000
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("10", "9")
    assert customer.http.get(f"{JOBS}/{job['id']}").json()["id"] == job["id"]
    units = customer.http.get(f"{JOBS}/{job['id']}/compute-units").json()["data"]
    assert [unit["role"] for unit in units] == ["prepare", "train", "evaluate", "package"]
    assert [unit["kind"] for unit in units] == ["cpu", "gpu", "cpu", "cpu"]
    rows = customer.http.get("/customer/credits/ledger").json()["data"]
    assert [row["kind"] for row in rows] == ["hold", "grant"]
    assert sum(row["amount_micro"] for row in rows) == available


def test_one_key_and_one_body_make_one_job_however_the_body_is_written(
    customer: Customer, body: dict[str, Any]
) -> None:
    first = customer.http.post(JOBS, json=body, headers=KEY)
    written = json.dumps(dict(reversed(body.items())), indent=4).encode()
    again = customer.http.post(JOBS, content=written, headers={**KEY, "Content-Type": "application/json"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert len(customer.http.get(JOBS).json()["data"]) == 1
    other = customer.http.post(JOBS, json={**body, "name": "another"}, headers=KEY)
    assert (other.status_code, code_of(other)) == (409, "IDEMPOTENCY_CONFLICT")


def test_twins_in_flight_make_one_job(customer: Customer, body: dict[str, Any]) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: customer.http.post(JOBS, json=body, headers=KEY), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7


def test_a_refusal_is_not_kept_and_the_same_key_may_try_again(
    backend_server: BackendServer, body: dict[str, Any], customer: Customer
) -> None:
    backend_server.command("limits", "set", "--email", customer.email, "active_jobs=0")
    refused = customer.http.post(JOBS, json=body, headers=KEY)
    assert (refused.status_code, code_of(refused), refused.headers["Retry-After"]) == (429, "RATE_LIMITED", "30")
    backend_server.command("limits", "set", "--email", customer.email, "active_jobs=default")
    assert customer.http.post(JOBS, json=body, headers=KEY).status_code == 201


def test_a_replay_comes_before_the_limits(customer: Customer, body: dict[str, Any]) -> None:
    first = customer.http.post(JOBS, json=body, headers=KEY).json()
    for _ in range(2):
        assert customer.http.post(JOBS, json=body).status_code == 201
    fourth = customer.http.post(JOBS, json=body)
    assert (fourth.status_code, code_of(fourth)) == (429, "RATE_LIMITED")
    assert customer.http.post(JOBS, json=body, headers=KEY).json() == first


def test_an_answer_survives_a_restart_and_a_replayed_upload_gets_fresh_urls(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    upload = {"name": "d", "files": [one_file("f", b"data")]}
    first = customer.http.post("/customer/datasets", json=upload, headers=KEY).json()
    assert own_server.stop() == 0
    own_server.start()
    again = customer.http.post("/customer/datasets", json=upload, headers=KEY)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == first["id"]
    url = again.json()["missing_chunks"][0]["upload_url"]
    assert customer.http.put(url, content=b"data").status_code == 204


def test_what_a_job_names_must_be_there_ready_and_ones_own(
    backend_server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    unfinished = create(customer, one_file("f", b"not sent"), name="unfinished")["id"]
    foreign = ready_dataset(backend_server.new_customer())
    cases = [
        ({"dataset_id": ABSENT}, 404, "DATASET_NOT_FOUND"),
        ({"dataset_id": foreign}, 404, "DATASET_NOT_FOUND"),
        ({"dataset_id": unfinished}, 409, "STATE_CONFLICT"),
        ({"training_package_id": ABSENT}, 404, "PACKAGE_NOT_FOUND"),
        ({"required_vram_mb": 196_609}, 400, "PLAN_INFEASIBLE"),
        ({"required_vram_mb": -1}, 400, "VALIDATION_FAILED"),
    ]
    for change, status, code in cases:
        answer = customer.http.post(JOBS, json={**body, **change})
        assert (answer.status_code, code_of(answer)) == (status, code)


def test_a_job_that_costs_more_than_there_is_is_refused_and_holds_nothing(
    backend_server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    poor = backend_server.new_customer(credits=0)
    job = {**body, "dataset_id": ready_dataset(poor), "training_package_id": ready_package(poor)}
    answer = poor.http.post(JOBS, json=job)
    assert (answer.status_code, code_of(answer)) == (402, "CREDIT_INSUFFICIENT")
    assert balance(poor) == (0, 0)
    assert poor.http.get(JOBS).json()["data"] == []


def test_a_preview_shows_the_plan_and_its_price_and_changes_nothing(customer: Customer, body: dict[str, Any]) -> None:
    answer = customer.http.post(f"{JOBS}/preview", json=body)
    assert answer.status_code == 200
    plan = answer.json()
    assert [unit["role"] for unit in plan["units"]] == ["prepare", "train", "evaluate", "package"]
    assert {unit["nodes_now"] for unit in plan["units"]} == {0}
    least, most = plan["cost_micro"]
    assert 0 < least <= most == plan["hold_micro"] < 5_000_000
    assert balance(customer) == (1_000_000_000, 0)
    assert customer.http.get(JOBS).json()["data"] == []


def test_a_cancelled_job_gives_its_hold_back_and_can_be_retried(customer: Customer, body: dict[str, Any]) -> None:
    job = customer.http.post(JOBS, json=body).json()["id"]
    tried = customer.http.post(f"{JOBS}/{job}/cancel", json={"preview": True})
    assert tried.json()["status"] == "cancelled"
    assert customer.http.get(f"{JOBS}/{job}").json()["status"] == "queued"
    assert customer.http.post(f"{JOBS}/{job}/cancel").json()["status"] == "cancelled"
    assert balance(customer) == (1_000_000_000, 0)
    ids = [unit["id"] for unit in customer.http.get(f"{JOBS}/{job}/compute-units").json()["data"]]
    again = customer.http.post(f"{JOBS}/{job}/retry")
    assert (again.status_code, again.json()["status"], again.json()["id"]) == (200, "queued", job)
    assert [unit["id"] for unit in customer.http.get(f"{JOBS}/{job}/compute-units").json()["data"]] == ids
    assert balance(customer)[1] > 0
    running = customer.http.post(f"{JOBS}/{job}/retry")
    assert (running.status_code, code_of(running)) == (409, "STATE_CONFLICT")
    unknown = customer.http.post(f"{JOBS}/{job}/cancel", json={"really": True})
    assert (unknown.status_code, code_of(unknown)) == (400, "VALIDATION_FAILED")


def test_a_dataset_that_an_active_job_uses_stays(customer: Customer, body: dict[str, Any]) -> None:
    job = customer.http.post(JOBS, json=body).json()["id"]
    for path in (f"datasets/{body['dataset_id']}", f"training-packages/{body['training_package_id']}"):
        refused = customer.http.delete(f"/customer/{path}")
        assert (refused.status_code, code_of(refused)) == (409, "STATE_CONFLICT")
    customer.http.post(f"{JOBS}/{job}/cancel")
    assert customer.http.delete(f"/customer/datasets/{body['dataset_id']}").status_code == 204


def test_jobs_are_listed_newest_first_by_every_filter(customer: Customer, body: dict[str, Any]) -> None:
    made = [customer.http.post(JOBS, json={**body, "name": f"job {number}"}).json()["id"] for number in range(3)]
    customer.http.post(f"{JOBS}/{made[0]}/cancel")

    def ids(**filters: Any) -> list[str]:
        return [row["id"] for row in customer.http.get(JOBS, params=filters).json()["data"]]

    assert ids() == made[::-1]
    assert ids(status="cancelled") == [made[0]]
    assert ids(status=["cancelled", "queued"]) == made[::-1]
    assert ids(status="completed") == []
    assert ids(q="job 1") == [made[1]] == ids(q=made[1])
    assert ids(dataset_id=body["dataset_id"]) == made[::-1]
    assert ids(dataset_id=ABSENT) == []
    wrong = customer.http.get(JOBS, params={"status": "lost"})
    assert (wrong.status_code, code_of(wrong)) == (400, "VALIDATION_FAILED")
    first = customer.http.get(JOBS, params={"status": "queued", "limit": 1}).json()
    cursor = first["page"]["next_cursor"]
    rest = customer.http.get(JOBS, params={"status": "queued", "limit": 1, "cursor": cursor}).json()
    assert [first["data"][0]["id"], rest["data"][0]["id"]] == [made[2], made[1]]
    other = customer.http.get(JOBS, params={"status": "cancelled", "limit": 1, "cursor": cursor})
    assert (other.status_code, code_of(other)) == (400, "PAGINATION_INVALID_CURSOR")


def test_every_route_of_anothers_job_answers_as_if_it_were_not_there(
    backend_server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    job = customer.http.post(JOBS, json=body).json()["id"]
    unit = customer.http.get(f"{JOBS}/{job}/compute-units").json()["data"][0]["id"]
    other = backend_server.new_customer()
    for id in (job, ABSENT, "not-an-id"):
        for method, path in (
            ("GET", ""),
            ("GET", "/compute-units"),
            ("GET", f"/compute-units/{unit}/logs"),
            ("GET", "/metrics"),
            ("GET", "/artifacts"),
            ("POST", "/cancel"),
            ("POST", "/retry"),
        ):
            answer = other.http.request(method, f"{JOBS}/{id}{path}")
            assert (answer.status_code, code_of(answer)) == (404, "JOB_NOT_FOUND"), path
        answer = other.http.post(f"{JOBS}/{id}/artifacts/{ABSENT}/download-url")
        assert answer.status_code == 404


def test_logs_and_metrics_of_a_job_that_has_not_run_are_empty_pages(customer: Customer, body: dict[str, Any]) -> None:
    job = customer.http.post(JOBS, json=body).json()["id"]
    unit = customer.http.get(f"{JOBS}/{job}/compute-units").json()["data"][0]["id"]
    empty = {"data": [], "page": {"limit": 50, "next_cursor": None, "has_more": False}}
    for path in (f"compute-units/{unit}/logs?after=0&attempt=1", "metrics?after=3", "artifacts"):
        assert customer.http.get(f"{JOBS}/{job}/{path}").json() == empty


def test_limits_show_what_is_used_and_when_it_renews(customer: Customer, body: dict[str, Any]) -> None:
    customer.http.post(JOBS, json=body)
    rows = {row["name"]: row for row in customer.http.get("/customer/limits").json()["limits"]}
    assert (rows["active_jobs"]["used"], rows["active_jobs"]["left"]) == (1, 2)
    assert (rows["units_per_day"]["used"], rows["units_per_day"]["left"]) == (4, 196)
    assert rows["units_per_day"]["renews_at"].endswith("T00:00:00.000Z")
    assert rows["jobs_per_minute"]["used"] == 1


def test_a_filter_by_a_word_that_is_no_status_is_refused_by_name(customer: Customer) -> None:
    answer = customer.http.get(JOBS, params=[("status", "queued"), ("status", "paused")])
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
    [row] = answer.json()["error"]["details"]
    assert row["field"] == "status" and "'paused' is none of planning, queued" in row["message"]
    assert customer.http.get(JOBS, params=[("status", "queued"), ("status", "failed")]).json()["data"] == []


def test_the_statuses_stand_in_the_openapi_page(customer: Customer) -> None:
    schema = customer.http.get("/openapi.json").json()
    [status] = [one for one in schema["paths"]["/api/v1" + JOBS]["get"]["parameters"] if one["name"] == "status"]
    assert "#/components/schemas/JobStatus" in json.dumps(status)
    assert set(schema["components"]["schemas"]["JobStatus"]["enum"]) == {one.value for one in JobStatus}
