"""Why units wait: who has what they ask for, who is ahead by the index's own order, and the smallest change."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts.limits import DEFAULTS, Limits
from core.errors import ApiError, ErrorCode
from core.nodes.tiers import Tier
from core.packages.training_toml import PackageTable, ResourcesTable
from core.protocol.customer import Sensitivity
from core.protocol.explain import UnitExplanation
from core.protocol.node import Confinement
from core.scheduling.blocking import block_package
from core.scheduling.explain import explain, read_waiting
from core.scheduling.fleet import Fleet, read_fleet
from tests.core.engine import Engine

GENEROUS: Limits = msgspec.structs.replace(DEFAULTS, jobs_per_minute=10**6, active_jobs=10**6, units_per_day=10**6)


def explained(
    engine: Engine, customer: int, job: str, *, after: int | None = None, limit: int = 100
) -> list[UnitExplanation]:
    connection = engine.store.connection
    waiting = read_waiting(connection, engine.index, customer, job, limits=DEFAULTS, after=after, limit=limit)
    fleet = Fleet(read_fleet(connection, since=engine.now - engine.settings.silent_idle_seconds))
    return [row for _, row in explain(waiting, fleet)]


def train(engine: Engine, customer: int, job: str) -> UnitExplanation:
    [found] = [unit for unit in explained(engine, customer, job) if unit.role == "train"]
    return found


def counts(unit: UnitExplanation) -> dict[str, int]:
    return {one.name: one.nodes for one in unit.requirements}


def test_on_a_network_without_nodes_it_says_so_until_when_and_what_waits_for_what(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer, required_vram_mb=8000)
    units = explained(engine, customer, job.id)
    assert [unit.role for unit in units] == ["prepare", "train", "evaluate", "package"]
    first, second = units[:2]
    assert (first.state, first.nodes_known, first.nodes_fit, first.ahead) == ("ready", 0, 0, None)
    assert first.message == "No node is connected now."
    assert first.waiting_since == "2027-01-15T08:00:00.000Z" and first.gives_up_at == "2027-01-22T08:00:00.000Z"
    assert (second.state, second.waits_for, second.waiting_since) == ("blocked", first.compute_unit_id, None)
    assert second.message.startswith("It waits for prepare.")


def test_each_requirement_is_counted_by_itself_and_all_together(engine: Engine) -> None:
    customer = engine.customer()
    for name, vram in (("small", [4000]), ("middle", [6000]), ("none", []), ("two", [6000, 6000])):
        engine.node(name, vram_mb=vram).exchange(most=1)
    engine.node("open", vram_mb=[24_000], confinement=Confinement.NONE).exchange(most=1)
    unit = train(engine, customer, engine.job(customer, required_vram_mb=8000).id)
    assert (unit.nodes_known, unit.nodes_fit, unit.nodes_now) == (5, 0, 0)
    assert counts(unit) == {
        **{"vram": 1, "memory": 5, "disk": 5, "cpus": 5, "python": 5, "tier": 5, "confinement": 4},
        **{"acceptance": 5, "sharing": 5},
    }
    [lower, on_cpu] = unit.changes
    assert (lower.fields, lower.nodes) == ({"required_vram_mb": 6000}, 2)
    assert lower.message == "required_vram_mb 8,000 → 6,000: 2 nodes"
    assert (on_cpu.fields, on_cpu.nodes) == ({"resources.cpu_ok": True}, 1)
    assert "required_vram_mb 8,000 → 6,000: 2 nodes" in unit.message


@pytest.mark.parametrize(
    ("asked", "resources", "python", "fields"),
    [
        ({"required_disk_mb": 200_000}, {}, ">=3.11", {"required_disk_mb": 99_999}),
        ({}, {"memory_mb": 10_000}, ">=3.11", {"resources.memory_mb": 8192}),
        ({}, {"cpus": 5}, ">=3.11", {"resources.cpus": 4}),
        ({}, {}, ">=3.13", {"package.python": ">=3.11"}),
        ({"sensitivity": Sensitivity.SENSITIVE}, {}, ">=3.11", {"sensitivity": "low_sensitive"}),
        ({"required_vram_mb": 8000}, {}, ">=3.11", {"resources.cpu_ok": True}),
        ({"required_vram_mb": 9000}, {}, ">=3.11", {"required_vram_mb": 0}),
        ({"required_disk_mb": 200_000}, {"cpus": 5}, ">=3.11", {"required_disk_mb": 99_999, "resources.cpus": 4}),
    ],
)
def test_the_smallest_change_is_named_and_with_it_a_node_takes_the_unit(
    engine: Engine, asked: dict[str, Any], resources: dict[str, Any], python: str, fields: dict[str, Any]
) -> None:
    customer = engine.customer(credits=10**4)
    node = engine.node("n0")
    node.exchange(most=1)
    job = engine.job(customer, package=PackageTable("p", python=python), resources=ResourcesTable(**resources), **asked)
    change = train(engine, customer, job.id).changes[0]
    assert (change.fields, change.nodes) == (fields, 1)
    for name, value in fields.items():
        where, _, field = name.rpartition(".")
        match where:
            case "resources":
                resources = {**resources, field: value}
            case "package":
                python = value
            case _:
                asked = {**asked, field: Sensitivity(value) if field == "sensitivity" else value}
    again = engine.job(
        customer, package=PackageTable("p", python=python), resources=ResourcesTable(**resources), **asked
    )
    node.run_all()
    assert engine.one("SELECT status FROM jobs WHERE public_id = ?", again.id) == "completed"


def test_restricted_data_needs_a_node_of_ones_own_and_an_own_node_counts(engine: Engine) -> None:
    customer = engine.customer()
    engine.node("trusted", tier=Tier.TRUSTED).exchange(most=1)
    job = engine.job(customer, sensitivity=Sensitivity.RESTRICTED)
    unit = train(engine, customer, job.id)
    assert counts(unit)["tier"] == 0
    assert unit.changes[0].fields == {"sensitivity": "sensitive"}
    engine.node("own", owner_id=customer, tier=Tier.NEW, confinement=Confinement.NONE).exchange(most=1)
    unit = train(engine, customer, job.id)
    assert (unit.nodes_fit, unit.changes) == (1, [])


def test_a_busy_node_that_fits_is_waited_for_and_a_paused_one_is_named(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    node = engine.node("n0")
    engine.job(other)
    node.take()
    node.free = msgspec.structs.replace(node.free, cpus=0)
    node.exchange()
    job = engine.job(customer)
    waiting = explained(engine, customer, job.id)[0]
    assert (waiting.nodes_fit, waiting.nodes_now, waiting.ahead) == (1, 0, 0)
    assert waiting.message == "The one node that fits is busy: it starts when one is free."
    paused = engine.node("paused")
    paused.exchange()
    engine.now += 41
    paused.exchange()
    waiting = explained(engine, customer, job.id)[0]
    assert waiting.nodes_known == 1 and waiting.nodes_fit == 0
    assert waiting.message == "1 node would fit, but no owner of one shares it now."


def test_what_a_node_makes_up_of_itself_is_never_suggested(engine: Engine) -> None:
    customer = engine.customer()
    node = engine.node("liar", vram_mb=[-(10**40)])
    node.free = msgspec.structs.replace(
        node.free, memory_mb=10**40, cpus=-(10**40), pythons=["9" * 5000, "click here", "3.9.1"]
    )
    node.exchange(most=1)
    job = engine.job(customer, package=PackageTable("p", python=">=3.13"), required_vram_mb=8000)
    unit = train(engine, customer, job.id)
    assert (unit.nodes_fit, unit.changes) == (0, [])
    assert b"click" not in msgspec.json.encode(unit)


def test_nothing_waits_in_a_job_that_has_ended_and_anothers_job_is_absent(engine: Engine) -> None:
    customer, other = engine.customer(), engine.customer()
    job = engine.job(customer)
    engine.node("n0").run_all()
    assert explained(engine, customer, job.id) == []
    with pytest.raises(ApiError) as absent:
        explained(engine, other, job.id)
    assert absent.value.code == ErrorCode.JOB_NOT_FOUND


def test_a_page_goes_on_after_a_key(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    key = engine.one("SELECT id FROM units WHERE role = 'train'")
    assert [unit.role for unit in explained(engine, customer, job.id, after=key)] == ["evaluate", "package"]
    assert [unit.role for unit in explained(engine, customer, job.id, limit=1)] == ["prepare"]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    jobs=st.lists(st.tuples(st.integers(0, 2), st.integers(-2, 2), st.sampled_from([256, 512])), max_size=6),
    taken=st.integers(0, 3),
)
def test_who_is_ahead_is_the_index_s_own_order(
    tmp_path_factory: pytest.TempPathFactory, jobs: list[tuple[int, int, int]], taken: int
) -> None:
    engine = Engine(tmp_path_factory.mktemp("engine"))
    customers = [engine.customer() for _ in range(3)]
    made = [
        (customers[who], engine.job(customers[who], limits=GENEROUS, priority=priority, required_disk_mb=disk).id)
        for who, priority, disk in jobs
    ]
    node = engine.node("n0")
    node.exchange(most=1)
    for _ in range(taken):
        node.exchange(most=1)
    order = [unit.unit_id for unit in engine.index.candidates(dict.fromkeys(engine.index.classes()))]
    for customer, job in made:
        for unit in explained(engine, customer, job):
            if unit.state == "ready":
                position = order.index(engine.one("SELECT id FROM units WHERE public_id = ?", unit.compute_unit_id))
                own = [
                    id
                    for id in order[:position]
                    if engine.one("SELECT customer_id FROM units WHERE id = ?", id) == customer
                ]
                assert (unit.ahead, unit.ahead_yours, unit.ahead_is_partial) == (position, len(own), False)
    engine.check()
    engine.store.close()


def test_units_that_no_common_node_could_run_are_not_ahead(engine: Engine) -> None:
    first, second = engine.customer(), engine.customer()
    engine.job(first, required_disk_mb=200_000)
    engine.node("n0").exchange(most=1)
    job = engine.job(second)
    assert explained(engine, second, job.id)[0].ahead == 0


def test_nodes_of_owners_who_block_the_package_are_counted_out_and_named(engine: Engine) -> None:
    customer, owner = engine.customer(), engine.customer()
    engine.node("own", owner_id=owner).exchange(most=1)
    job = engine.job(customer, required_disk_mb=200_000)
    digest = engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id)
    before = explained(engine, customer, job.id)[0]
    assert before.changes and "block" not in counts(before)
    with engine.store.transaction() as tx:
        block_package(
            tx,
            engine.index,
            owner_id=owner,
            package_digest=digest,
            reason="it mines coins",
            now=engine.now,
            new_id=engine.new_id,
        )
    fitting = engine.job(customer, training_package_id=job.training_package_id)
    for made in (job, fitting):
        unit = explained(engine, customer, made.id)[0]
        assert (unit.nodes_fit, unit.nodes_now, unit.changes, counts(unit)["block"]) == (0, 0, [], 0)
        assert "mines" not in str(unit)
    assert unit.message == "1 node would fit, but every owner of one blocks its training package."
    engine.node("other").exchange(most=1)
    unit = explained(engine, customer, fitting.id)[0]
    assert (unit.nodes_known, unit.nodes_fit, unit.nodes_now, counts(unit)["block"]) == (2, 1, 1, 1)
    assert "block" not in counts(explained(engine, customer, engine.job(customer).id)[0])
