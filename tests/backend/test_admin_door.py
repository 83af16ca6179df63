"""Who may come in as the operator: an admin key and nobody else, whatever the path looks like."""

from collections.abc import Iterator

import httpx
import pytest

from backend.admin_door import WRONG_TRIES_PER_MINUTE
from backend.routes import ROUTE_HANDLERS
from tests.backend.admin_client import Admin
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of

ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """Wrong tries are counted by server and address: these tests have one of their own."""
    made = BackendServer(tmp_path_factory.mktemp("admin") / "data")
    made.start()
    yield made
    made.close()


@pytest.fixture
def admin(server: BackendServer) -> Iterator[Admin]:
    made = Admin(server)
    yield made
    made.close()


def admin_routes() -> list[tuple[str, str]]:
    """Method and path of all routes of the operator, from the application itself."""
    found = [
        (str(method), path.replace("{id:str}", ABSENT))
        for handler in ROUTE_HANDLERS
        for path in handler.paths  # type: ignore[union-attr]
        for method in handler.http_methods  # type: ignore[union-attr]
        if path.startswith(("/admin", "/metrics"))
    ]
    assert len(found) > 15
    return found


def ask(server: BackendServer, method: str, path: str, key: str | None = None) -> httpx.Response:
    headers = {} if key is None else {"X-API-Key": key}
    return httpx.request(method, f"{server.url}/api/v1{path}", headers=headers, trust_env=False)


@pytest.mark.parametrize(("of_a_customer", "code"), [(False, "CUSTOMER_AUTH_REQUIRED"), (True, "API_KEY_INVALID")])
def test_no_route_of_the_operator_opens_without_an_admin_key(
    own_server: BackendServer, of_a_customer: bool, code: str
) -> None:
    own_server.start()
    key = own_server.new_customer().key if of_a_customer else None
    for method, path in admin_routes():
        answer = ask(own_server, method, path, key)
        assert (answer.status_code, code_of(answer)) == (401, code), path


def test_an_admin_key_opens_no_customers_route(server: BackendServer, admin: Admin) -> None:
    assert code_of(ask(server, "GET", "/customer/training-jobs", admin.secret)) == "API_KEY_INVALID"


@pytest.mark.parametrize("path", ["//admin/customers", "/%2Fadmin/customers", "/./admin/customers", "//metrics"])
def test_no_spelling_of_a_path_leads_past_the_door(server: BackendServer, path: str) -> None:
    answer = httpx.get(f"{server.url}/api/v1{path}", trust_env=False)
    assert answer.status_code in (401, 404), answer.text
    assert answer.json()["error"]["code"] in ("CUSTOMER_AUTH_REQUIRED", "NOT_FOUND")
    assert httpx.get(f"{server.url}//api/v1/customer/training-jobs", trust_env=False).status_code in (401, 404)


def test_a_key_is_taken_from_either_header_and_the_first_of_both_counts(server: BackendServer, admin: Admin) -> None:
    url = f"{server.url}/api/v1/admin/customers"
    right = {"Authorization": f"bearer {admin.secret}"}
    assert httpx.get(url, headers=right, trust_env=False).status_code == 200
    assert httpx.get(url, headers={"X-API-Key": admin.secret}, trust_env=False).status_code == 200
    both = httpx.get(url, headers={**right, "X-API-Key": "ak_alpha_" + "x" * 43}, trust_env=False)
    assert code_of(both) == "API_KEY_INVALID"
    assert code_of(httpx.get(url, headers={"Authorization": "Basic x"}, trust_env=False)) == "CUSTOMER_AUTH_REQUIRED"


def test_a_revoked_key_is_refused_at_once_and_stays_listed(server: BackendServer, admin: Admin) -> None:
    assert admin.http.get("/customers").status_code == 200
    assert server.command("admin-keys", "revoke", admin.key.prefix)["revoked_at"] is not None
    refused = admin.http.get("/customers")
    assert (refused.status_code, code_of(refused)) == (401, "API_KEY_REVOKED")
    assert admin.key.prefix in [row["prefix"] for row in server.command("admin-keys", "list")["data"]]


def test_a_key_for_metrics_opens_nothing_else(server: BackendServer) -> None:
    scraper = Admin(server, metrics_only=True)
    try:
        for method, path in admin_routes():
            answer = ask(server, method, path, scraper.secret)
            if path == "/metrics":
                assert answer.status_code == 200
            else:
                assert (answer.status_code, code_of(answer)) == (403, "API_KEY_SCOPE_DENIED"), path
    finally:
        scraper.close()


def test_only_hashes_of_keys_are_kept_and_none_is_logged(own_server: BackendServer) -> None:
    server = own_server
    server.start()
    made = server.command("admin-keys", "create", "--name", "ops")
    headers = {"X-API-Key": made["secret"]}
    assert httpx.get(f"{server.url}/api/v1/admin/nodes", headers=headers, trust_env=False).status_code == 200
    assert server.stop() == 0
    kept = b"".join(path.read_bytes() for path in server.data_dir.glob("store.sqlite*"))
    assert made["prefix"].encode() in kept
    assert made["secret"].encode() not in kept and made["secret"] not in server.log()
    (row,) = server.command("admin-keys", "list")["data"]
    assert row["last_used_at"] is not None and "secret" not in row


def test_wrong_tries_are_counted_by_address_and_a_right_key_comes_in_all_the_same(
    own_server: BackendServer,
) -> None:
    own_server.start()
    admin = Admin(own_server)
    codes = [code_of(ask(own_server, "GET", "/admin/nodes", "ak_alpha_x")) for _ in range(WRONG_TRIES_PER_MINUTE)]
    assert set(codes) == {"API_KEY_INVALID"}
    refused = ask(own_server, "GET", "/admin/nodes", "ak_alpha_x")
    assert (refused.status_code, code_of(refused)) == (429, "RATE_LIMITED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert admin.http.get("/nodes").status_code == 200
    admin.close()


def test_bodies_with_unknown_fields_are_refused(admin: Admin, server: BackendServer) -> None:
    customer: Customer = server.new_customer()
    one = f"/customers/{admin.customer_id(customer.email)}"
    bodies = {
        ("POST", "/customers"): {"email": "a@example.com", "colour": 1},
        ("POST", f"{one}/credits"): {"credits": "1", "colour": 1},
        ("PATCH", f"{one}/limits"): {"colour": 1},
        ("PATCH", f"/nodes/{ABSENT}"): {"tier": "new", "colour": 1},
        ("POST", "/enrollment-codes"): {"colour": 1},
        ("POST", f"/jobs/{ABSENT}/cancel"): {"colour": 1},
    }
    for (method, path), body in bodies.items():
        answer = admin.http.request(method, path, json=body)
        assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED"), path
        assert [row["field"] for row in answer.json()["error"]["details"]] == ["colour"], path


def test_an_id_that_is_not_there_is_answered_with_what_is_missing(admin: Admin) -> None:
    for found, path in (("NOT_FOUND", "/customers"), ("NODE_NOT_FOUND", "/nodes"), ("JOB_NOT_FOUND", "/jobs")):
        for id in (ABSENT, "nonsense", "%00", "'"):
            answer = admin.http.get(f"{path}/{id}")
            assert (answer.status_code, code_of(answer)) == (404, found)
    assert code_of(admin.http.post(f"/nodes/{ABSENT}/revoke")) == "NODE_NOT_FOUND"
    assert code_of(admin.http.post(f"/customers/{ABSENT}/suspend")) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [("PATCH", "limits", b'{"active_jobs": 99}'), ("POST", "credits", b'{"credits": "5"}')],
)
def test_a_key_that_is_revoked_while_its_body_arrives_changes_nothing(
    server: BackendServer, admin: Admin, method: str, what: str, body: bytes
) -> None:
    customer = server.new_customer()
    path = f"/customers/{admin.customer_id(customer.email)}/{what}"
    doomed = Admin(server)

    def slow_body() -> Iterator[bytes]:
        yield body[:5]
        if httpx.get(f"{server.url}/healthz", trust_env=False).is_success:  # by now the request is past the door
            server.command("admin-keys", "revoke", doomed.key.id)
        yield body[5:]

    answer = doomed.http.request(method, path, content=slow_body(), headers={"Content-Type": "application/json"})
    doomed.close()
    assert (answer.status_code, code_of(answer)) == (401, "API_KEY_REVOKED")
    assert admin.changes(customer.email) == []
    assert customer.http.get("/customer/usage/summary").json()["balance"] == "1000.000000"
