"""The tables of what ran: filters, the days that are shown, and words and roles of each column."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.models.blocked_packages import BlockedPackagesModel
from gui.models.owner_attempts import EarnedColumn, EarnedModel, Going, HistoryColumn, HistoryModel, mb_words
from gui.widgets.tables import Role
from tests.gui.access_samples import all_of, at
from tests.gui.owner_samples import DIGEST, GPU, attempt, block, every_state, first_of_more

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def earned(qtbot: QtBot) -> EarnedModel:
    model = EarnedModel()
    QAbstractItemModelTester(model, FATAL, model)
    return model


@pytest.fixture
def history(qtbot: QtBot) -> HistoryModel:
    model = HistoryModel()
    QAbstractItemModelTester(model, FATAL, model)
    return model


def texts(model: EarnedModel | HistoryModel, row: int, role: int = Qt.ItemDataRole.DisplayRole) -> list[object]:
    return [model.index(row, column).data(role) for column in range(model.columnCount())]


def test_a_line_says_where_how_long_what_it_took_and_what_it_earned(earned: EarnedModel) -> None:
    earned.set_names({GPU: "GPU 0 · RTX 4090"})
    earned.put_first_page(all_of([attempt(1)]))
    assert texts(earned, 0)[1:6] == ["GPU 0 · RTX 4090", "Train 019d8a88…21c4", "4:16", "0.022", "1.152"]
    assert earned.index(0, EarnedColumn.RESULT).data(Role.STATE_TEXT) == "Paid"
    earned.put_first_page(all_of([attempt(1, energy_joules=None)]))
    assert earned.index(0, EarnedColumn.ENERGY).data() == "–"


def test_two_lines_have_the_package_the_traffic_and_the_reason(history: HistoryModel) -> None:
    history.put_first_page(all_of(every_state()))
    assert texts(history, 1, Role.SECOND)[1:5] == [
        "package 9c1f…e07a",
        "0.022 kWh",
        "41.2 ↑",
        "59 % of the unit's time was done here",
    ]
    assert history.index(1, HistoryColumn.EARNED).data() == "0.680"
    assert history.index(0, HistoryColumn.EARNED).data() == "waiting"
    lost = history.index(3, HistoryColumn.RESULT)
    assert (lost.data(), lost.data(Role.ICON), lost.data(Role.STATE)) == ("Lost contact", "unplug", None)


def test_what_runs_stands_first_with_what_its_own_node_tells(history: HistoryModel) -> None:
    ended, running = attempt(1), every_state()[0]
    history.put_first_page(all_of([ended, running]))
    assert [row.id for row in history.rows] == [running.id, ended.id]
    result, earned = history.index(0, HistoryColumn.RESULT), history.index(0, HistoryColumn.EARNED)
    assert (result.data(Role.STATE_TEXT), earned.data()) == ("Running", "waiting")
    history.set_going({running.id: Going(72, 410_000)})
    assert (result.data(Role.STATE_TEXT), earned.data()) == ("Running 72 %", "about 0.410")
    history.put_first_page(all_of([ended, attempt(0)]))
    assert history.index(0, HistoryColumn.EARNED).data() == "1.152"


@pytest.mark.parametrize(
    ("size_bytes", "words"), [(0, "0"), (71, "<0.1"), (49_999, "<0.1"), (1_400_000, "1.4"), (1_650_000_000, "1,650.0")]
)
def test_traffic_is_in_megabytes(size_bytes: int, words: str) -> None:
    assert mb_words(size_bytes) == words


def test_filters_are_by_payment_and_by_id(history: HistoryModel) -> None:
    rows = every_state()
    history.put_first_page(all_of(rows))
    for which in ("paid", "waiting", "nothing"):
        history.show_only(which)
        assert [row.id for row in history.rows] == [row.id for row in rows if row.payment == which]
    history.show_only("all", " 0003-7111 ")
    assert [row.id for row in history.rows] == [rows[3].id]
    history.show_only("all", DIGEST[:6].upper())
    assert history.rowCount() == len(rows) - 1


def test_what_is_older_than_the_days_is_neither_shown_nor_asked_for(qtbot: QtBot) -> None:
    earned = EarnedModel()  # the tester would fetch by itself
    earned.show_since(at(30))
    earned.put_first_page(first_of_more([attempt(1), attempt(2)]))
    assert earned.canFetchMore(QModelIndex()) and not earned.is_whole
    earned.put_more(first_of_more([attempt(40)]))
    assert earned.rowCount() == 2 and earned.is_whole and not earned.canFetchMore(QModelIndex())
    earned.show_since("")
    assert earned.rowCount() == 3 and earned.canFetchMore(QModelIndex())


def test_blocked_packages_are_found_by_their_digest(qtbot: QtBot) -> None:
    model = BlockedPackagesModel()
    QAbstractItemModelTester(model, FATAL, model)
    one = block()
    model.put_all([one, one])
    assert model.rowCount() == 1 and model.block_of(one.package_digest) == one
    assert "\x1b" not in model.index(0, 0).data(Role.SECOND)
    model.remove(block().id)
    assert model.rowCount() == 0 and model.block_of(block().package_digest) is None
