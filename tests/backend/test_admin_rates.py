"""The rate card over HTTP: kept to by the next job, told by /meta, and in the audit log."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.backend.admin_client import Admin
from tests.backend.server_process import BackendServer
from tests.backend.uploading import code_of, ready_dataset, ready_package, submit_job


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    made = BackendServer(tmp_path_factory.mktemp("rates") / "data")
    made.start()
    yield made
    made.close()


@pytest.fixture
def admin(server: BackendServer) -> Iterator[Admin]:
    made = Admin(server)
    yield made
    made.close()


def rate_of(card: dict[str, Any], rate_class: str) -> int:
    (row,) = (row for row in card["classes"] if row["rate_class"] == rate_class)
    return int(row["micro_per_second"])


def test_a_rate_is_kept_to_by_the_next_job_and_a_held_one_keeps_its_own(server: BackendServer, admin: Admin) -> None:
    before = admin.get("/rates")
    customer = server.new_customer()
    dataset, package = ready_dataset(customer), ready_package(customer)

    def held_for_a_job() -> int:
        job = customer.http.get(f"/customer/training-jobs/{submit_job(customer, dataset, package)}").json()
        return int(job["credits"]["held_micro"])

    first = held_for_a_job()
    doubled = admin.http.patch("/rates", json={"rates": {"cpu": 2 * rate_of(before, "cpu")}, "fee_percent": 25}).json()
    assert (rate_of(doubled, "cpu"), doubled["fee_percent"]) == (2 * rate_of(before, "cpu"), 25)
    assert httpx.get(f"{server.url}/api/v1/meta", trust_env=False).json()["rates"] == doubled == admin.get("/rates")
    assert held_for_a_job() == 2 * first
    assert customer.http.get("/customer/usage/summary").json()["held_micro"] == 3 * first
    back = admin.http.patch("/rates", json={"rates": {"cpu": None}}).json()
    assert (rate_of(back, "cpu"), back["fee_percent"]) == (rate_of(before, "cpu"), 25)
    assert [change[1:] for change in admin.changes("rates")] == [
        ("rates.set", {"rates": {"cpu": None}}),
        ("rates.set", {"rates": {"cpu": 2 * rate_of(before, "cpu")}, "fee_percent": 25}),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rates": {"quantum": 5}}, "quantum"),
        ({"rates": {"cpu": -1}}, "cpu"),
        ({"rates": {"cpu": 10**30}}, "cpu"),
        ({"fee_percent": 101}, "fee_percent"),
        ({"colour": 1}, "colour"),
    ],
)
def test_rates_that_can_not_be_change_nothing(admin: Admin, body: dict[str, object], field: str) -> None:
    before = admin.get("/rates")
    answer = admin.http.patch("/rates", json=body)
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")
    assert [row["field"] for row in answer.json()["error"]["details"]] == [field]
    assert admin.get("/rates") == before


def test_nothing_named_is_nothing_changed(admin: Admin) -> None:
    changes = len(admin.changes("rates"))
    assert admin.http.patch("/rates", json={}).json() == admin.get("/rates")
    assert len(admin.changes("rates")) == changes
