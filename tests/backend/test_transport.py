"""Who may speak to the server: pages of the client domain and no others, under the server's own names and no others."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import create, one_file

CLIENT_DOMAIN = "https://app.example.com"
ALLOW = "access-control-allow-origin"
FOREIGN_ORIGINS = (
    "https://evil.example.com",
    "http://app.example.com",
    "https://app.example.com.evil.com",
    "https://app.example.com:8443",
    "null",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    options = ("--environment", "beta", "--build", "b7", "--client-domain", CLIENT_DOMAIN + "/")
    public = ("--public-url", "https://api.example.com/api/v1")
    made = BackendServer(tmp_path_factory.mktemp("transport") / "data", *options, *public, port=free_port())
    made.start()
    made.url = f"http://127.0.0.1:{made._port}"  # its public address is a proxy's, which isn't there
    yield made
    made.close()


@pytest.fixture(scope="module")
def customer(server: BackendServer) -> Customer:
    return server.new_customer()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def raw(server: BackendServer, *lines: str) -> tuple[int, bytes]:
    """Status and bytes of an answer to a request as it stands here."""
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 10) as line:
        line.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    return int(answer.split(b" ", 2)[1]), answer


def preflight(server: BackendServer, path: str, method: str, headers: str, origin: str) -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return httpx.options(f"{server.url}/api/v1{path}", headers=asked, trust_env=False)


# Names


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8420", "LOCALHOST:1", "[::1]", "[::1]:99", "api.example.com"])
def test_the_server_answers_to_its_own_names_with_any_port(server: BackendServer, host: str) -> None:
    assert raw(server, "GET /api/v1/meta HTTP/1.1", f"Host: {host}")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        ("Host: evil.example.com",),
        ("Host: evil.example.com:8420",),
        ("Host: 127.0.0.1.evil.example.com",),
        ("Host: 127.0.0.1@evil.example.com",),
        ("Host: [::ffff:6.6.6.6]",),
        ("Host: [::1",),
        ("Host:",),
        (),
        ("Host: 127.0.0.1", "Host: evil.example.com"),
        ("Host: evil.example.com", "Host: 127.0.0.1"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/meta", "/api/v1/node/exchange", "/api/v1/content/x", "/healthz"])
def test_a_name_that_another_gave_it_gets_no_answer(server: BackendServer, headers: tuple[str, ...], path: str) -> None:
    status, answer = raw(server, f"GET {path} HTTP/1.1", *headers)
    assert status == 400
    assert b"api_base_url" not in answer


def test_the_absolute_form_is_answered_by_its_path_and_the_host_header_decides(server: BackendServer) -> None:
    assert raw(server, "GET http://127.0.0.1/api/v1/meta HTTP/1.1", "Host: 127.0.0.1")[0] == 200
    assert raw(server, "GET http://127.0.0.1/api/v1/meta HTTP/1.1", "Host: evil.example.com")[0] == 400


def test_meta_says_what_the_server_was_started_with(server: BackendServer) -> None:
    said = httpx.get(f"{server.url}/api/v1/meta", headers={"Host": "localhost"}, trust_env=False).json()
    assert [said[name] for name in ("environment", "build", "client_domain", "api_base_url")] == [
        "beta",
        "b7",
        CLIENT_DOMAIN,
        "https://api.example.com/api/v1",
    ]
    made = server.command("customers", "create", "--email", "names@example.com")
    assert made["api_key"].startswith("sk_beta_")


def test_urls_are_minted_at_the_public_address_whatever_the_host_header_says(customer: Customer) -> None:
    body = {"name": "data", "files": [one_file("f", b"bytes")]}
    made = customer.http.post("/customer/datasets", json=body, headers={"Host": "localhost:77"}).json()
    assert made["missing_chunks"][0]["upload_url"].startswith("https://api.example.com/api/v1/content/")


# Origins


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/customer/training-jobs", "POST", "x-api-key,idempotency-key,content-type"),
        ("/auth/sign-in", "POST", "content-type"),
        ("/customer/account", "GET", "authorization"),
        ("/customer/events", "GET", "authorization,last-event-id"),
        ("/content/token", "PUT", "content-type"),
        ("/content/token", "GET", "range"),
    ],
)
def test_a_page_of_the_client_domain_may_ask_before_it_sends(
    server: BackendServer, path: str, method: str, headers: str
) -> None:
    answer = preflight(server, path, method, headers, CLIENT_DOMAIN)
    assert (answer.status_code, answer.headers[ALLOW], answer.headers["vary"]) == (204, CLIENT_DOMAIN, "Origin")
    permitted = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert set(headers.split(",")) <= set(permitted)
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_other_origins_are_permitted_nothing(server: BackendServer, customer: Customer, origin: str) -> None:
    answers = [
        preflight(server, "/customer/training-jobs", "POST", "x-api-key", origin),
        preflight(server, "/content/token", "PUT", "content-type", origin),
        customer.http.get("/customer/limits", headers={"Origin": origin}),
        customer.http.get("/customer/nothing", headers={"Origin": origin}),
    ]
    assert [[name for name in each.headers if name.startswith("access-control")] for each in answers] == [[]] * 4


def test_errors_too_can_be_read_by_the_client_domain(server: BackendServer, customer: Customer) -> None:
    origin = {"Origin": CLIENT_DOMAIN}
    no_key = httpx.get(f"{server.url}/api/v1/customer/limits", headers=origin, trust_env=False)
    answers = {
        200: customer.http.get("/customer/limits", headers=origin),
        401: no_key,
        404: customer.http.get("/customer/nothing", headers=origin),
        405: customer.http.put("/customer/limits", headers=origin),
        410: customer.http.get("/customer/jobs/image", headers=origin),
        403: httpx.get(f"{server.url}/api/v1/content/x", headers=origin, trust_env=False),
        400: customer.http.post("/customer/training-jobs", json={"colour": 1}, headers=origin),
    }
    for status, answer in answers.items():
        assert (answer.status_code, answer.headers[ALLOW]) == (status, CLIENT_DOMAIN)
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"X-RateLimit-Remaining", "Retry-After", "X-Request-Id"} <= set(exposed)


def test_a_stream_can_be_read_by_the_client_domain(customer: Customer, server: BackendServer) -> None:
    upload = create(customer, one_file("f", b"streamed"), name="streamed")
    with customer.http.stream("GET", "/customer/events", headers={"Origin": CLIENT_DOMAIN}) as answer:
        assert (answer.status_code, answer.headers[ALLOW]) == (200, CLIENT_DOMAIN)
        assert upload["id"].encode() in next(answer.iter_bytes())


def test_options_that_ask_for_no_permission_are_answered_like_any_other_method(customer: Customer) -> None:
    assert customer.http.options("/customer/jobs/image/7", headers={"Origin": CLIENT_DOMAIN}).status_code == 410


# Connections that are kept


@pytest.mark.full
def test_a_connection_that_is_not_used_is_kept_longer_than_clients_keep_theirs(server: BackendServer) -> None:
    """Closed at the same time by both, the next request would be lost on its way."""
    clients_keep_seconds = httpx.Limits().keepalive_expiry
    assert clients_keep_seconds is not None
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 10) as line:
        line.sendall(b"GET /api/v1/healthz HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 200")
        line.settimeout(clients_keep_seconds + 1)
        with pytest.raises(TimeoutError):
            line.recv(1)
