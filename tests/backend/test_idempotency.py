"""One Idempotency-Key, one thing made: however it is written, however many ask at once, whatever breaks in between."""

import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from core.accounts.customers import find_by_email, suspend
from tests.backend.many_calls import AT_ONCE, JOBS, at_once, job_body, job_count, one, set_limits, until
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, digest, one_file

KEY = {"Idempotency-Key": "client-uuid-12345678"}
DATASETS = "/customer/datasets"
PACKAGES = "/customer/training-packages"
NOTHING_LEFT = {
    "jobs_per_minute": 0,
    "active_jobs": 0,
    "units_per_day": 0,
    "storage_bytes": 0,
    "max_name_characters": 1,
}


def post(customer: Customer, body: Any, path: str = JOBS, key: str = KEY["Idempotency-Key"]) -> httpx.Response:
    return customer.http.post(path, json=body, headers={"Idempotency-Key": key})


def bodies(customer: Customer) -> dict[str, Any]:
    """A body for each route whose POST makes something."""
    return {
        JOBS: job_body(customer),
        DATASETS: {"name": "d", "files": [one_file("f", b"data")]},
        PACKAGES: {"name": "p", "file_name": "p.zip"},
    }


def is_replay_of(again: httpx.Response, first: httpx.Response) -> bool:
    """Whether an answer is the first one again, but for the URLs, which are made anew."""
    return (
        again.status_code == first.status_code
        and again.headers.get("Idempotent-Replayed") == "true"
        and "Idempotent-Replayed" not in first.headers
        and _without_urls(again.json()) == _without_urls(first.json())
    )


def _without_urls(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _without_urls(value) for name, value in body.items() if not name.endswith("_url")}
    return [_without_urls(item) for item in body] if isinstance(body, list) else body


@pytest.mark.parametrize("path", [JOBS, DATASETS, PACKAGES])
def test_every_post_that_makes_something_makes_it_once(customer: Customer, path: str) -> None:
    body = bodies(customer)[path]
    first = post(customer, body, path)
    assert first.status_code == 201
    assert is_replay_of(post(customer, body, path), first)
    other = post(customer, {**body, "name": "another"}, path)
    assert (other.status_code, code_of(other)) == (409, "IDEMPOTENCY_CONFLICT")
    assert post(customer, body, path, "another-key").json()["id"] != first.json()["id"]


def test_a_key_is_its_customers_and_its_routes_alone(backend_server: BackendServer, customer: Customer) -> None:
    body = {"name": "x", "file_name": "x.zip"}
    made = [post(customer, body, path) for path in (DATASETS, PACKAGES)]
    made.append(post(backend_server.new_customer(), body, DATASETS))
    assert {answer.status_code for answer in made} == {201}
    assert len({answer.json()["id"] for answer in made}) == 3


def test_a_body_may_be_written_in_any_way_that_means_the_same(customer: Customer) -> None:
    body = {
        **job_body(customer),
        "name": "Übung ✓",
        "params": {"rate": 1.0, "steps": 1000, "deep": {"b": [2.0], "a": 0}},
    }
    plain = json.dumps(body)
    spellings = [
        json.dumps(body, ensure_ascii=False, indent=7),
        json.dumps(dict(reversed(body.items())), separators=(",", ":")),
        plain.replace('"rate": 1.0', '"rate": 1').replace("[2.0]", "[2]").replace("1000", "1e3"),
        plain.replace('"name"', '"\\u006eame"'),
        plain.replace('"params"', '"priority": null, "params"'),
    ]
    headers = {**KEY, "Content-Type": "application/json; charset=utf-8"}
    first = customer.http.post(JOBS, content=plain.encode(), headers=headers)
    assert first.status_code == 201, first.text
    for spelling in spellings:
        assert is_replay_of(customer.http.post(JOBS, content=spelling.encode(), headers=headers), first), spelling
    for other in (plain.replace("1.0", "1.5"), plain.replace('"a": 0', '"a": false'), plain.replace("✓", "✗")):
        if other != plain:
            answer = customer.http.post(JOBS, content=other.encode(), headers=headers)
            assert code_of(answer) == "IDEMPOTENCY_CONFLICT", other


@pytest.mark.parametrize(("count"), [200, pytest.param(1000, marks=pytest.mark.full)])
def test_twins_in_flight_make_one_job_and_hold_once(
    backend_server: BackendServer, customer: Customer, count: int, record_property: Any
) -> None:
    body = job_body(customer)
    set_limits(backend_server, customer, requests_per_minute=10_000)
    began = time.perf_counter()
    answers = at_once([lambda: post(customer, body)] * count)
    record_property("posts a second", round(count / (time.perf_counter() - began)))
    (first,) = (answer for answer in answers if "Idempotent-Replayed" not in answer.headers)
    assert sum(is_replay_of(answer, first) for answer in answers) == count - 1
    assert job_count(backend_server, customer) == 1
    kinds = [row["kind"] for row in customer.http.get("/customer/credits/ledger").json()["data"]]
    assert kinds == ["hold", "grant"]


def test_a_replay_needs_nothing_that_is_left_but_the_door_comes_first(
    backend_server: BackendServer, customer: Customer
) -> None:
    asked = bodies(customer)
    asked[JOBS] = {**asked[JOBS], "name": "a name that is too long later on"}
    first = {path: post(customer, body, path) for path, body in asked.items()}
    assert {answer.status_code for answer in first.values()} == {201}
    set_limits(backend_server, customer, **NOTHING_LEFT, requests_per_minute=0, max_runtime_seconds=1)
    with backend_server.store() as store, store.transaction() as tx:
        customer_id = find_by_email(tx.connection, customer.email).id
        tx.connection.execute("DELETE FROM idempotency_keys WHERE customer_id <> ?", [customer_id])
    for path, body in asked.items():
        assert is_replay_of(post(customer, body, path), first[path]), path
        assert post(customer, body, path, "a-key-of-its-own").status_code == 429, path
    with backend_server.store() as store, store.transaction() as tx:
        suspend(tx, customer_id, now=time.time())
    refused = post(customer, asked[JOBS])
    assert (refused.status_code, code_of(refused)) == (403, "CUSTOMER_SUSPENDED")


def test_a_replay_needs_no_credits(backend_server: BackendServer) -> None:
    customer = backend_server.new_customer(credits=2)
    body = {**job_body(customer), "required_vram_mb": 8000, "max_runtime_seconds": 600}  # holds 1.68 credits
    first = post(customer, body)
    assert first.status_code == 201, first.text
    assert code_of(post(customer, body, key="another-key")) == "CREDIT_INSUFFICIENT"
    assert is_replay_of(post(customer, body), first)


def test_a_replayed_uploads_urls_are_fresh_and_good(customer: Customer) -> None:
    body = {"name": "d", "files": [one_file("f", b"data")]}
    first = post(customer, body, DATASETS)
    until(lambda: post(customer, body, DATASETS).json()["missing_chunks"] != first.json()["missing_chunks"], "a second")
    again = post(customer, body, DATASETS)
    (chunk,) = again.json()["missing_chunks"]
    assert customer.http.put(chunk["upload_url"], content=b"data").status_code == 204
    stream = {"name": "s", "file_name": "f.csv"}
    post(customer, stream, DATASETS, "another-key")
    url = post(customer, stream, DATASETS, "another-key").json()["content_url"]
    assert httpx.put(url, content=b"1,2", trust_env=False).status_code == 200


def test_a_large_body_is_replayed_whole(customer: Customer) -> None:
    digests = [digest(str(number).encode()) for number in range(12_000)]
    files = [
        {"path": f"f/{n}", "size_bytes": 2**20, "chunks": [{"digest": d, "offset": 0, "size_bytes": 2**20}]}
        for n, d in enumerate(digests)
    ]
    body = {"name": "large", "files": files}
    first = post(customer, body, DATASETS)
    assert (first.status_code, first.json()["missing_count"]) == (201, 12_000)
    assert is_replay_of(post(customer, body, DATASETS), first)
    files[-1]["size_bytes"] = files[-1]["chunks"][0]["size_bytes"] = 7  # type: ignore[index]
    assert code_of(post(customer, body, DATASETS)) == "IDEMPOTENCY_CONFLICT"


@pytest.mark.parametrize("key", ["x" * 8, "~" * 128, "!\"#$%&'()*+,-./"])
def test_a_key_of_8_to_128_visible_characters_is_taken(customer: Customer, key: str) -> None:
    assert post(customer, {"name": "d", "file_name": "f"}, DATASETS, key).status_code == 201


@pytest.mark.parametrize("key", [b"x" * 7, b"x" * 129, b"with space", "schlüssel".encode(), b"tab\tinside", b""])
def test_a_key_of_another_form_is_refused(customer: Customer, key: bytes) -> None:
    headers = {b"Idempotency-Key": key}
    answer = customer.http.post(DATASETS, json={"name": "d", "file_name": "f"}, headers=headers)
    assert (answer.status_code, code_of(answer)) == (400, "IDEMPOTENCY_KEY_INVALID")


def test_a_key_that_is_sent_twice_is_refused(customer: Customer) -> None:
    for second in ("client-uuid-12345678", "another-uuid"):
        headers = [("Idempotency-Key", "client-uuid-12345678"), ("Idempotency-Key", second)]
        answer = customer.http.post(DATASETS, json={"name": "d", "file_name": "f"}, headers=headers)
        assert (answer.status_code, code_of(answer)) == (400, "IDEMPOTENCY_KEY_INVALID")


def test_routes_that_make_nothing_pass_a_key_over(customer: Customer) -> None:
    body = job_body(customer)
    job = post(customer, body).json()["id"]
    odd = {"Idempotency-Key": "odd"}
    assert customer.http.get(JOBS, headers=odd).status_code == 200
    for _ in range(2):
        answer = customer.http.post(f"{JOBS}/{job}/cancel", headers=odd)
        assert answer.status_code == 200 and "Idempotent-Replayed" not in answer.headers
    assert customer.http.post(f"{JOBS}/preview", json=body, headers=odd).status_code == 200


def raw_post(server: BackendServer, customer: Customer, body: Any, path: str = JOBS) -> socket.socket:
    """Sends a whole request and reads nothing."""
    address = urlsplit(server.url)
    sent = json.dumps(body).encode()
    head = f"POST /api/v1{path} HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {customer.key}\r\n"
    head += f"Idempotency-Key: {KEY['Idempotency-Key']}\r\nContent-Type: application/json\r\n"
    connection = socket.create_connection((address.hostname or "", address.port or 0))
    connection.sendall(head.encode() + f"Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
    return connection


def test_an_answer_that_nobody_read_is_given_again(backend_server: BackendServer, customer: Customer) -> None:
    body = job_body(customer)
    with raw_post(backend_server, customer, body):
        until(lambda: job_count(backend_server, customer) == 1, "the work is done")
    again = post(customer, body)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert job_count(backend_server, customer) == 1


def test_callers_who_hang_up_at_once_make_one_job_at_most_and_no_error(
    backend_server: BackendServer, customer: Customer
) -> None:
    body = job_body(customer)
    for _ in range(AT_ONCE):
        raw_post(backend_server, customer, body).close()
    assert post(customer, body).status_code == 201
    assert job_count(backend_server, customer) == 1
    assert "unhandled error" not in backend_server.log()


@pytest.mark.full
def test_a_kill_between_commit_and_answer_makes_no_second_job(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    body = job_body(customer)
    for round in range(2):
        body["name"] = f"job {round}"
        with raw_post(own_server, customer, body):
            until(lambda: job_count(own_server, customer) == round + 1, "it is durable")  # noqa: B023
            own_server.kill()
        own_server.start()
        again = post(customer, body)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert (again.json()["name"], job_count(own_server, customer)) == (f"job {round}", round + 1)
        with own_server.store() as store, store.transaction() as tx:
            tx.connection.execute("DELETE FROM idempotency_keys")
    assert one(own_server, "SELECT count(*) FROM ledger_transfers WHERE kind = 'hold'") == 2
