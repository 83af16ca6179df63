"""The index of ready units: its order, and that it is the same as one built anew from what it should hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.control import cancel
from core.jobs.ready import ReadyUnit
from core.scheduling.fairness import ReadyIndex
from tests.core.engine import Engine

UNITS = st.builds(
    ReadyUnit,
    unit_id=st.integers(1, 30),
    class_id=st.integers(1, 3),
    customer_id=st.integers(1, 3),
    priority=st.integers(-2, 2),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), UNITS),
        st.tuples(st.just("remove"), UNITS),
        st.tuples(st.just("work"), st.tuples(st.integers(1, 3), st.sampled_from([-1, 1]))),
    ),
    max_size=40,
)


@given(STEPS)
def test_the_order_is_work_then_customer_then_priority_then_age(steps: list[tuple[str, object]]) -> None:
    index, ready, work = ReadyIndex(), {}, dict.fromkeys((1, 2, 3), 0)
    for kind, what in steps:
        if isinstance(what, ReadyUnit):
            if kind == "add" and what.unit_id not in ready:
                ready[what.unit_id] = what
                index.add(what)
            elif kind == "remove" and ready.get(what.unit_id) == what:
                del ready[what.unit_id]
                index.remove(what)
        elif isinstance(what, tuple):
            customer, change = what
            work[customer] = max(0, work[customer] + change)
            index.count_work(customer, change)
    order = sorted(ready.values(), key=lambda u: (work[u.customer_id], u.customer_id, -u.priority, u.unit_id))
    assert list(index.candidates(dict.fromkeys(index.classes()))) == order
    assert set(index.classes()) == {unit.class_id for unit in ready.values()}
    for first in (1, 2, 3):
        own_first = sorted(order, key=lambda unit: unit.customer_id != first)
        assert list(index.candidates(dict.fromkeys(index.classes()), first=first)) == own_first
        of_one = list(index.candidates(dict.fromkeys(index.classes(), 1), first=first))
        assert of_one == [unit for unit in order if unit.customer_id == 1]


def test_removing_what_is_not_there_changes_nothing() -> None:
    index = ReadyIndex()
    index.add(ReadyUnit(1, 1, 1, 0))
    index.remove(ReadyUnit(2, 1, 1, 0))
    index.remove(ReadyUnit(1, 2, 1, 0))
    assert [unit.unit_id for unit in index.candidates({1: None})] == [1]


def test_a_class_may_be_narrowed_to_one_customers_units() -> None:
    index = ReadyIndex()
    for number, customer in enumerate((1, 2, 1), 1):
        index.add(ReadyUnit(number, 1, customer, 0))
    assert [unit.unit_id for unit in index.candidates({1: 2})] == [2]
    assert list(index.candidates({1: 3})) == []
    assert ReadyUnit(2, 1, 2, 0) in index and ReadyUnit(2, 1, 3, 0) not in index


def test_news_is_given_once_and_its_listener_called() -> None:
    index, called = ReadyIndex(), []
    index.listen(lambda: called.append(True))
    unit = ReadyUnit(1, 1, 1, 0)
    index.add(unit)
    index.tell_node(7)
    assert index.take_news() == ([unit], {7})
    assert index.take_news() == ([], set())
    assert called == [True, True]


def test_a_cancel_that_is_undone_is_no_news_and_no_demand(engine: Engine) -> None:
    customer = engine.customer()
    job = engine.job(customer)
    engine.index.take_news()
    arrived = engine.index.take_arrived()
    assert sum(arrived.values()) == 1
    called: list[bool] = []
    engine.index.listen(lambda: called.append(True))
    with pytest.raises(RuntimeError), engine.store.transaction() as tx:
        cancel(tx, engine.index, customer, job.id, now=engine.now, new_id=engine.new_id)
        assert engine.index.classes() == []
        raise RuntimeError
    assert (engine.index.take_news(), engine.index.take_arrived(), called) == (([], set()), {}, [])
    assert engine.node("n0").take()
