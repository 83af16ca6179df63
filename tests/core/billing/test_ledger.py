"""Money: transfers sum to zero, happen once, and rows add up to what is left."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.billing.ledger import About, AccountKind, Entry, TransferKind, transfer
from core.billing.settle import Work, charge, cost_micro, hold
from core.billing.statement import ledger_rows
from core.clock import credits_text
from core.errors import ApiError, ErrorCode
from tests.core.engine import Engine


def test_a_transfer_that_does_not_sum_to_zero_is_refused(engine: Engine) -> None:
    entries = [Entry(AccountKind.AVAILABLE, engine.customer(), 1)]
    with pytest.raises(ValueError, match="sum to zero"), engine.store.transaction() as tx:
        transfer(tx, TransferKind.GRANT, entries, About(), key="x", now=0, new_id=engine.new_id)


def test_a_hold_above_the_balance_is_refused_with_both_amounts(engine: Engine) -> None:
    customer = engine.customer(credits=1)
    with pytest.raises(ApiError, match=r"2\.000000.*1\.000000") as refused, engine.store.transaction() as tx:
        hold(tx, customer, 1, 2 * 10**6, key="h", now=0, new_id=engine.new_id)
    assert refused.value.code == ErrorCode.CREDIT_INSUFFICIENT


def test_rows_are_newest_first_and_add_up_to_the_balance(engine: Engine) -> None:
    customer = engine.customer(credits=10)
    engine.job(customer)
    node = engine.node("n0")
    while leases := node.exchange(most=1).leases:
        node.run(leases[0])
    rows = [row for _, row in ledger_rows(engine.store.connection, customer, before=None, limit=99)]
    assert [row.kind for row in rows] == ["charge", "release"] * 4 + ["hold", "grant"]
    assert sum(row.amount_micro for row in rows) == rows[0].balance_micro == engine.balance(customer)[0]
    assert sum(row.amount_micro for row in rows if row.kind in ("hold", "release")) == 0
    first, *_ = ledger_rows(engine.store.connection, customer, before=None, limit=1)
    second, *_ = ledger_rows(engine.store.connection, customer, before=first[0], limit=1)
    assert second[1].id == rows[1].id


def test_an_owner_sees_no_job_of_a_stranger_in_the_ledger(engine: Engine) -> None:
    customer, owner = engine.customer(), engine.customer(credits=0)
    engine.job(customer)
    node = engine.node("n0", owner_id=owner)
    node.run(node.take())
    rows = [row for _, row in ledger_rows(engine.store.connection, owner, before=None, limit=1)]
    assert [(row.kind, row.amount_micro, row.seconds) for row in rows] == [("earning", 1800, 10.0)]
    assert {(row.training_job_id, row.job_name, row.note) for row in rows} == {(None, None, None)}


@pytest.mark.full
@given(
    work=st.lists(
        st.tuples(st.sampled_from([None, 2, 3]), st.floats(0, 1e6, allow_nan=False), st.integers(0, 50_000)), max_size=5
    ),
    most=st.integers(0, 10**12),
)
def test_a_charge_never_exceeds_what_was_held_and_is_made_once(
    tmp_path_factory: pytest.TempPathFactory, work: list[tuple[int | None, float, int]], most: int
) -> None:
    engine = Engine(Path(tmp_path_factory.mktemp("ledger")))
    customer = engine.customer(credits=10**7)
    engine.customer(), engine.customer()
    parts = [Work(n, owner, seconds, "cpu", rate) for n, (owner, seconds, rate) in enumerate(work)]
    charged = []
    for _ in range(2):
        with engine.store.transaction() as tx:
            charged.append(charge(tx, customer, 1, 1, parts, most_micro=most, now=0, new_id=engine.new_id))
    assert 0 <= charged[0] <= most and charged[1] == 0
    assert engine.balance(customer)[0] == 10**13 - charged[0]
    engine.check()
    engine.store.close()


def test_costs_are_rounded_up_to_a_micro_credit() -> None:
    assert cost_micro(200, 0.001) == 1
    assert cost_micro(200, 0.0) == 0
    assert cost_micro(3, 1.5) == 5


def test_amounts_are_written_exactly() -> None:
    assert [credits_text(micro) for micro in (0, 1, -1_500_000, 12_345_678)] == [
        "0.000000",
        "0.000001",
        "-1.500000",
        "12.345678",
    ]
