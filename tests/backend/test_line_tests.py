"""Measuring a node's line, and what a node tells of its self-test, over real HTTP; hostile nodes among them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from core.nodes.self_tests import LINE_TESTS_A_DAY
from core.nodes.tiers import Tier
from core.protocol.node import PROTOCOL_VERSION
from tests.backend.admin_client import Admin, add_node
from tests.backend.server_process import BackendServer

PASSED = [{"kind": kind, "state": "passed"} for kind in ("python", "sandbox_program", "sandbox_starts", "break_out")]
PASSED += [{"kind": kind, "state": "passed"} for kind in ("system_calls", "limits", "disk", "unit")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    server = BackendServer(tmp_path_factory.mktemp("server") / "data")
    server.start()
    yield server
    server.close()


class Speaker:
    """A node by hand."""

    def __init__(self, node_id: str, http: httpx.Client) -> None:
        self.id = node_id
        self.http = http

    def says(self, self_test: object) -> httpx.Response:
        said = {"protocol": PROTOCOL_VERSION, "agent_version": "1", "self_test": self_test}
        return self.http.post("/node/exchange", json=said)

    def line_test(self) -> dict[str, Any]:
        answer = self.http.post("/node/line-test")
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


MakeSpeaker = Callable[..., Speaker]


@pytest.fixture
def speaker(server: BackendServer) -> Iterator[MakeSpeaker]:
    """Makes nodes, each with its credential."""
    with ExitStack() as opened:

        def make(name: str, **where: Any) -> Speaker:
            node_id, credential = add_node(server, name, **where)
            headers = {"Authorization": f"Bearer {credential}"}
            client = httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=30, trust_env=False)
            return Speaker(node_id, opened.enter_context(client))

        yield make


@pytest.fixture(scope="module")
def admin(server: BackendServer) -> Iterator[Admin]:
    admin = Admin(server)
    yield admin
    admin.close()


def test_bytes_go_both_ways_once_and_no_more_than_agreed(speaker: MakeSpeaker) -> None:
    node = speaker("line")
    test = node.line_test()
    with httpx.Client(timeout=60, trust_env=False) as http:  # the URL alone is the permission
        came = http.get(test["download_url"])
        assert came.status_code == 200 and len(came.content) == test["size_bytes"]
        assert len(set(came.content[: 1 << 16])) == 256  # nothing that could be packed on the way
        assert http.put(test["upload_url"], content=b"x" * 100_000).status_code == 204
        for again in (http.get(test["download_url"]), http.put(test["upload_url"], content=b"x")):
            assert (again.status_code, again.json()["error"]["code"]) == (403, "SIGNED_URL_INVALID")
        other = node.line_test()
        assert http.get(other["upload_url"]).status_code == 405
        too_much = http.put(other["upload_url"], content=b"x" * (other["size_bytes"] + 1))
        assert too_much.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"
        altered = other["download_url"][:-3] + "AAA"
        assert http.get(altered).json()["error"]["code"] == "SIGNED_URL_INVALID"
    assert test["left_today"] == other["left_today"] + 1


def test_only_a_node_measures_its_line_and_not_all_day(server: BackendServer, speaker: MakeSpeaker) -> None:
    url = f"{server.url}/api/v1/node/line-test"
    with httpx.Client(trust_env=False) as http:
        for headers in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic x"}):
            assert http.post(url, headers=headers).status_code == 401
        assert http.get(url).status_code == 405
    node = speaker("eager")
    for _ in range(LINE_TESTS_A_DAY):
        node.line_test()
    refused = node.http.post("/node/line-test")
    assert refused.json()["error"]["code"] == "RATE_LIMITED" and 0 < int(refused.headers["Retry-After"]) <= 86_400
    speaker("patient").line_test()


def test_owner_and_operator_see_what_a_node_told(server: BackendServer, admin: Admin, speaker: MakeSpeaker) -> None:
    customer = server.new_customer()
    node = speaker("rig", owner=customer.email, tier=Tier.NEW)
    (before,) = customer.http.get("/owner/nodes").json()["data"]
    assert before["self_test"] is None
    speed = {"latency_seconds": 0.04, "gpus": [{"uuid": "GPU-1", "tflops": 27.9}]}
    assert node.says({"seconds_ago": 5.0, "checks": PASSED, "speed": speed}).status_code == 200
    (owned,) = customer.http.get("/owner/nodes").json()["data"]
    assert owned["self_test"]["passed"] and owned["self_test"]["speed"]["gpus"] == speed["gpus"]
    assert admin.get(f"/nodes/{node.id}")["self_test"] == owned["self_test"]
    assert owned["tier"] == "new"  # its word alone raises nobody


@pytest.mark.parametrize(
    "self_test",
    [
        7,
        {"seconds_ago": 0},
        {"seconds_ago": -1, "checks": []},
        {"seconds_ago": 0, "checks": PASSED * 100},
        {"seconds_ago": 0, "checks": [{"kind": "gpu", "state": "passed", "gpu_uuid": "\u202e" * 20}]},
        {"seconds_ago": 0, "checks": [], "speed": {"upload_rate": 1e300}},
        {"seconds_ago": 0, "checks": [], "speed": {"gpus": [{"uuid": "GPU-1", "tflops": -1}]}},
    ],
)
def test_a_hostile_self_test_is_refused_and_changes_nothing(
    admin: Admin, speaker: MakeSpeaker, self_test: object
) -> None:
    node = speaker("liar")
    assert node.says({"seconds_ago": 0, "checks": []}).status_code == 200
    before = admin.get(f"/nodes/{node.id}")["self_test"]
    refused = node.says(self_test)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "VALIDATION_FAILED")
    assert admin.get(f"/nodes/{node.id}")["self_test"] == before
    assert node.says(None).status_code == 200
