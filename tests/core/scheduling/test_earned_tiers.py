"""A node is trusted further by a passed self-test and verified work together, and never against its operator's word."""

from core.accounts.audit import audit_entries
from core.nodes.directory import find_node, set_tier
from core.nodes.tiers import EARNED_UNITS, Tier
from core.protocol.customer import Sensitivity
from core.protocol.self_test import CheckKind
from core.scheduling.earned_tiers import apply_tier_rule
from tests.core.engine import Engine, EngineNode
from tests.core.nodes.test_self_tests import a_report, told


def judged(engine: Engine) -> int:
    with engine.store.transaction() as tx:
        return apply_tier_rule(tx, engine.index, engine.now, engine.new_id)


def tier_of(engine: Engine, name: str) -> str:
    tier: str = engine.one("SELECT tier FROM nodes WHERE name = ?", name)
    return tier


def say_tier(engine: Engine, name: str, tier: Tier) -> bool:
    with engine.store.transaction() as tx:
        return set_tier(tx, find_node(tx.connection, name), tier)


def do_units(engine: Engine, node: EngineNode, customer_id: int, units: int) -> None:
    for done in range(units):
        if done % 4 == 0:
            engine.job(customer_id, sensitivity=Sensitivity.PUBLIC)
        node.run(node.take())


def a_new_node(engine: Engine, name: str = "rig", owner_id: int | None = None) -> EngineNode:
    return engine.node(name, owner_id=owner_id, tier=Tier.NEW, vram_mb=[8000])


def test_ten_units_for_others_and_a_passed_self_test_raise_a_node(engine: Engine) -> None:
    node = a_new_node(engine, owner_id=engine.customer())
    told(engine, node, a_report())
    others = engine.customer()
    do_units(engine, node, others, EARNED_UNITS - 1)
    assert (judged(engine), tier_of(engine, "rig")) == (0, "new")
    do_units(engine, node, others, 1)
    assert (judged(engine), tier_of(engine, "rig")) == (1, "controlled")
    assert judged(engine) == 0
    ((_, entry),) = audit_entries(engine.store.connection, before=None, limit=10)
    assert (entry.actor, entry.action, entry.details["tier"]) == ("rule", "nodes.set-tier", "controlled")


def test_work_without_a_self_test_and_a_self_test_without_work_raise_nobody(engine: Engine) -> None:
    worked = a_new_node(engine, "worked")
    do_units(engine, worked, engine.customer(), EARNED_UNITS)
    told(engine, a_new_node(engine, "tested"), a_report())
    assert judged(engine) == 0
    told(engine, worked, a_report(CheckKind.BREAK_OUT))
    assert (judged(engine), tier_of(engine, "worked")) == (0, "new")


def test_an_owners_own_jobs_don_t_raise_their_node(engine: Engine) -> None:
    owner = engine.customer()
    node = a_new_node(engine, owner_id=owner)
    told(engine, node, a_report())
    do_units(engine, node, owner, EARNED_UNITS)
    assert judged(engine) == 0


def test_a_node_that_was_raised_is_new_again_while_its_self_test_fails(engine: Engine) -> None:
    node = a_new_node(engine)
    do_units(engine, node, engine.customer(), EARNED_UNITS)
    told(engine, node, a_report())
    judged(engine)
    told(engine, node, a_report(CheckKind.SYSTEM_CALLS))
    assert (judged(engine), tier_of(engine, "rig")) == (1, "new")
    told(engine, node, a_report())
    assert (judged(engine), tier_of(engine, "rig")) == (1, "controlled")


def test_the_operators_word_stands_above_the_rule(engine: Engine) -> None:
    node = a_new_node(engine)
    do_units(engine, node, engine.customer(), EARNED_UNITS)
    assert say_tier(engine, "rig", Tier.NEW)  # it is new already; from now on it stays so
    assert not say_tier(engine, "rig", Tier.NEW)
    told(engine, node, a_report())
    assert (judged(engine), tier_of(engine, "rig")) == (0, "new")
    assert say_tier(engine, "rig", Tier.CONTROLLED)
    told(engine, node, a_report(CheckKind.BREAK_OUT))
    assert (judged(engine), tier_of(engine, "rig")) == (0, "controlled")


def test_a_node_whose_code_said_how_far_it_is_trusted_is_not_lowered(engine: Engine) -> None:
    node = engine.node("rig", tier=Tier.CONTROLLED, vram_mb=[8000])
    told(engine, node, a_report(CheckKind.BREAK_OUT))
    assert (judged(engine), tier_of(engine, "rig")) == (0, "controlled")
