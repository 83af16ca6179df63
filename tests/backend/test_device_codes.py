"""Logging a program in by a code, at a real server: the routes, their throttles, and a key that gives itself up."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from backend.routes.device_codes import LOGINS_A_MINUTE, WRONG_CODES_A_MINUTE
from core.accounts.device_codes import LETTERS
from tests.backend.server_process import BackendServer, Customer
from tests.backend.signing_in import anybody, signed_in, with_password
from tests.backend.test_api_keys import opens
from tests.backend.uploading import code_of

CODES = "/customer/device-codes"


def begin(http: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = http.post("/auth/device", json={"name": "laptop", **body})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    begun: dict[str, Any] = answer.json()
    return begun


def fetch(http: httpx.Client, begun: dict[str, Any]) -> dict[str, Any]:
    answer = http.post("/auth/device/token", json={"device_code": begun["device_code"]})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store", answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_program_without_a_key_gets_one_of_whoever_approves_its_code(
    backend_server: BackendServer, customer: Customer
) -> None:
    with anybody(backend_server) as program:
        begun = begin(program, scopes=["jobs:read"])
        assert begun["verification_url"] == f"{backend_server.url}/api/v1{CODES}"
        assert fetch(program, begun)["status"] == "authorization_pending"
        seen = customer.http.post(CODES, json={"user_code": begun["user_code"]}).json()
        assert (seen["name"], seen["scopes"], seen["status"]) == ("laptop", ["jobs:read"], "pending")
        assert seen["address"].startswith("127.1.")
        decided = customer.http.post(f"{CODES}/approve", json={"user_code": begun["user_code"].lower()})
        assert (decided.status_code, decided.json()["status"]) == (200, "approved")
        told = fetch(program, begun)
        assert (told["status"], told["customer"]["email"]) == ("approved", customer.email)
        assert fetch(program, begun)["status"] == "expired_token"
    assert opens(backend_server, told["api_key"]["secret"], "/customer/training-jobs") == "ok"
    assert opens(backend_server, told["api_key"]["secret"]) == "API_KEY_SCOPE_DENIED"
    assert told["api_key"]["id"] in [row["id"] for row in customer.http.get("/customer/api-keys").json()["data"]]


def test_a_session_approves_too_and_what_is_denied_gets_nothing(backend_server: BackendServer) -> None:
    ada = with_password(backend_server)
    with anybody(backend_server) as program, signed_in(backend_server, ada.email) as http:
        good, bad = begin(program), begin(program)
        assert http.post(f"{CODES}/approve", json={"user_code": good["user_code"]}).status_code == 200
        assert http.post(f"{CODES}/deny", json={"user_code": bad["user_code"]}).json()["status"] == "denied"
        assert code_of(http.post(f"{CODES}/deny", json={"user_code": good["user_code"]})) == "STATE_CONFLICT"
        assert fetch(program, bad)["status"] == "access_denied"
        assert "keys:write" in fetch(program, good)["api_key"]["scopes"]


def test_a_key_that_may_make_no_keys_decides_nothing(backend_server: BackendServer) -> None:
    reader = backend_server.new_customer(scopes=["jobs:read"])
    with anybody(backend_server) as program:
        code = {"user_code": begin(program)["user_code"]}
        for path in (CODES, f"{CODES}/approve", f"{CODES}/deny"):
            refused = reader.http.post(path, json=code)
            assert (code_of(refused), "keys:write" in refused.text) == ("API_KEY_SCOPE_DENIED", True)
            assert code_of(program.post(path, json=code)) == "CUSTOMER_AUTH_REQUIRED"


def test_guesses_at_codes_are_counted_and_what_is_no_code_is_no_guess(
    backend_server: BackendServer, customer: Customer
) -> None:
    with anybody(backend_server) as program:
        begun = begin(program)
        for _ in range(WRONG_CODES_A_MINUTE + 5):
            assert code_of(customer.http.post(CODES, json={"user_code": "no code"})) == "NOT_FOUND"
        wrong = [letter * 8 for letter in LETTERS[: WRONG_CODES_A_MINUTE + 1]]
        *counted, beyond = (
            customer.http.post(f"{CODES}/{word}", json={"user_code": code})
            for word, code in zip(["approve", "deny"] * len(wrong), wrong, strict=False)
        )
        assert {code_of(answer) for answer in counted} == {"NOT_FOUND"}
        assert code_of(beyond) == "RATE_LIMITED" and int(beyond.headers["Retry-After"]) > 0
        right = {"user_code": begun["user_code"]}
        assert code_of(customer.http.post(CODES, json=right)) == "RATE_LIMITED"
        other = backend_server.new_customer()
        assert other.http.post(CODES, json=right).status_code == 200, "nobody else is held up"


def test_guesses_that_come_at_once_are_no_more_guesses(backend_server: BackendServer, customer: Customer) -> None:
    codes = ["".join(letters) * 4 for letters in itertools.islice(itertools.permutations(LETTERS, 2), 48)]

    def guess(code: str) -> str:
        answer = customer.http.post(f"{CODES}/approve", json={"user_code": code})
        return code_of(answer)

    with ThreadPoolExecutor(len(codes)) as at_once:
        answers = list(at_once.map(guess, codes))
    assert answers.count("NOT_FOUND") == WRONG_CODES_A_MINUTE
    assert answers.count("RATE_LIMITED") == len(codes) - WRONG_CODES_A_MINUTE


def test_right_codes_use_no_guesses_up(backend_server: BackendServer, customer: Customer) -> None:
    with anybody(backend_server) as program:
        right = {"user_code": begin(program)["user_code"]}
    for _ in range(WRONG_CODES_A_MINUTE + 1):
        assert customer.http.post(CODES, json=right).status_code == 200


def test_what_a_key_approved_is_not_fetched_any_more_when_that_key_is_revoked(backend_server: BackendServer) -> None:
    stolen = backend_server.new_customer()
    with anybody(backend_server) as program:
        begun = begin(program)
        assert stolen.http.post(f"{CODES}/approve", json={"user_code": begun["user_code"]}).status_code == 200
        assert stolen.http.post("/auth/revoke").status_code == 204
        told = fetch(program, begun)
        assert (told["status"], told.get("api_key")) == ("access_denied", None)


def test_so_many_logins_may_be_begun_from_an_address(backend_server: BackendServer) -> None:
    with anybody(backend_server) as program:
        for _ in range(LOGINS_A_MINUTE):
            begin(program)
        refused = program.post("/auth/device", json={"name": "laptop"})
        assert (refused.status_code, code_of(refused)) == (429, "RATE_LIMITED")
    with anybody(backend_server) as elsewhere:
        begin(elsewhere)


def test_a_key_that_comes_with_the_request_is_not_looked_at_where_nobody_is_known_yet(
    backend_server: BackendServer,
) -> None:
    with anybody(backend_server, **{"X-API-Key": "sk_alpha_revoked"}) as program:
        assert fetch(program, begin(program))["status"] == "authorization_pending"


def test_a_key_gives_itself_up_whatever_it_may_else(backend_server: BackendServer) -> None:
    poor = backend_server.new_customer(scopes=[])
    assert poor.http.post("/auth/revoke").status_code == 204
    assert code_of(poor.http.post("/auth/revoke")) == "API_KEY_REVOKED"
    ada = with_password(backend_server)
    with signed_in(backend_server, ada.email) as http:
        refused = http.post("/auth/revoke")
        assert (refused.status_code, code_of(refused)) == (401, "CUSTOMER_AUTH_REQUIRED")
        assert http.get("/customer/account").status_code == 200
    with anybody(backend_server) as nobody:
        assert code_of(nobody.post("/auth/revoke")) == "CUSTOMER_AUTH_REQUIRED"


def test_codes_are_neither_in_the_log_nor_in_the_database(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    with anybody(own_server) as program:
        first, second = begin(program), begin(program)
        for begun in (first, second):
            assert customer.http.post(CODES, json={"user_code": begun["user_code"]}).status_code == 200
            assert customer.http.post(f"{CODES}/approve", json={"user_code": begun["user_code"]}).status_code == 200
        secret = fetch(program, first)["api_key"]["secret"]
    own_server.stop()
    log = own_server.log()
    assert f"{CODES}/approve" in log
    kept = b"".join(path.read_bytes() for path in own_server.data_dir.glob("store.sqlite*"))
    assert b"laptop" in kept
    for begun in (first, second):
        for code in (begun["device_code"], begun["user_code"], begun["user_code"].replace("-", "")):
            assert code not in log and code.encode() not in kept
    assert secret not in log and secret.encode() not in kept
