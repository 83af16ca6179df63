"""The rate card: defaults, what an operator sets, and that a unit keeps the rate it was held at."""

import pytest

from core.billing.rates import CLASSES, DEFAULT_CARD, fee_percent, rate_card, set_rates
from core.errors import ApiError, ErrorCode
from core.packages.training_toml import ResourcesTable
from tests.core.engine import Engine


def set_now(engine: Engine, changes: dict[str, int | None], fee: int | None = None) -> None:
    with engine.store.transaction() as tx:
        set_rates(tx, changes, fee_percent=fee)


def test_every_vram_below_the_ceiling_has_a_rate_that_rises() -> None:
    rates = [DEFAULT_CARD.rate_for("gpu", mb).micro_per_second for mb in range(0, 196_609, 4096)]
    assert rates == sorted(rates)
    with pytest.raises(ValueError, match="no rate"):
        DEFAULT_CARD.rate_for("gpu", 196_609)
    assert [rate.rate_class for rate in DEFAULT_CARD.classes] == list(CLASSES)


def test_what_is_set_is_over_the_defaults_and_can_be_put_back(engine: Engine) -> None:
    assert rate_card(engine.store.connection) == DEFAULT_CARD
    set_now(engine, {"cpu": 300, "gpu-8g": 0}, 25)
    set_now(engine, {"gpu-8g": None, "gpu-12g": 1})
    card = rate_card(engine.store.connection)
    assert (card.fee_percent, card.cpu.micro_per_second, card.cpu.credits_per_hour) == (25, 300, "1.080000")
    assert card.rate_for("gpu", 8000).micro_per_second == 2000
    assert card.rate_for("gpu", 9000).micro_per_second == 1


@pytest.mark.parametrize(
    ("changes", "fee", "fields"),
    [
        ({"cpu": -1, "gpu": 5, "gpu-8g": 10**9 + 1}, None, {"cpu", "gpu", "gpu-8g"}),
        ({}, 101, {"fee_percent"}),
        ({}, -1, {"fee_percent"}),
    ],
)
def test_what_is_no_rate_is_refused_whole_with_a_row_each(
    engine: Engine, changes: dict[str, int | None], fee: int | None, fields: set[str]
) -> None:
    with pytest.raises(ApiError) as refused:
        set_now(engine, {"gpu-24g": 7, **changes}, fee)
    assert refused.value.code == ErrorCode.VALIDATION_FAILED
    assert {row.field for row in refused.value.details} == fields
    assert rate_card(engine.store.connection) == DEFAULT_CARD


def test_a_unit_keeps_the_rate_it_was_held_at_and_later_jobs_are_held_at_the_new_one(engine: Engine) -> None:
    customer = engine.customer(credits=100)
    engine.job(customer)
    held = engine.balance(customer)[1]
    set_now(engine, {"cpu": 400})
    engine.node("n0").run_all()
    assert 100 * 10**6 - engine.balance(customer)[0] == 4 * 10 * 200
    engine.job(customer)
    assert engine.balance(customer)[1] == 2 * held


def test_a_gpu_unit_on_a_node_without_one_costs_the_cpu_rate_it_was_held_at(engine: Engine) -> None:
    engine.job(engine.customer(), required_vram_mb=2000, resources=ResourcesTable(cpu_ok=True, memory_mb=512))
    set_now(engine, {"cpu": 999, "gpu-8g": 1})
    engine.node("n0").run_all()
    row = engine.store.connection.execute(
        "SELECT u.charged_micro, t.rate_class FROM units u JOIN ledger_transfers t ON t.unit_id = u.id "
        "AND t.kind = 'charge' WHERE u.role = 'train'"
    ).fetchone()
    assert tuple(row) == (10 * 200, "cpu")


def test_the_fee_is_that_of_the_moment_and_a_change_that_is_undone_is_none(engine: Engine) -> None:
    owner = engine.customer(credits=0)
    engine.job(engine.customer())
    node = engine.node("n0", owner_id=owner)
    node.run(node.take())
    assert engine.balance(owner)[0] == 1800
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        set_rates(tx, {}, fee_percent=100)
        assert fee_percent(tx) == 100
        raise RuntimeError
    node.run(node.take())
    assert engine.balance(owner)[0] == 3600
    set_now(engine, {}, 50)
    node.run(node.take())
    assert engine.balance(owner)[0] == 4600


def test_earned_credits_pay_for_ones_own_jobs(engine: Engine) -> None:
    owner = engine.customer(credits=0)
    set_now(engine, {"cpu": 400_000}, 0)
    engine.job(engine.customer(credits=2000), max_runtime_seconds=600)
    set_now(engine, {"cpu": 1000})
    engine.node("n0", owner_id=owner).run_all()
    earned = engine.balance(owner)[0]
    engine.job(owner)
    assert engine.balance(owner) == (earned - 4 * 600_000, 4 * 600_000)
