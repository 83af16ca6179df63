"""Webhooks at a real server and real endpoints: made, tested, told, sent again, whatever the endpoint does."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from core.accounts.limits import DEFAULTS
from tests.backend.certificates import Authority, CertificateFiles
from tests.backend.furnished import a_node
from tests.backend.many_calls import at_once, counted, job_body, limit_rows, set_limits, until
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_exchange import Node
from tests.backend.uploading import code_of, one_file
from tests.backend.webhook_endpoint import PATIENCE_SECONDS, Endpoint, answers, stays_silent

PATH = "/customer/webhooks"
ABSENT = "0190163d-8694-739b-aea5-966c26f8ad91"
EVENTS = ["job.completed", "artifact.ready"]
DATA = b"1,2\n3,4\n"
OK = answers("200 OK", b"thanks")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> CertificateFiles:
    return authority.issue("hooks")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[BackendServer]:
    """One that may send to this machine and trusts the endpoints' authority."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority.ca_file))
        started = BackendServer(tmp_path_factory.mktemp("webhooks") / "data", "--allow-loopback-webhooks")
        started.start()
        yield started
        started.close()


@pytest.fixture
def customer(server: BackendServer) -> Customer:
    return server.new_customer()


def create(customer: Customer, url: str, events: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    answer = customer.http.post(PATH, json={"url": url, "events": events or EVENTS, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def send_test(customer: Customer, webhook: str, **headers: str) -> dict[str, Any]:
    answer = customer.http.post(f"{PATH}/{webhook}/test", headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def deliveries(customer: Customer, webhook: str, **query: str) -> list[dict[str, Any]]:
    """Newest first."""
    answer = customer.http.get(f"{PATH}/{webhook}/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


def delivered(customer: Customer, webhook: str, count: int = 1) -> list[dict[str, Any]]:
    """Once so many were delivered."""
    until(lambda: len(deliveries(customer, webhook, status="delivered")) >= count, "nothing was delivered")
    return deliveries(customer, webhook, status="delivered")


def tried(customer: Customer, webhook: str) -> dict[str, Any]:
    """The newest delivery, once it was tried."""
    until(lambda: bool(deliveries(customer, webhook)[0]["tries"]), "nothing was sent")
    return deliveries(customer, webhook)[0]


def run_units(node: Node) -> None:
    """Completes all units that there are."""
    while leases := node.exchange(max_leases=1).leases:
        lease = leases[0]
        node.report(lease, "started", 1)
        node.report(lease, "exited", 2, exit_code=0, run_seconds=0.1)
        manifest: dict[str, Any] = {"files": [one_file("result.csv", DATA)]}
        assert node.report(lease, "completed", 3, manifest=manifest).status == "accepted"


def test_a_job_that_ends_is_told_by_https_signed_as_standard_webhooks_has_it(
    server: BackendServer, customer: Customer, certificate: CertificateFiles
) -> None:
    with Endpoint(OK, certificate) as endpoint:
        made = create(customer, endpoint.url())
        job = customer.http.post("/customer/training-jobs", json=job_body(customer)).json()["id"]
        with a_node(server) as node:
            run_units(node)
        rows = delivered(customer, made["id"], 5)
        assert sorted(row["event"] for row in rows) == ["artifact.ready"] * 4 + ["job.completed"]
        by_id = {one.headers["webhook-id"]: one for one in endpoint.received}
    for row in rows:
        assert (row["training_job_id"], row["job_name"]) == (job, "job")
        came = by_id[row["webhook_message_id"]]
        assert came.body.decode() == row["request"]["body"]
        assert {name: came.headers[name] for name in row["request"]["headers"]} == row["request"]["headers"]
        said: Any = Verifier(made["secret"]).verify(came.body.decode(), came.headers)
        assert said["type"] == row["event"]
        with pytest.raises(WebhookVerificationError):
            Verifier(made["secret"]).verify(came.body.decode() + " ", came.headers)
        [one] = row["tries"]
        assert (one["status"], one["address"], one["response"], one["error"]) == (200, "127.0.0.1", "thanks", None)
    shown = customer.http.get(f"{PATH}/{made['id']}").json()
    assert (shown["last_delivery"]["status"], shown["last_delivery"]["response_status"]) == ("delivered", 200)


def test_the_secret_is_shown_once_and_never_kept_with_an_answer(server: BackendServer, customer: Customer) -> None:
    key = {"Idempotency-Key": "made-only-once"}
    asked = {"url": "http://127.0.0.1:9/hook", "events": EVENTS}
    first = customer.http.post(PATH, json=asked, headers=key)
    again = customer.http.post(PATH, json=asked, headers=key)
    assert first.json()["secret"].startswith("whsec_") and first.headers["Cache-Control"] == "no-store"
    assert again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == {**first.json(), "secret": None}
    listed = customer.http.get(PATH)
    assert [row["id"] for row in listed.json()["data"]] == [first.json()["id"]]
    assert "whsec_" not in listed.text + customer.http.get(f"{PATH}/{first.json()['id']}").text
    assert first.json()["secret"] not in server.log()
    other = customer.http.post(PATH, json={**asked, "events": ["job.failed"]}, headers=key)
    assert (other.status_code, code_of(other)) == (409, "IDEMPOTENCY_CONFLICT")


def test_a_webhook_is_changed_and_deleted(customer: Customer) -> None:
    path = f"{PATH}/{create(customer, 'http://127.0.0.1:9/a')['id']}"
    changed = customer.http.patch(path, json={"events": ["credits.low"], "credits_low_threshold_micro": 5_000_000})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["events"], changed.json()["credits_low_threshold_micro"]) == (["credits.low"], 5_000_000)
    changed = customer.http.patch(path, json={"url": "http://127.0.0.1:10/b", "enabled": False})
    assert (changed.json()["url"], changed.json()["enabled"]) == ("http://127.0.0.1:10/b", False)
    assert changed.json()["credits_low_threshold_micro"] == 5_000_000
    changed = customer.http.patch(path, json={"events": ["job.failed"]})
    assert changed.json()["credits_low_threshold_micro"] is None
    wrongs: list[dict[str, Any]] = [{}, {"events": []}, {"events": ["job.eaten"]}, {"enabled": None}, {"secret": "x"}]
    for wrong in wrongs:
        refused = customer.http.patch(path, json=wrong)
        assert (refused.status_code, code_of(refused)) == (400, "VALIDATION_FAILED"), wrong
    refused = customer.http.patch(path, json={"url": "https://10.0.0.8/"})
    assert (refused.status_code, code_of(refused)) == (400, "WEBHOOK_INVALID_URL")
    assert customer.http.get(path).json() == changed.json()
    conflict = customer.http.post(f"{path}/test")
    assert (conflict.status_code, code_of(conflict)) == (409, "STATE_CONFLICT"), "it is switched off"
    assert customer.http.delete(path).status_code == 204
    for answer in (customer.http.get(path), customer.http.delete(path), customer.http.get(f"{path}/deliveries")):
        assert (answer.status_code, code_of(answer)) == (404, "WEBHOOK_NOT_FOUND")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/h",
        "https://127.0.0.1/h",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://2130706433/",
        "https://nowhere.invalid/",
    ],
)
def test_what_is_not_public_https_is_refused_when_it_is_made(backend_server: BackendServer, url: str) -> None:
    customer = backend_server.new_customer()
    refused = customer.http.post(PATH, json={"url": url, "events": EVENTS})
    assert (refused.status_code, code_of(refused)) == (400, "WEBHOOK_INVALID_URL"), refused.text
    assert [row["field"] for row in refused.json()["error"]["details"]] == ["url"]
    assert customer.http.get(PATH).json()["data"] == []


def test_a_test_that_fails_tells_why_and_is_tried_again_and_can_be_sent_again(customer: Customer) -> None:
    with Endpoint(answers("302 Found\r\nLocation: https://example.com/", b"go away")) as endpoint:
        made = create(customer, endpoint.url())
        first = send_test(customer, made["id"])
        assert (first["event"], first["status"], first["tries"]) == ("webhook.test", "pending", [])
        row = tried(customer, made["id"])
        assert (row["id"], row["status"], row["error_code"]) == (first["id"], "pending", None)
        assert row["next_attempt_at"] > row["created_at"] and row["gives_up_at"] > row["next_attempt_at"]
        assert (row["tries"][0]["status"], row["tries"][0]["response"]) == (302, "go away")
        assert "redirect" in row["tries"][0]["error"]
        again = customer.http.post(f"{PATH}/{made['id']}/deliveries/{first['id']}/redeliver")
        assert (again.status_code, again.json()["id"]) == (201, first["id"]), "tried now, not once more"
        until(lambda: len(endpoint.received) >= 2, "it was not sent again")
    assert len({one.headers["webhook-id"] for one in endpoint.received}) == 1


def test_a_redelivery_is_a_delivery_of_its_own_with_the_same_webhook_id_made_once_a_key(customer: Customer) -> None:
    with Endpoint(OK) as endpoint:
        made = create(customer, endpoint.url())
        first = send_test(customer, made["id"], **{"Idempotency-Key": "one-test-only"})
        assert send_test(customer, made["id"], **{"Idempotency-Key": "one-test-only"})["id"] == first["id"]
        delivered(customer, made["id"])
        path, key = f"{PATH}/{made['id']}/deliveries/{first['id']}/redeliver", {"Idempotency-Key": "again-and-again"}
        answers_ = at_once([lambda: customer.http.post(path, headers=key)] * 50)
        assert counted(answers_) == {"201": 50}
        assert len({answer.json()["id"] for answer in answers_} | {first["id"]}) == 2
        rows = delivered(customer, made["id"], 2)
        assert len(deliveries(customer, made["id"])) == 2
        assert {row["webhook_message_id"] for row in rows} == {first["webhook_message_id"]}
        assert [one.headers["webhook-id"] for one in endpoint.received] == [first["webhook_message_id"]] * 2
    absent = customer.http.post(f"{PATH}/{made['id']}/deliveries/{ABSENT}/redeliver")
    assert (absent.status_code, code_of(absent)) == (404, "NOT_FOUND")


def test_of_fifty_made_at_once_as_many_are_as_may_be(customer: Customer) -> None:
    asked = {"url": "http://127.0.0.1:9/hook", "events": EVENTS}
    answers_ = at_once([lambda: customer.http.post(PATH, json=asked)] * 50)
    most = DEFAULTS.webhooks
    assert counted(answers_) == {"201": most, "STATE_CONFLICT": 50 - most}
    row = limit_rows(customer)["webhooks"]
    assert (row["limit"], row["used"], row["left"]) == (most, most, 0)


def test_a_customer_who_may_have_no_more_is_told_so_before_any_name_is_looked_up(
    server: BackendServer, customer: Customer
) -> None:
    set_limits(server, customer, webhooks=0)
    refused = customer.http.post(PATH, json={"url": "https://nowhere.invalid/", "events": EVENTS})
    assert (refused.status_code, code_of(refused)) == (409, "STATE_CONFLICT")


def test_what_waits_is_sent_by_a_later_start_where_nothing_may_be_sent_now(own_server: BackendServer) -> None:
    own_server.options += ("--allow-loopback-webhooks", "--no-webhooks")
    own_server.start()
    customer = own_server.new_customer()
    with Endpoint(OK) as endpoint:
        made = create(customer, endpoint.url())
        send_test(customer, made["id"])
        assert [row["status"] for row in deliveries(customer, made["id"])] == ["pending"]
        own_server.stop()
        assert endpoint.connections == 0
        own_server.options = ("--allow-loopback-webhooks",)
        own_server.start()
        delivered(customer, made["id"])


def test_a_redelivery_that_is_asked_for_twice_is_answered_as_it_is_by_then(
    server: BackendServer, customer: Customer
) -> None:
    with Endpoint(OK) as endpoint:
        made = create(customer, endpoint.url())
        first = send_test(customer, made["id"])
        delivered(customer, made["id"])
        path, key = f"{PATH}/{made['id']}/deliveries/{first['id']}/redeliver", {"Idempotency-Key": "asked-for-twice"}
        asked = customer.http.post(path, headers=key).json()
        delivered(customer, made["id"], 2)
        replayed = customer.http.post(path, headers=key)
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert (replayed.json()["id"], replayed.json()["request"]["body"]) == (asked["id"], first["request"]["body"])
    assert [one["response"] for one in replayed.json()["tries"]] == ["thanks"]
    with server.store() as store:
        rows = store.connection.execute("SELECT body FROM idempotency_keys WHERE key = 'asked-for-twice'").fetchall()
    [kept] = [row["body"] for row in rows]
    assert asked["id"].encode() in kept and b"This is a test" not in kept


def test_what_was_sent_and_not_noted_is_sent_again_after_kill_9_with_the_same_id(own_server: BackendServer) -> None:
    calls: list[str] = []

    def first_silent(endpoint: Endpoint, connection: socket.socket) -> None:
        calls.append(endpoint.received[-1].headers["webhook-id"])
        (stays_silent if len(calls) == 1 else OK)(endpoint, connection)

    own_server.options += ("--allow-loopback-webhooks",)
    own_server.start()
    customer = own_server.new_customer()
    with Endpoint(first_silent) as endpoint:
        made = create(customer, endpoint.url())
        first = send_test(customer, made["id"])
        assert endpoint.request_came.wait(PATIENCE_SECONDS)
        own_server.kill()
        own_server.start()
        [row] = delivered(customer, made["id"])
    assert calls == [first["webhook_message_id"]] * 2
    assert (row["id"], len(row["tries"])) == (first["id"], 1)


@pytest.mark.full
def test_an_address_that_is_private_is_not_dialled_whatever_it_was_when_the_webhook_was_made(
    own_server: BackendServer,
) -> None:
    own_server.options += ("--allow-loopback-webhooks",)
    own_server.start()
    customer = own_server.new_customer()
    with Endpoint(OK) as endpoint:
        made = create(customer, endpoint.url())
        own_server.stop()
        own_server.options = ()
        own_server.start()
        send_test(customer, made["id"])
        row = tried(customer, made["id"])
        assert endpoint.connections == 0
    [one] = row["tries"]
    assert (one["status"], one["address"]) == (None, None) and "https" in one["error"]


def test_a_delivery_that_gives_up_says_so_and_a_suspended_customers_wait(
    server: BackendServer, customer: Customer
) -> None:
    with Endpoint(answers("500 Internal Server Error")) as endpoint:
        made = create(customer, endpoint.url())
        server.command("customers", "suspend", "--email", customer.email)
        server.command("customers", "unsuspend", "--email", customer.email)
        send_test(customer, made["id"])
        tried(customer, made["id"])
        with server.store() as store, store.transaction() as tx:  # as if a day had passed
            tx.connection.execute(
                "UPDATE webhook_deliveries SET gives_up_at = 1, next_attempt_at = 1 WHERE endpoint_id = "
                "(SELECT id FROM webhook_endpoints WHERE public_id = ?)",
                (made["id"],),
            )
        until(lambda: bool(deliveries(customer, made["id"], status="failed")), "it has not given up")
        [row] = deliveries(customer, made["id"], status="failed")
    assert (row["error_code"], row["next_attempt_at"], len(row["tries"])) == ("WEBHOOK_DELIVERY_FAILED", None, 2)
    wrong = customer.http.get(f"{PATH}/{made['id']}/deliveries", params={"status": "lost"})
    assert (wrong.status_code, code_of(wrong)) == (400, "VALIDATION_FAILED")


def test_deliveries_come_page_by_page(customer: Customer) -> None:
    with Endpoint(OK) as endpoint:
        made = create(customer, endpoint.url())
        sent = [send_test(customer, made["id"])["id"] for _ in range(5)]
        delivered(customer, made["id"], 5)
        path, seen, cursor = f"{PATH}/{made['id']}/deliveries", [], None
        while True:
            query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            answer = customer.http.get(path, params=query).json()
            seen += [row["id"] for row in answer["data"]]
            cursor = answer["page"]["next_cursor"]
            if cursor is None:
                break
        filtered = customer.http.get(path, params={"limit": 2, "status": "delivered"}).json()["page"]["next_cursor"]
        misused = customer.http.get(path, params={"limit": 2, "cursor": filtered})
    assert seen == sent[::-1]
    assert code_of(misused) == "PAGINATION_INVALID_CURSOR"


def test_a_key_needs_the_scope(server: BackendServer) -> None:
    reader = server.new_customer(scopes=["webhooks:read"])
    assert reader.http.get(PATH).status_code == 200
    refused = reader.http.post(PATH, json={"url": "http://127.0.0.1:9/", "events": EVENTS})
    assert (refused.status_code, code_of(refused)) == (403, "API_KEY_SCOPE_DENIED")
    nobody = server.new_customer(scopes=["jobs:read"])
    assert code_of(nobody.http.get(PATH)) == "API_KEY_SCOPE_DENIED"


def test_a_job_hears_of_a_webhook_that_is_not_ones_own_as_of_none(server: BackendServer, customer: Customer) -> None:
    others = create(server.new_customer(), "http://127.0.0.1:9/")["id"]
    body = job_body(customer)
    said: list[tuple[int, Any]] = []
    for path in ("/customer/training-jobs", "/customer/training-jobs/preview"):
        for id in (others, ABSENT):
            answer: httpx.Response = customer.http.post(path, json={**body, "webhook_ids": [id]})
            error = answer.json()["error"]
            del error["request_id"]
            said.append((answer.status_code, json.dumps(error)))
    assert len(set(said)) == 1 and said[0][0] == 404 and "WEBHOOK_NOT_FOUND" in said[0][1]
    mine = create(customer, "http://127.0.0.1:9/")["id"]
    assert customer.http.post("/customer/training-jobs", json={**body, "webhook_ids": [mine]}).status_code == 201
