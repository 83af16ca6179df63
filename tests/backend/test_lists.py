"""Every list of customers, owners and the operator, taken from the application: its limit, its cursors, its walk to the
end."""

import base64
import string
from collections.abc import Iterator
from typing import Any, get_origin, get_type_hints
from urllib.parse import quote

import pytest
from litestar.handlers import HTTPRouteHandler

from backend.routes import ROUTE_HANDLERS
from core.protocol.customer import Page
from tests.backend.admin_client import Admin, add_node
from tests.backend.furnished import add_webhooks
from tests.backend.many_calls import JOBS, job_body, set_limits
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, create, one_file

LONGER_PAGES = {"/customer/datasets/{id}/missing-chunks", "/customer/training-packages/{id}/missing-chunks"}
# Lists that the world below has nothing for: they are asked, and their pages are empty
EMPTY = ("/logs", "/metrics", "/artifacts", "training-packages/{id}/missing-chunks", "/attempts", "/earnings")
# What is fresh with each answer: signatures, and how long a unit has waited
FRESH = {"upload_url", "longest_wait_seconds"}


def list_paths() -> list[str]:
    """The paths of all GETs that answer with a page."""
    paths: set[str] = set()
    for handler in ROUTE_HANDLERS:
        assert isinstance(handler, HTTPRouteHandler)
        returned = get_type_hints(handler.fn).get("return")
        if "GET" in handler.http_methods and Page in (returned, get_origin(returned)):
            paths |= {path.replace(":str", "") for path in handler.paths}
    return sorted(paths)


LISTS = list_paths()


class World:
    """A customer with at least three rows in most lists, another who has as many, and the operator, whose key is sent
    as a customer's is."""

    def __init__(self, server: BackendServer) -> None:
        self.customer, self.other = server.new_customer(), server.new_customer()
        admin = Admin(server)
        self.operator = Customer(server.url, "", admin.secret)
        admin.close()
        self._ids = {id(one): self._fill(server, one) for one in (self.customer, self.other)}
        for letter in "def":
            block = {"package_digest": letter * 64, "reason": "mines coins"}
            assert self.operator.http.post("/admin/package-blocks", json=block).status_code == 201

    def asker(self, path: str) -> Customer:
        """Who asks for a list."""
        return self.operator if path.startswith("/admin/") else self.customer

    def _fill(self, server: BackendServer, customer: Customer) -> dict[str, str]:
        set_limits(server, customer, active_jobs=100, jobs_per_minute=100, requests_per_minute=10**6)
        body = job_body(customer)
        jobs = [customer.http.post(JOBS, json={**body, "name": f"job {n}"}).json()["id"] for n in range(4)]
        customer.http.post(JOBS, json={**body, "name": "another class", "sensitivity": "public"})
        for letter in "abc":
            customer.http.post("/customer/api-keys", json={"name": letter})
            customer.http.post("/owner/blocks", json={"package_digest": letter * 64, "reason": "mines coins"})
            add_node(server, letter, owner=customer.email)
        units = customer.http.get(f"{JOBS}/{jobs[0]}/compute-units").json()["data"]
        files = [one_file(f"f{n}", bytes([n]) * 1000) for n in range(4)]
        datasets = [create(customer, *files)["id"] for _ in range(3)]
        packages = [create(customer, files[0], route="training-packages")["id"] for _ in range(3)]
        webhooks = add_webhooks(server, customer, 3)["/customer/webhooks", "id"]
        return {
            JOBS: jobs[0],
            "/customer/datasets": datasets[0],
            "/customer/training-packages": packages[0],
            "/customer/webhooks": webhooks[0],
            "unit_id": units[0]["id"],
        }

    def path(self, path: str, customer: Customer) -> str:
        """A list's path with the customer's own ids in it."""
        ids = self._ids.get(id(customer), {"unit_id": ""})
        for start, found in ids.items():
            if path.startswith(start + "/"):
                path = path.replace("{id}", found)
        path = path.replace("{unit_id}", ids["unit_id"])
        assert "{" not in path, f"tell this test which ids {path} takes"
        return path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """At a server of its own: the operator lists what is everybody's."""
    server = BackendServer(tmp_path_factory.mktemp("lists") / "data")
    server.start()
    made = World(server)
    yield made
    made.operator.close()
    server.close()


def get(customer: Customer, path: str, **query: Any) -> Any:
    return customer.http.get(path, params=query)


def walk(customer: Customer, path: str, limit: int, **query: Any) -> Iterator[list[Any]]:
    """The pages of a list to its end."""
    cursor: dict[str, str] = {}
    while True:
        answer = get(customer, path, limit=limit, **query, **cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()["page"]
        assert page["limit"] == limit and page["has_more"] is (page["next_cursor"] is not None)
        yield answer.json()["data"]
        if not page["has_more"]:
            return
        assert page["next_cursor"].startswith("eyJ0cyI6")
        cursor = {"cursor": page["next_cursor"]}


def is_refused(answer: Any, code: str, field: str | None = None) -> bool:
    if (answer.status_code, code_of(answer)) != (400, code):
        return False
    return field is None or [row["field"] for row in answer.json()["error"]["details"]] == [field]


def test_the_lists_of_the_contract_are_among_them() -> None:
    published = {JOBS, "/customer/datasets", "/customer/training-packages", "/customer/credits/ledger"}
    assert published | {f"{JOBS}/{{id}}/{what}" for what in ("compute-units", "artifacts", "metrics")} <= set(LISTS)
    assert {"/owner/nodes", "/owner/demand", "/customer/usage/daily", "/admin/audit-log", "/admin/jobs"} <= set(LISTS)


@pytest.mark.parametrize("path", LISTS)
def test_a_limit_is_1_to_100_and_50_by_default(world: World, path: str) -> None:
    asker, most = world.asker(path), 1000 if path in LONGER_PAGES else 100
    place = world.path(path, asker)
    for limit in ("0", str(most + 1), "-1", "x", "1.5", "", "1e4", "0x5", "٣", "9" * 400):
        assert is_refused(get(asker, place, limit=limit), "VALIDATION_FAILED", "limit"), limit
    assert get(asker, place, limit=most).json()["page"]["limit"] == most
    assert get(asker, place).json()["page"]["limit"] == (most if path in LONGER_PAGES else 50)


@pytest.mark.parametrize("path", LISTS)
def test_a_walk_row_by_row_gives_what_one_page_gives(world: World, path: str) -> None:
    asker = world.asker(path)
    place = world.path(path, asker)
    (whole,) = walk(asker, place, 100)
    if not path.endswith(EMPTY):
        assert whole, "there is something to walk"
    rows = [row for page in walk(asker, place, 1) for row in page]
    assert [lasting(row) for row in rows] == [lasting(row) for row in whole]


def lasting(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in FRESH}


def cursors(world: World) -> dict[str, str]:
    """A cursor of each list that has a second page."""
    found = {}
    for path in LISTS:
        asker = world.asker(path)
        cursor = get(asker, world.path(path, asker), limit=1).json()["page"]["next_cursor"]
        if cursor is not None:
            found[path] = cursor
    return found


def test_a_cursor_is_good_for_its_own_list_alone(world: World) -> None:
    made = cursors(world)
    assert len(made) >= 17
    for path in LISTS:
        for source, cursor in made.items():
            asker = world.asker(path)
            answer = get(asker, world.path(path, asker), limit=1, cursor=cursor)
            if source == path:
                assert answer.status_code == 200
            elif not (path.endswith("missing-chunks") and answer.status_code == 200):
                # (a list of missing chunks that has none left doesn't look at its cursor)
                assert is_refused(answer, "PAGINATION_INVALID_CURSOR"), (path, source)
        if path in made and not path.startswith("/admin/"):
            answer = get(world.other, world.path(path, world.other), limit=1, cursor=made[path])
            assert is_refused(answer, "PAGINATION_INVALID_CURSOR"), path


def test_a_cursor_is_bound_to_its_filters(world: World) -> None:
    asked: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
        (JOBS, {"status": "queued"}, [{}, {"status": "failed"}, {"status": ["queued", "failed"]}, {"q": "job"}]),
        (JOBS, {"q": "job"}, [{}, {"q": "jo"}, {"q": "job", "dataset_id": "x"}, {"training_package_id": "job"}]),
        ("/customer/datasets", {"q": "data"}, [{}, {"q": "dat"}]),
        ("/customer/usage/daily", {"days": 7}, [{}, {"days": 8}]),
        ("/customer/credits/ledger", {"kind": "hold"}, [{}, {"kind": "grant"}, {"date_from": "2026-01-01"}]),
    ]
    for path, query, others in asked:
        cursor = get(world.customer, path, limit=1, **query).json()["page"]["next_cursor"]
        assert get(world.customer, path, limit=2, cursor=cursor, **query).status_code == 200
        for other in others:
            answer = get(world.customer, path, limit=1, cursor=cursor, **other)
            assert is_refused(answer, "PAGINATION_INVALID_CURSOR"), (path, other)


def test_a_cursor_altered_in_any_letter_is_refused(world: World) -> None:
    cursor = get(world.customer, JOBS, limit=1).json()["page"]["next_cursor"]
    altered = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))]
    altered += [cursor[:-1] + letter for letter in string.ascii_letters + string.digits + "-_" if letter != cursor[-1]]
    altered += [cursor + "=", cursor + "A", cursor[:-1], cursor + " ", "", ".", "eyJ0cyI6", cursor.split(".")[0]]
    forged = base64.urlsafe_b64encode(b'{"ts":1,"after":1,"bound":""}').decode().rstrip("=")
    altered += [f"{forged}.{cursor.split('.')[1]}", "\x00", "é", "' OR 1=1 --", "x" * 5000]
    set_of_answers = {get(world.customer, JOBS, limit=1, cursor=one).status_code for one in altered}
    assert set_of_answers == {400}
    assert is_refused(get(world.customer, JOBS, cursor=altered[0]), "PAGINATION_INVALID_CURSOR")


@pytest.mark.parametrize("q", ["%", "_", "'", '"', "\\", "\x00", "é", "É", "😀", "job%", "*", "a" * 2000, " ", "ﬁ"])
def test_a_search_takes_every_letter_as_itself(world: World, q: str) -> None:
    for path in (JOBS, "/customer/datasets", "/customer/training-packages"):
        answer = get(world.customer, path, q=q)
        assert answer.status_code == 200, answer.text
        assert all(q.lower() in row["name"].lower() for row in answer.json()["data"])


@pytest.mark.parametrize("raw", ["%FF", "%ED%A0%80", "%C3", "%00", "%", "%zz"])
def test_bytes_that_are_no_text_break_no_list(world: World, raw: str) -> None:
    for name in ("q", "cursor", "status", "dataset_id", "limit"):
        answer = world.customer.http.get(f"{JOBS}?{name}={raw}")
        assert answer.status_code in (200, 400), (name, raw, answer.text)


def test_a_path_of_odd_letters_is_an_absent_thing(world: World) -> None:
    for odd in ("\x00", "é", "' OR 1=1", "..%2F", "a" * 3000):
        answer = world.customer.http.get(f"{JOBS}/{quote(odd, safe='')}/compute-units")
        assert answer.status_code == 404, odd
