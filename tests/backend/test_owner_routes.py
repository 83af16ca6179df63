"""Owners of nodes at a real server: their door, whose things are whose, codes, and nothing of customers."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from core.accounts.api_keys import SCOPES
from core.protocol.node import PROTOCOL_VERSION, Confinement, ExchangeResponse, FreeResources, Lease
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, create, finalize, one_file, ready_package, send

ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
CODES = "/owner/enrollment-codes"
LISTS = ("/owner/nodes", "/owner/attempts", "/owner/earnings", "/owner/demand", "/owner/blocks")
FREE = FreeResources(cpus=4, memory_mb=8192, disk_mb=100_000, pythons=["3.11.7"], confinement=Confinement.BUBBLEWRAP)


class Node:
    """A node that says what a test wants."""

    def __init__(self, owner: Customer, name: str = "rig") -> None:
        self.http = httpx.Client(base_url=owner.http.base_url, timeout=30, trust_env=False)
        code = owner.http.post(CODES).json()["code"]
        body = {"code": code, "name": name, "protocol": PROTOCOL_VERSION, "agent_version": "1.2"}
        answer = self.http.post("/node/enroll", json=body)
        assert (answer.status_code, answer.json()["tier"]) == (201, "new")
        self.id: str = answer.json()["node_id"]
        self.http.headers["Authorization"] = f"Bearer {answer.json()['credential']}"

    def exchange(self, **fields: Any) -> ExchangeResponse:
        body = {"protocol": PROTOCOL_VERSION, "agent_version": "1.2", "free": msgspec.to_builtins(FREE), **fields}
        answer = self.http.post("/node/exchange", json=body)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=ExchangeResponse)

    def say(self, lease: Lease, *reports: dict[str, Any]) -> ExchangeResponse:
        named = {"attempt_id": lease.attempt_id, "token": lease.token}
        rows = [{**named, "number": number, **report} for number, report in enumerate(reports, start=1)]
        return self.exchange(attempts=[named], reports=rows)


def rows(owner: Customer, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = owner.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def submitted(customer: Customer, **fields: Any) -> str:
    """A public job, which nodes of tier `new` may take."""
    data = b"secret,data\n"
    upload = create(customer, one_file("secret-file.csv", data), name="secret dataset")
    send(customer, upload, data)
    assert finalize(customer, upload).status_code == 200
    asked = {
        "name": "secret job",
        "dataset_id": upload["id"],
        "training_package_id": ready_package(customer, train__py="print('secret')\n"),
        "required_vram_mb": 0,
        "required_disk_mb": 64,
        "max_runtime_seconds": 60,
        "sensitivity": "public",
        **fields,
    }
    answer = customer.http.post("/customer/training-jobs", json=asked)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


Enrol = Callable[..., Node]


@pytest.fixture
def enrol() -> Iterator[Enrol]:
    """Makes nodes of an owner."""
    made: list[Node] = []

    def one(owner: Customer, name: str = "rig") -> Node:
        made.append(Node(owner, name))
        return made[-1]

    yield one
    for node in made:
        node.http.close()


@pytest.fixture
def owner(own_server: BackendServer) -> Customer:
    own_server.start()
    return own_server.new_customer()


def test_owners_come_through_the_customers_door(backend_server: BackendServer, customer: Customer) -> None:
    answers = {
        200: customer.http.get("/owner/nodes"),
        401: httpx.get(f"{backend_server.url}/api/v1/owner/nodes", trust_env=False),
        404: customer.http.get("/owner/nothing"),
        405: customer.http.put("/owner/nodes"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert all(answer.headers[f"X-RateLimit-{name}"].isdecimal() for name in ("Limit", "Remaining", "Reset"))
    assert httpx.get(f"{backend_server.url}/api/v1/ownership", trust_env=False).status_code == 404


def test_a_key_without_the_scopes_sees_and_changes_nothing(backend_server: BackendServer) -> None:
    reader = backend_server.new_customer(scopes=["nodes:read"])
    stranger = backend_server.new_customer(scopes=[scope for scope in SCOPES if not scope.startswith("nodes")])
    for path in LISTS:
        assert rows(reader, path) == [] or path == "/owner/demand"
        assert code_of(stranger.http.get(path)) == "API_KEY_SCOPE_DENIED"
    block = {"package_digest": "a" * 64, "reason": "x"}
    for answer in (
        reader.http.post(CODES),
        reader.http.post("/owner/blocks", json=block),
        reader.http.delete(f"/owner/blocks/{ABSENT}"),
        reader.http.patch(f"/owner/nodes/{ABSENT}", json={"name": "x"}),
    ):
        assert (answer.status_code, code_of(answer)) == (403, "API_KEY_SCOPE_DENIED")


def test_what_is_another_owners_is_absent(backend_server: BackendServer, customer: Customer, enrol: Enrol) -> None:
    other = backend_server.new_customer()
    node = enrol(other)
    block = other.http.post("/owner/blocks", json={"package_digest": "a" * 64, "reason": "x"}).json()
    for id in (node.id, ABSENT, "nonsense"):
        answers = [
            customer.http.patch(f"/owner/nodes/{id}", json={"name": "mine"}),
            customer.http.patch(f"/owner/nodes/{id}", json={"revoked": True}),
            *(customer.http.get(path, params={"node_id": id}) for path in LISTS[1:4]),
        ]
        assert [(one.status_code, code_of(one)) for one in answers] == [(404, "NODE_NOT_FOUND")] * 5
    for id in (block["id"], ABSENT):
        answer = customer.http.delete(f"/owner/blocks/{id}")
        assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")
    assert rows(customer, "/owner/nodes") == rows(customer, "/owner/blocks") == []
    assert [row["name"] for row in rows(other, "/owner/nodes")] == ["rig"]
    assert rows(other, "/owner/blocks") == [block]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", f"/owner/nodes/{ABSENT}", {}, "name"),
        ("PATCH", f"/owner/nodes/{ABSENT}", {"name": "x", "tier": "trusted"}, "tier"),
        ("PATCH", f"/owner/nodes/{ABSENT}", {"revoked": False}, "revoked"),
        ("POST", CODES, {"tier": "trusted"}, "tier"),
        ("POST", "/owner/blocks", {"package_digest": "a" * 63, "reason": "x"}, "package_digest"),
        ("POST", "/owner/blocks", {"package_digest": "a" * 64, "reason": "\n"}, "reason"),
        ("POST", "/owner/blocks", {"package_digest": 5}, "reason"),
        ("GET", "/owner/attempts?outcome=won", None, "outcome"),
        ("GET", "/owner/attempts?limit=101", None, "limit"),
        ("GET", "/owner/earnings?by=year", None, "by"),
        ("GET", "/owner/earnings?days=367", None, "days"),
        ("GET", "/owner/demand?limit=0", None, "limit"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(
    customer: Customer, method: str, path: str, body: Any, field: str
) -> None:
    answer = customer.http.request(method, path, json=body)
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED"), answer.text
    assert field in [row.get("field") for row in answer.json()["error"]["details"]]


def test_a_cursor_is_good_for_its_own_list_and_filters(backend_server: BackendServer, customer: Customer) -> None:
    for name in ("a" * 64, "b" * 64, "c" * 64):
        assert customer.http.post("/owner/blocks", json={"package_digest": name, "reason": "x"}).status_code == 201
    first = customer.http.get("/owner/blocks", params={"limit": 2}).json()
    assert first["page"]["has_more"] and first["page"]["next_cursor"].startswith("eyJ0cyI6")
    cursor = first["page"]["next_cursor"]
    last = customer.http.get("/owner/blocks", params={"limit": 2, "cursor": cursor}).json()
    assert [row["package_digest"][0] for row in [*first["data"], *last["data"]]] == ["c", "b", "a"]
    for path in ("/owner/nodes", "/owner/earnings", "/owner/earnings?by=unit", "/owner/attempts", "/owner/demand"):
        answer = customer.http.get(path, params={"cursor": cursor})
        assert code_of(answer) == "PAGINATION_INVALID_CURSOR"
    stranger = backend_server.new_customer()
    assert code_of(stranger.http.get("/owner/blocks", params={"cursor": cursor})) == "PAGINATION_INVALID_CURSOR"


def test_of_fifty_codes_asked_for_at_once_twenty_are_made_and_each_enrols_one_node(
    backend_server: BackendServer, customer: Customer
) -> None:
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: customer.http.post(CODES), range(50)))
        made = [answer.json()["code"] for answer in answers if answer.status_code == 201]
        refused = [answer for answer in answers if answer.status_code != 201]
        assert len(made) == len(set(made)) == 20
        assert all(re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code) for code in made)
        assert {(one.status_code, code_of(one)) for one in refused} == {(429, "RATE_LIMITED")}
        assert all(1 <= int(one.headers["Retry-After"]) <= 900 for one in refused)
        url = f"{backend_server.url}/api/v1/node/enroll"

        def enroll(code: str) -> int:
            body = {"code": code, "name": "n", "protocol": PROTOCOL_VERSION, "agent_version": "x"}
            return httpx.post(url, json=body, trust_env=False, timeout=30).status_code

        assert sorted(threads.map(enroll, [*made, *made])) == [201] * 20 + [401] * 20
    assert len(rows(customer, "/owner/nodes", limit=100)) == 20


def test_a_replay_repeats_no_code(backend_server: BackendServer, customer: Customer) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    first, again = customer.http.post(CODES, headers=key), customer.http.post(CODES, headers=key, json={})
    assert first.json()["code"] and first.json()["tier"] == "new"
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.json() == {**first.json(), "code": None}
    with backend_server.store() as store:
        kept = store.connection.execute("SELECT body FROM idempotency_keys").fetchall()
    assert not any(first.json()["code"].encode() in row["body"] for row in kept)
    assert first.json()["code"] not in backend_server.log()


def test_nothing_of_the_customer_is_in_anything_that_an_owner_is_told(
    own_server: BackendServer, owner: Customer, enrol: Enrol
) -> None:
    customer = own_server.new_customer()
    job = submitted(customer)
    node = enrol(owner, "客厅")
    assert [row["units"] for row in rows(owner, "/owner/demand")] == [1]
    (lease,) = node.exchange(max_leases=1).leases
    log = [{"number": 1, "stream": "stdout", "text": "secret line"}]
    node.say(lease, {"kind": "started"}, {"kind": "log", "lines": log})
    node.say(
        lease,
        {"kind": "exited", "exit_code": 0, "run_seconds": 60.0},
        {"kind": "completed", "manifest": {"files": []}},
    )
    (lease,) = node.exchange(max_leases=1).leases
    failed = {"kind": "failed", "fault": "customer", "code": "secret", "message": "secret failed", "exit_code": 3}
    node.say(lease, {"kind": "started"}, failed)
    assert customer.http.get(f"/customer/training-jobs/{job}").json()["failure"]["code"] == "secret"
    told = {path: rows(owner, path) for path in LISTS}
    told["by unit"] = rows(owner, "/owner/earnings", by="unit")
    assert [row["role"] for row in told["/owner/attempts"]] == ["train", "prepare"]
    assert len(told["by unit"]) == 1 and told["by unit"][0]["role"] == "prepare"
    text = json.dumps(told)
    with own_server.store() as store:
        ids = store.connection.execute("SELECT public_id FROM customers WHERE email = ?", (customer.email,)).fetchone()
    hidden = [
        "secret",
        customer.email,
        customer.email.partition("@")[0],
        job,
        ids[0],
        "data.csv",
        "train.py",
        customer.key,
    ]
    assert [word for word in hidden if word in text] == []
    assert rows(owner, "/owner/nodes")[0]["name"] == "客厅"


def test_earnings_are_those_of_the_ledger_and_what_ran_is_told(
    own_server: BackendServer, owner: Customer, enrol: Enrol
) -> None:
    submitted(own_server.new_customer())
    node = enrol(owner)
    (lease,) = node.exchange(max_leases=1).leases
    node.say(lease, {"kind": "started"})
    (shown,) = rows(owner, "/owner/nodes")
    assert msgspec.convert(shown["resources"], FreeResources) == FREE
    assert (shown["online"], shown["running"][0]["attempt_id"]) == (True, lease.attempt_id)
    node.say(
        lease,
        {"kind": "exited", "exit_code": 0, "run_seconds": 100.0},
        {"kind": "completed", "manifest": {"files": []}},
    )
    ledger = [row for row in rows(owner, "/customer/credits/ledger") if row["kind"] == "earning"]
    (day,), (unit,) = rows(owner, "/owner/earnings"), rows(owner, "/owner/earnings", by="unit")
    (attempt,) = rows(owner, "/owner/attempts", node_id=node.id, outcome="completed")
    assert len(ledger) == 1
    assert ledger[0]["amount_micro"] == day["earned_micro"] == unit["earned_micro"] == attempt["earned_micro"]
    assert (day["units"], day["node_name"], unit["attempt_id"]) == (1, "rig", attempt["id"])
    assert (attempt["payment"], attempt["share"], attempt["reason"]) == ("paid", 1.0, None)


def test_a_block_reaches_a_waiting_node_and_units_go_elsewhere(
    own_server: BackendServer, owner: Customer, enrol: Enrol
) -> None:
    submitted(own_server.new_customer())
    mine, others = enrol(owner), enrol(own_server.new_customer(), "other")
    (lease,) = mine.exchange(max_leases=1).leases
    digest = rows(owner, "/owner/attempts")[0]["package_digest"]
    held = [{"attempt_id": lease.attempt_id, "token": lease.token}]
    with ThreadPoolExecutor(1) as threads:
        poll = threads.submit(mine.exchange, attempts=held, wait_seconds=2)
        key = {"Idempotency-Key": uuid4().hex}
        body = {"package_digest": digest, "reason": "it is loud"}
        made = owner.http.post("/owner/blocks", json=body, headers=key)
        directives = poll.result().directives or mine.exchange(attempts=held).directives
    assert made.status_code == 201
    assert [(d.kind, d.reason) for d in directives] == [("cancel", "its package is blocked on this owner's nodes")]
    assert owner.http.post("/owner/blocks", json=body, headers=key).json() == made.json()
    assert code_of(owner.http.post("/owner/blocks", json=body)) == "STATE_CONFLICT"
    assert mine.exchange(max_leases=4).leases == []
    (elsewhere,) = others.exchange(max_leases=1).leases
    assert elsewhere.unit_id == lease.unit_id
    (report,) = own_server.command("packages", "reports", "--digest", digest)["data"]
    assert (report["owner"], report["reason"]) == (owner.email, "it is loud")
    assert owner.http.delete(f"/owner/blocks/{made.json()['id']}").status_code == 204
    assert rows(owner, "/owner/blocks") == []


def test_a_revoked_node_is_refused(customer: Customer, enrol: Enrol) -> None:
    node = enrol(customer)
    node.exchange()
    shown = customer.http.patch(f"/owner/nodes/{node.id}", json={"name": "gone", "revoked": True}).json()
    assert (shown["name"], shown["revoked"], shown["online"]) == ("gone", True, False)
    refused = node.http.post("/node/exchange", json={})
    assert (refused.status_code, code_of(refused)) == (401, "CUSTOMER_AUTH_REQUIRED")


def test_an_owner_is_told_of_the_gpus_that_a_node_does_not_offer(customer: Customer, enrol: Enrol) -> None:
    node = enrol(customer)
    node.exchange()  # as an older one, which doesn't tell
    assert rows(customer, "/owner/nodes")[0]["resources"]["gpus_withheld"] is None
    kept = {"name": "Tesla T4", "why": "mig", "uuid": "GPU-1", "reason": "cut", "driver": "570"}
    newer = {"name": "RTX 9090", "why": "melted", "colour": "red"}
    free = {**msgspec.to_builtins(FREE), "gpus_withheld": [kept, newer]}
    node.exchange(free=free)
    shown = rows(customer, "/owner/nodes")[0]["resources"]["gpus_withheld"]
    assert shown == [kept, {"name": "RTX 9090", "why": "melted"}]
    node.exchange(attempts=[], free=None)  # an urgent call says nothing of it
    assert rows(customer, "/owner/nodes")[0]["resources"]["gpus_withheld"] == shown


@pytest.mark.parametrize(
    "hostile",
    [
        [{"name": "T4", "why": "mig"}] * 129,
        [{"name": "x" * 101, "why": "mig"}],
        [{"name": "T4", "why": "x" * 41}],
        [{"name": "T4", "why": "mig", "reason": "x" * 301}],
        [{"name": "T4", "why": "mig", "driver": "x" * 101}],
        [{"name": "T4", "why": "mig", "uuid": "GPU 1"}],
        [{"name": "T4"}],
        {"name": "T4"},
    ],
)
def test_gpus_withheld_that_nobody_can_mean_are_refused(customer: Customer, enrol: Enrol, hostile: Any) -> None:
    node = enrol(customer)
    free = {**msgspec.to_builtins(FREE), "gpus_withheld": hostile}
    body = {"protocol": PROTOCOL_VERSION, "agent_version": "1.2", "free": free}
    refused = node.http.post("/node/exchange", json=body)
    assert (refused.status_code, code_of(refused)) == (400, "VALIDATION_FAILED")
    assert rows(customer, "/owner/nodes")[0]["resources"] is None


def test_demand_can_be_read_in_pages_by_a_node_that_takes_nothing(
    own_server: BackendServer, owner: Customer, enrol: Enrol
) -> None:
    customer = own_server.new_customer()
    for megabytes in (64, 128, 256):
        submitted(customer, required_disk_mb=megabytes)
    node = enrol(owner)
    node.exchange(max_leases=0)  # as one that is paused does
    first = owner.http.get("/owner/demand", params={"limit": 2}).json()
    cursor = first["page"]["next_cursor"]
    rest = owner.http.get("/owner/demand", params={"limit": 2, "cursor": cursor}).json()
    found = [*first["data"], *rest["data"]]
    assert len({row["disk_mb"] for row in found}) == 3 and not rest["page"]["has_more"]
    assert all(row["nodes"][0]["can_run"] and row["nodes"][0]["node_id"] == node.id for row in found)
    assert all(len(row["hourly"]) == 24 for row in found)


def test_the_digest_an_owner_sees_is_that_of_the_zip(own_server: BackendServer, owner: Customer, enrol: Enrol) -> None:
    customer = own_server.new_customer()
    job = submitted(customer)
    package = customer.http.get(f"/customer/training-jobs/{job}").json()["training_package_id"]
    asked = {"path": "package.zip"}
    url = customer.http.post(f"/customer/training-packages/{package}/download-url", json=asked).json()["download_url"]
    node = enrol(owner)
    assert node.exchange(max_leases=1).leases
    (row,) = rows(owner, "/owner/attempts")
    assert row["package_digest"] == hashlib.sha256(httpx.get(url, trust_env=False).content).hexdigest()


def test_a_node_ends_itself_and_what_it_held_goes_elsewhere(owner: Customer, enrol: Enrol) -> None:
    node, other = enrol(owner), enrol(owner, "other")
    submitted(owner)
    (lease,) = node.exchange(max_leases=1).leases
    answer = node.http.post("/node/leave")
    assert (answer.status_code, answer.json()) == (200, {"node_id": node.id})
    assert {row["id"]: row["revoked"] for row in rows(owner, "/owner/nodes")} == {node.id: True, other.id: False}
    for path in ("/node/leave", "/node/exchange"):
        assert node.http.post(path, json={}).status_code == 401
    (again,) = other.exchange(max_leases=1).leases
    assert again.unit_id == lease.unit_id
    assert owner.http.post("/node/leave").status_code == 401  # a customer's key is no node's credential
    assert owner.http.get("/node/leave").status_code == 405
