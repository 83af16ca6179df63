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
from core.nodes.enrollment import enroll, make_code
from core.nodes.tiers import Tier
from core.protocol.node import PROTOCOL_VERSION, EnrollRequest, NodeSettings
from core.store.database import Store, Transaction
from tests.backend.server_process import BackendServer, Customer
from tests.backend.uploading import ready_dataset, ready_package

CREDITS = 10**9
UNITS_A_JOB = 100


def fresh_id() -> str:
    """A UUIDv7 of this moment."""
    return uuid7(time.time(), os.urandom)


class ReadyUnits:
    """A server in `folder` with `units` independent ready CPU units in jobs of 100."""

    def __init__(self, folder: Path, units: int, *, units_a_job: int = UNITS_A_JOB, options: tuple[str, ...] = ()):
        self.server = BackendServer(folder / "server", *options)
        self.server.start()
        self.customer = self.server.new_customer(credits=CREDITS)
        self.job_id = _submit(self.customer)
        self.server.stop()
        with self.server.store() as store, store.transaction() as tx:
            copy_units(tx, self.job_id, units, units_a_job)

    def credentials(self, count: int) -> list[str]:
        """So many enrolled nodes that all may take work of anybody."""
        with self.server.store() as store, store.transaction() as tx:
            return enroll_nodes(tx, count)

    def count(self, state: str) -> int:
        """Units in a state, as another process sees them."""
        with self.server.store() as store:
            return count_units(store, state)


def count_units(store: Store, state: str) -> int:
    row = store.connection.execute("SELECT count(*) FROM units WHERE state = ?", (state,)).fetchone()
    return int(row[0])


def _submit(customer: Customer) -> str:
    body = {
        "name": "job",
        "dataset_id": ready_dataset(customer),
        "training_package_id": ready_package(customer),
        "required_vram_mb": 0,
        "required_disk_mb": 64,
        "max_runtime_seconds": 60,
        "sensitivity": "low_sensitive",
    }
    answer = customer.http.post("/customer/training-jobs", json=body, headers={"Idempotency-Key": fresh_id()})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return str(made["id"])


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
    connection = tx.connection
    job = dict(connection.execute("SELECT * FROM jobs WHERE public_id = ?", (job_id,)).fetchone())
    unit = dict(connection.execute("SELECT * FROM units WHERE job_id = ? ORDER BY id", (job["id"],)).fetchone())
    first_job = int(connection.execute("SELECT max(id) FROM jobs").fetchone()[0]) + 1
    jobs = range(first_job, first_job + -(-units // units_a_job))
    _insert(
        tx,
        "jobs",
        ({**job, "id": number, "public_id": fresh_id(), "status": "queued", "event_number": 0} for number in jobs),
    )
    held = unit["held_micro"]
    _insert(
        tx,
        "units",
        (
            {**unit, "id": None, "public_id": fresh_id(), "job_id": first_job + number // units_a_job, "state": "ready"}
            | {"number": number % units_a_job, "count": units_a_job, "role": "train", "waiting_on": 0}
            for number in range(units)
        ),
    )
    customer_id = int(job["customer_id"])
    entries = [
        Entry(AccountKind.AVAILABLE, customer_id, -held * units),
        Entry(AccountKind.HELD, customer_id, held * units),
    ]
    about = About(note="all copies at once")
    key = f"hold:{fresh_id()}"
    transfer(tx, TransferKind.HOLD, entries, about, key=key, now=time.time(), new_id=fresh_id)


def _insert(tx: Transaction, table: str, rows: Any) -> None:
    rows = list(rows)
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f":{name}" for name in names)
    tx.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)
