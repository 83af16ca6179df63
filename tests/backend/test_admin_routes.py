"""What the operator does over HTTP: each change works at once, is in the audit log, and is done once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import msgspec
import pytest

from core.accounts.limits import Limits
from core.nodes.tiers import Tier
from core.protocol.admin import ChangeLimits
from core.protocol.node import PROTOCOL_VERSION, Confinement, FreeResources
from tests.backend.admin_client import Admin, add_node
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, ready_dataset, ready_package, submit_job

FREE = FreeResources(cpus=4, memory_mb=8192, disk_mb=100_000, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)


@pytest.fixture(scope="module")
def backend_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """One with nodes and jobs that other tests do not count with."""
    server = BackendServer(tmp_path_factory.mktemp("operator") / "data")
    server.start()
    yield server
    server.close()


@pytest.fixture
def admin(backend_server: BackendServer) -> Iterator[Admin]:
    made = Admin(backend_server)
    yield made
    made.close()


def exchange(server: BackendServer, credential: str, **fields: object) -> httpx.Response:
    """One call of a node."""
    body = {"protocol": PROTOCOL_VERSION, "agent_version": "test", "free": msgspec.to_builtins(FREE), **fields}
    headers = {"Authorization": f"Bearer {credential}"}
    url = f"{server.url}/api/v1/node/exchange"
    return httpx.post(url, json=body, headers=headers, timeout=60, trust_env=False)


# Customers


def test_a_customer_is_made_once_and_its_key_works_and_is_told_once(
    admin: Admin, backend_server: BackendServer
) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    body = {"email": f"{uuid4().hex}@example.com", "credits": "12.5"}
    first, again = (admin.http.post("/customers", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    made = first.json()
    assert (made["balance"], made["balance_micro"], made["suspended_at"]) == ("12.500000", 12_500_000, None)
    assert again.json() == {**made, "api_key": None}
    answer = httpx.get(
        f"{backend_server.url}/api/v1/customer/usage/summary", headers={"X-API-Key": made["api_key"]}, trust_env=False
    )
    assert answer.json()["balance"] == "12.500000"
    assert admin.get(f"/customers/{made['id']}") == {name: made[name] for name in made if name != "api_key"}
    (change,) = admin.changes(body["email"])
    assert change[:2] == (admin.key.prefix, "customers.create")
    assert made["api_key"] not in str(change)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a\n@example.com"}, "email"),
        ({"email": "a@example.com", "credits": "1.0000001"}, "credits"),
        ({"email": "a@example.com", "credits": "1e999999999"}, "credits"),
        ({"email": "a@example.com", "credits": "sNaN"}, "credits"),
        ({"email": "a@example.com", "credits": "-1"}, "credits"),
        ({"email": "a@example.com", "credits": "1000000001"}, "credits"),
        ({"email": "a@example.com", "credits": 5}, "credits"),
        ({}, "email"),
    ],
)
def test_a_customer_that_can_not_be_is_refused(admin: Admin, body: dict[str, object], field: str) -> None:
    answer = admin.http.post("/customers", json=body)
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED"), answer.text
    assert [row["field"] for row in answer.json()["error"]["details"]] == [field]


def test_a_second_customer_of_an_address_is_a_conflict(admin: Admin, customer: Customer) -> None:
    assert code_of(admin.http.post("/customers", json={"email": customer.email.upper()})) == "STATE_CONFLICT"


def test_customers_are_listed_in_pages_and_found_by_address_id_and_suspension(admin: Admin) -> None:
    word = uuid4().hex
    ids = [
        admin.http.post("/customers", json={"email": f"{word}-{number}@example.com"}).json()["id"]
        for number in range(3)
    ]
    assert admin.http.post(f"/customers/{ids[1]}/suspend").status_code == 200
    seen, cursor = [], None
    while True:
        page = admin.get("/customers", q=word.upper(), limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in page["data"]]
        cursor = page["page"]["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    suspended = admin.get("/customers", q=word, suspended="true")["data"]
    assert [row["id"] for row in suspended] == [ids[1]]
    assert len(admin.get("/customers", q=word, suspended="false")["data"]) == 2
    assert [row["id"] for row in admin.get("/customers", q=ids[0])["data"]] == [ids[0]]
    first = admin.get("/customers", q=word, limit=1)["page"]["next_cursor"]
    other = admin.http.get("/customers", params={"limit": 1, "cursor": first})
    assert code_of(other) == "PAGINATION_INVALID_CURSOR"
    assert admin.get("/customers", q="%")["data"] == []


def test_a_suspended_customer_is_refused_until_let_in_again(admin: Admin, customer: Customer) -> None:
    one = f"/customers/{admin.customer_id(customer.email)}"
    assert admin.http.post(f"{one}/suspend").json()["suspended_at"] is not None
    assert admin.http.post(f"{one}/suspend").status_code == 200
    assert code_of(customer.http.get("/customer/limits")) == "CUSTOMER_SUSPENDED"
    assert admin.http.post(f"{one}/unsuspend").json()["suspended_at"] is None
    assert customer.http.get("/customer/limits").status_code == 200
    assert [change[1] for change in admin.changes(customer.email)] == ["customers.unsuspend", "customers.suspend"]


def test_fifty_grants_at_once_with_one_key_are_one_grant(admin: Admin, customer: Customer) -> None:
    path = f"/customers/{admin.customer_id(customer.email)}/credits"
    body, key = {"credits": "7.25", "note": "sorry"}, {"Idempotency-Key": uuid4().hex}
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: admin.http.post(path, json=body, headers=key), range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum(answer.headers.get("Idempotent-Replayed") == "true" for answer in answers) == 49
    assert answers[0].json()["balance"] == "1007.250000"
    assert customer.http.get("/customer/usage/summary").json()["balance"] == "1007.250000"
    (row, _) = customer.http.get("/customer/credits/ledger").json()["data"]
    assert (row["kind"], row["amount"], row["note"]) == ("grant", "7.250000", "sorry")
    assert admin.changes(customer.email) == [
        (admin.key.prefix, "credits.grant", {"amount_micro": 7_250_000, "note": "sorry"})
    ]
    conflict = admin.http.post(path, json={**body, "note": "another"}, headers=key)
    assert (conflict.status_code, code_of(conflict)) == (409, "IDEMPOTENCY_CONFLICT")


def test_a_key_is_the_operators_whichever_admin_key_sends_it_and_never_a_customers(
    admin: Admin, customer: Customer, backend_server: BackendServer
) -> None:
    path = f"/customers/{admin.customer_id(customer.email)}/credits"
    key = {"Idempotency-Key": uuid4().hex}
    assert customer.http.post("/customer/datasets", json={"name": "d", "file_name": "d"}, headers=key).is_success
    first = admin.http.post(path, json={"credits": "1"}, headers=key)
    assert first.status_code == 201 and "Idempotent-Replayed" not in first.headers
    colleague = Admin(backend_server)
    again = colleague.http.post(path, json={"credits": "1"}, headers=key)
    colleague.close()
    assert (again.text, again.headers["Idempotent-Replayed"]) == (first.text, "true")


@pytest.mark.parametrize("credits", ["0", "-1", "1e3", "", "１", "1.0000001", "1000000001", "999999999.5"])
def test_credits_that_can_not_be_granted_are_refused(admin: Admin, customer: Customer, credits: str) -> None:
    path = f"/customers/{admin.customer_id(customer.email)}/credits"
    answer = admin.http.post(path, json={"credits": credits})
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
    assert customer.http.get("/customer/usage/summary").json()["balance"] == "1000.000000"


def test_limits_are_set_put_back_and_kept_to_at_once(admin: Admin, customer: Customer) -> None:
    path = f"/customers/{admin.customer_id(customer.email)}/limits"
    assert admin.get(path) == {"limits": msgspec.to_builtins(Limits()), "overrides": {}}
    changed = admin.http.patch(path, json={"requests_per_minute": 1, "active_jobs": 9})
    assert changed.json()["overrides"] == {"requests_per_minute": 1, "active_jobs": 9}
    assert [customer.http.get("/customer/limits").status_code for _ in range(2)] == [200, 429]
    back = admin.http.patch(path, json={"requests_per_minute": None})
    assert back.json()["overrides"] == {"active_jobs": 9}
    assert customer.http.get("/customer/limits").status_code == 200
    assert admin.changes(customer.email)[0] == (admin.key.prefix, "limits.set", {"requests_per_minute": None})
    assert admin.http.patch(path, json={}).json() == back.json()
    for wrong in (-1, 2**53 + 1, "5", 1.5, True):
        refused = admin.http.patch(path, json={"active_jobs": wrong})
        assert (refused.status_code, refused.json()["error"]["details"][0]["field"]) == (400, "active_jobs"), wrong
    assert admin.get(path) == back.json()


def test_every_limit_can_be_changed() -> None:
    assert set(ChangeLimits.__struct_fields__) == set(Limits.__struct_fields__)


# Nodes


def test_nodes_are_listed_by_tier_owner_and_revocation(
    admin: Admin, backend_server: BackendServer, customer: Customer
) -> None:
    word = uuid4().hex[:8]
    ours, _ = add_node(backend_server, f"{word}-ours", tier=Tier.TRUSTED)
    theirs, credential = add_node(backend_server, f"{word}-theirs", owner=customer.email, tier=Tier.NEW)
    assert exchange(backend_server, credential).status_code == 200

    def found(**query: str) -> set[str]:
        return {row["id"] for row in admin.get("/nodes", limit=100, **query)["data"]} & {ours, theirs}

    assert found() == {ours, theirs}
    assert found(tier="trusted") == {ours} and found(tier="new") == {theirs}
    assert found(owner=customer.email.upper()) == {theirs} and found(owner="") == {ours}
    assert found(revoked="true") == set()
    shown = admin.get(f"/nodes/{theirs}")
    assert (shown["online"], shown["owner_email"], shown["attempts"]) == (True, customer.email, 0)
    assert shown["resources"]["memory_mb"] == 8192
    assert admin.get(f"/nodes/{ours}")["online"] is False
    assert code_of(admin.http.get("/nodes", params={"tier": "own"})) == "VALIDATION_FAILED"


def test_a_tier_counts_at_once_for_a_node_that_waits(
    admin: Admin, backend_server: BackendServer, customer: Customer
) -> None:
    node, credential = add_node(backend_server, uuid4().hex[:8], owner=None, tier=Tier.NEW)
    exchange(backend_server, credential)  # the settings come with the first, at once
    job = submit_job(customer, ready_dataset(customer), ready_package(customer))  # low_sensitive: not for `new`
    with ThreadPoolExecutor(1) as threads:
        poll = threads.submit(exchange, backend_server, credential, wait_seconds=25, max_leases=1)
        changed = admin.http.patch(f"/nodes/{node}", json={"tier": "controlled"})
        assert changed.json()["tier"] == "controlled"
        leases = poll.result().json()["leases"]
    assert [lease["role"] for lease in leases] == ["prepare"]
    assert admin.changes(node)[0][1:] == ("nodes.set-tier", {"name": changed.json()["name"], "tier": "controlled"})
    assert admin.http.patch(f"/nodes/{node}", json={"tier": "controlled"}).status_code == 200
    assert len(admin.changes(node)) == 1
    assert code_of(admin.http.patch(f"/nodes/{node}", json={"tier": "own"})) == "VALIDATION_FAILED"
    assert admin.http.post(f"/jobs/{job}/cancel").status_code == 200
    assert admin.http.post(f"/nodes/{node}/revoke").status_code == 200


def test_a_revoked_nodes_work_goes_elsewhere_and_all_it_says_is_refused(
    admin: Admin, backend_server: BackendServer, customer: Customer
) -> None:
    node, credential = add_node(backend_server, uuid4().hex[:8])
    job = submit_job(customer, ready_dataset(customer), ready_package(customer))
    (lease,) = exchange(backend_server, credential, max_leases=1).json()["leases"]
    held = [{"attempt_id": lease["attempt_id"], "token": lease["token"]}]
    with ThreadPoolExecutor(1) as threads:
        poll = threads.submit(exchange, backend_server, credential, attempts=held, wait_seconds=10)
        revoked = admin.http.post(f"/nodes/{node}/revoke").json()
        assert (revoked["ended_attempts"], revoked["attempts"]) == (1, 0)
        assert revoked["revoked_at"] is not None and revoked["online"] is False
        assert (poll.result().status_code, code_of(poll.result())) == (401, "CUSTOMER_AUTH_REQUIRED")
    report = {"kind": "started", "number": 1, **held[0]}
    said = exchange(backend_server, credential, attempts=held, reports=[report])
    assert (said.status_code, code_of(said)) == (401, "CUSTOMER_AUTH_REQUIRED")
    prepare = customer.http.get(f"/customer/training-jobs/{job}/compute-units").json()["data"][0]
    assert (prepare["state"], prepare["attempts"][0]["outcome"]) == ("ready", "released")
    assert prepare["attempts"][0]["reason"] == "its node was revoked"
    _, other = add_node(backend_server, uuid4().hex[:8])
    (again,) = exchange(backend_server, other, max_leases=1).json()["leases"]
    assert (again["unit_id"], again["number"]) == (lease["unit_id"], 2)
    assert admin.http.post(f"/nodes/{node}/revoke").json()["ended_attempts"] == 0
    assert [change[1] for change in admin.changes(node)] == ["nodes.revoke"]
    assert admin.http.post(f"/jobs/{job}/cancel").status_code == 200


def test_a_command_beside_the_server_ends_a_waiting_poll_of_a_node_it_revokes(backend_server: BackendServer) -> None:
    name = uuid4().hex[:8]
    _, credential = add_node(backend_server, name)
    exchange(backend_server, credential)
    with ThreadPoolExecutor(1) as threads:
        poll = threads.submit(exchange, backend_server, credential, wait_seconds=25)
        assert backend_server.command("nodes", "revoke", name)["name"] == name
        assert poll.result().status_code == 401


def test_an_enrollment_code_lets_one_node_in_and_is_told_once(
    admin: Admin, backend_server: BackendServer, customer: Customer
) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    body = {"owner_email": customer.email.upper()}
    first, again = (admin.http.post("/enrollment-codes", json=body, headers=key) for _ in range(2))
    made = first.json()
    assert (first.status_code, made["tier"], made["owner_email"]) == (201, "controlled", customer.email)
    assert again.json() == {**made, "code": None}
    enrolled = httpx.post(
        f"{backend_server.url}/api/v1/node/enroll",
        json={"code": made["code"], "name": "n", "protocol": PROTOCOL_VERSION, "agent_version": "test"},
        trust_env=False,
    )
    assert admin.get(f"/nodes/{enrolled.json()['node_id']}")["owner_email"] == customer.email
    assert admin.changes(customer.email)[0][1:] == ("nodes.enrollment-code", {"tier": "controlled"})
    assert admin.http.post("/enrollment-codes").json()["owner_email"] is None
    nobody = admin.http.post("/enrollment-codes", json={"owner_email": "nobody@example.com"})
    assert (nobody.status_code, code_of(nobody)) == (404, "NOT_FOUND")


# Jobs


def test_jobs_of_all_customers_are_listed_and_one_is_cancelled_with_words_for_its_customer(
    admin: Admin, backend_server: BackendServer, customer: Customer
) -> None:
    other = backend_server.new_customer()
    ids = {}
    for asker in (customer, other):
        dataset, package = ready_dataset(asker), ready_package(asker)
        ids[asker.email] = [submit_job(asker, dataset, package) for _ in range(2)]
    mine = admin.customer_id(customer.email)
    listed = admin.get("/jobs", customer_id=mine)["data"]
    assert [row["id"] for row in listed] == ids[customer.email][::-1]
    assert {row["customer_email"] for row in listed} == {customer.email}
    newest = [row["id"] for row in admin.get("/jobs", limit=4)["data"]]
    assert newest == [*ids[other.email][::-1], *ids[customer.email][::-1]]
    job = ids[customer.email][0]
    cancelled = admin.http.post(f"/jobs/{job}/cancel", json={"reason": "the power goes off"}).json()
    assert (cancelled["status"], cancelled["customer_id"]) == ("cancelled", mine)
    assert customer.http.get(f"/customer/training-jobs/{job}").json()["status"] == "cancelled"
    assert admin.http.post(f"/jobs/{job}/cancel").status_code == 200
    details = {"customer": customer.email, "reason": "the power goes off"}
    assert admin.changes(job) == [(admin.key.prefix, "jobs.cancel", details)]
    by_status = admin.get("/jobs", customer_id=mine, status=["queued", "cancelled"])["data"]
    assert [row["status"] for row in by_status] == ["queued", "cancelled"]
    assert [row["id"] for row in admin.get("/jobs", customer_id=mine, status="cancelled")["data"]] == [job]
    assert [row["id"] for row in admin.get("/jobs", status="cancelled", limit=1)["data"]] == [job]
    assert code_of(admin.http.get("/jobs", params={"status": "asleep"})) == "VALIDATION_FAILED"
    for id in (*ids[customer.email][1:], *ids[other.email]):
        assert admin.http.post(f"/jobs/{id}/cancel").status_code == 200
    assert customer.http.get("/customer/usage/summary").json()["held"] == "0.000000"


# Packages


def test_a_blocked_package_runs_nowhere_until_it_is_let_again(
    admin: Admin, backend_server: BackendServer, customer: Customer
) -> None:
    _, credential = add_node(backend_server, uuid4().hex[:8])
    dataset, package = ready_dataset(customer), ready_package(customer, train__py=f"print({uuid4().int})\n")
    job = submit_job(customer, dataset, package)
    with backend_server.store() as store:
        sql = "SELECT package_digest FROM uploads WHERE public_id = ?"
        digest = str(store.connection.execute(sql, (package,)).fetchone()[0])
    (lease,) = exchange(backend_server, credential, max_leases=1).json()["leases"]
    key, body = {"Idempotency-Key": uuid4().hex}, {"package_digest": digest.upper(), "reason": "mines coins"}
    first, again = (admin.http.post("/package-blocks", json=body, headers=key) for _ in range(2))
    assert (first.status_code, first.json()["jobs_failed"], again.text) == (201, 1, first.text)
    assert code_of(admin.http.post("/package-blocks", json=body)) == "STATE_CONFLICT"
    failed = customer.http.get(f"/customer/training-jobs/{job}").json()
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "package_blocked")
    held = [{"attempt_id": lease["attempt_id"], "token": lease["token"]}]
    (directive,) = exchange(backend_server, credential, attempts=held).json()["directives"][-1:]
    assert (directive["kind"], directive["attempt_id"]) == ("cancel", lease["attempt_id"])
    assert digest in [row["package_digest"] for row in admin.get("/package-blocks")["data"]]
    assert admin.http.delete(f"/package-blocks/{digest}").status_code == 204
    assert code_of(admin.http.delete(f"/package-blocks/{digest}")) == "NOT_FOUND"
    assert admin.http.post(f"/jobs/{submit_job(customer, dataset, package)}/cancel").status_code == 200
    assert [change[1] for change in admin.changes(digest)] == ["packages.unblock", "packages.block"]
    for digest in ("x", "%00", "a" * 63):
        assert admin.http.delete(f"/package-blocks/{digest}").status_code == 400


def test_what_owners_report_is_read_by_the_operator(
    admin: Admin, backend_server: BackendServer, customer: Customer
) -> None:
    block = {"package_digest": "c" * 64, "reason": "asks for too much"}
    assert customer.http.post("/owner/blocks", json=block).status_code == 201
    (row,) = admin.get("/package-reports", package_digest="c" * 64)["data"]
    assert (row["owner"], row["reason"]) == (customer.email, "asks for too much")


# The audit log


def test_what_commands_change_stands_beside_what_keys_change(
    admin: Admin, customer: Customer, backend_server: BackendServer
) -> None:
    backend_server.command("limits", "set", "--email", customer.email, "active_jobs=4")
    assert admin.http.patch(
        f"/customers/{admin.customer_id(customer.email)}/limits", json={"active_jobs": 5}
    ).is_success
    by_key, by_command = admin.changes(customer.email)
    assert (by_key[0], by_command[0].startswith("user ")) == (admin.key.prefix, True)
    assert (by_key[2], by_command[2]) == ({"active_jobs": 5}, {"active_jobs": 4})
    rows = backend_server.command("audit", "list", "--limit", "2")["data"]
    assert [row["details"] for row in rows] == [{"active_jobs": 5}, {"active_jobs": 4}]
    first = admin.get("/audit-log", limit=1)
    second = admin.get("/audit-log", limit=1, cursor=first["page"]["next_cursor"])
    assert [first["data"][0]["id"], second["data"][0]["id"]] == [row["id"] for row in rows]
