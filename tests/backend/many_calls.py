"""Many calls at once: what limits and idempotency must hold against."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx

from core.accounts.customers import find_by_email
from core.accounts.limits import set_limits as core_set_limits
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import code_of, ready_dataset, ready_package

JOBS = "/customer/training-jobs"
AT_ONCE = 50
T = TypeVar("T")


def at_once(calls: Iterable[Callable[[], T]], workers: int = AT_ONCE) -> list[T]:
    """What these calls give, made by so many threads, in their order."""
    with ThreadPoolExecutor(workers) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def times(count: int, call: Callable[[], T]) -> list[T]:
    """The same call so many times at once."""
    return at_once([call] * count)


def counted(answers: Iterable[httpx.Response]) -> Counter[str]:
    """How many answers there were of each kind: by error code, or by status where there is none."""
    return Counter(str(a.status_code) if a.is_success else code_of(a) for a in answers)


def job_body(customer: Customer) -> dict[str, Any]:
    """A job of a fresh dataset and package: four units."""
    return {
        "name": "job",
        "dataset_id": ready_dataset(customer),
        "training_package_id": ready_package(customer),
        "required_vram_mb": 0,
        "required_disk_mb": 64,
        "max_runtime_seconds": 60,
        "sensitivity": "low_sensitive",
    }


def set_limits(server: BackendServer, customer: Customer, **limits: int | None) -> None:
    """As the operator's command does it, from another process than the server's; None puts one back."""
    with server.store() as store, store.transaction() as tx:
        core_set_limits(tx, find_by_email(tx.connection, customer.email).id, limits)


def limit_rows(customer: Customer) -> dict[str, dict[str, Any]]:
    """`GET /customer/limits` by name."""
    return {row["name"]: row for row in customer.http.get("/customer/limits").json()["limits"]}


def one(server: BackendServer, sql: str, *values: Any) -> Any:
    """One value of the server's database."""
    with server.store() as store:
        return store.connection.execute(sql, values).fetchone()[0]


def job_count(server: BackendServer, customer: Customer) -> int:
    """How many jobs a customer has, by the database."""
    sql = "SELECT count(*) FROM jobs WHERE customer_id = (SELECT id FROM customers WHERE email = ?)"
    return int(one(server, sql, customer.email))


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for what another process does."""
    ends_at = time.monotonic() + 60
    while not true():
        assert time.monotonic() < ends_at, what
        time.sleep(0.01)
