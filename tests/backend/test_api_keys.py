"""API keys that customers make and revoke themselves, at a real server."""

import re
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar.handlers import HTTPRouteHandler

from backend.routes import ROUTE_HANDLERS
from core.accounts.api_keys import MOST_KEYS, SCOPES
from tests.backend.server_process import BackendServer, Customer
from tests.backend.signing_in import signed_in, wait_ended, with_password
from tests.backend.test_customer_door import ABSENT, bare
from tests.backend.uploading import code_of

KEYS = "/customer/api-keys"


def make(customer: Customer, name: str = "laptop", **fields: Any) -> dict[str, Any]:
    answer = customer.http.post(KEYS, json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def opens(server: BackendServer, secret: str, path: str = KEYS) -> str:
    """What a key's request is answered: `ok` or the code."""
    answer = bare(server, "GET", path, headers={"X-API-Key": secret})
    return "ok" if answer.status_code == 200 else code_of(answer)


def test_a_key_is_shown_once_listed_without_its_secret_and_refused_once_revoked(
    backend_server: BackendServer, customer: Customer
) -> None:
    made = make(customer)
    assert re.fullmatch(r"sk_alpha_[A-Za-z0-9_-]{43}", made["secret"]) and made["secret"].startswith(made["prefix"])
    assert set(made["scopes"]) == set(SCOPES) and made["revoked_at"] is made["last_used_at"] is None
    assert opens(backend_server, made["secret"]) == "ok"
    listed = customer.http.get(KEYS).json()["data"]
    assert [row["name"] for row in listed] == ["laptop", "test"]
    assert set(listed[0]) == {"id", "name", "prefix", "scopes", "created_at", "last_used_at", "revoked_at"}
    assert made["secret"] not in customer.http.get(KEYS).text
    for _ in range(2):
        assert customer.http.delete(f"{KEYS}/{made['id']}").status_code == 204
    assert opens(backend_server, made["secret"]) == "API_KEY_REVOKED"
    revoked = customer.http.get(KEYS).json()["data"][0]
    assert revoked["id"] == made["id"] and revoked["revoked_at"] is not None


def test_a_key_grants_no_more_than_it_has(backend_server: BackendServer) -> None:
    maker = backend_server.new_customer(scopes=["keys:write", "jobs:read"])
    assert make(maker)["scopes"] == ["jobs:read", "keys:write"]
    assert make(maker, scopes=["jobs:read"])["scopes"] == ["jobs:read"]
    refused = maker.http.post(KEYS, json={"name": "more", "scopes": ["jobs:read", "jobs:write"]})
    assert (refused.status_code, code_of(refused)) == (403, "API_KEY_SCOPE_DENIED")
    assert "jobs:write" in refused.json()["error"]["message"]
    assert len(maker.http.get(KEYS).json()["data"]) == 3


def test_a_session_may_grant_all_scopes(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    with signed_in(backend_server, customer.email) as http:
        made = http.post(KEYS, json={"name": "by session", "scopes": list(SCOPES)}).json()
        assert opens(backend_server, made["secret"]) == "ok"
        assert http.delete(f"{KEYS}/{made['id']}").status_code == 204
        assert opens(backend_server, made["secret"]) == "API_KEY_REVOKED"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "k", "scopes": []}, "scopes"),
        ({"name": "k", "scopes": ["jobs:eat"]}, "scopes"),
        ({"name": "k", "scopes": "jobs:read"}, "scopes"),
        ({"name": "k", "secret": "sk_alpha_mine"}, "secret"),
    ],
)
def test_what_can_be_no_key_is_refused_by_its_field(customer: Customer, body: dict[str, Any], field: str) -> None:
    answer = customer.http.post(KEYS, json=body)
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
    assert [row["field"] for row in answer.json()["error"]["details"]] == [field]


def test_a_replayed_create_is_the_same_key_and_repeats_no_secret(customer: Customer) -> None:
    headers = {"Idempotency-Key": "make-a-key-once"}
    first = customer.http.post(KEYS, json={"name": "once"}, headers=headers)
    again = customer.http.post(KEYS, json={"name": "once"}, headers=headers)
    assert again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == {**first.json(), "secret": None} and first.json()["secret"]
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-store"
    assert code_of(customer.http.post(KEYS, json={"name": "other"}, headers=headers)) == "IDEMPOTENCY_CONFLICT"
    assert len(customer.http.get(KEYS).json()["data"]) == 2


def test_the_list_is_paged_and_neither_skips_nor_repeats_while_keys_come_in(customer: Customer) -> None:
    names = [make(customer, f"key {number}")["name"] for number in range(5)]
    page = customer.http.get(KEYS, params={"limit": 4}).json()
    make(customer, "meanwhile")
    rest = customer.http.get(KEYS, params={"limit": 4, "cursor": page["page"]["next_cursor"]}).json()
    assert [row["name"] for row in page["data"] + rest["data"]] == [*reversed(names), "test"]
    assert rest["page"]["has_more"] is False


def test_another_customers_key_and_one_that_is_not_there_answer_alike(
    backend_server: BackendServer, customer: Customer
) -> None:
    theirs = make(backend_server.new_customer())
    answers = [customer.http.delete(f"{KEYS}/{id}") for id in (theirs["id"], ABSENT, "no-id", "1")]
    bodies = {(answer.status_code, code_of(answer), answer.json()["error"]["message"]) for answer in answers}
    assert bodies == {(404, "NOT_FOUND", "there is no such API key")}
    assert opens(backend_server, theirs["secret"]) == "ok"


def test_so_many_keys_may_be_in_use(backend_server: BackendServer, customer: Customer) -> None:
    with backend_server.store() as store, store.transaction() as tx:
        tx.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO api_keys (public_id, customer_id, name, prefix, secret_hash, scopes, created_at) "
            "SELECT c.public_id || i, c.id, 'k', 'sk', randomblob(32), '', 0 FROM n, customers c WHERE c.email = ?",
            [MOST_KEYS, customer.email],
        )
    refused = customer.http.post(KEYS, json={"name": "one more"})
    assert (refused.status_code, code_of(refused)) == (409, "STATE_CONFLICT")
    assert customer.http.delete(f"{KEYS}/{customer.http.get(KEYS).json()['data'][0]['id']}").status_code == 204
    make(customer)


def test_every_customer_route_refuses_a_key_without_scopes_and_names_the_one_it_lacks(
    backend_server: BackendServer,
) -> None:
    nothing = backend_server.new_customer(scopes=[])
    asked = 0
    for handler in ROUTE_HANDLERS:
        assert isinstance(handler, HTTPRouteHandler)
        for path in (path for path in handler.paths if path.startswith("/customer")):
            for method in handler.http_methods:
                asked += 1
                refused = nothing.http.request(method, re.sub(r"\{\w+:str\}", ABSENT, path))
                assert (refused.status_code, code_of(refused)) == (403, "API_KEY_SCOPE_DENIED"), (method, path)
                named = re.search(r"the scope (\S+)$", refused.json()["error"]["message"])
                assert named and named[1] in SCOPES, (method, path)
    assert asked > 25


def test_every_list_and_view_of_the_customer_is_open_to_a_session(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    with signed_in(backend_server, customer.email) as http:
        for handler in ROUTE_HANDLERS:
            assert isinstance(handler, HTTPRouteHandler)
            for path in (
                path for path in handler.paths if path.startswith("/customer") and "GET" in handler.http_methods
            ):
                if path != "/customer/events":  # which has no end
                    answer = http.get(re.sub(r"\{\w+:str\}", ABSENT, path))
                    assert answer.status_code not in (401, 403) and answer.status_code < 500, (path, answer.text)


@pytest.mark.parametrize("by", ["the customer", "the operator", "a suspension"])
def test_a_stream_ends_when_its_key_may_no_longer_come_in(
    backend_server: BackendServer, customer: Customer, by: str
) -> None:
    made = make(customer, scopes=["jobs:read"])
    with customer.http.stream("GET", "/customer/events", headers={"X-API-Key": made["secret"]}) as stream:
        assert stream.status_code == 200
        if by == "the customer":
            assert customer.http.delete(f"{KEYS}/{made['id']}").status_code == 204
        elif by == "the operator":
            said = backend_server.command("keys", "revoke", "--email", customer.email, "--prefix", made["prefix"])
            assert said["revoked_at"] is not None
        else:
            backend_server.command("customers", "suspend", "--email", customer.email)
        wait_ended(stream.iter_lines())
    expected = "CUSTOMER_SUSPENDED" if by == "a suspension" else "API_KEY_REVOKED"
    assert opens(backend_server, made["secret"]) == expected


@pytest.mark.parametrize(
    ("request_line", "scope", "body"),
    [
        (f"POST /api/v1{KEYS}", "keys:write", b'{"name": "late"}'),
        (f"POST /api/v1/customer/training-jobs/{ABSENT}/cancel", "jobs:write", b'{"preview": false}'),
        (f"POST /api/v1/customer/training-jobs/{ABSENT}/retry", "jobs:write", b'{"preview": false}'),
        (f"POST /api/v1/customer/training-jobs/{ABSENT}/extend", "jobs:write", b'{"max_runtime_seconds": 9}'),
        (f"PATCH /api/v1/owner/nodes/{ABSENT}", "nodes:write", b'{"revoked": true}'),
    ],
)
def test_a_key_that_is_revoked_while_a_slow_body_arrives_changes_nothing(
    backend_server: BackendServer, customer: Customer, request_line: str, scope: str, body: bytes
) -> None:
    made = make(customer, scopes=["keys:write", scope])
    address = urlsplit(backend_server.url)
    head = (
        f"{request_line} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {made['secret']}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=30) as slow:
        slow.sendall(head.encode() + body[:5])
        # the server has read the head once it answers a request that came after it
        assert customer.http.delete(f"{KEYS}/{made['id']}").status_code == 204
        slow.sendall(body[5:])
        answer = b"".join(iter(lambda: slow.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 401") and b"API_KEY_REVOKED" in answer
    assert [row["name"] for row in customer.http.get(KEYS).json()["data"]] == ["laptop", "test"]
