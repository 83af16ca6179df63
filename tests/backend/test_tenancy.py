"""Every route × another customer's things × every method: as if they were not there, and nothing of them changes."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from backend.routes import ROUTE_HANDLERS
from backend.settings import API_PATH
from tests.backend.furnished import Furnished, a_node, furnish
from tests.backend.many_calls import JOBS, job_body
from tests.backend.server_process import BackendServer, Customer
from tests.backend.signing_in import anybody

ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
BODIES: dict[str, Any] = {
    "/download-url": {"path": "data.csv"},
    "/extend": {"max_runtime_seconds": 600},
    f"/owner/nodes/{ABSENT}": {"name": "mine"},
    f"/customer/webhooks/{ABSENT}": {"enabled": True},
}
ROUTES = {
    route.path_format.removeprefix(API_PATH): sorted(route.methods)
    for route in Litestar(path=API_PATH, route_handlers=ROUTE_HANDLERS, openapi_config=None).routes
    if isinstance(route, HTTPRoute)
}
OPERATORS = sorted(path for path in ROUTES if path.startswith(("/admin", "/metrics")))
OF_ONE_THING = sorted(path for path in ROUTES if "{" in path and path not in OPERATORS)
CUSTOMERS_LISTS = [
    path
    for path in ROUTES
    if "GET" in ROUTES[path] and path.startswith(("/customer", "/owner")) and "events" not in path
]
# They say when windows renew, and how long a unit has waited
TELLS_THE_TIME = ("/customer/limits", "/owner/demand")
TRAVELLING = ("x-request-id", "date", "content-length")
RATE_LIMITS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    started = BackendServer(tmp_path_factory.mktemp("tenancy") / "data")
    started.start()
    yield started
    started.close()


@pytest.fixture(scope="module")
def owner(server: BackendServer) -> Iterator[Furnished]:
    with a_node(server) as node:
        yield furnish(server, node)


@pytest.fixture(scope="module")
def stranger(server: BackendServer) -> Customer:
    """Another customer, who may ask more than a person would."""
    made = server.new_customer()
    server.command("limits", "set", "--email", made.email, "requests_per_minute=1000000")
    return made


def ask(customer: Customer, method: str, path: str) -> httpx.Response:
    asked = re.sub("(/owner/nodes|/customer/webhooks)/[^/]+", rf"\1/{ABSENT}", path)
    body = next((body for ending, body in BODIES.items() if asked.endswith(ending)), None)
    return customer.http.request(method, path, json=body)


def said(answer: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    """All of an answer that may not differ: what names this request alone is left out."""
    headers = {name: value for name, value in answer.headers.items() if name not in (*TRAVELLING, *RATE_LIMITS)}
    body = json.loads(answer.content) if answer.content else None
    if body is not None:
        del body["error"]["request_id"]
    return answer.status_code, body, headers


def everything(owner: Furnished) -> dict[str, Any]:
    """What an owner can read of all that they have; signed URLs are fresh each time, so they are left out."""
    state: dict[str, Any] = {}
    for path in itertools.chain.from_iterable(owner.paths(path) for path in CUSTOMERS_LISTS):
        answer = owner.http.get(path)
        if path.endswith("missing-chunks"):
            state[path] = [row["digest"] for row in answer.json()["data"]]
        elif path not in TELLS_THE_TIME:
            state[path] = (answer.status_code, answer.text if answer.status_code == 200 else said(answer))
    return state


@pytest.mark.parametrize("template", OF_ONE_THING)
def test_anothers_thing_is_answered_as_an_absent_one_on_every_method(
    template: str, owner: Furnished, stranger: Customer
) -> None:
    ids = ["{" + part.partition("}")[0] + "}" for part in template.split("{")[1:]]
    absent = template
    for name in ids:
        absent = absent.replace(name, ABSENT)
    paths = list(owner.paths(template))
    assert paths
    for method in METHODS:
        expected = said(ask(stranger, method, absent))
        wanted = 404 if method in ROUTES[template] else 405
        assert expected[0] == wanted, (method, template)
        for path in paths:
            assert said(ask(stranger, method, path)) == expected, (method, path)


def test_things_of_two_owners_can_not_be_mixed(owner: Furnished, server: BackendServer) -> None:
    with a_node(server) as node:
        other = furnish(server, node)
    job = other.things["/customer/training-jobs", "id"][0]
    for template in OF_ONE_THING:
        if template.count("{") == 2:
            for path in owner.paths(template):
                mixed = path.replace(path.split("/")[3], job, 1)
                for method in ROUTES[template]:
                    if method != "OPTIONS":
                        assert ask(other.customer, method, mixed).status_code == 404, (method, mixed)


def test_a_stranger_changes_nothing_of_what_is_anothers(owner: Furnished, stranger: Customer) -> None:
    before = everything(owner)
    for template in OF_ONE_THING:
        for path, method in itertools.product(owner.paths(template), METHODS):
            ask(stranger, method, path)
    assert everything(owner) == before


def test_no_list_of_a_stranger_holds_what_is_anothers(owner: Furnished, stranger: Customer) -> None:
    ids = {id for those in owner.things.values() for id in those}
    for path in CUSTOMERS_LISTS:
        if "{" not in path:
            text = stranger.http.get(path).text
            assert not [id for id in ids if id in text], path


def test_no_route_of_the_operator_opens_to_a_customers_key_not_even_for_their_own_things(
    owner: Furnished, server: BackendServer
) -> None:
    things = {
        "/admin/customers": [owner.http.get("/customer/account").json()["id"]],
        "/admin/jobs": owner.things["/customer/training-jobs", "id"],
        "/admin/nodes": owner.things["/owner/nodes", "id"],
        "/admin/package-blocks": ["b" * 64],
    }
    asked = 0
    for template in OPERATORS:
        ids = next((ids for start, ids in things.items() if template.startswith(start + "/{")), [ABSENT])
        with anybody(server, **{"X-API-Key": owner.customer.key}) as http:  # wrong tries are counted by address
            for id, method in itertools.product(ids, METHODS):
                answer = http.request(method, re.sub(r"\{\w+\}", id, template))
                assert answer.status_code == 401, (method, template)
                asked += 1
    assert asked > 100
    assert owner.http.get("/customer/account").status_code == 200


@pytest.mark.parametrize("path", ["/owner/attempts", "/owner/earnings", "/owner/demand"])
def test_a_node_that_a_query_names_must_be_ones_own(path: str, owner: Furnished, stranger: Customer) -> None:
    absent = said(stranger.http.get(path, params={"node_id": ABSENT}))
    assert (absent[0], absent[1]["error"]["code"]) == (404, "NODE_NOT_FOUND")
    for node in owner.things["/owner/nodes", "id"]:
        assert owner.http.get(path, params={"node_id": node}).status_code == 200
        assert said(stranger.http.get(path, params={"node_id": node})) == absent


@pytest.mark.parametrize("field", ["inputs", "initial_checkpoint_artifact_id"])
def test_what_a_job_begins_with_must_be_ones_own(field: str, owner: Furnished, stranger: Customer) -> None:
    job = owner.things["/customer/training-jobs", "id"][0]
    dataset = owner.things["/customer/datasets", "id"][0]
    [artifact, *_] = owner.things[f"/customer/training-jobs/{job}/artifacts", "artifact_id"]
    named = {"inputs": {"more": dataset}, "initial_checkpoint_artifact_id": artifact}[field]
    nobodys = {"inputs": {"more": ABSENT}, "initial_checkpoint_artifact_id": ABSENT}[field]
    for path in (JOBS, f"{JOBS}/preview"):
        anothers = said(stranger.http.post(path, json={**job_body(stranger), field: named}))
        assert anothers == said(stranger.http.post(path, json={**job_body(stranger), field: nobodys}))
        assert anothers[0] == 404, anothers


def test_what_a_body_names_must_be_ones_own(owner: Furnished, stranger: Customer) -> None:
    dataset, package = owner.things["/customer/datasets", "id"][0], owner.things["/customer/training-packages", "id"][0]
    body = {
        "name": "job",
        "dataset_id": dataset,
        "training_package_id": package,
        "required_vram_mb": 0,
        "required_disk_mb": 64,
        "max_runtime_seconds": 60,
        "sensitivity": "low_sensitive",
    }
    absent = {**body, "dataset_id": ABSENT, "training_package_id": ABSENT}
    for path in (JOBS, f"{JOBS}/preview"):
        anothers = stranger.http.post(path, json=body)
        assert said(anothers) == said(stranger.http.post(path, json=absent))
        assert anothers.status_code == 404


def test_a_cursor_of_another_customer_is_none(owner: Furnished, stranger: Customer) -> None:
    for path in ("/customer/datasets", JOBS, "/customer/credits/ledger", "/customer/api-keys", "/owner/nodes"):
        cursor = owner.http.get(path, params={"limit": 1}).json()["page"]["next_cursor"]
        refused = stranger.http.get(path, params={"limit": 1, "cursor": cursor})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "PAGINATION_INVALID_CURSOR")
