"""How far a job is: never above 1, never back while nothing is tried again; time left from the units' own steps."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts.limits import DEFAULTS
from core.jobs.control import cancel
from core.jobs.extend import extend
from core.jobs.read import get_job
from core.protocol.customer import TrainingJob
from core.protocol.node import Fault, Lease, StepReport
from tests.core.engine import Engine, EngineNode


def seen(engine: Engine, customer: int, job: str) -> TrainingJob:
    return get_job(engine.store.connection, customer, job, now=engine.now)


def step(node: EngineNode, lease: Lease, number: int, of: int | None) -> None:
    report = StepReport(attempt_id=lease.attempt_id, token=lease.token, number=node.number(), step=number, of=of)
    node.say(report)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("step"), st.integers(0, 300), st.one_of(st.none(), st.integers(1, 200))),
            st.tuples(st.just("next"), st.just(0), st.none()),
            st.tuples(st.just("extend"), st.integers(600, 4000), st.none()),
        ),
        max_size=25,
    )
)
def test_it_never_goes_back_nor_above_one_while_nothing_is_tried_again(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, int, int | None]]
) -> None:
    engine = Engine(tmp_path_factory.mktemp("engine"))
    customer = engine.customer()
    job = engine.job(customer).id
    node = engine.node("n0")
    before, longest = 0.0, 600
    for kind, number, of in moves:
        if kind == "next" and (leases := node.exchange(most=1).leases):
            node.start(leases[0])
        elif kind == "next" and node.held:
            node.exit(node.held[0], 5.0)
            node.complete(node.held.pop())
            engine.conclude(node.to_verify)
            node.to_verify.clear()
        elif kind == "step" and node.held:
            step(node, node.held[0], number, of)
        elif kind == "extend" and number > longest and seen(engine, customer, job).status in ("queued", "running"):
            longest = number
            with engine.store.transaction() as tx:
                extend(
                    tx,
                    engine.index,
                    customer,
                    job,
                    max_runtime_seconds=number,
                    limits=DEFAULTS,
                    now=engine.now,
                    new_id=engine.new_id,
                )
        engine.now += 1
        found = seen(engine, customer, job)
        assert before <= found.progress <= 1.0
        before = found.progress
    engine.check()
    engine.store.close()


def test_time_left_is_unknown_until_ten_steps_are_seen_and_goes_by_their_pace(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer).id
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    engine.now += 100  # loading data is no step
    for number in range(1, 10):
        step(node, lease, number, 20)
        engine.now += 2
    assert seen(engine, customer, job).seconds_remaining is None
    step(node, lease, 10, 20)
    assert seen(engine, customer, job).seconds_remaining == pytest.approx(10 * 18 / 9)
    step(node, lease, 20, 20)
    assert seen(engine, customer, job).seconds_remaining == 0.0


def test_an_attempt_that_goes_on_from_a_checkpoint_is_measured_by_its_own_steps(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer).id
    node = engine.node("n0")
    lease = node.take()
    node.start(lease)
    step(node, lease, 80, 100)
    node.checkpoint(lease, 1, 50, 1.0)
    node.fail(lease, Fault.NODE)
    node.held.clear()
    assert seen(engine, customer, job).progress == pytest.approx(0.8 / 4)
    again = node.take()
    node.start(again)
    step(node, again, 51, 100)
    assert seen(engine, customer, job).progress == pytest.approx(0.51 / 4)  # what was lost is to be done again
    engine.now += 18
    step(node, again, 60, 100)
    assert seen(engine, customer, job).seconds_remaining == pytest.approx(40 * 2)


def test_cancelled_units_do_not_count(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer).id
    node = engine.node("n0")
    node.run(node.take())
    assert seen(engine, customer, job).progress == 0.25
    with engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job, now=engine.now, new_id=engine.new_id)
    assert seen(engine, customer, job).progress == 1.0
