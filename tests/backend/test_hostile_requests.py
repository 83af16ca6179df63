"""Requests that no well-meaning client sends: every answer has the contract's shape, and none is a fault of ours."""

import http.client
import io
import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import structlog
from litestar import Litestar
from litestar.routes import HTTPRoute

from backend.admin_door import is_admin_path
from backend.app import BODY_LIMIT_BYTES
from backend.openapi.schemas import request_type
from backend.routes import ROUTE_HANDLERS
from backend.server_log import configure_log
from backend.settings import API_PATH, DEFAULT_CLIENT_DOMAIN
from core.errors import ERRORS
from tests.backend.admin_client import Admin
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

JOBS = "/customer/training-jobs"
PREVIEW = f"{JOBS}/preview"
ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
JSON = {"Content-Type": "application/json"}
DEEP = 100_000
MANIFESTS = ("/customer/datasets", "/customer/training-packages")  # longer ones are taken there
APP = Litestar(path=API_PATH, route_handlers=ROUTE_HANDLERS, openapi_config=None)
ROUTES = {
    route.path_format: {method for method in route.methods if method != "OPTIONS"}
    for route in APP.routes
    if isinstance(route, HTTPRoute)
}
BODIES = sorted(
    (method, re.sub(r"\{\w+\}", ABSENT, route.path_format.removeprefix(API_PATH)))
    for route in APP.routes
    if isinstance(route, HTTPRoute)
    for method, (handler, _) in route.route_handler_map.items()
    if request_type(handler) is not None
)


@contextmanager
def _logging_to(stream: io.StringIO, *, as_json: bool) -> Iterator[None]:
    """A server's log into this stream, and all as before afterwards."""
    handlers = logging.root.handlers[:]
    try:
        configure_log(stream, as_json=as_json)
        yield
    finally:
        structlog.reset_defaults()
        logging.root.handlers[:] = handlers


class Raw:
    """A connection that sends what httpx would mend or refuse."""

    def __init__(self, url: str, key: str) -> None:
        self._address, self._key = urlsplit(url).netloc, key

    def __call__(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Status, JSON and headers of one request; the path is sent as it is."""
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            connection.putrequest(method, API_PATH + path, skip_accept_encoding=True)
            for name, value in {"X-API-Key": self._key, **(headers or {})}.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(raw) if raw else None, answer.headers


@pytest.fixture
def raw(backend_server: BackendServer, customer: Customer) -> Raw:
    return Raw(backend_server.url, customer.key)


@pytest.fixture(scope="module")
def admin(backend_server: BackendServer) -> Iterator[Admin]:
    made = Admin(backend_server)
    yield made
    made.close()


@pytest.fixture
def body(customer: Customer) -> dict[str, Any]:
    """A job that would be accepted."""
    return {
        "name": "job",
        "dataset_id": ready_dataset(customer),
        "training_package_id": ready_package(customer),
        "required_vram_mb": 0,
        "required_disk_mb": 64,
        "max_runtime_seconds": 60,
        "sensitivity": "low_sensitive",
    }


def in_shape(status: int, body: Any, headers: Any) -> str:
    """The code of an error; raises unless all of it is as the contract says."""
    assert set(body) == {"error"} and set(body["error"]) == {"code", "message", "hint", "details", "request_id"}
    error = body["error"]
    assert error["request_id"] == headers["X-Request-Id"] and error["hint"] and error["message"]
    assert ERRORS[error["code"]].status == status < 500
    return str(error["code"])


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_every_route_names_its_methods_to_who_asks_by_another(
    backend_server: BackendServer, admin: Admin, path: str
) -> None:
    http = admin.http if is_admin_path(path) else backend_server.new_customer(credits=0).http
    said = path.removeprefix(API_PATH)
    while "{" in said:
        said = said.partition("{")[0] + ABSENT + said.partition("}")[2]
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"):
        if method in ROUTES[path]:
            continue
        answer = http.request(method, f"{backend_server.url}{API_PATH}{said}")
        assert (answer.status_code, {*answer.headers["Allow"].split(", ")} - {"OPTIONS"}) == (405, ROUTES[path]), method
        assert answer.headers["X-Request-Id"]
        if method != "HEAD":
            assert in_shape(answer.status_code, answer.json(), answer.headers) == "METHOD_NOT_ALLOWED"
        else:
            assert answer.content == b""


def test_options_is_answered_for_browsers_on_every_route(backend_server: BackendServer) -> None:
    asks = {"Origin": DEFAULT_CLIENT_DOMAIN, "Access-Control-Request-Method": "DELETE"}
    with httpx.Client(base_url=backend_server.url, headers=asks, trust_env=False) as browser:
        for path in ROUTES:
            answer = browser.options(path.replace("{", "").replace("}", ""))
            assert (answer.status_code, answer.content) == (204, b""), path
            assert answer.headers["X-Request-Id"] and "DELETE" in answer.headers["Access-Control-Allow-Methods"]
            elsewhere = browser.options(path, headers={"Origin": "https://example.net"})
            assert "Access-Control-Allow-Methods" not in elsewhere.headers and elsewhere.status_code == 204


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"1",
        b'"x"',
        b"{",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 01}',
        b"{'name': 1}",
        b'{"name": "a",}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b"{}{}",
        b'{"name": 5} x',
        b"[" * DEEP,
        b'{"name":' * DEEP,
        b'{"params":' + b'{"a":' * 900 + b"1" + b"}" * 901,
        b'{"colour":' + b"[" * DEEP + b"]" * DEEP + b"}",
    ],
    ids=lambda sent: repr(sent[:24]),
)
def test_what_is_no_such_body_is_refused_in_shape(raw: Raw, sent: bytes) -> None:
    for path in (PREVIEW, JOBS, "/customer/datasets"):
        assert in_shape(*raw("POST", path, sent, JSON)) == "VALIDATION_FAILED", path


@pytest.mark.parametrize("route", BODIES)
def test_no_route_takes_or_breaks_on_a_body_that_is_none(
    backend_server: BackendServer, customer: Customer, admin: Admin, route: tuple[str, str]
) -> None:
    method, path = route
    ask = Raw(backend_server.url, admin.secret if is_admin_path(API_PATH + path) else customer.key)
    for sent in (b" ", b"[]", b"{", b'{"colour": "red"}', b"\xff", b'{"name": "\xff"}', b"[" * DEEP, b'{"a":' * DEEP):
        assert in_shape(*ask(method, path, sent, JSON)) == "VALIDATION_FAILED", sent[:20]
    if path not in MANIFESTS:
        assert in_shape(*ask(method, path, b"x" * (BODY_LIMIT_BYTES + 1), JSON)) == "PAYLOAD_TOO_LARGE"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "\0"}, 400),
        ({"name": "a\u2028b"}, 400),
        ({"dataset_id": "\0"}, 404),
        ({"dataset_id": "x" * 500_000}, 404),
        ({"priority": 10**30}, 400),
        ({"required_vram_mb": 10**30}, 400),
        ({"required_vram_mb": 1e300}, 400),
        ({"required_vram_mb": 1.5}, 400),
        ({"required_vram_mb": True}, 400),
        ({"max_credits": "1e999999999"}, 400),
        ({"max_credits": "NaN"}, 400),
        ({"max_credits": "9" * 100_000}, 400),
        ({"params": {"a": [[[1]]]}}, 201),
        ({"params": {"a": json.loads("[" * 40 + "]" * 40)}}, 400),
        ({"params": {"a": 10**40, "\0": "\0", "": None}}, 201),
        ({"params": []}, 400),
        ({"strategy": {"kind": "single", "more": 1}}, 400),
        ({"__proto__": {}}, 400),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_job_with_extreme_values_is_accepted_or_refused_and_nothing_else(
    customer: Customer, body: dict[str, Any], change: dict[str, Any], status: int
) -> None:
    # with a key the request is written out again, which must not fail where reading it did not
    answer = customer.http.post(JOBS, json={**body, **change}, headers={"Idempotency-Key": "extreme-values"})
    assert answer.status_code == status, answer.text
    if status != 201:
        assert in_shape(status, answer.json(), answer.headers)
    else:
        assert customer.http.get(f"{JOBS}/{answer.json()['id']}").json()["params"] == change["params"]


def test_of_a_field_given_twice_the_last_counts(customer: Customer, body: dict[str, Any]) -> None:
    text = json.dumps(body)[:-1] + ', "name": "the last"}'
    answer = customer.http.post(JOBS, content=text, headers=JSON)
    assert (answer.status_code, answer.json()["name"]) == (201, "the last")


@pytest.mark.parametrize("headers", [{}, JSON, {"Content-Type": "text/plain"}], ids=str)
@pytest.mark.parametrize("sent", [None, b""])
def test_an_empty_body_will_do_where_every_field_may_be_left_out(
    raw: Raw, customer: Customer, body: dict[str, Any], headers: dict[str, str], sent: bytes | None
) -> None:
    job = submit_job(customer, body["dataset_id"], body["training_package_id"])
    for action, after in (("cancel", "cancelled"), ("retry", "queued")):
        status, answer, _ = raw("POST", f"{JOBS}/{job}/{action}", sent, headers)
        assert (status, answer["status"]) == (200, after)


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "\xff", "json"]
)
def test_a_body_of_another_type_is_refused(raw: Raw, kind: str) -> None:
    for path in (PREVIEW, f"{JOBS}/{ABSENT}/cancel"):
        assert in_shape(*raw("POST", path, b"{}", {"Content-Type": kind})) == "UNSUPPORTED_MEDIA_TYPE"
    assert (
        in_shape(*raw("POST", PREVIEW, b"{}", {"Content-Type": "application/merge-patch+json"})) == "VALIDATION_FAILED"
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=", "VALIDATION_FAILED"),
        ("limit=%00", "VALIDATION_FAILED"),
        ("limit=%2B5", "VALIDATION_FAILED"),
        ("limit=%D9%A5", "VALIDATION_FAILED"),
        ("limit=1&limit=0", "VALIDATION_FAILED"),
        ("limit=99999999999999999999999999", "VALIDATION_FAILED"),
        ("status=%00", "VALIDATION_FAILED"),
        ("status=queued&status=", "VALIDATION_FAILED"),
        ("cursor=%00", "PAGINATION_INVALID_CURSOR"),
        ("cursor=%ff.%fe", "PAGINATION_INVALID_CURSOR"),
        ("cursor=" + "a" * 50_000, "PAGINATION_INVALID_CURSOR"),
        ("q=" + "a" * 100_000, "VALIDATION_FAILED"),
    ],
    ids=lambda text: text[:30],
)
def test_a_query_that_makes_no_sense_is_refused_in_shape(raw: Raw, query: str, code: str) -> None:
    assert in_shape(*raw("GET", f"{JOBS}?{query}")) == code


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff%fe",
        "q=%ED%A0%80",
        "q=%",
        "unknown=1",
        ";;&&=&=",
        "limit=0&limit=5",
        "q=a&q=b",
        "?",
        "dataset_id=%00",
    ],
)
def test_a_query_that_finds_nothing_or_is_unknown_is_no_error(raw: Raw, query: str) -> None:
    status, answer, _ = raw("GET", f"{JOBS}?{query}")
    assert (status, answer["data"]) == (200, [])


@pytest.mark.parametrize(
    "id", ["%00", "%ff", "%ED%A0%80", "%F0%9F%98%80", "x" * 50_000, "..", ABSENT.upper()], ids=lambda id: id[:40]
)
def test_a_malformed_id_is_an_absent_one(raw: Raw, id: str) -> None:
    assert in_shape(*raw("GET", f"{JOBS}/{id}")) == "JOB_NOT_FOUND"


@pytest.mark.parametrize("path", [f"{JOBS}/a%2Fb", "/..%2f..", "/customer/%2e%2e/meta", "//", "/nothing//"])
def test_a_path_of_no_route_is_not_found(raw: Raw, path: str) -> None:
    assert in_shape(*raw("GET", path)) == "NOT_FOUND"


def test_a_path_moves_no_cursor_of_who_reads_the_log(backend_server: BackendServer, raw: Raw) -> None:
    in_shape(*raw("GET", "/%1b[2J%c2%9b31m%e2%80%aeseen"))
    deadline = time.monotonic() + 20
    while "seen" not in backend_server.log():
        assert time.monotonic() < deadline
        time.sleep(0.02)  # the line is written behind the answer, in another process
    assert r"/\x1b[2J\x9b31m\u202eseen" in backend_server.log()
    assert not {*"\x1b\x9b\u202e"} & {*backend_server.log()}


@pytest.mark.parametrize(
    "more", [{"Content-Length": "99999999999999999999999"}, {"Transfer-Encoding": "nonsense"}], ids=str
)
def test_what_is_no_http_is_refused_in_shape(raw: Raw, more: dict[str, str]) -> None:
    assert in_shape(*raw("POST", PREVIEW, None, {**JSON, **more})) == "VALIDATION_FAILED"
    assert in_shape(*raw("NONSENSE", "/meta")) == "VALIDATION_FAILED"


@pytest.mark.parametrize("path", ["/node/enroll", "/node/exchange", "/node/leave"])
def test_nodes_that_talk_nonsense_are_refused_in_shape(backend_server: BackendServer, raw: Raw, path: str) -> None:
    for sent in (b"", b"{", b"[" * DEEP, b'{"shoe_size":' + b"[" * DEEP, b"\xff"):
        assert in_shape(*raw("POST", path, sent, {"Authorization": "Bearer x"})) in (
            "VALIDATION_FAILED",
            "CUSTOMER_AUTH_REQUIRED",
            "API_KEY_INVALID",
        )


@pytest.mark.parametrize("as_json", [True, False])
def test_a_fault_is_logged_without_the_secrets_around_it(as_json: bool) -> None:
    class Fault(Exception):
        pass

    def fails() -> None:
        key = "sk_alpha_" + "secret"
        raise Fault(f"a fault of {len(key)}")

    stream = io.StringIO()
    with _logging_to(stream, as_json=as_json):
        try:
            fails()
        except Fault as error:
            structlog.get_logger("test").error("unhandled error", exc_info=error)
    assert "a fault of 15" in stream.getvalue() and "fails" in stream.getvalue()
    assert "sk_alpha_secret" not in stream.getvalue()
