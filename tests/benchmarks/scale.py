"""What grows with the service: matching at many ready units and nodes, reading at many jobs.

    python -m tests.benchmarks.scale [--jobs 100000 1000000]

Matching is done in memory, as the exchange does before it claims: which units fit on a node now, and which of them is
next. Reading is done on a store that holds so many jobs of four units, of 1,000 customers; figures are processor time
of one call, the caches as they come.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from core.jobs.read import get_job, list_jobs, list_units
from core.jobs.ready import ReadyUnit
from core.jobs.units import SQL as UNITS_SQL
from core.nodes.nodes import Node
from core.nodes.tiers import Tier
from core.planning.plan import UnitClass
from core.protocol.customer import Sensitivity, UnitKind
from core.protocol.node import Confinement, FreeGpu, FreeResources
from core.scheduling.fairness import ReadyIndex
from core.scheduling.leases import placements_on
from core.store.database import Store
from tests.benchmarks.ready_units import percentile
from tests.core.engine import Engine

READY_UNITS, NODES, CUSTOMERS, CLASSES = 100_000, 10_000, 1_000, 40
READS = 400
UNITS_A_JOB = 4
JOBS_AT_ONCE = 50_000


def tell(seconds: list[float], what: str) -> None:
    ordered = sorted(seconds)
    for share, name in ((0.5, "median"), (0.99, "p99")):
        print(f"{percentile(ordered, share) * 1e6:.0f} us {what}, {name}", flush=True)  # noqa: T201


def timed(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def intern_classes(store: Store, rng: random.Random) -> list[int]:
    """Classes that differ in VRAM, memory and disk."""
    ids: list[int] = []
    with store.transaction() as tx:
        for number in range(CLASSES):
            kind = UnitKind.GPU if number % 2 else UnitKind.CPU
            vram_mb = 4096 * (1 + number % 12) if kind == UnitKind.GPU else 0
            memory_mb, disk_mb = rng.randrange(1024, 65_536), rng.randrange(1024, 262_144)
            one = UnitClass(kind, vram_mb, memory_mb, disk_mb, 1, False, ">=3.11", Sensitivity.LOW_SENSITIVE)
            columns = {**msgspec.to_builtins(one), "cpu_ok": int(one.cpu_ok)}
            UNITS_SQL.intern_class(tx.connection, **columns)
            ids.append(UNITS_SQL.class_id(tx.connection, **columns))
    return ids


def some_node(number: int, rng: random.Random) -> tuple[Node, FreeResources]:
    vram_mb = rng.choice((0, 8192, 12_288, 24_576, 49_152))
    free = FreeResources(
        cpus=rng.randrange(2, 64),
        memory_mb=rng.randrange(4096, 131_072),
        disk_mb=rng.randrange(8192, 524_288),
        gpus=[FreeGpu(f"GPU-{number}", "test", vram_mb, vram_mb)] if vram_mb else [],
        pythons=["3.11.7"],
        confinement=Confinement.BUBBLEWRAP,
    )
    return Node(number, str(number), f"node-{number}", None, Tier.CONTROLLED, free), free


def match(store: Store) -> None:
    """The next unit for each of the nodes."""
    rng = random.Random(7)
    classes = intern_classes(store, rng)
    index = ReadyIndex()
    for unit_id in range(READY_UNITS):
        index.add(ReadyUnit(unit_id, rng.choice(classes), rng.randrange(CUSTOMERS), rng.randrange(3)))
    for customer_id in range(CUSTOMERS):
        index.count_work(customer_id, rng.randrange(200))
    found = 0

    def next_for(node: Node, free: FreeResources) -> None:
        nonlocal found
        placements = placements_on(store.connection, index, node, free)
        found += next(index.candidates({key: one.only_of for key, one in placements.items()}), None) is not None

    seconds = [timed(partial(next_for, *some_node(number, rng))) for number in range(NODES)]
    assert found > NODES // 2, "hardly any node fits anything"
    tell(seconds, f"match at {READY_UNITS} ready units, {NODES} nodes and {CLASSES} classes")


def grow(store: Store, jobs: int) -> None:
    """Copies of the store's first job and its units until there are so many, in turn of each customer."""
    connection = store.connection
    job = dict(connection.execute("SELECT * FROM jobs ORDER BY id LIMIT 1").fetchone())
    units = [dict(row) for row in connection.execute("SELECT * FROM units WHERE job_id = ? ORDER BY id", (job["id"],))]
    there = int(connection.execute("SELECT max(id) FROM jobs").fetchone()[0])
    customers = [row["id"] for row in connection.execute("SELECT id FROM customers ORDER BY id")]

    def insert(table: str, like: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        names = list(like)
        marks = ", ".join("?" * len(names))
        values = [tuple({**like, **row}[name] for name in names) for row in rows]
        connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", values)

    for first in range(there + 1, jobs + 1, JOBS_AT_ONCE):
        numbers = range(first, min(first + JOBS_AT_ONCE, jobs + 1))
        owner = {number: customers[number % len(customers)] for number in numbers}
        with store.transaction():
            rows = [{"id": n, "public_id": f"job-{n}", "customer_id": owner[n], "status": "completed"} for n in numbers]
            insert("jobs", job, rows)
            for place, unit in enumerate(units):
                insert(
                    "units",
                    unit,
                    [
                        {"id": n * UNITS_A_JOB + place, "public_id": f"unit-{n}-{place}", "job_id": n}
                        | {"customer_id": owner[n], "state": "completed"}
                        for n in numbers
                    ],
                )


def read(store: Store, jobs: int) -> None:
    """What a customer's pages ask for most."""
    rng = random.Random(7)
    connection, now = store.connection, time.time()
    customers = [row["id"] for row in connection.execute("SELECT id FROM customers ORDER BY id")]
    lists: list[float] = []
    ones: list[float] = []
    units: list[float] = []
    filters: dict[str, Any] = {"statuses": [], "dataset_id": None, "training_package_id": None, "q": None}
    for _ in range(READS):
        number = rng.randrange(jobs // 2, jobs)
        customer, job = customers[number % len(customers)], f"job-{number}"
        lists.append(timed(partial(list_jobs, connection, customer, **filters, before=None, limit=50, now=now)))
        ones.append(timed(partial(get_job, connection, customer, job, now=now)))
        units.append(timed(partial(list_units, connection, customer, job, after=None, limit=50)))
    for seconds, what in ((lists, "list of 50 jobs"), (ones, "one job"), (units, "units of a job")):
        tell(seconds, f"{what} at {jobs} jobs and {jobs * UNITS_A_JOB} units")


def main() -> None:
    """Prints `NUMBER UNIT WHAT`, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, nargs="+", default=[100_000, 1_000_000])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        engine = Engine(Path(name))
        match(engine.store)
        engine.job(engine.customer())
        for _ in range(CUSTOMERS - 1):
            engine.customer()
        for jobs in asked.jobs:
            grow(engine.store, jobs)
            read(engine.store, jobs)
        engine.store.close()


if __name__ == "__main__":
    main()
