"""Each limit under fifty calls at once, over a kill, and when it is changed beside a running server."""

from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.backend.many_calls import (
    AT_ONCE,
    JOBS,
    at_once,
    counted,
    job_body,
    job_count,
    limit_rows,
    one,
    set_limits,
    times,
    until,
)
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, one_file

ROOMY = {"jobs_per_minute": 1000, "active_jobs": 1000, "units_per_day": 100_000}


@pytest.mark.parametrize(
    ("limits", "passed", "code", "counts"),
    [
        ({"jobs_per_minute": 10}, 10, "RATE_LIMITED", ("jobs_per_minute", 10, 0)),
        ({"active_jobs": 3}, 3, "RATE_LIMITED", ("active_jobs", 3, 0)),
        ({"units_per_day": 22}, 5, "DAILY_TASK_LIMIT_EXCEEDED", ("units_per_day", 20, 2)),
    ],
)
def test_of_fifty_jobs_at_once_exactly_those_pass_that_may(
    backend_server: BackendServer,
    customer: Customer,
    limits: dict[str, int],
    passed: int,
    code: str,
    counts: tuple[str, int, int],
) -> None:
    body = job_body(customer)
    set_limits(backend_server, customer, **{**ROOMY, **limits})
    answers = times(AT_ONCE, lambda: customer.http.post(JOBS, json=body))
    assert counted(answers) == {"201": passed, code: AT_ONCE - passed}
    assert job_count(backend_server, customer) == passed
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status_code == 429)
    name, used, left = counts
    row = limit_rows(customer)[name]
    assert (row["used"], row["left"]) == (used, left)


def test_of_fifty_requests_at_once_exactly_those_pass_that_may(
    backend_server: BackendServer, customer: Customer
) -> None:
    set_limits(backend_server, customer, requests_per_minute=30)
    answers = times(AT_ONCE, lambda: customer.http.get(JOBS))
    assert counted(answers) == {"200": 30, "RATE_LIMITED": 20}
    left = sorted(int(answer.headers["X-RateLimit-Remaining"]) for answer in answers)
    assert left == [0] * 20 + list(range(30))
    set_limits(backend_server, customer, requests_per_minute=600)
    row = limit_rows(customer)["requests_per_minute"]
    assert (row["used"], row["left"]) == (31, 569) and row["renews_at"]


def test_of_fifty_uploads_at_once_those_are_announced_that_fit(
    backend_server: BackendServer, customer: Customer
) -> None:
    set_limits(backend_server, customer, storage_bytes=10_500)

    def create(number: int) -> httpx.Response:
        files = [one_file("f", f"{number:04}".encode() * 250)]
        return customer.http.post("/customer/datasets", json={"name": "d", "files": files})

    answers = at_once([partial(create, number) for number in range(AT_ONCE)])
    assert counted(answers) == {"201": 10, "STORAGE_QUOTA_EXCEEDED": 40}
    row = limit_rows(customer)["storage_bytes"]
    assert (row["used"], row["left"]) == (10_000, 500)


@pytest.mark.parametrize("says_its_length", [True, False])
def test_of_streams_at_once_those_are_kept_that_fit(
    backend_server: BackendServer, customer: Customer, says_its_length: bool
) -> None:
    set_limits(backend_server, customer, storage_bytes=10_500)
    made = [customer.http.post("/customer/datasets", json={"name": "s", "file_name": "f"}).json() for _ in range(20)]

    def send(number: int) -> httpx.Response:
        data = f"{number:04}".encode() * 250
        content = data if says_its_length else iter([data[:400], data[400:]])
        return httpx.put(made[number]["content_url"], content=content, trust_env=False, timeout=30)

    answers = at_once([partial(send, number) for number in range(20)])
    kept = counted(answers)
    # streams without a length may all be half there when the room ends; what is kept always fits
    assert kept["200"] == 10 if says_its_length else kept["200"] <= 10
    assert kept["200"] + kept["STORAGE_QUOTA_EXCEEDED"] == 20
    assert limit_rows(customer)["storage_bytes"]["used"] == 1000 * kept["200"]
    for number in range(20):
        if limit_rows(customer)["storage_bytes"]["left"] >= 1000:
            send(number)
    assert limit_rows(customer)["storage_bytes"]["used"] == 10_000, "what was refused holds no room"


def test_a_chunk_of_a_deleted_upload_is_not_taken_any_more(customer: Customer) -> None:
    files = [one_file("f", b"first"), one_file("g", b"second")]
    made = customer.http.post("/customer/datasets", json={"name": "d", "files": files}).json()
    urls = {chunk["size_bytes"]: chunk["upload_url"] for chunk in made["missing_chunks"]}
    assert httpx.put(urls[5], content=b"first", trust_env=False).status_code == 204
    customer.http.delete(f"/customer/datasets/{made['id']}")
    refused = httpx.put(urls[6], content=b"second", trust_env=False)
    assert (refused.status_code, code_of(refused)) == (403, "SIGNED_URL_INVALID")


@pytest.mark.parametrize("limit", ["jobs_per_minute", "active_jobs", "units_per_day", "storage_bytes"])
def test_zero_allows_nothing_and_what_was_used_stays(
    backend_server: BackendServer, customer: Customer, limit: str
) -> None:
    body = job_body(customer)
    assert customer.http.post(JOBS, json=body).status_code == 201
    used = limit_rows(customer)[limit]["used"]
    assert used > 0
    set_limits(backend_server, customer, **{limit: 0})
    row = limit_rows(customer)[limit]
    assert (row["limit"], row["used"], row["left"]) == (0, used, 0)
    if limit == "storage_bytes":
        files = [one_file("f", b"more")]
        answer = customer.http.post("/customer/datasets", json={"name": "d", "files": files})
        assert answer.status_code == 403
    else:
        answer = customer.http.post(JOBS, json=body)
        assert answer.status_code == 429 and "Ask the operator" in answer.json()["error"]["hint"]
    set_limits(backend_server, customer, **{limit: None})
    assert customer.http.post(JOBS, json=body).status_code == 201


def test_no_request_is_allowed_where_none_is(backend_server: BackendServer, customer: Customer) -> None:
    set_limits(backend_server, customer, requests_per_minute=0)
    answer = customer.http.get("/customer/limits")
    assert (answer.status_code, code_of(answer)) == (429, "RATE_LIMITED")
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("0", "0")


def test_a_window_that_was_lowered_below_its_use_says_when_a_job_may_begin(
    backend_server: BackendServer, customer: Customer
) -> None:
    body = job_body(customer)
    set_limits(backend_server, customer, **ROOMY)
    for _ in range(4):
        assert customer.http.post(JOBS, json=body).status_code == 201
    with backend_server.store() as store, store.transaction() as tx:
        sql = "UPDATE jobs SET created_at = created_at - 10 * (4 - (SELECT count(*) FROM jobs o WHERE o.id <= jobs.id "
        sql += "AND o.customer_id = jobs.customer_id)) WHERE customer_id = (SELECT id FROM customers WHERE email = ?)"
        tx.connection.execute(sql, [customer.email])
    set_limits(backend_server, customer, jobs_per_minute=2)
    refused = customer.http.post(JOBS, json=body)
    assert 45 <= int(refused.headers["Retry-After"]) <= 50, "two of four, ten seconds apart, are older by then"


def test_what_is_no_limit_is_refused_by_the_command(backend_server: BackendServer, customer: Customer) -> None:
    for change in ("active_jobs=-1", "artifact_days=36501"):
        with pytest.raises(AssertionError, match=change.partition("=")[0]):
            backend_server.command("limits", "set", "--email", customer.email, change)


@pytest.mark.full
def test_a_kill_loses_no_count_and_doubles_none(own_server: BackendServer) -> None:
    own_server.start()
    names = ("jobs_per_minute", "active_jobs", "units_per_day", "requests_per_minute")
    customers = {name: own_server.new_customer() for name in names}
    bodies = {name: job_body(customer) for name, customer in customers.items()}
    for name, limit in (("jobs_per_minute", 12), ("active_jobs", 12), ("units_per_day", 48)):
        set_limits(own_server, customers[name], **{**ROOMY, name: limit, "requests_per_minute": 10_000})

    def post(name: str) -> httpx.Response | None:
        try:
            return customers[name].http.post(JOBS, json=bodies[name])
        except httpx.TransportError:  # it was killed meanwhile
            return None

    used = limit_rows(customers["requests_per_minute"])["requests_per_minute"]["used"]
    limited = names[:3]
    calls: list[Callable[[], object]] = [partial(post, name) for name in limited for _ in range(4)]

    def kill() -> None:
        until(lambda: any(job_count(own_server, customers[name]) for name in limited), "a job is there")
        own_server.kill()

    at_once([*calls, kill, *calls])
    own_server.start()

    for name in limited:
        answers = times(AT_ONCE, partial(post, name))
        assert all(answer is not None for answer in answers)
        assert job_count(own_server, customers[name]) == 12
    assert limit_rows(customers["units_per_day"])["units_per_day"]["used"] == 48
    held = one(own_server, "SELECT sum(held_micro - released_micro) FROM units")
    assert held == one(own_server, "SELECT sum(balance_micro) FROM ledger_accounts WHERE kind = 'held'")
    again = limit_rows(customers["requests_per_minute"])["requests_per_minute"]["used"]
    assert again == used + 1, "a request that was counted before the kill is still counted"


def test_a_kill_among_uploads_loses_no_room_and_takes_none_twice(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    set_limits(own_server, customer, storage_bytes=10_500)

    def create(number: int) -> httpx.Response | None:
        files = [one_file("f", f"{number:04}".encode() * 250)]
        try:
            return customer.http.post("/customer/datasets", json={"name": "d", "files": files})
        except httpx.TransportError:  # it was killed meanwhile
            return None

    def announced() -> int:
        return int(one(own_server, "SELECT count(*) FROM uploads"))

    def kill() -> None:
        until(lambda: announced() > 0, "one is announced")
        own_server.kill()

    calls: list[Callable[[], object]] = [partial(create, number) for number in range(AT_ONCE)]
    at_once([*calls[:5], kill, *calls[5:]])
    own_server.start()

    answers = at_once([partial(create, number) for number in range(AT_ONCE, 2 * AT_ONCE)])
    assert all(answer is not None for answer in answers)
    assert (announced(), limit_rows(customer)["storage_bytes"]["used"]) == (10, 10_000)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_every_answer_to_a_customer_says_what_is_left(
    backend_server: BackendServer, customer: Customer, method: str
) -> None:
    port = backend_server.url.rpartition(":")[2]
    asked = [
        ({"X-API-Key": customer.key}, "/customer/nothing"),
        ({"X-API-Key": customer.key}, JOBS + "/"),
        ({"X-API-Key": "sk_alpha_wrong"}, JOBS),
        ({"Host": "elsewhere.example"}, JOBS),
        ({"X-API-Key": customer.key, "Content-Type": "text/xml"}, JOBS),
        ({}, "/customer"),
        ({}, "/customer/jobs/image/x"),
        ({"Host": f"localhost:{port}"}, JOBS),
    ]
    for headers, path in asked:
        answer = httpx.request(method, f"{backend_server.url}/api/v1{path}", headers=headers, trust_env=False)
        for name in ("Limit", "Remaining", "Reset"):
            assert answer.headers[f"X-RateLimit-{name}"].isdigit(), (path, headers)
    by_the_minute = customer.http.request("POST", JOBS + "/", json={})
    assert by_the_minute.headers["X-RateLimit-Limit"] == "10"


def test_strangers_are_counted_by_address_and_a_key_is_not_theirs(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    url = f"{own_server.url}/api/v1{JOBS}"
    with httpx.Client(trust_env=False) as stranger:
        codes = [code_of(stranger.get(url, headers={"X-API-Key": f"sk_{n}"})) for n in range(610)]
        assert codes[:600] == ["API_KEY_INVALID"] * 600
        assert codes[600:] == ["RATE_LIMITED"] * 10
        last = stranger.get(url)
        assert (last.status_code, last.headers["X-RateLimit-Remaining"]) == (429, "0")
        assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert customer.http.get(JOBS).status_code == 200
