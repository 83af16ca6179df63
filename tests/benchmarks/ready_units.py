"""A real server with many units that are ready, and nodes that may take them: what benchmarks of the exchange need.

The first job is submitted over HTTP, planned, priced and held as any other; the rest are copies of its rows, each with
ids, money and events of its own, since submitting a hundred thousand jobs would take longer than what is measured.
"""

import os
import time
from pathlib import Path
from typing import Any

from core.billing.ledger import About, AccountKind, Entry, TransferKind, transfer
from core.ids import uuid7
from core.jobs.endings import Why, cancel_job
from core.nodes.enrollment import enroll, make_code
from core.nodes.tiers import Tier
from core.protocol.node import PROTOCOL_VERSION, EnrollRequest, Fault, NodeSettings
from core.scheduling.fairness import ReadyIndex
from core.store.database import Store, Transaction
from tests.backend.server_process import BackendServer
from tests.backend.uploading import ready_dataset, ready_package, submit_job

CREDITS = 10**9
UNITS_A_JOB = 100


def fresh_id() -> str:
    """A UUIDv7 of this moment."""
    return uuid7(time.time(), os.urandom)


class ReadyUnits:
    """A server in `folder` with `units` independent ready CPU units in jobs of 100. The first job's own units are done
    with, so that nothing else is ready."""

    def __init__(self, folder: Path, units: int, *, units_a_job: int = UNITS_A_JOB, options: tuple[str, ...] = ()):
        self.server = BackendServer(folder / "server", *options)
        self.server.start()
        self.customer = self.server.new_customer(credits=CREDITS)
        self.job_id = submit_job(self.customer, ready_dataset(self.customer), ready_package(self.customer))
        self.server.stop()
        with self.server.store() as store, store.transaction() as tx:
            copy_units(tx, self.job_id, units, units_a_job)
            cancel_job(tx, ReadyIndex(), job_key(tx, self.job_id), time.time(), fresh_id, Why("not needed", Fault.NODE))

    def credentials(self, count: int) -> list[str]:
        """So many enrolled nodes that all may take work of anybody."""
        with self.server.store() as store, store.transaction() as tx:
            return enroll_nodes(tx, count)

    def count(self, state: str) -> int:
        """Units in a state, as another process sees them."""
        with self.server.store() as store:
            return count_units(store, state)

    def newest_end(self) -> float:
        """When the newest unit was completed, in Unix seconds by the server's clock."""
        with self.server.store() as store:
            row = store.connection.execute("SELECT max(finished_at) FROM units WHERE state = 'completed'").fetchone()
            return float(row[0])

    def ready_times(self) -> dict[str, float]:
        """When each unit became ready, in Unix seconds by the server's clock."""
        with self.server.store() as store:
            rows = store.connection.execute("SELECT public_id, ready_at FROM units WHERE ready_at IS NOT NULL")
            return dict(map(tuple, rows))


def percentile(ordered: list[float], share: float) -> float:
    """The value below which that share of the ordered values lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def job_key(tx: Transaction, job_id: str) -> int:
    """The internal id of a job."""
    return int(tx.connection.execute("SELECT id FROM jobs WHERE public_id = ?", (job_id,)).fetchone()[0])


def newest_id(tx: Transaction, table: str) -> int:
    """The highest internal id in a table."""
    return int(tx.connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0])


def count_units(store: Store, state: str) -> int:
    row = store.connection.execute("SELECT count(*) FROM units WHERE state = ?", (state,)).fetchone()
    return int(row[0])


def enroll_nodes(tx: Transaction, count: int) -> list[str]:
    """So many nodes of the operator's; their credentials."""
    return [_enroll(tx, number) for number in range(count)]


def _enroll(tx: Transaction, number: int) -> str:
    now = time.time()
    code = make_code(tx, owner_id=None, tier=Tier.CONTROLLED, now=now, random_bytes=os.urandom)
    request = EnrollRequest(code, f"node-{number}", PROTOCOL_VERSION, "benchmark")
    answer = enroll(tx, request, settings=NodeSettings(), now=now, new_id=fresh_id, random_bytes=os.urandom)
    return answer.credential


def copy_units(tx: Transaction, job_id: str, units: int, units_a_job: int) -> None:
    """Jobs like this one, each of so many units like its first, ready, with their money held."""
    first_job = _copy_jobs(tx, job_id, -(-units // units_a_job))
    places = ((first_job + number // units_a_job, number % units_a_job, units_a_job) for number in range(units))
    _copy_first_unit(tx, job_id, [{"job_id": job, "number": n, "count": count} for job, n, count in places])


def copy_layers(tx: Transaction, job_id: str, width: int, layers: int) -> int:
    """A job like this one of `layers` times `width` units, each of which needs all of the layer before it. Gives the
    new job's internal id."""
    job = _copy_jobs(tx, job_id, 1)
    count = width * layers
    first = newest_id(tx, "units") + 1
    changes: list[dict[str, Any]] = [
        {"job_id": job, "number": number, "count": count}
        | (
            {"state": "blocked", "waits_for": first + number // width * width - 1, "ready_at": None}
            if number >= width
            else {}
        )
        for number in range(count)
    ]
    _copy_first_unit(tx, job_id, changes)
    needs = [
        {"unit_id": first + layer * width + unit, "needs_id": first + (layer - 1) * width + needed}
        for layer in range(1, layers)
        for unit in range(width)
        for needed in range(width)
    ]
    if needs:
        _insert(tx, "unit_needs", needs)
    return job


def _copy_jobs(tx: Transaction, job_id: str, count: int) -> int:
    """So many queued jobs like this one; gives the internal id of the first."""
    job = dict(tx.connection.execute("SELECT * FROM jobs WHERE public_id = ?", (job_id,)).fetchone())
    first = newest_id(tx, "jobs") + 1
    new = {"status": "queued", "event_number": 0, "finished_at": None, "failure": None}
    if count:
        _insert(tx, "jobs", [{**job, **new, "id": first + n, "public_id": fresh_id()} for n in range(count)])
    return first


def _copy_first_unit(tx: Transaction, job_id: str, changes: list[dict[str, Any]]) -> int:
    """Ready units like the first of this job, but for these changes, with their money held; gives the internal id of
    the first."""
    connection = tx.connection
    by_job = "SELECT * FROM units WHERE job_id = ? ORDER BY id LIMIT 1"
    unit = dict(connection.execute(by_job, (job_key(tx, job_id),)).fetchone())
    first = newest_id(tx, "units") + 1
    new = {"state": "ready", "role": "train", "waits_for": None, "ready_at": time.time()}
    new |= {"released_micro": 0, "finished_at": None}
    if not changes:
        return first
    _insert(
        tx,
        "units",
        [{**unit, **new, "id": first + n, "public_id": fresh_id(), **change} for n, change in enumerate(changes)],
    )
    held, customer_id = unit["held_micro"] * len(changes), int(unit["customer_id"])
    entries = [
        Entry(AccountKind.AVAILABLE, customer_id, -held),
        Entry(AccountKind.HELD, customer_id, held),
    ]
    about = About(note="all copies at once")
    transfer(tx, TransferKind.HOLD, entries, about, key=f"hold:{fresh_id()}", now=time.time(), new_id=fresh_id)
    return first


def _insert(tx: Transaction, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f":{name}" for name in names)
    tx.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)
