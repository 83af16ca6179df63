"""Who is served later: customers of whose running time more than a fifth was free by their own doing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.limits import Limits
from core.jobs.control import cancel, retry
from core.jobs.ready import ReadyUnit
from core.jobs.running_time import RunningTime, review, running_time
from core.protocol.node import Fault
from core.scheduling.fairness import SLOWED_TIMES, ReadyIndex
from tests.core.engine import Engine, EngineNode

DAY = 86_400.0
ROOMY = Limits(active_jobs=1000, jobs_per_minute=1000, units_per_day=100_000)


def waste(engine: Engine, node: EngineNode, customer: int, seconds: float) -> None:
    """A job that runs for so long, and is cancelled."""
    job = engine.job(customer, limits=ROOMY)
    lease = node.take()
    node.start(lease)
    engine.now += seconds
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    node.held.clear()


def time_of(engine: Engine, customer: int) -> tuple[float, float]:
    time = running_time(engine.store.connection, customer, engine.now)
    return round(time.charged_seconds, 3), round(time.free_seconds, 3)


def owners(engine: Engine, node: EngineNode, most: int) -> list[int]:
    """Whose units the node is leased, in order."""
    leases = node.exchange(most=most).leases
    return [engine.one("SELECT customer_id FROM units WHERE public_id = ?", lease.unit_id) for lease in leases]


@pytest.fixture
def node(engine: Engine) -> EngineNode:
    made = engine.node("n0")
    made.exchange()
    return made


def test_who_cancels_over_a_fifth_of_running_time_is_served_after_others(engine: Engine, node: EngineNode) -> None:
    careless, careful = engine.customer(), engine.customer()
    waste(engine, node, careless, 30)
    assert time_of(engine, careless) == (0, 30)
    assert engine.index.is_slowed(careless)
    engine.job(careless)
    engine.job(careful)
    assert owners(engine, node, 1) == [careful], "the careless one's job is older, and theirs the smaller id"
    assert owners(engine, node, 1) == [careless], "nobody else waits"


def test_own_code_that_fails_counts_and_a_nodes_fault_does_not(engine: Engine, node: EngineNode) -> None:
    for fault, free in ((Fault.NODE, 0.0), (Fault.CUSTOMER, 20.0)):
        customer = engine.customer()
        engine.job(customer)
        lease = node.take()
        node.start(lease)
        engine.now += 20
        node.fail(lease, fault)
        node.held.clear()
        assert time_of(engine, customer) == (0, free)
        assert engine.index.is_slowed(customer) is (fault is Fault.CUSTOMER)
        if fault is Fault.NODE:
            node.run_all()


def test_five_nodes_that_give_up_are_held_against_nobody(engine: Engine) -> None:
    customer = engine.customer()
    engine.job(customer)
    for number in range(5):
        node = engine.node(f"bad{number}")
        lease = node.take()
        node.start(lease)
        engine.now += 10
        node.fail(lease, Fault.NODE, "disk")
    assert engine.states()["prepare"] == "failed"
    assert time_of(engine, customer) == (0, 0)


def test_what_has_not_begun_to_run_can_be_cancelled_freely(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node.take()
    engine.now += 100
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    assert time_of(engine, customer) == (0, 0)


def test_work_on_ones_own_node_counts_neither_way(engine: Engine) -> None:
    customer = engine.customer()
    own = engine.node("own", owner_id=customer)
    waste(engine, own, customer, 60)
    engine.job(customer)
    own.run_all()
    assert time_of(engine, customer) == (0, 0)
    assert not engine.index.is_slowed(customer)


def test_a_result_that_was_brought_and_is_cancelled_before_it_counts_was_free(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    lease = node.take()
    node.start(lease)
    engine.now += 40
    node.exit(lease, 40)
    engine.now += 500
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    assert time_of(engine, customer) == (0, 40), "until it exited"


def test_a_node_that_is_gone_counts_until_it_was_heard_of_last(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node.start(node.take())
    engine.now += 30
    node.exchange()
    assert engine.pass_time(300) == 1
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
    assert time_of(engine, customer) == (0, 30)


def test_work_that_is_paid_for_makes_up_for_it(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    waste(engine, node, customer, 10)
    engine.job(customer)
    for charged, slowed in ((10, True), (20, True), (30, True), (40, False)):
        node.run(node.take(), 10.0)
        assert time_of(engine, customer) == (charged, 10)
        assert engine.index.is_slowed(customer) is slowed, "10 of 50 are a fifth, not more"


def test_after_a_week_it_is_forgotten_and_a_restart_forgets_nothing(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    waste(engine, node, customer, 10)
    anew = ReadyIndex()
    anew.rebuild(engine.store.connection)
    assert anew.is_slowed(customer)
    for days, slowed in ((6, True), (1, False)):
        engine.now += days * DAY
        with engine.store.transaction() as tx:
            review(tx, engine.index, engine.now)
        assert engine.index.is_slowed(customer) is slowed
    assert engine.one("SELECT count(*) FROM running_days") == 0


def test_paid_days_that_pass_out_of_the_week_are_noticed(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    engine.job(customer)
    node.run_all()
    engine.now += 3 * DAY
    waste(engine, node, customer, 5)
    assert not engine.index.is_slowed(customer)
    engine.now += 4 * DAY
    with engine.store.transaction() as tx:
        review(tx, engine.index, engine.now)
    assert engine.index.is_slowed(customer)


def test_a_cancel_that_is_only_tried_slows_nobody(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    lease = node.take()
    node.start(lease)
    engine.now += 60
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
        raise RuntimeError("a preview")
    assert not engine.index.is_slowed(customer)
    assert time_of(engine, customer) == (0, 0)
    node.complete(lease)


def test_a_slowed_customer_gets_a_share_and_is_never_starved(engine: Engine) -> None:
    slowed, other = engine.customer(10**6), engine.customer(10**6)
    waste(engine, engine.node("first"), slowed, 10)
    for _ in range(30):
        engine.job(slowed, limits=ROOMY)
        engine.job(other, limits=ROOMY)
    got: list[int] = []
    for number in range(20):
        node = engine.node(f"n{number}")
        got += owners(engine, node, 1)
    assert got.count(slowed) == 4 and got.count(other) == 16
    assert got.index(slowed) == SLOWED_TIMES


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["more", "less", "slow", "unslow"])), max_size=40))
def test_the_order_is_that_of_the_places_whatever_changes(steps: list[tuple[int, str]]) -> None:
    index, work = ReadyIndex(), dict.fromkeys((1, 2, 3), 0)
    slow: set[int] = set()
    for customer in work:
        index.add(ReadyUnit(customer, 1, customer, 0))
    for customer, what in steps:
        if what in ("more", "less"):
            change = 1 if what == "more" else -1
            work[customer] = max(0, work[customer] + change)
            index.count_work(customer, change)
        else:
            (slow.add if what == "slow" else slow.discard)(customer)
            index.set_slowed(customer, what == "slow")
    place = {one: SLOWED_TIMES * (work[one] + 1) if one in slow else work[one] for one in work}
    assert [unit.customer_id for unit in index.candidates({1: None})] == sorted(work, key=lambda one: (place[one], one))


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_nobody_is_slowed_for_a_fifth_or_less(charged: float, free: float) -> None:
    assert RunningTime(charged, free).is_slowed is (free > 0.2 * (charged + free))
    assert not RunningTime(charged, 0.0).is_slowed


def test_a_retry_counts_the_units_that_it_puts_back(engine: Engine, node: EngineNode) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    node.run(node.take())
    lease = node.take()
    node.start(lease)
    node.fail(lease, Fault.CUSTOMER)
    node.held.clear()
    planned = "SELECT planned FROM unit_days WHERE customer_id = ?"
    assert engine.one(planned, customer) == 4
    with engine.store.transaction() as tx:
        retry(tx, engine.index, customer, job.id, limits=ROOMY, now=engine.now, new_id=engine.new_id)
    assert engine.one(planned, customer) == 7, "the completed one is not planned anew"
