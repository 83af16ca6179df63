"""The units' model: the same indexes for the same units whatever changes, under graph and tree alike."""

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from core.protocol.customer import ComputeUnit, UnitState
from gui.models.units import UnitsModel
from tests.gui.job_samples import a_unit, an_id, the_sweep


def a_model() -> UnitsModel:
    model = UnitsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def test_a_step_of_one_is_a_row_and_a_step_of_several_a_branch(qapp: QApplication) -> None:
    model = a_model()
    model.put_units(the_sweep())
    counts = [model.rowCount(model.index(row, 0)) for row in range(model.rowCount())]
    assert counts == [0, 5, 5, 0, 0, 0]
    for unit in the_sweep():
        index = model.index_of(unit.id)
        assert model.unit_at(index) == unit
    assert model.unit_at(model.index(1, 0)) is None
    assert not model.index_of("nobody").isValid()


def test_a_unit_that_moves_keeps_its_index_and_says_so(qapp: QApplication) -> None:
    model = a_model()
    model.put_units(the_sweep())
    kept = QPersistentModelIndex(model.index_of(an_id(33)))
    changed: list[str] = []
    model.dataChanged.connect(lambda first, last: changed.extend(_ids(model, first, last)))
    units = the_sweep()
    units[9] = a_unit(33, "train", UnitState.LEASED, [23], index=4)
    model.put_units(units)
    unit = model.unit_at(kept)
    assert unit is not None and unit.state is UnitState.LEASED
    assert changed == [an_id(33)]


def _ids(model: UnitsModel, first: QModelIndex, last: QModelIndex) -> list[str]:
    units = [model.unit_at(model.index(row, 0, first.parent())) for row in range(first.row(), last.row() + 1)]
    return [unit.id for unit in units if unit is not None]


states = st.sampled_from(list(UnitState))
plans = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["train", "prepare"]), states), max_size=8)


def _units(plan: list[tuple[int, str, UnitState]]) -> list[ComputeUnit]:
    made: dict[int, ComputeUnit] = {}
    for number, role, state in plan:
        needs = [other for other in made if other < number][:2]
        made[number] = a_unit(number, role, state, needs, index=number)
    return list(made.values())


@settings(max_examples=60)
@given(st.lists(plans, min_size=1, max_size=4))
def test_any_plan_becomes_any_other_under_the_tester(some: list[list[tuple[int, str, UnitState]]]) -> None:
    QApplication.instance() or QApplication([])
    model = a_model()
    for plan in some:
        units = _units(plan)
        model.put_units(units)
        assert {unit.id for unit in model.units()} == {unit.id for unit in units}
        for unit in units:
            assert model.unit_at(model.index_of(unit.id)) == unit
