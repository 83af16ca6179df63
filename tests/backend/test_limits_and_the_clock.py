"""Limits at the minute's edge, over UTC midnight, and when the machine's clock is set: by a clock of the test's own."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.many_calls import AT_ONCE, JOBS, counted, job_body, limit_rows, set_limits, times, until
from tests.backend.server_process import BackendServer
from tests.faults.jumping_clock import JumpingClock

DAY = 86_400
KEY = {"Idempotency-Key": "client-uuid-12345678"}
ROOMY = {"jobs_per_minute": 1000, "active_jobs": 1000, "units_per_day": 100_000}


class ClockedServer:
    """A server whose wall clock is set, and which has followed it when `set_ahead` returns."""

    def __init__(self, folder: Path) -> None:
        self._clock = JumpingClock(folder / "clock")
        self._ahead = 0.0
        # a quarter to midnight, UTC: whatever a test does before it sets the clock lies on one day
        self._jump(DAY - time.time() % DAY - 900)
        self.server = BackendServer(folder / "data", program=self._clock.program("backend"))
        self.server.start()
        self._followed = 0

    def _jump(self, seconds: float) -> None:
        self._ahead += seconds
        self._clock.jump(self._ahead)

    def set_ahead(self, seconds: float) -> None:
        self._jump(seconds)
        self._followed += 1
        until(lambda: self.server.log().count("the machine's clock was set") == self._followed, "it follows the clock")


@pytest.fixture
def clocked(tmp_path: Path) -> Iterator[ClockedServer]:
    made = ClockedServer(tmp_path)
    yield made
    made.server.close()


def test_units_count_for_their_utc_day_and_a_new_one_begins_at_midnight(clocked: ClockedServer) -> None:
    customer = clocked.server.new_customer()
    body = job_body(customer)
    set_limits(clocked.server, customer, **{**ROOMY, "units_per_day": 40})
    first = times(AT_ONCE, lambda: customer.http.post(JOBS, json=body))
    assert counted(first) == {"201": 10, "DAILY_TASK_LIMIT_EXCEEDED": 40}
    to_wait = [int(answer.headers["Retry-After"]) for answer in first if answer.status_code == 429]
    assert all(0 < seconds <= 900 for seconds in to_wait)
    midnight = limit_rows(customer)["units_per_day"]["renews_at"]
    assert midnight.endswith("T00:00:00.000Z")

    clocked.set_ahead(600)
    assert counted([customer.http.post(JOBS, json=body)]) == {"DAILY_TASK_LIMIT_EXCEEDED": 1}, "minutes before"
    clocked.set_ahead(301)
    row = limit_rows(customer)["units_per_day"]
    assert (row["used"], row["left"]) == (0, 40) and row["renews_at"] > midnight
    assert counted(times(AT_ONCE, lambda: customer.http.post(JOBS, json=body)))["201"] == 10


@pytest.mark.full
def test_a_place_is_free_a_minute_after_it_was_taken_and_not_before(clocked: ClockedServer) -> None:
    customer = clocked.server.new_customer()
    body = job_body(customer)
    set_limits(clocked.server, customer, **{**ROOMY, "jobs_per_minute": 10, "requests_per_minute": 10_000})
    assert counted(times(AT_ONCE, lambda: customer.http.post(JOBS, json=body)))["201"] == 10
    clocked.set_ahead(10)
    early = customer.http.post(JOBS, json=body)
    assert early.status_code == 429 and 1 <= int(early.headers["Retry-After"]) <= 50
    clocked.set_ahead(50)
    assert counted(times(AT_ONCE, lambda: customer.http.post(JOBS, json=body)))["201"] == 10


@pytest.mark.full
def test_the_minute_of_requests_renews_and_a_clock_set_back_shuts_nobody_out(clocked: ClockedServer) -> None:
    customer = clocked.server.new_customer()
    body = job_body(customer)
    set_limits(clocked.server, customer, **{**ROOMY, "jobs_per_minute": 2, "requests_per_minute": 100})
    assert counted(times(120, lambda: customer.http.get(JOBS)))["RATE_LIMITED"] > 0
    clocked.set_ahead(60)
    assert counted(times(120, lambda: customer.http.get(JOBS))) == {"200": 100, "RATE_LIMITED": 20}
    clocked.set_ahead(60)
    assert counted([customer.http.post(JOBS, json=body) for _ in range(3)]) == {"201": 2, "RATE_LIMITED": 1}
    clocked.set_ahead(-DAY)
    assert counted([customer.http.post(JOBS, json=body) for _ in range(3)]) == {"201": 2, "RATE_LIMITED": 1}


@pytest.mark.full
def test_an_answer_is_kept_for_a_day_whatever_the_clock_is_set_to(clocked: ClockedServer) -> None:
    customer = clocked.server.new_customer()
    body = job_body(customer)
    first = customer.http.post(JOBS, json=body, headers=KEY).json()["id"]
    clocked.set_ahead(2 * DAY)  # the clock is set: no time has passed
    again = customer.http.post(JOBS, json=body, headers=KEY)
    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (first, "true")
    with clocked.server.store() as store, store.transaction() as tx:
        tx.connection.execute("UPDATE idempotency_keys SET created_at = created_at - ?", [DAY])
    assert customer.http.post(JOBS, json=body, headers=KEY).json()["id"] != first
