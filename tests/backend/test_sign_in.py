"""Signing in and out of a real server: what a session opens, how often a password may be tried, what ends it all."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from core.accounts.sign_in import MOST_TRIES, TRIES_A_MINUTE, WINDOW_SECONDS
from core.clock import rfc3339
from tests.backend.server_process import BackendServer, run_command
from tests.backend.signing_in import PASSWORD, anybody, sign_in, signed_in, wait_ended, with_password
from tests.backend.uploading import code_of, create, one_file, ready_dataset

RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
ACCOUNT = "/customer/account"


def test_a_session_opens_what_a_key_opens_until_it_is_signed_out(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    dataset = ready_dataset(customer)
    with anybody(backend_server) as http:
        answer = sign_in(http, customer.email.upper())
        made = answer.json()
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
        assert made["customer"]["email"] == customer.email and made["idle_seconds"] > 0
        http.headers["Authorization"] = f"Bearer {made['token']}"
        account = http.get(ACCOUNT).json()
        assert (account["id"], account["balance"]) == (made["customer"]["id"], "1000.000000")
        assert account["access"] == {
            **account["access"],
            "kind": "session",
            "expires_at": made["expires_at"],
            "api_key_id": None,
        }
        assert [row["id"] for row in http.get("/customer/datasets").json()["data"]] == [dataset]
        assert http.post("/auth/sign-out").status_code == 204
        for again in (http.get(ACCOUNT), http.post("/auth/sign-out")):
            assert (again.status_code, code_of(again)) == (401, "CUSTOMER_AUTH_REQUIRED")


def test_an_account_tells_by_which_key_it_was_asked(backend_server: BackendServer) -> None:
    customer = backend_server.new_customer(credits=3)
    account = customer.http.get(ACCOUNT).json()
    assert (account["email"], account["environment"]) == (customer.email, "alpha")
    assert (account["balance_micro"], account["held"]) == (3_000_000, "0.000000")
    assert account["access"]["kind"] == "api_key" and account["access"]["expires_at"] is None
    assert customer.key.startswith(account["access"]["api_key_prefix"])


def test_an_unknown_address_a_wrong_password_and_an_account_without_one_answer_alike(
    backend_server: BackendServer,
) -> None:
    customer, without = with_password(backend_server), backend_server.new_customer()
    with anybody(backend_server) as http:
        answers = [
            sign_in(http, customer.email, "wrong horse battery"),
            sign_in(http, without.email),
            sign_in(http, "nobody@example.com"),
            sign_in(http, customer.email, ""),
            sign_in(http, "", ""),
        ]
    bodies = []
    for answer in answers:
        error = answer.json()["error"]
        bodies.append((answer.status_code, error["code"], error["message"], error["hint"], error["details"]))
        assert all(answer.headers[name].isdigit() for name in RATE_HEADERS)
    assert bodies[0][:2] == (401, "SIGN_IN_FAILED") and len({str(body) for body in bodies}) == 1


def test_that_a_customer_is_suspended_is_told_only_with_the_right_password(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    with signed_in(backend_server, customer.email) as http:
        said = backend_server.command("customers", "suspend", "--email", customer.email)
        assert (said["suspended"], said["sessions_ended"]) == (True, 1)
        assert code_of(http.get(ACCOUNT)) == "CUSTOMER_AUTH_REQUIRED", "its session is over"
        assert code_of(customer.http.get(ACCOUNT)) == "CUSTOMER_SUSPENDED"
        assert code_of(sign_in(http, customer.email)) == "CUSTOMER_SUSPENDED"
        assert code_of(sign_in(http, customer.email, "wrong horse battery")) == "SIGN_IN_FAILED"
        backend_server.command("customers", "unsuspend", "--email", customer.email)
        assert customer.http.get(ACCOUNT).status_code == 200
        assert sign_in(http, customer.email).status_code == 200


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"email": "a@b"}', '{"email": 1, "password": 2}', '{"email":"a","password":"\\ud800"}']
)
def test_a_body_that_is_none_is_refused_in_its_fields(backend_server: BackendServer, body: str) -> None:
    with anybody(backend_server) as http:
        answer = http.post("/auth/sign-in", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
        long = sign_in(http, "a@example.com", "x" * 1025)
        assert [row["field"] for row in long.json()["error"]["details"]] == ["password"]


def test_with_a_key_the_session_beside_it_is_not_looked_at(backend_server: BackendServer) -> None:
    customer, reader = with_password(backend_server), backend_server.new_customer(scopes=["jobs:read"])
    with signed_in(backend_server, customer.email) as http:
        both = http.get(ACCOUNT, headers={"X-API-Key": reader.key})
        assert (both.status_code, code_of(both)) == (403, "API_KEY_SCOPE_DENIED")
        assert code_of(http.get(ACCOUNT, headers={"X-API-Key": "sk_alpha_none"})) == "API_KEY_INVALID"
        assert http.get(ACCOUNT, headers={"X-API-Key": ""}).status_code == 200
    by_key = customer.http.post("/auth/sign-out")
    assert (by_key.status_code, code_of(by_key)) == (401, "CUSTOMER_AUTH_REQUIRED")
    with anybody(backend_server, Authorization="Basic YTpi") as http:
        assert code_of(http.get(ACCOUNT)) == "CUSTOMER_AUTH_REQUIRED"


def test_of_fifty_tries_at_once_exactly_the_allowed_number_is_looked_at(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)

    def wrong(number: int) -> httpx.Response:
        with anybody(backend_server) as http:
            return sign_in(http, customer.email, f"wrong horse {number}")

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(wrong, range(50)))
    codes = [code_of(answer) for answer in answers]
    assert codes.count("SIGN_IN_FAILED") == MOST_TRIES
    assert codes.count("RATE_LIMITED") == 50 - MOST_TRIES
    waits = [int(a.headers["Retry-After"]) for a in answers if a.status_code == 429]
    assert all(0 < seconds <= WINDOW_SECONDS for seconds in waits)
    with anybody(backend_server) as http:
        assert code_of(sign_in(http, customer.email)) == "RATE_LIMITED"
        assert customer.http.get(ACCOUNT).status_code == 200, "keys go on working"
        new = "another horse battery"
        done = set_password(backend_server, customer.email, new)
        assert done == 0
        assert code_of(sign_in(http, customer.email)) == "SIGN_IN_FAILED"
        assert sign_in(http, customer.email, new).status_code == 200


@pytest.mark.full
def test_a_server_that_is_killed_between_tries_gives_no_more_of_them(own_server: BackendServer) -> None:
    own_server.start()
    customer = with_password(own_server)
    for _ in range(2):
        with anybody(own_server) as http:
            codes = [code_of(sign_in(http, customer.email, "wrong horse battery")) for _ in range(MOST_TRIES // 2)]
        assert codes == ["SIGN_IN_FAILED"] * (MOST_TRIES // 2)
        own_server.kill()
        own_server.start()
    with anybody(own_server) as http:
        assert code_of(sign_in(http, customer.email)) == "RATE_LIMITED"


def test_where_an_account_was_signed_in_from_stays_open_while_strangers_try(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    with anybody(backend_server) as home, anybody(backend_server) as stranger:
        assert sign_in(home, customer.email).status_code == 200
        codes = [code_of(sign_in(stranger, customer.email, "wrong horse battery")) for _ in range(MOST_TRIES + 1)]
        assert codes == ["SIGN_IN_FAILED"] * MOST_TRIES + ["RATE_LIMITED"]
        assert sign_in(home, customer.email).status_code == 200


@pytest.mark.full
def test_one_address_may_try_so_many_accounts_a_minute(own_server: BackendServer) -> None:
    own_server.start()
    with anybody(own_server) as http, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: sign_in(http, f"n{n}@example.com"), range(TRIES_A_MINUTE + 5)))
        assert [code_of(answer) for answer in answers].count("RATE_LIMITED") == 5
    with anybody(own_server) as other:
        assert code_of(sign_in(other, "n0@example.com")) == "SIGN_IN_FAILED"


def test_a_new_password_ends_all_sessions_and_leaves_the_keys(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    with signed_in(backend_server, customer.email) as one, signed_in(backend_server, customer.email) as other:
        assert set_password(backend_server, customer.email, "another horse battery") == 0
        assert code_of(one.get(ACCOUNT)) == code_of(other.get(ACCOUNT)) == "CUSTOMER_AUTH_REQUIRED"
    assert customer.http.get(ACCOUNT).status_code == 200
    assert set_password(backend_server, customer.email, "short") == 4


def test_a_stream_that_a_session_opened_ends_when_it_is_signed_out(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    with signed_in(backend_server, customer.email) as http, http.stream("GET", "/customer/events") as stream:
        assert stream.status_code == 200
        with anybody(backend_server, Authorization=http.headers["Authorization"]) as beside:
            assert beside.post("/auth/sign-out").status_code == 204
        wait_ended(stream.iter_lines())


def test_a_session_that_only_listens_is_in_use(own_server: BackendServer) -> None:
    own_server.start()
    customer = with_password(own_server)
    with signed_in(own_server, customer.email) as http, http.stream("GET", "/customer/events") as stream:
        told = (json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: "))
        create(customer, one_file("data.csv", b"1,2"), name="a")
        before = next(told)
        with signed_in(own_server, customer.email) as beside:  # its end lets the server look who is still allowed
            assert beside.post("/auth/sign-out").status_code == 204
        create(customer, one_file("data.csv", b"1,2"), name="b")
        assert next(told)["name"] == "b"
        assert own_server.stop() == 0
    with own_server.store() as store:
        (used_at,) = store.connection.execute("SELECT last_used_at FROM sessions").fetchone()
    assert rfc3339(used_at) > before["time"]


def set_password(server: BackendServer, email: str, password: str) -> int:
    """The operator's command beside the server; its exit code."""
    done = run_command(
        "customers",
        "set-password",
        "--email",
        email,
        "--password-stdin",
        data_dir=server.data_dir,
        said=password + "\n",
    )
    assert password not in done.stdout + done.stderr
    return done.returncode


def test_secrets_are_neither_in_the_log_nor_in_the_database(own_server: BackendServer) -> None:
    own_server.options = (*own_server.options, "--log-json")
    own_server.start()
    customer = with_password(own_server)
    secrets = [PASSWORD, customer.key]
    with signed_in(own_server, customer.email) as http:
        secrets.append(http.headers["Authorization"].removeprefix("Bearer "))
        for _ in range(2):  # the second is a replay
            made = http.post("/customer/api-keys", json={"name": "k"}, headers={"Idempotency-Key": "the-same-key"})
            secrets.append(made.json()["secret"] or PASSWORD)
        bad = "wrong horse battery"
        secrets.append(bad)
        assert code_of(sign_in(http, customer.email, bad)) == "SIGN_IN_FAILED"
        assert http.request("DELETE", ACCOUNT, json={"password": bad}).status_code == 401
        http.post("/auth/sign-in", content=f'{{"email": "{customer.email}", "password": "{bad}", "x": 1}}')
        http.post("/auth/sign-out")
    own_server.stop()
    log = own_server.log()
    assert "/auth/sign-in" in log and "/customer/api-keys" in log
    kept = b"".join(path.read_bytes() for path in own_server.data_dir.glob("store.sqlite*"))
    assert customer.email.encode() in kept
    for secret in secrets:
        assert secret and secret not in log
        assert secret.encode() not in kept
