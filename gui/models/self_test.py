"""The checks of a self-test, in the order in which they are made: what and its evidence, result, time taken."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.protocol.self_test import CheckState

from ..self_test_words import GLYPHS, CheckRow, evidence_words, result_words
from ..widgets.tables import Role
from .rows import Index, RowsModel

_COLOURS = {
    CheckState.PASSED: "st_completed",
    CheckState.FAILED: "danger",
    CheckState.RUNNING: "accent",
    CheckState.WAITING: "st_ready",
}


class CheckColumn(IntEnum):
    """The columns, from the left."""

    CHECK = 0
    RESULT = 1
    TOOK = 2


class ChecksModel(RowsModel[CheckRow]):
    """Rows by their places: the next self-test fills the same ones."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_place, len(CheckColumn), parent)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return [_tr("Check and evidence"), _tr("Result"), _tr("Took")][section]
        return _right(section, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        match index.column():
            case CheckColumn.CHECK:
                return _of_check(row, role)
            case CheckColumn.RESULT:
                return _of_result(row, role)
        if role == Qt.ItemDataRole.DisplayRole:
            seconds = row.check.seconds
            is_over = row.check.state is not CheckState.RUNNING
            return _tr("{0} s").format(f"{seconds:.1f}") if seconds is not None and is_over else ""
        return "ink2" if role == Role.COLOUR else _right(index.column(), role)


def _of_check(row: CheckRow, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return row.name()
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name()}, {result_words(row.check)}"
        case Qt.ItemDataRole.ToolTipRole | Role.SECOND:
            return evidence_words(row.check)
        case Role.GLYPH:
            return GLYPHS.get(row.check.state, "ready")
        case Role.STRONG:
            return row.check.state not in (CheckState.WAITING, CheckState.BLOCKED, CheckState.SKIPPED)
        case Role.COLOUR:
            return "ink2" if row.check.state in (CheckState.BLOCKED, CheckState.SKIPPED) else "ink"
    return None


def _of_result(row: CheckRow, role: int) -> Any:
    check = row.check
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return result_words(check)
        case Role.COLOUR:
            return _COLOURS.get(check.state, "ink2")
        case Role.STRONG:
            return check.state in _COLOURS
        case Role.PROGRESS if check.state is CheckState.RUNNING and check.most_seconds:
            return min(1.0, (check.seconds or 0.0) / check.most_seconds)
    return None


def _right(column: int, role: int) -> Any:
    if role == Qt.ItemDataRole.TextAlignmentRole and column == CheckColumn.TOOK:
        return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return None


def _place(row: CheckRow) -> int:
    return row.place


def _tr(text: str) -> str:
    return QCoreApplication.translate("self_test", text)
