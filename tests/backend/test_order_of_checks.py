"""The order of checks, pair by pair: a request that violates two of them is told the first.

Authentication → the key's scope → Idempotency-Key's form → parse and validate → replay → rate, day and concurrency
limits → credits.
"""

import time
from typing import Any

import httpx
import pytest

from core.accounts.api_keys import SCOPES, authenticate, create_key, revoke_key
from core.accounts.customers import find_by_email, suspend
from tests.backend.many_calls import JOBS, job_body, set_limits
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of

USED = {"Idempotency-Key": "client-uuid-12345678"}
BAD_KEY = {"Idempotency-Key": "odd"}
ROOMY = {"jobs_per_minute": 100, "active_jobs": 100, "units_per_day": 1000}
NO_JOBS_NOW = {**ROOMY, "jobs_per_minute": 0}
NO_UNITS = {**ROOMY, "units_per_day": 0}
NO_MORE_ACTIVE = {**ROOMY, "active_jobs": 0}
TOO_DEAR = {"max_credits": "0.01"}


@pytest.fixture(scope="module")
def customer(backend_server: BackendServer) -> Customer:
    return backend_server.new_customer()


@pytest.fixture(scope="module")
def body(backend_server: BackendServer, customer: Customer) -> dict[str, Any]:
    """A job that was accepted under the key that is `USED`."""
    made = job_body(customer)
    assert customer.http.post(JOBS, json=made, headers=USED).status_code == 201
    return made


def answer(
    server: BackendServer, customer: Customer, body: Any, headers: dict[str, str], limits: dict[str, int]
) -> httpx.Response:
    set_limits(server, customer, **limits)
    return customer.http.post(JOBS, json=body, headers=headers)


def another_key(server: BackendServer, customer: Customer, scopes: tuple[str, ...]) -> tuple[str, str]:
    """A key of the customer with these scopes, and its id."""
    with server.store() as store, store.transaction() as tx:
        customer_id = find_by_email(tx.connection, customer.email).id
        made = create_key(
            tx,
            customer_id,
            name="another",
            scopes=scopes,
            environment="alpha",
            now=time.time(),
            new_id=lambda: f"{time.time_ns():036}",
            random_bytes=lambda size: time.time_ns().to_bytes(size, "big"),
        )
    return made.secret, made.id


def test_authentication_comes_before_scope(backend_server: BackendServer, customer: Customer) -> None:
    secret, key_id = another_key(backend_server, customer, ("jobs:read",))
    headers = {"X-API-Key": secret}
    assert code_of(customer.http.post(JOBS, json={}, headers=headers)) == "API_KEY_SCOPE_DENIED"
    with backend_server.store() as store, store.transaction() as tx:
        revoke_key(tx, authenticate(tx.connection, secret).customer_id, key_id, now=time.time())
    assert code_of(customer.http.post(JOBS, json={}, headers=headers)) == "API_KEY_REVOKED"
    gone = backend_server.new_customer(scopes=["jobs:read"])
    with backend_server.store() as store, store.transaction() as tx:
        suspend(tx, find_by_email(tx.connection, gone.email).id, now=time.time())
    assert code_of(gone.http.post(JOBS, json={})) == "CUSTOMER_SUSPENDED"
    assert code_of(httpx.post(f"{backend_server.url}/api/v1{JOBS}", json={}, headers=BAD_KEY, trust_env=False)) == (
        "CUSTOMER_AUTH_REQUIRED"
    )


@pytest.mark.parametrize(
    ("change", "headers", "limits", "first"),
    [
        pytest.param({"colour": 1}, BAD_KEY, ROOMY, "IDEMPOTENCY_KEY_INVALID", id="key's form before parsing"),
        pytest.param({"colour": 1}, USED, ROOMY, "VALIDATION_FAILED", id="parsing before replay"),
        pytest.param({"required_disk_mb": -1}, USED, ROOMY, "VALIDATION_FAILED", id="validation before replay"),
        pytest.param({"name": "x" * 201}, USED, ROOMY, "VALIDATION_FAILED", id="lengths before replay"),
        pytest.param({"max_credits": "much"}, USED, ROOMY, "VALIDATION_FAILED", id="amounts before replay"),
        pytest.param({"max_runtime_seconds": 10**7}, USED, ROOMY, "PLAN_INFEASIBLE", id="ceilings before replay"),
        pytest.param({"max_credits": "much"}, {}, NO_JOBS_NOW, "VALIDATION_FAILED", id="validation before limits"),
        pytest.param({"name": "another"}, USED, NO_JOBS_NOW, "IDEMPOTENCY_CONFLICT", id="replay before rate"),
        pytest.param({"name": "another"}, USED, NO_UNITS, "IDEMPOTENCY_CONFLICT", id="replay before day"),
        pytest.param({}, {}, {**NO_JOBS_NOW, "units_per_day": 0}, "RATE_LIMITED", id="rate before day"),
        pytest.param({}, {}, {**NO_UNITS, "active_jobs": 0}, "DAILY_TASK_LIMIT_EXCEEDED", id="day before concurrency"),
        pytest.param(TOO_DEAR, {}, NO_JOBS_NOW, "RATE_LIMITED", id="rate before credits"),
        pytest.param(TOO_DEAR, {}, NO_UNITS, "DAILY_TASK_LIMIT_EXCEEDED", id="day before credits"),
        pytest.param(TOO_DEAR, {}, NO_MORE_ACTIVE, "RATE_LIMITED", id="concurrency before credits"),
        pytest.param(TOO_DEAR, {}, ROOMY, "CREDIT_INSUFFICIENT", id="credits"),
    ],
)
def test_of_two_violations_the_first_is_told(
    backend_server: BackendServer,
    customer: Customer,
    body: dict[str, Any],
    change: dict[str, Any],
    headers: dict[str, str],
    limits: dict[str, int],
    first: str,
) -> None:
    refused = answer(backend_server, customer, {**body, **change}, headers, limits)
    assert code_of(refused) == first, refused.text
    assert ("Retry-After" in refused.headers) == (refused.status_code == 429)


def test_concurrency_is_told_apart_by_its_half_minute(
    backend_server: BackendServer, customer: Customer, body: dict[str, Any]
) -> None:
    assert answer(backend_server, customer, body, {}, NO_MORE_ACTIVE).headers["Retry-After"] == "30"


def test_scope_comes_before_the_form_of_the_idempotency_key(backend_server: BackendServer, customer: Customer) -> None:
    secret, _ = another_key(backend_server, customer, tuple(scope for scope in SCOPES if scope != "jobs:write"))
    refused = customer.http.post(JOBS, content=b"{", headers={"X-API-Key": secret, **BAD_KEY})
    assert code_of(refused) == "API_KEY_SCOPE_DENIED"


def test_above_the_requests_of_a_minute_a_body_is_not_read_but_key_scope_and_form_are_told(
    backend_server: BackendServer, customer: Customer
) -> None:
    reader = backend_server.new_customer(scopes=["jobs:read"])
    set_limits(backend_server, reader, requests_per_minute=0)
    assert code_of(reader.http.post(JOBS, json={}, headers=BAD_KEY)) == "API_KEY_SCOPE_DENIED"
    other = backend_server.new_customer()
    set_limits(backend_server, other, requests_per_minute=0)
    assert code_of(other.http.post(JOBS, json={}, headers=BAD_KEY)) == "IDEMPOTENCY_KEY_INVALID"
    refused = other.http.post(JOBS, json={}, headers={"Idempotency-Key": "never-answered"})
    assert (code_of(refused), refused.status_code) == ("RATE_LIMITED", 429)
    assert code_of(other.http.get(JOBS, params={"limit": "0"})) == "RATE_LIMITED"
