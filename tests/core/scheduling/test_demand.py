"""What owners are shown of what the network waits for."""

from typing import Any

import pytest

from core.nodes.tiers import Tier
from core.packages.training_toml import ResourcesTable
from core.protocol.customer import Sensitivity
from core.protocol.node import Confinement
from core.protocol.owner import DemandRow
from core.scheduling.blocking import block_package
from core.scheduling.demand import list_demand, owners_nodes, write_arrived
from tests.core.engine import Engine

HOUR = 3600.0


def demand(engine: Engine, owner_id: int, *, limit: int = 100) -> list[DemandRow]:
    """All rows, read in pages of so many."""
    connection = engine.store.connection
    nodes = owners_nodes(connection, owner_id, node_id=None, settings=engine.settings, now=engine.now)
    found: list[DemandRow] = []
    after: int | None = None
    while True:
        rows = list_demand(connection, engine.index, owner_id, nodes, now=engine.now, after=after, limit=limit)
        found += [row for _, row in rows]
        if len(rows) < limit:
            return found
        after = rows[-1][0]


def lacks(row: DemandRow) -> dict[str, list[str]]:
    return {verdict.node_name: [lack.requirement for lack in verdict.lacks] for verdict in row.nodes}


def test_a_row_says_how_many_wait_how_long_and_what_an_hour_earns(engine: Engine) -> None:
    owner = engine.customer()
    engine.job(engine.customer())
    engine.now += 90
    engine.job(engine.customer())
    engine.now += 10
    (row,) = demand(engine, owner)
    assert (row.kind, row.units, row.own_units, row.longest_wait_seconds) == ("cpu", 2, 0, 100.0)
    assert (row.earns_micro_per_hour, row.earns_per_hour) == (200 * 3600 * 9 // 10, "0.648000")
    node = engine.node("n0")
    node.take()
    (row,) = demand(engine, owner)
    assert (row.units, row.longest_wait_seconds) == (1, 10.0)


def test_each_node_is_told_all_that_it_lacks(engine: Engine) -> None:
    owner = engine.customer()
    engine.job(engine.customer(), required_vram_mb=8000, sensitivity=Sensitivity.SENSITIVE)
    small = engine.node("small", owner_id=owner)
    fits = engine.node("fits", owner_id=owner, tier=Tier.TRUSTED, vram_mb=[12_000])
    open_ = engine.node("open", owner_id=owner, tier=Tier.TRUSTED, confinement=Confinement.NONE, vram_mb=[12_000])
    engine.node("silent", owner_id=owner, tier=Tier.TRUSTED)
    for node in (small, fits, open_):
        node.exchange()
    engine.node("strangers", owner_id=engine.customer()).exchange()
    engine.node("trusted", tier=Tier.TRUSTED).run_all()  # the prepare unit; its train unit waits
    gpu = next(row for row in demand(engine, owner) if row.kind == "gpu")
    assert lacks(gpu) == {
        "silent": ["online", "resources"],
        "open": ["confinement"],
        "fits": [],
        "small": ["tier", "vram"],
    }
    assert [verdict.can_run for verdict in gpu.nodes] == [False, False, True, False]
    message = next(lack.message for v in gpu.nodes for lack in v.lacks if lack.requirement == "tier")
    assert message == "sensitive data go to trusted, own nodes; this one is controlled"


def test_own_units_run_on_own_nodes_whatever_the_tier(engine: Engine) -> None:
    owner = engine.customer()
    engine.job(owner, sensitivity=Sensitivity.RESTRICTED)
    node = engine.node("own", owner_id=owner, tier=Tier.NEW, confinement=Confinement.NONE)
    node.exchange()
    (row,) = demand(engine, owner)
    assert (row.own_units, row.nodes[0].can_run) == (1, True)
    (row,) = demand(engine, engine.customer())
    assert (row.own_units, row.units) == (0, 1)
    assert node.take()


def test_a_gpu_unit_that_runs_on_processors_earns_the_cpu_rate(engine: Engine) -> None:
    owner = engine.customer()
    engine.job(engine.customer(), required_vram_mb=8000, resources=ResourcesTable(cpu_ok=True))
    node = engine.node("cpu", owner_id=owner)
    node.run(node.take())
    (row,) = demand(engine, owner)
    assert (row.kind, row.cpu_ok) == ("gpu", True)
    assert (row.earns_micro_per_hour, row.nodes[0].earns_micro_per_hour) == (2000 * 3240, 200 * 3240)
    assert row.nodes[0].can_run


def test_units_of_packages_that_the_owner_blocks_are_told_apart(engine: Engine) -> None:
    owner, customer = engine.customer(), engine.customer()
    node = engine.node("own", owner_id=owner)
    node.exchange()
    job = engine.job(customer)
    engine.job(customer)
    digest = engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id)
    with engine.store.transaction() as tx:
        block_package(
            tx, engine.index, owner_id=owner, package_digest=digest, reason="x", now=engine.now, new_id=engine.new_id
        )
    (row,) = demand(engine, owner)
    assert (row.units, row.blocked_units, row.nodes[0].can_run) == (2, 1, True)
    node.take()
    (row,) = demand(engine, owner)
    assert (row.units, row.blocked_units, lacks(row)) == (1, 1, {"own": ["blocked"]})
    assert node.exchange(most=1).leases == []


def test_a_day_of_demand_is_told_by_the_hour_and_outlives_a_restart(engine: Engine) -> None:
    owner, customer = engine.customer(), engine.customer()

    def told() -> list[int]:
        return demand(engine, owner)[0].hourly

    def write() -> None:
        with engine.store.transaction() as tx:
            write_arrived(tx, engine.index, engine.now)

    engine.now = (engine.now // HOUR) * HOUR
    for hour, jobs in enumerate([2, 0, 1]):
        for _ in range(jobs):
            engine.job(customer)
        write()
        assert told()[-1] == jobs
        if hour < 2:
            engine.now += HOUR
    assert told() == [0] * 21 + [2, 0, 1]
    engine.index.rebuild(engine.store.connection)
    assert told() == [0] * 21 + [2, 0, 1]
    engine.now += 22 * HOUR
    write()
    assert told() == [0, 1] + [0] * 22
    assert engine.one("SELECT count(*) FROM ready_hours") == 1


def test_counts_that_could_not_be_written_are_written_the_next_time(engine: Engine) -> None:
    engine.job(engine.customer())
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        write_arrived(tx, engine.index, engine.now)
        raise RuntimeError
    with engine.store.transaction() as tx:
        write_arrived(tx, engine.index, engine.now)
    assert engine.one("SELECT sum(units) FROM ready_hours") == 1


def many_ready_units(engine: Engine, units: int, classes: int) -> None:
    """Ready units of one job, of so many classes, written as rows."""
    job = engine.job(engine.customer())
    connection = engine.store.connection
    job_id = engine.one("SELECT id FROM jobs WHERE public_id = ?", job.id)
    template: dict[str, Any] = dict(connection.execute("SELECT * FROM units WHERE state = 'ready'").fetchone())
    unit_class: dict[str, Any] = dict(connection.execute("SELECT * FROM classes").fetchone())
    with engine.store.transaction() as tx:
        for number in range(classes):
            columns = {**unit_class, "id": 1000 + number, "memory_mb": 100 + number}
            tx.insert("classes", **columns)
        for number in range(units):
            row = {
                **template,
                "id": 10_000 + number,
                "public_id": f"unit {number}",
                "job_id": job_id,
                "class_id": 1000 + number % classes,
                "held_micro": 0,
                "ready_at": engine.now - number,
            }
            tx.insert("units", **row)
    engine.index.rebuild(connection)


def test_a_page_costs_what_its_rows_cost_however_many_units_wait(engine: Engine) -> None:
    """10,000 ready units of 200 classes, 100 nodes: what a page reads of the store is counted, not timed."""
    owner = engine.customer()
    for number in range(100):
        engine.node(f"n{number}", owner_id=owner).exchange()
    many_ready_units(engine, 10_000, 200)
    connection = engine.store.connection
    nodes = owners_nodes(connection, owner, node_id=None, settings=engine.settings, now=engine.now)
    assert len(nodes) == 100
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(count, 100)
    rows = list_demand(connection, engine.index, owner, nodes, now=engine.now, after=None, limit=50)
    connection.set_progress_handler(None, 0)
    assert [row.units for _, row in rows] == [1] + [50] * 49
    assert all(len(row.nodes) == 100 for _, row in rows)
    assert rows[-1][1].longest_wait_seconds > 9_000
    assert steps * 100 < 20_000
    assert len(demand(engine, owner, limit=50)) == 201
