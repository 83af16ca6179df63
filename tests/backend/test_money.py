"""Usage, ledger, CSV, rates and invalidation at a real server, with a node that works."""

import csv
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from core.billing.ledger import About, AccountKind, Entry, TransferKind, transfer
from core.ids import uuid7
from core.protocol.node import Lease
from tests.backend.server_process import BackendServer, Customer
from tests.backend.test_exchange import Node
from tests.backend.uploading import code_of, digest, one_file, ready_dataset, ready_package, submit_job

DAILY, SUMMARY, EXPORT = "/customer/usage/daily", "/customer/usage/summary", "/customer/usage/export.csv"
LEDGER = "/customer/credits/ledger"


@pytest.fixture(scope="module")
def backend_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """A server for these tests alone: no unit of another test comes first."""
    server = BackendServer(tmp_path_factory.mktemp("money") / "data")
    server.start()
    yield server
    server.close()


@pytest.fixture
def node(backend_server: BackendServer) -> Iterator[Node]:
    made = Node(backend_server)
    yield made
    made.close()


@pytest.fixture
def other_node(backend_server: BackendServer) -> Iterator[Node]:
    made = Node(backend_server)
    yield made
    made.close()


def finish(node: Node, customer: Customer, lease: Lease) -> None:
    """Brings a result of one small file."""
    node.report(lease, "started", 1)
    node.report(lease, "exited", 2, exit_code=0, run_seconds=60.0)
    result = lease.unit_id.encode()
    manifest = {"files": [one_file("model.txt", result)]}
    answer = node.report(lease, "completed", 3, manifest=manifest)
    if answer.status == "missing":
        (chunk,) = answer.missing
        assert customer.http.put(chunk.upload_url, content=result).status_code == 204 and chunk.digest == digest(result)
        answer = node.report(lease, "completed", 3, manifest=manifest)
    assert answer.status == "accepted", answer


def do_all(node: Node, customer: Customer) -> list[Lease]:
    """The units of a customer's one job, one after the other."""
    done: list[Lease] = []
    while len(done) < 4:
        for lease in node.exchange(max_leases=1).leases:
            finish(node, customer, lease)
            done.append(lease)
    return done


def get(customer: Customer, path: str, **query: Any) -> Any:
    answer = customer.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def exported(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def test_a_job_that_ran_is_told_alike_by_days_month_csv_and_ledger(node: Node, customer: Customer) -> None:
    package = ready_package(customer)
    job = submit_job(customer, ready_dataset(customer), package)
    do_all(node, customer)
    days = get(customer, DAILY, days=3)
    assert days["page"] == {"limit": 50, "next_cursor": None, "has_more": False}
    assert [day["units_completed"] for day in days["data"]] in ([0, 0, 4], [0, 1, 3], [0, 2, 2], [0, 3, 1], [0, 4, 0])
    assert days["data"] == sorted(days["data"], key=lambda day: str(day["date"])) and len(days["data"]) == 3
    charged = sum(day["charged_micro"] for day in days["data"])
    assert charged > 0
    used = [day for day in days["data"] if day["charged_micro"]]
    for day in used:
        (by_package,) = day["by_package"]
        assert (by_package["training_package_id"], by_package["name"]) == (package, "package")
        assert [(row["kind"], row["charged_micro"]) for row in day["by_kind"]] == [("cpu", day["charged_micro"])]
    range_of = {"date_from": used[0]["date"], "date_to": used[-1]["date"]}
    answer = customer.http.get(EXPORT, params=range_of)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    name = f"usage-{range_of['date_from']}-to-{range_of['date_to']}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    lines = exported(answer)
    assert [line["role"] for line in lines] == ["prepare", "train", "evaluate", "package"]
    assert sum(int(line["charged_micro"]) for line in lines) == charged
    rows = get(customer, LEDGER, kind="charge", training_job_id=job, **range_of)["data"]
    assert -sum(row["amount_micro"] for row in rows) == charged and len(rows) == 4
    if len(used) == 1:
        summary = get(customer, SUMMARY)
        assert (summary["charged_micro"], summary["units_completed"]) == (charged, 4)
        assert summary["by_package"][0]["charged_micro"] == charged == summary["by_kind"][0]["charged_micro"]
        assert summary["balance_micro"] == 1_000_000_000 - charged and summary["held_micro"] == 0


def test_days_without_anything_are_zeros_and_come_in_pages(customer: Customer) -> None:
    first = get(customer, DAILY, days=90, limit=60)
    assert len(first["data"]) == 60 and first["page"]["has_more"] is True
    rest = get(customer, DAILY, days=90, limit=60, cursor=first["page"]["next_cursor"])
    dates = [day["date"] for day in first["data"] + rest["data"]]
    start = datetime.fromisoformat(dates[0])
    assert dates == [(start + timedelta(days=offset)).date().isoformat() for offset in range(90)]
    assert dates[-1] == today()
    assert {day["charged"] for day in first["data"]} == {"0.000000"} and first["data"][0]["by_package"] == []
    assert len(get(customer, DAILY)["data"]) == 30
    other = customer.http.get(DAILY, params={"days": 89, "cursor": first["page"]["next_cursor"]})
    assert (other.status_code, code_of(other)) == (400, "PAGINATION_INVALID_CURSOR")


@pytest.mark.parametrize("days", ["0", "91", "-1", "1e3", "", "x", "9" * 5000])
def test_another_number_of_days_is_refused(customer: Customer, days: str) -> None:
    answer = customer.http.get(DAILY, params={"days": days})
    assert (answer.status_code, code_of(answer)) == (400, "VALIDATION_FAILED")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("date_from=2026-01-01&date_to=2026-04-01", "EXPORT_RANGE_TOO_LARGE"),
        ("date_from=2026-01-02&date_to=2026-01-01", "VALIDATION_FAILED"),
        ("date_from=2026-01-02", "VALIDATION_FAILED"),
        ("", "VALIDATION_FAILED"),
        ("date_from=2026-02-30&date_to=2026-03-01", "VALIDATION_FAILED"),
        ("date_from=0001-01-01&date_to=9999-12-31", "EXPORT_RANGE_TOO_LARGE"),
        ("date_from=%00&date_to=%ff", "VALIDATION_FAILED"),
    ],
)
def test_an_export_of_no_span_or_of_91_days_is_refused(customer: Customer, query: str, code: str) -> None:
    answer = customer.http.get(f"{EXPORT}?{query}")
    assert (answer.status_code, code_of(answer)) == (400, code)


@pytest.mark.parametrize("days", [("2026-01-01", "2026-03-31"), ("0001-01-01", "0001-01-01"), ("9999-12-31",) * 2])
def test_an_export_of_90_days_and_of_the_ends_of_time_is_the_head_alone(
    customer: Customer, days: tuple[str, str]
) -> None:
    answer = customer.http.get(EXPORT, params={"date_from": days[0], "date_to": days[1]})
    assert answer.status_code == 200 and exported(answer) == []
    assert answer.text.startswith("charged_at,training_job_id,job_name,")


def test_a_long_export_is_streamed_while_others_are_served(backend_server: BackendServer) -> None:
    customer, count = backend_server.new_customer(), 6000
    now = time.time()
    with backend_server.store() as store, store.transaction() as tx:
        find = "SELECT id FROM customers WHERE email = ?"
        (customer_id,) = store.connection.execute(find, (customer.email,)).fetchone()
        entries = [Entry(AccountKind.AVAILABLE, customer_id, -1, seconds=0.001), Entry(AccountKind.FEES, None, 1)]
        for number in range(count):
            key = f"charge:test:{customer_id}:{number}"
            about = About(note="a unit of long ago")
            transfer(tx, TransferKind.CHARGE, entries, about, key=key, now=now, new_id=lambda: uuid7(now, os_random))
    range_of = {"date_from": today(), "date_to": today()}
    with customer.http.stream("GET", EXPORT, params=range_of) as answer:
        pieces = answer.iter_bytes()
        text = next(pieces)
        assert "content-length" not in answer.headers
        assert get(customer, SUMMARY)["charged_micro"] == count
        text += b"".join(pieces)
    assert text.count(b"\r\n") == count + 1


def os_random(count: int) -> bytes:
    return uuid4().bytes[:count]


def test_the_ledgers_filters_are_checked_and_bind_the_cursor(customer: Customer) -> None:
    refused = customer.http.get(LEDGER, params={"kind": "gift", "date_from": "1", "date_to": "2026-13-01"})
    assert (refused.status_code, code_of(refused)) == (400, "VALIDATION_FAILED")
    assert {row["field"] for row in refused.json()["error"]["details"]} == {"kind", "date_from", "date_to"}
    backwards = customer.http.get(LEDGER, params={"date_from": "2026-01-02", "date_to": "2026-01-01"})
    assert code_of(backwards) == "VALIDATION_FAILED"
    dataset, package = ready_dataset(customer), ready_package(customer)
    jobs = [submit_job(customer, dataset, package) for _ in range(2)]
    first = get(customer, LEDGER, kind="hold", limit=1)
    assert first["page"]["has_more"] is True
    second = get(customer, LEDGER, kind="hold", limit=1, cursor=first["page"]["next_cursor"])
    assert [page["data"][0]["training_job_id"] for page in (first, second)] == jobs[::-1]
    assert second["page"]["has_more"] is False
    other = customer.http.get(LEDGER, params={"kind": "grant", "limit": 1, "cursor": first["page"]["next_cursor"]})
    assert code_of(other) == "PAGINATION_INVALID_CURSOR"
    assert get(customer, LEDGER, date_to="2020-01-01")["data"] == []
    assert len(get(customer, LEDGER, date_from="2020-01-01")["data"]) == 3
    for job in jobs:
        customer.http.post(f"/customer/training-jobs/{job}/cancel")


def test_nobody_reads_anothers_money(backend_server: BackendServer, customer: Customer) -> None:
    job = submit_job(customer, ready_dataset(customer), ready_package(customer))
    other = backend_server.new_customer()
    assert get(other, LEDGER, training_job_id=job)["data"] == []
    assert get(other, LEDGER, training_job_id="no job at all")["data"] == []
    narrow = backend_server.new_customer(scopes=["jobs:read"])
    for path in (DAILY, SUMMARY, f"{EXPORT}?date_from={today()}&date_to={today()}", LEDGER):
        assert code_of(narrow.http.get(path)) == "API_KEY_SCOPE_DENIED"
    customer.http.post(f"/customer/training-jobs/{job}/cancel")


@pytest.mark.full
def test_rates_that_are_set_hold_at_once_and_not_for_what_is_held(own_server: BackendServer) -> None:
    own_server.start()
    customer = own_server.new_customer()
    dataset, package = ready_dataset(customer), ready_package(customer)
    submit_job(customer, dataset, package)
    held = get(customer, SUMMARY)["held_micro"]
    before = own_server.command("rates", "show")
    done = own_server.command("rates", "set", "cpu=600", "gpu-8g=1", "--fee-percent", "25")
    assert get(customer, "/meta")["rates"] == done != before
    assert (done["fee_percent"], done["classes"][0]["micro_per_second"]) == (25, 600)
    assert get(customer, SUMMARY)["held_micro"] == held
    submit_job(customer, dataset, package)
    assert get(customer, SUMMARY)["held_micro"] == 4 * held
    assert own_server.command("rates", "set", "cpu=default", "gpu-8g=default", "--fee-percent", "10") == before
    with own_server.store() as store:
        rows = store.connection.execute("SELECT actor, details FROM audit_log WHERE action = 'rates.set' ORDER BY id")
        (first, second) = rows.fetchall()
    assert first["actor"].startswith("user ") and first["details"] == '{"cpu":600,"fee_percent":25,"gpu-8g":1}'
    assert second["details"] == '{"cpu":null,"fee_percent":10,"gpu-8g":null}'


def test_an_invalidated_unit_runs_again_and_its_customer_pays_once(
    backend_server: BackendServer, node: Node, other_node: Node
) -> None:
    customer = backend_server.new_customer()
    job = submit_job(customer, ready_dataset(customer), ready_package(customer))
    first = node.exchange(max_leases=1).leases[0]
    finish(node, customer, first)
    (second,) = node.exchange(max_leases=1).leases
    charged = get(customer, SUMMARY)["charged_micro"]
    artifacts = f"/customer/training-jobs/{job}/artifacts"
    named = [row for row in get(customer, artifacts)["data"] if row["type"] == "output"]
    url = customer.http.post(f"{artifacts}/{named[0]['id']}/download-url").json()["download_url"]
    assert httpx.get(url, trust_env=False).status_code == 200
    done = backend_server.command("jobs", "invalidate-unit", first.unit_id, "--reason", "a replay gave another file")
    assert (done["units"], done["job_id"]) == ([first.unit_id], job)
    held = [{"attempt_id": second.attempt_id, "token": second.token}]
    assert [directive.kind for directive in node.exchange(attempts=held).directives] == ["cancel"]
    assert code_of(httpx.get(url, trust_env=False)) == "ARTIFACT_NOT_FOUND"
    assert [row["type"] for row in get(customer, artifacts)["data"]] == ["logs"]
    do_all(other_node, customer)  # to the first it comes again only when no other is there
    assert get(customer, f"/customer/training-jobs/{job}")["status"] == "completed"
    rows = get(customer, LEDGER, kind="charge")["data"]
    assert len(rows) == len({row["compute_unit_id"] for row in rows}) == 4
    assert charged > 0
    with backend_server.store() as store:
        (row,) = store.connection.execute(
            "SELECT subject, details FROM audit_log WHERE action LIKE 'jobs.%'"
        ).fetchall()
    assert row["subject"] == first.unit_id and "a replay gave another file" in row["details"]
