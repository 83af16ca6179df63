"""What a node is told of the work that waits: what it can run, who else could, and what it lacks."""

import msgspec

from core.nodes.nodes import authenticate
from core.nodes.tiers import Tier
from core.protocol.customer import Sensitivity
from core.protocol.node import Confinement
from core.protocol.node_gpus import Withheld, WithheldGpu
from core.protocol.node_why import NodeWhy
from core.scheduling.blocking import block_package
from core.scheduling.fleet import Fleet, read_fleet
from core.scheduling.node_why import read_why, with_others
from tests.core.engine import Engine, EngineNode


def why(engine: Engine, node: EngineNode) -> NodeWhy:
    connection = engine.store.connection
    read = read_why(connection, engine.index, authenticate(connection, node.credential), engine.now)
    return with_others(read, Fleet(read_fleet(connection, since=engine.now - 60)))


def test_it_says_what_waits_how_long_and_who_else_could_take_it(engine: Engine) -> None:
    node, other, busy = engine.node("n0"), engine.node("n1"), engine.node("n2")
    told = why(engine, node)
    assert (told.waiting, told.can_run, told.others_free) == (0, 0, 0)
    engine.job(engine.customer())
    engine.now += 90
    for one in (node, busy):
        one.exchange()
    told = why(engine, node)
    assert (told.tier, told.waiting, told.can_run, told.longest_wait_seconds) == ("controlled", 1, 1, 90.0)
    assert (told.lacks, told.others_free) == ([], 0)  # the busy one wants no unit now, another is not heard of
    other.exchange(most=0)
    with engine.store.transaction() as tx:
        tx.connection.execute("UPDATE nodes SET units_wanted = 1 WHERE name = 'n1'")
    assert why(engine, node).others_free == 1


def test_what_it_lacks_is_counted_by_units_most_first(engine: Engine) -> None:
    trusted = engine.node("trusted", tier=Tier.TRUSTED)
    for _ in range(2):
        engine.job(engine.customer(), required_vram_mb=8000)
    engine.job(engine.customer(), sensitivity=Sensitivity.SENSITIVE)
    for _ in range(2):
        trusted.run(trusted.take())
    node = engine.node("n0")
    node.exchange()
    told = why(engine, node)
    assert told.waiting == 3
    counted = {lack.requirement: lack.units for lack in told.lacks}
    assert list(counted.values()) == sorted(counted.values(), reverse=True)
    assert told.can_run + max(counted.values()) <= told.waiting
    assert "8000 MiB of VRAM asked for, 0 free" in [lack.message for lack in told.lacks]


def test_an_own_unit_runs_where_a_strangers_would_not(engine: Engine) -> None:
    owner = engine.customer()
    engine.job(owner)
    engine.job(engine.customer())
    node = engine.node("open", owner_id=owner, tier=Tier.NEW, confinement=Confinement.NONE)
    node.exchange()
    told = why(engine, node)
    assert (told.waiting, told.can_run) == (2, 1)
    assert {lack.requirement: lack.units for lack in told.lacks} == {"confinement": 1, "tier": 1}


def test_blocked_packages_are_told_apart(engine: Engine) -> None:
    owner = engine.customer()
    job = engine.job(engine.customer())
    digest = engine.one("SELECT package_digest FROM uploads WHERE public_id = ?", job.training_package_id)
    with engine.store.transaction() as tx:
        block_package(
            tx, engine.index, owner_id=owner, package_digest=digest, reason="x", now=engine.now, new_id=engine.new_id
        )
    node = engine.node("own", owner_id=owner)
    node.exchange()
    told = why(engine, node)
    assert (told.waiting, told.blocked, told.can_run, told.lacks) == (0, 1, 0, [])


def test_a_node_that_has_not_said_what_it_offers_is_told_so(engine: Engine) -> None:
    engine.job(engine.customer())
    told = why(engine, engine.node("mute"))
    assert [(lack.requirement, lack.units) for lack in told.lacks] == [("resources", 1)]


def test_what_a_gpu_lacks_names_those_that_the_node_does_not_offer(engine: Engine) -> None:
    trusted = engine.node("trusted", tier=Tier.TRUSTED)
    engine.job(engine.customer(), required_vram_mb=8000)
    trusted.run(trusted.take())
    node = engine.node("n0")
    kept = [
        WithheldGpu("Tesla T4", Withheld.MIG),
        WithheldGpu("A10\x1b[2J", Withheld.TROUBLE, reason="it hangs\u202e"),
        WithheldGpu("RTX 3060", "a word of a newer node"),
        WithheldGpu("RTX 4090", Withheld.UNIT),
    ]
    node.free = msgspec.structs.replace(node.free, gpus_withheld=kept)
    node.exchange()
    (lack,) = [one for one in why(engine, node).lacks if one.requirement == "vram"]
    assert lack.message == (
        "8000 MiB of VRAM asked for, 0 free; not offered: Tesla T4: it is cut into parts (MIG); "
        "A10\\x1b[2J: it hangs\\u202e; RTX 3060: it is in trouble; and 1 more"
    )
    node.free = msgspec.structs.replace(node.free, gpus_withheld=None)  # an older node
    node.exchange()
    (lack,) = [one for one in why(engine, node).lacks if one.requirement == "vram"]
    assert lack.message == "8000 MiB of VRAM asked for, 0 free"
