"""Nodes counted as sets are the nodes that matching finds one by one, and what is held counts as theirs when idle."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.nodes.nodes import Node
from core.nodes.tiers import Tier
from core.planning.plan import UnitClass
from core.protocol.customer import Sensitivity, UnitKind
from core.protocol.node import Confinement, FreeGpu, FreeResources
from core.scheduling.fleet import Fleet, FleetRows, all_of, members, read_fleet
from core.scheduling.match import Placement, customer_allowed, place
from core.store.sqlite import Row
from tests.core.engine import Engine

FEW = st.integers(0, 3)
PYTHONS = st.sampled_from(["3.10.2", "3.11.7", "3.12.1"])
RESOURCES = st.builds(
    FreeResources,
    cpus=FEW,
    memory_mb=FEW,
    disk_mb=FEW,
    gpus=st.lists(st.builds(lambda mb: FreeGpu(f"g{mb}", "m", mb, mb), FEW), max_size=2),
    pythons=st.lists(PYTHONS, max_size=2),
    confinement=st.sampled_from(Confinement),
    sensitivities=st.sets(st.sampled_from([one.value for one in Sensitivity])).map(tuple),
)
NODES = st.lists(
    st.tuples(RESOURCES, st.sampled_from([Tier.NEW, Tier.CONTROLLED, Tier.TRUSTED]), st.sampled_from([None, 1, 2])),
    max_size=8,
)
CLASSES = st.builds(
    UnitClass,
    kind=st.sampled_from(UnitKind),
    vram_mb=FEW,
    memory_mb=FEW,
    disk_mb=FEW,
    cpus=FEW,
    cpu_ok=st.booleans(),
    python=st.sampled_from([">=3.11", ">=3.12", "no version at all"]),
    sensitivity=st.sampled_from(Sensitivity),
)


def row(number: int, free: FreeResources, tier: Tier, owner: int | None, wanted: int | None = 1) -> Row:
    text = msgspec.json.encode(free).decode()
    found: Mapping[str, Any] = {
        **{"id": number, "public_id": f"n{number}", "name": f"n{number}", "owner_id": owner, "tier": tier.value},
        **{"resources": text, "units_wanted": wanted},
    }
    return cast(Row, found)


@given(NODES, CLASSES, st.sampled_from([1, 2, 3]), st.sets(st.sampled_from([1, 2, 3])))
def test_a_set_of_fitting_nodes_is_what_matching_finds_one_by_one(
    nodes: list[tuple[FreeResources, Tier, int | None]], unit: UnitClass, customer: int, blocking: set[int]
) -> None:
    fleet = Fleet(FleetRows([row(number, *node) for number, node in enumerate(nodes)], []))
    names = [f"n{number}" for number in range(len(nodes))]
    found = members(fleet.now.fitting(unit, customer, blocking), names)
    expected = [
        name
        for name, (free, tier, owner) in zip(names, nodes, strict=True)
        if isinstance(place(unit, free), Placement)
        and customer_allowed(unit, customer, Node(1, name, name, owner, tier, free))
        and owner not in blocking
    ]
    assert found == expected
    assert all_of(fleet.now.sets(unit, customer).values(), fleet.size) == fleet.now.fitting(unit, customer)
    assert blocking or "block" not in fleet.now.sets(unit, customer, blocking)


def test_what_units_hold_is_the_nodes_again_when_they_have_ended(engine: Engine) -> None:
    customer = engine.customer()
    node = engine.node("n0", vram_mb=[8000])
    job = engine.job(customer, required_vram_mb=6000, max_runtime_seconds=60)
    node.run(node.take())
    lease = node.take()
    assert (lease.role, lease.gpu_uuid) == ("train", "GPU-n0-0")
    # as the node's next poll would say it
    limits = lease.limits
    node.free = msgspec.structs.replace(
        node.free,
        gpus=[],
        cpus=node.free.cpus - limits.cpus,
        memory_mb=node.free.memory_mb - limits.memory_mb,
        disk_mb=node.free.disk_mb - limits.disk_mb,
    )
    node.exchange()
    fleet = Fleet(read_fleet(engine.store.connection, since=engine.now - 40))
    assert (fleet.idle.cpus, fleet.idle.memory_mb, fleet.idle.disk_mb) == ([4], [8192], [100_000])
    assert fleet.idle.vram_mb == [6000] and fleet.now.vram_mb == [-1]
    assert job.status == "queued"


def test_a_node_that_wants_no_unit_and_holds_none_is_not_shared(engine: Engine) -> None:
    quiet, busy = engine.node("quiet"), engine.node("busy")
    engine.job(engine.customer())
    quiet.exchange()
    busy.take()
    busy.exchange()
    fleet = Fleet(read_fleet(engine.store.connection, since=engine.now - 40))
    shared = dict(zip([node.name for node in fleet.nodes], members((1 << 2) - 1, ["first", "second"]), strict=True))
    assert set(shared) == {"quiet", "busy"}
    assert members(fleet.idle.open, [node.name for node in fleet.nodes]) == ["busy"]
    assert fleet.now.open == 0


def test_a_node_that_names_an_absurd_number_of_units_is_heard(engine: Engine) -> None:
    node = engine.node("n0")
    node.exchange(most=2**70)
    assert engine.one("SELECT units_wanted FROM nodes") == 1_000_000
