"""The rows of the navigation."""

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.models.navigation import KEY, NavigationModel

TRAIN = [("a", "A", "box", 0), ("b", "B", "box", 0), ("c", "C", "box", 1)]
SHARE = [("d", "D", "box", 0)]


def test_groups_are_divided_and_another_face_has_rows_of_its_own(qtbot: QtBot) -> None:
    model = NavigationModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_rows(TRAIN)
    assert [model.index(row).data(KEY) for row in range(model.rowCount())] == ["a", "b", "", "c"]
    assert model.keys() == ["a", "b", "c"]
    model.set_rows(SHARE)
    assert model.keys() == ["d"]
    model.set_rows([])
    assert model.rowCount() == 0


def test_other_words_of_the_same_pages_keep_the_rows(qtbot: QtBot) -> None:
    model = NavigationModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.set_rows(TRAIN)
    removed: list[int] = []
    model.rowsRemoved.connect(lambda *_: removed.append(1))
    with qtbot.waitSignal(model.dataChanged):
        model.set_rows([("a", "甲", "box", 0), ("b", "乙", "box", 0), ("c", "丙", "box", 1)])
    assert model.index(0).data() == "甲"
    assert removed == []
