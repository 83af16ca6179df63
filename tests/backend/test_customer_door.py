import json
import re

import httpx
import pytest

from core.errors import ERRORS
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of

RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
JOBS = "/customer/training-jobs"


def bare(server: BackendServer, method: str, path: str, **options: object) -> httpx.Response:
    return httpx.request(method, f"{server.url}/api/v1{path}", trust_env=False, **options)  # type: ignore[arg-type]


def test_without_a_key_and_with_an_unknown_one_the_answers_differ(backend_server: BackendServer) -> None:
    assert code_of(bare(backend_server, "GET", JOBS)) == "CUSTOMER_AUTH_REQUIRED"
    unknown = bare(backend_server, "GET", JOBS, headers={"X-API-Key": "sk_alpha_" + "x" * 43})
    assert (unknown.status_code, code_of(unknown)) == (401, "API_KEY_INVALID")


def test_every_customer_answer_says_what_is_left_of_the_minute(
    backend_server: BackendServer, customer: Customer
) -> None:
    answers = {
        200: customer.http.get(JOBS),
        401: bare(backend_server, "GET", JOBS),
        404: customer.http.get(f"{JOBS}/{ABSENT}"),
        405: customer.http.patch(JOBS, json={}),
        410: bare(backend_server, "POST", "/customer/jobs/image/classify", json={}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert all(re.fullmatch(r"\d+", answer.headers[name]) for name in RATE_HEADERS)
        assert answer.headers["X-Request-Id"]
    assert answers[200].headers["X-RateLimit-Limit"] == "600"
    refused = customer.http.post(JOBS, json={})
    assert (refused.status_code, refused.headers["X-RateLimit-Limit"]) == (400, "10")


def test_requests_above_the_limit_are_told_when_to_come_again(
    backend_server: BackendServer, customer: Customer
) -> None:
    backend_server.command("limits", "set", "--email", customer.email, "requests_per_minute=2")
    remaining = [customer.http.get(JOBS).headers["X-RateLimit-Remaining"] for _ in range(2)]
    assert remaining == ["1", "0"]
    refused = customer.http.get(JOBS)
    assert (refused.status_code, code_of(refused)) == (429, "RATE_LIMITED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_the_old_image_routes_are_gone_on_every_method_with_and_without_a_key(
    backend_server: BackendServer, customer: Customer, method: str
) -> None:
    for headers in ({}, {"X-API-Key": customer.key}):
        answer = bare(backend_server, method, "/customer/jobs/image/classify", headers=headers)
        assert (answer.status_code, code_of(answer)) == (410, "LEGACY_DEPRECATED")
        assert answer.headers["Sunset"].endswith("GMT")
        assert f"{backend_server.url}/api/v1{JOBS}" in answer.headers["Link"]


def test_errors_have_one_shape_whoever_found_them(backend_server: BackendServer, customer: Customer) -> None:
    answers = [
        customer.http.get("/customer/nothing"),
        customer.http.patch(JOBS, json={}),
        customer.http.post("/customer/datasets", content=b"x=1", headers={"Content-Type": "text/plain"}),
        customer.http.post(JOBS, content=b"{", headers={"Content-Type": "application/json"}),
        bare(backend_server, "GET", "/nothing"),
        bare(backend_server, "GET", "/openapi.json/openapi.json"),
        bare(backend_server, "GET", "/content/no-token"),
        bare(backend_server, "GET", "/node/exchange"),
    ]
    codes = [code_of(answer) for answer in answers]
    assert codes == [
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        "UNSUPPORTED_MEDIA_TYPE",
        "VALIDATION_FAILED",
        "NOT_FOUND",
        "NOT_FOUND",
        "SIGNED_URL_INVALID",
        "METHOD_NOT_ALLOWED",
    ]
    for answer, code in zip(answers, codes, strict=True):
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "hint", "details", "request_id"}
        assert error["hint"] and error["request_id"] == answer.headers["X-Request-Id"]
        assert answer.status_code == ERRORS[code].status  # type: ignore[index]
    assert set(answers[1].headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_every_bad_unknown_and_missing_field_has_a_row(customer: Customer) -> None:
    answer = customer.http.post(JOBS, json={"name": 5, "colour": "red", "sensitivity": "top", "strategy": {"kind": 1}})
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
    rows = {row["field"]: row["message"] for row in answer.json()["error"]["details"]}
    assert set(rows) == {
        "name",
        "colour",
        "sensitivity",
        "strategy.kind",
        "dataset_id",
        "training_package_id",
        "required_vram_mb",
        "required_disk_mb",
        "max_runtime_seconds",
    }
    assert "not a field" in rows["colour"] and "missing" in rows["dataset_id"]


def test_an_empty_body_where_fields_are_needed_names_them(customer: Customer) -> None:
    answer = customer.http.post(JOBS)
    assert code_of(answer) == "VALIDATION_FAILED"
    assert "dataset_id" in [row["field"] for row in answer.json()["error"]["details"]]


def test_an_unknown_field_within_a_list_is_named_by_its_place(customer: Customer) -> None:
    answer = customer.http.post(
        "/customer/datasets",
        json={"name": "d", "files": [{"path": "a", "size_bytes": 0, "chunks": [], "mode": 7}]},
    )
    assert [row["field"] for row in answer.json()["error"]["details"]] == ["files[0].mode"]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5"])
def test_a_limit_outside_1_to_100_is_refused(customer: Customer, limit: str) -> None:
    for path in (JOBS, "/customer/datasets", "/customer/credits/ledger"):
        answer = customer.http.get(path, params={"limit": limit})
        assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
        assert answer.json()["error"]["details"][0]["field"] == "limit"


def test_a_body_above_its_limit_is_refused_before_it_is_read(customer: Customer) -> None:
    answer = customer.http.post(JOBS, content=b" " * (2 << 20), headers={"Content-Type": "application/json"})
    assert (answer.status_code, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")

    def endless() -> object:
        for _ in range(64):
            yield b" " * (1 << 16)

    answer = customer.http.post(JOBS, content=endless(), headers={"Content-Type": "application/json"})  # type: ignore[arg-type]
    assert (answer.status_code, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")


def test_a_key_without_the_scope_is_refused_before_the_body_is_looked_at(backend_server: BackendServer) -> None:
    reader = backend_server.new_customer(scopes=["jobs:read"])
    assert reader.http.get(JOBS).status_code == 200
    refused = reader.http.post(JOBS, headers={"Idempotency-Key": "a"}, json=5)
    assert (refused.status_code, code_of(refused)) == (403, "API_KEY_SCOPE_DENIED")
    assert "jobs:write" in refused.json()["error"]["message"]


def test_an_idempotency_key_of_the_wrong_form_is_refused_before_the_body(customer: Customer) -> None:
    answer = customer.http.post(JOBS, json={"name": "x"}, headers={"Idempotency-Key": "a"})
    assert (answer.status_code, code_of(answer)) == (400, "IDEMPOTENCY_KEY_INVALID")


def test_a_loopback_server_answers_to_its_own_names_only(backend_server: BackendServer) -> None:
    port = backend_server.url.rpartition(":")[2]
    assert bare(backend_server, "GET", "/healthz", headers={"Host": f"localhost:{port}"}).status_code == 200
    refused = bare(backend_server, "GET", "/healthz", headers={"Host": "evil.example.com"})
    assert (refused.status_code, code_of(refused)) == (400, "VALIDATION_FAILED")


def test_only_the_client_domain_may_read_across_origins(backend_server: BackendServer) -> None:
    ours = bare(backend_server, "GET", "/meta", headers={"Origin": "http://127.0.0.1"})
    assert ours.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1"
    assert "X-RateLimit-Remaining" in ours.headers["Access-Control-Expose-Headers"]
    theirs = bare(backend_server, "GET", "/meta", headers={"Origin": "https://evil.example.com"})
    assert "Access-Control-Allow-Origin" not in theirs.headers
    asked = bare(
        backend_server,
        "OPTIONS",
        JOBS,
        headers={"Origin": "http://127.0.0.1", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 204
    assert "X-API-Key" in asked.headers["Access-Control-Allow-Headers"]


def test_service_routes_need_no_key(backend_server: BackendServer) -> None:
    for path in ("/healthz", "/readyz"):
        assert bare(backend_server, "GET", path).json() == {"status": "ok"}
    assert httpx.get(f"{backend_server.url}/healthz", trust_env=False).status_code == 200
    meta = bare(backend_server, "GET", "/meta").json()
    assert meta["environment"] == "alpha"
    assert meta["api_base_url"] == f"{backend_server.url}/api/v1"
    assert meta["limits"]["jobs_per_minute"] == 10
    assert {row["code"] for row in meta["error_codes"]} == {code.value for code in ERRORS}


def test_the_openapi_document_describes_the_requests_by_their_types(backend_server: BackendServer) -> None:
    document = bare(backend_server, "GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/api/v1/customer/training-jobs"]["post"]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert set(schema["required"]) >= {"name", "dataset_id", "training_package_id", "sensitivity"}


def test_neither_keys_nor_tokens_reach_the_log(backend_server: BackendServer, customer: Customer) -> None:
    answer = customer.http.post("/customer/datasets", json={"name": "d", "file_name": "d.csv"})
    token = answer.json()["content_url"].rpartition("/")[2]
    customer.http.put(answer.json()["content_url"] + "x", content=b"data")
    log = backend_server.log()
    assert answer.headers["X-Request-Id"] in log
    assert token not in log and customer.key not in log
    assert json.loads(answer.text)["id"]
