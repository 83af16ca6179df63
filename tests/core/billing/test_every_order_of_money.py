"""Any order of what moves money: nothing is lost, made, charged twice or kept, whoever does what when."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from core.billing.ledger import grant
from core.billing.rates import CLASSES, MOST_MICRO_PER_SECOND, rate_card, set_rates
from core.billing.settle import cost_micro
from core.billing.usage import usage_of_day
from core.errors import ApiError, ErrorCode
from core.jobs.control import retry
from core.jobs.invalidation import invalidate_unit
from tests.core.scheduling.test_every_order import GENEROUS, EveryOrder


class EveryOrderOfMoney(EveryOrder):
    """Three nodes, one of them the first customer's; beside all that `EveryOrder` does, the operator's doings."""

    def __init__(self) -> None:
        super().__init__()
        self.grants = 0

    @rule(node=st.integers(0, 2), seconds=st.floats(0.0, 700.0, allow_nan=False))
    def run_one(self, node: int, seconds: float) -> None:
        for lease in self.nodes[node].exchange(most=1).leases:
            self.nodes[node].run(lease, seconds)

    @rule(which=st.integers(0, 99))
    def invalidate(self, which: int) -> None:
        engine = self.engine
        rows = engine.store.connection.execute("SELECT id FROM units WHERE state = 'completed' ORDER BY id").fetchall()
        if rows:
            with engine.store.transaction() as tx:
                unit = rows[which % len(rows)]["id"]
                invalidate_unit(tx, engine.index, unit, "x", now=engine.now, new_id=engine.new_id)

    @precondition(lambda self: self.jobs)
    @rule()
    def retry_all(self) -> None:
        """So that what has ended is not the end."""
        engine = self.engine
        stopped = "SELECT public_id, customer_id FROM jobs WHERE status IN ('failed', 'cancelled')"
        for row in engine.store.connection.execute(stopped).fetchall():
            with engine.store.transaction() as tx:
                key = f"again:{self.grants}"
                micro = 100 * 10**6
                grant(tx, row["customer_id"], micro, key=key, note="x", now=engine.now, new_id=engine.new_id)
                self.grants += 1
                job = row["public_id"]
                try:
                    customer_id = row["customer_id"]
                    retry(tx, engine.index, customer_id, job, limits=GENEROUS, now=engine.now, new_id=engine.new_id)
                except ApiError as refused:  # its package is blocked
                    assert refused.code is ErrorCode.STATE_CONFLICT

    @rule(
        name=st.sampled_from(list(CLASSES)),
        micro=st.one_of(st.none(), st.integers(0, 5_000)),
        fee=st.one_of(st.none(), st.integers(0, 100)),
    )
    def set_rates(self, name: str, micro: int | None, fee: int | None) -> None:
        with self.engine.store.transaction() as tx:
            set_rates(tx, {name: micro}, fee_percent=fee)
        card = rate_card(self.engine.store.connection)
        assert all(0 <= rate.micro_per_second <= MOST_MICRO_PER_SECOND for rate in card.classes)

    @rule(customer=st.integers(0, 1), micro=st.integers(1, 10**7))
    def grant(self, customer: int, micro: int) -> None:
        before = self.engine.balance(self.customers[customer])
        with self.engine.store.transaction() as tx:
            key = f"more:{self.grants}"
            who, now = self.customers[customer], self.engine.now
            for _ in range(2):  # the second has the key of the first
                grant(tx, who, micro, key=key, note="x", now=now, new_id=self.engine.new_id)
        self.grants += 1
        assert self.engine.balance(who) == (before[0] + micro, before[1])

    @invariant()
    def each_customer_holds_what_their_units_hold(self) -> None:
        for customer in self.customers:
            held = "SELECT coalesce(sum(held_micro - released_micro), 0) FROM units WHERE customer_id = ?"
            assert self.engine.balance(customer)[1] == self.engine.one(held, customer)

    @invariant()
    def what_a_unit_says_it_cost_is_what_its_customer_paid_and_others_got(self) -> None:
        paid = (
            "SELECT coalesce(-sum(e.amount_micro), 0) FROM ledger_transfers t JOIN ledger_entries e "
            "ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id WHERE t.unit_id = u.id "
            "AND a.kind = 'available' AND a.customer_id = u.customer_id AND e.kind IN ('charge', 'reversal')"
        )
        got = (
            "SELECT coalesce(sum(e.amount_micro), 0) FROM ledger_transfers t JOIN ledger_entries e "
            "ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id WHERE t.unit_id = u.id "
            "AND (a.kind IN ('operator', 'fees') OR a.kind = 'available' AND a.customer_id <> u.customer_id)"
        )
        rows = self.engine.store.connection.execute(
            f"SELECT state, charged_micro, rate_micro, planned_seconds, ({paid}) AS paid, ({got}) AS got FROM units u"
        )
        for row in rows:
            assert row["paid"] == row["charged_micro"] <= cost_micro(row["rate_micro"], row["planned_seconds"])
            assert row["got"] == (row["charged_micro"] if row["state"] == "completed" else 0)

    @invariant()
    def usage_is_what_was_paid(self) -> None:
        connection = self.engine.store.connection
        days = [row["day"] for row in connection.execute("SELECT DISTINCT day FROM ledger_days")]
        for customer in self.customers:
            sums = [one for day in days for one in usage_of_day(connection, customer, day).values()]
            charged = sum(one.charged_micro for one in sums) - sum(one.returned_micro for one in sums)
            assert charged == self.engine.one(
                "SELECT coalesce(sum(charged_micro), 0) FROM units WHERE customer_id = ?", customer
            )


class EveryLongOrderOfMoney(EveryOrderOfMoney):
    """The same, many times and for longer."""


TestEveryOrderOfMoney = EveryOrderOfMoney.TestCase
TestEveryOrderOfMoney.settings = settings(
    max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestEveryLongOrderOfMoney = pytest.mark.full(EveryLongOrderOfMoney.TestCase)
TestEveryLongOrderOfMoney.settings = settings(
    max_examples=300, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck)
)
