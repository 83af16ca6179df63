"""The ledger's table: newest first, a page at a time, amounts signed and rounded, all decimals in the tooltip."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.models.ledger import LedgerColumn, LedgerModel
from tests.gui.content_samples import ledger_row, page

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def ledger(qtbot: QtBot) -> LedgerModel:
    model = LedgerModel()
    QAbstractItemModelTester(model, FATAL, model)
    return model


def test_a_row_says_what_moved_and_what_was_left(ledger: LedgerModel) -> None:
    ledger.put_first_page(page([ledger_row(1), ledger_row(0, "grant", 100_000_000)]))
    texts = [[ledger.index(row, column).data() for column in LedgerColumn] for row in range(2)]
    assert texts[0][1:] == ["Charge", "tiny-mlp \\x1b[31m", "train · 4 min 22 s", "gpu-8g", "−1.310", "842.386"]
    assert texts[1][1:] == ["Grant", "–", "by the operator", "", "+100.000", "842.386"]
    tip = ledger.index(0, LedgerColumn.BALANCE).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "842.386001"


def test_new_rows_join_at_the_top_and_old_ones_stay(ledger: LedgerModel) -> None:
    ledger.put_first_page(page([ledger_row(2), ledger_row(1)], "older"))
    ledger.fetchMore(QModelIndex())
    ledger.put_more(page([ledger_row(0)]))
    ledger.put_first_page(page([ledger_row(3), ledger_row(2)], "older"))
    assert ledger.rowCount() == 4 and not ledger.canFetchMore(QModelIndex())


def test_a_gap_between_what_is_known_and_what_is_new_begins_anew(ledger: LedgerModel) -> None:
    asked: list[str] = []
    ledger.more_wanted.connect(asked.append)
    ledger.put_first_page(page([ledger_row(1)]))
    ledger.put_first_page(page([ledger_row(9), ledger_row(8)], "older"))
    ledger.fetchMore(QModelIndex())
    assert ledger.rowCount() == 2 and asked == ["older"]


def test_kinds_are_filtered(ledger: LedgerModel) -> None:
    ledger.put_first_page(page([ledger_row(2, "hold"), ledger_row(1), ledger_row(0, "release", 1)]))
    ledger.show_kinds(frozenset({"hold", "release"}))
    assert [ledger.index(row, LedgerColumn.KIND).data() for row in range(ledger.rowCount())] == ["Hold", "Release"]
    ledger.clear()
    assert ledger.rowCount() == 0
