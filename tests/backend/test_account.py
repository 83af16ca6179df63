"""The end of an account at a real server: what it takes, and what is gone by it."""

from pathlib import Path

import pytest

from backend.context import Context
from backend.data_folder import BLOBS_NAME, DATABASE_NAME
from backend.loops import erase_closed_accounts
from backend.settings import Settings
from core.accounts.sign_in import MOST_TRIES
from core.store.database import Store
from tests.backend.server_process import BackendServer
from tests.backend.signing_in import PASSWORD, anybody, sign_in, signed_in, wait_ended, with_password
from tests.backend.uploading import code_of, ready_dataset, ready_package, submit_job

ACCOUNT = "/customer/account"


def blobs(server: BackendServer) -> set[str]:
    """The chunks that lie on the server's disk."""
    return {path.name for path in (server.data_dir / BLOBS_NAME).rglob("*") if path.is_file()}


def test_a_closed_account_opens_nothing_more_and_its_address_is_free(backend_server: BackendServer) -> None:
    customer = with_password(backend_server)
    ready_dataset(customer)
    with (
        signed_in(backend_server, customer.email) as http,
        anybody(backend_server) as elsewhere,
        customer.http.stream("GET", "/customer/events") as stream,
    ):
        assert stream.status_code == 200
        assert http.request("DELETE", ACCOUNT, json={"password": PASSWORD}).status_code == 204
        wait_ended(stream.iter_lines())
        assert code_of(http.get(ACCOUNT)) == "CUSTOMER_AUTH_REQUIRED"
        assert code_of(customer.http.get(ACCOUNT)) == "API_KEY_INVALID"
        assert code_of(sign_in(elsewhere, customer.email)) == "SIGN_IN_FAILED"
    emails = {row["email"] for row in backend_server.command("customers", "list")["data"]}
    assert customer.email not in emails and not any("closed" in email for email in emails)
    again = backend_server.command("customers", "create", "--email", customer.email)
    with anybody(backend_server, **{"X-API-Key": again["api_key"]}) as http:
        assert http.get("/customer/datasets").json()["data"] == []


def test_closing_takes_the_password_once_more_and_the_scope(backend_server: BackendServer) -> None:
    customer, without = with_password(backend_server), backend_server.new_customer()
    wrong = {"password": "wrong horse battery"}
    with signed_in(backend_server, customer.email) as http:
        assert code_of(http.request("DELETE", ACCOUNT, json=wrong)) == "SIGN_IN_FAILED"
        for body in ({}, None, {"password": 5}, {"password": PASSWORD, "sure": True}):
            refused = http.request("DELETE", ACCOUNT, json=body)
            assert (refused.status_code, code_of(refused)) == (400, "VALIDATION_FAILED")
        tries = [code_of(http.request("DELETE", ACCOUNT, json=wrong)) for _ in range(MOST_TRIES)]
        assert tries == ["SIGN_IN_FAILED"] * (MOST_TRIES - 1) + ["RATE_LIMITED"]
        assert http.get(ACCOUNT).status_code == 200
    assert code_of(without.http.request("DELETE", ACCOUNT, json={"password": PASSWORD})) == "SIGN_IN_FAILED"
    reader = backend_server.new_customer(scopes=["usage:read"])
    assert code_of(reader.http.request("DELETE", ACCOUNT, json={"password": PASSWORD})) == "API_KEY_SCOPE_DENIED"


@pytest.mark.full
async def test_what_it_stored_goes_from_the_disk_also_when_the_server_died_in_between(
    own_server: BackendServer, tmp_path: Path
) -> None:
    own_server.start()
    customer, other = with_password(own_server), own_server.new_customer()
    dataset, package = ready_dataset(customer, b"hers alone"), ready_package(customer)
    ready_dataset(customer, b"both have it")
    ready_dataset(other, b"both have it")
    job = submit_job(customer, dataset, package)
    asked = {"json": {"password": PASSWORD}}
    refused = customer.http.request("DELETE", ACCOUNT, **asked)  # type: ignore[arg-type]
    assert (refused.status_code, code_of(refused)) == (409, "STATE_CONFLICT") and job in refused.text
    assert customer.http.post(f"/customer/training-jobs/{job}/cancel").status_code == 200
    url = customer.http.post(f"/customer/datasets/{dataset}/download-url", json={"path": "data.csv"}).json()
    before = blobs(own_server)
    assert customer.http.request("DELETE", ACCOUNT, **asked).status_code == 204  # type: ignore[arg-type]
    own_server.kill()
    settings = Settings(data_dir=own_server.data_dir, host="127.0.0.1", port=1, public_url="http://127.0.0.1:1")
    store = Store(own_server.data_dir / DATABASE_NAME, now=0, busy_timeout_seconds=0)
    await erase_closed_accounts(Context(settings, store))
    assert store.connection.execute("SELECT count(*) FROM customers WHERE erased_at IS NOT NULL").fetchone()[0] == 1
    store.close()
    after = blobs(own_server)
    assert after < before and len(before) - len(after) == 2
    own_server.start()
    gone = other.http.get(url["download_url"])
    assert (gone.status_code, code_of(gone)) == (404, "NOT_FOUND")
    assert len(other.http.get("/customer/datasets").json()["data"]) == 1
    assert own_server.command("doctor")["ok"] is True
