"""A suspended customer's work: what is at nodes goes on and is paid, nothing new is leased, jobs wait."""

import pytest

from core.jobs.control import cancel
from core.scheduling.account_closing import close_account
from core.scheduling.suspending import suspend_customer, unsuspend_customer
from tests.core.engine import Engine
from tests.core.scheduling.test_explain import explained


def suspend_now(engine: Engine, customer: int) -> None:
    with engine.store.transaction() as tx:
        suspend_customer(tx, engine.index, customer, now=engine.now)


def let_in(engine: Engine, customer: int) -> None:
    with engine.store.transaction() as tx:
        unsuspend_customer(tx, engine.index, customer)


def test_nothing_of_a_suspended_customer_is_leased_and_others_are_served(engine: Engine) -> None:
    gone, other = engine.customer(), engine.customer()
    engine.job(gone)
    engine.job(other)
    suspend_now(engine, gone)
    node = engine.node("n0")
    leases = node.exchange(most=4).leases
    owners = [engine.one("SELECT customer_id FROM units WHERE public_id = ?", lease.unit_id) for lease in leases]
    assert owners == [other]


def test_what_is_at_a_node_is_completed_and_charged_and_the_rest_waits(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node = engine.node("n0")
    lease = node.take()
    suspend_now(engine, customer)
    node.run(lease, 10.0)
    assert engine.states() == {"prepare": "completed", "train": "ready", "evaluate": "blocked", "package": "blocked"}
    assert engine.one("SELECT charged_micro FROM units WHERE role = 'prepare'") > 0
    assert node.exchange(most=4).leases == []
    assert engine.one("SELECT status FROM jobs WHERE public_id = ?", job.id) == "running"

    let_in(engine, customer)
    node.run_all()
    assert engine.one("SELECT status FROM jobs WHERE public_id = ?", job.id) == "completed"


def test_a_suspended_customers_own_node_takes_nothing_of_theirs_either(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    suspend_now(engine, customer)
    assert engine.node("own", owner_id=customer).exchange(most=1).leases == []


def test_a_job_that_waits_for_too_long_fails_and_its_hold_returns(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    suspend_now(engine, customer)
    engine.pass_time(7 * 86_400 + 1)
    assert engine.one("SELECT status FROM jobs WHERE public_id = ?", job.id) == "failed"
    assert engine.balance(customer) == (1_000_000_000, 0)


def test_an_operator_may_still_cancel_the_jobs_of_a_suspended_customer(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    suspend_now(engine, customer)
    with engine.store.transaction() as tx:
        cancelled = cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    assert cancelled.status == "cancelled"


def test_a_suspension_is_undone_with_its_transaction_and_lasts_over_a_restart(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    node = engine.node("n0")
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        suspend_customer(tx, engine.index, customer, now=engine.now)
        raise RuntimeError
    assert not engine.index.is_suspended(customer)
    suspend_now(engine, customer)
    engine.index.rebuild(engine.store.connection)
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        unsuspend_customer(tx, engine.index, customer)
        raise RuntimeError
    assert node.exchange(most=1).leases == []
    let_in(engine, customer)
    assert node.take()


def test_who_is_suspended_is_known_without_asking_the_store_and_closed_accounts_are_not_kept(engine: Engine) -> None:
    gone, closed = engine.customer(), engine.customer()
    engine.job(gone)
    suspend_now(engine, gone)
    with engine.store.transaction() as tx:
        close_account(tx, engine.index, closed, now=engine.now, new_id=engine.new_id)
    engine.index.rebuild(engine.store.connection)
    assert engine.index.is_suspended(gone) and not engine.index.is_suspended(closed)
    node = engine.node("n0")
    asked: list[str] = []
    engine.store.connection.set_trace_callback(asked.append)
    assert node.exchange(most=4).leases == []
    engine.store.connection.set_trace_callback(None)
    assert asked and not [sql for sql in asked if "suspended_at" in sql]


def test_a_suspended_customers_units_are_ahead_of_nobody(engine: Engine) -> None:
    gone, other = engine.customer(), engine.customer()
    engine.job(gone)
    job = engine.job(other)
    engine.node("n1").exchange(most=0)
    engine.store.connection.execute("UPDATE nodes SET units_wanted = 1")
    assert explained(engine, other, job.id)[0].ahead == 1
    suspend_now(engine, gone)
    assert explained(engine, other, job.id)[0].ahead == 0
