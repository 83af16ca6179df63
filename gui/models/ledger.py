"""The customer's ledger as a table that loads a page at a time: what a row is about, what it moved, what was left."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from core.printable import printable
from core.protocol.customer import LedgerRow, Page

from ..amounts import all_decimals, credit_words, moment_words, seconds_words
from ..widgets.tables import Role
from .row_diff import diff_rows

Index = QModelIndex | QPersistentModelIndex
LEDGER_ROLE = Qt.ItemDataRole.UserRole
_ICONS = {"charge": "check", "release": "undo-2", "hold": "clock", "grant": "plus", "earning": "coins"}
_STRONG = frozenset({"charge", "grant", "earning", "reversal"})
_KIND_COLOURS = {"release": "st_ready", "hold": "ink2", "grant": "st_completed", "earning": "st_completed"}
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class LedgerColumn(IntEnum):
    """The columns, from the left."""

    TIME = 0
    KIND = 1
    JOB = 2
    REASON = 3
    NOTE = 4
    AMOUNT = 5
    BALANCE = 6


NUMBERS = frozenset({LedgerColumn.AMOUNT, LedgerColumn.BALANCE})


class LedgerModel(QAbstractTableModel):
    """Newest first. `LEDGER_ROLE` gives the LedgerRow. The ledger only grows, at its top."""

    more_wanted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[LedgerRow] = []
        self._rows: list[LedgerRow] = []
        self._kinds: frozenset[str] = frozenset()
        self._cursor: str | None = None
        self._asked = False

    def put_first_page(self, page: Page[LedgerRow]) -> None:
        """The newest rows. Where they join what is known, that stays; else the list begins anew."""
        known = {row.id for row in self._all}
        new = [row for row in page.data if row.id not in known]
        if known and len(new) < len(page.data):
            self._all = new + self._all
        else:
            self._all = list(page.data)
            self._cursor = page.page.next_cursor if page.page.has_more else None
        self._asked = False
        self._show()

    def put_more(self, page: Page[LedgerRow]) -> None:
        """The page that `more_wanted` asked for."""
        known = {row.id for row in self._all}
        self._all += [row for row in page.data if row.id not in known]
        self._cursor = page.page.next_cursor if page.page.has_more else None
        self._asked = False
        self._show()

    def more_failed(self) -> None:
        """The page could not be had: the next scroll asks again."""
        self._asked = False

    def show_kinds(self, kinds: frozenset[str]) -> None:
        """Only these; all if empty."""
        self._kinds = kinds
        self._show()

    def clear(self) -> None:
        """Another server."""
        self._all, self._cursor, self._asked = [], None, False
        self._show()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(LedgerColumn)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        return not parent.isValid() and self._cursor is not None and not self._asked

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit(self._cursor)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in NUMBERS else None
        words = [_tr("Time"), _tr("Kind"), _tr("Job"), _tr("For"), "", _tr("Credits"), _tr("Available after")]
        return words[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case LEDGER_ROLE.value:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in NUMBERS else None
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row, column)
            case Role.ICON:
                return _ICONS.get(row.kind, "coins") if column == LedgerColumn.KIND else None
            case Role.STRONG:
                return column == LedgerColumn.AMOUNT and row.kind in _STRONG
            case Role.CAPTION:
                return column == LedgerColumn.NOTE
            case Role.COLOUR:
                return _colour(row, column)
        return None

    def _show(self) -> None:
        wanted = [row for row in self._all if not self._kinds or row.kind in self._kinds]
        diff_rows(
            self._rows,
            wanted,
            key=lambda row: row.id,
            remove=self._remove,
            insert=self._insert,
            change=self._change,
        )

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._rows[first : last + 1]
        self.endRemoveRows()

    def _insert(self, position: int, rows: Sequence[LedgerRow]) -> None:
        self.beginInsertRows(QModelIndex(), position, position + len(rows) - 1)
        self._rows[position:position] = rows
        self.endInsertRows()

    def _change(self, row: int, changed: LedgerRow) -> None:
        self._rows[row] = changed
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(LedgerColumn) - 1))


def kind_words(kind: str) -> str:
    """`Charge`; a kind that this program doesn't know keeps the API's word."""
    words = {
        "charge": _tr("Charge"),
        "release": _tr("Release"),
        "hold": _tr("Hold"),
        "grant": _tr("Grant"),
        "earning": _tr("Earning"),
        "fee": _tr("Fee"),
        "reversal": _tr("Reversal"),
    }
    return words.get(kind, printable(kind))


def _text(row: LedgerRow, column: int) -> str:
    match column:
        case LedgerColumn.TIME:
            return moment_words(row.created_at, datetime.now(), seconds=True)
        case LedgerColumn.KIND:
            return kind_words(row.kind)
        case LedgerColumn.JOB:
            return printable(row.job_name) if row.job_name else "–"
        case LedgerColumn.REASON:
            return _reason(row)
        case LedgerColumn.NOTE:
            return _note(row)
        case LedgerColumn.AMOUNT:
            return credit_words(row.amount_micro, signed=True)
        case LedgerColumn.BALANCE:
            return credit_words(row.balance_micro)
    return ""


def _reason(row: LedgerRow) -> str:
    if row.kind == "hold":
        return _tr("the most its units can cost")
    if row.kind == "grant":
        return _tr("by the operator")
    parts = [printable(row.role)] if row.role else []
    parts += [seconds_words(row.seconds)] if row.seconds else []
    return " · ".join(parts)


def _note(row: LedgerRow) -> str:
    if row.rate_class:
        return printable(row.rate_class)
    if row.kind == "release":
        return _tr("its part of the hold")
    return printable(row.note) if row.note else ""


def _colour(row: LedgerRow, column: int) -> str | None:
    """Charges and grants are to be seen, holds and releases are quiet."""
    match column:
        case LedgerColumn.KIND:
            return _KIND_COLOURS.get(row.kind)
        case LedgerColumn.AMOUNT if row.kind not in _STRONG:
            return "ink2"
        case LedgerColumn.AMOUNT if row.amount_micro > 0:
            return "st_completed"
        case LedgerColumn.TIME:
            return "ink2"
        case LedgerColumn.NOTE:
            return "ink3"
    return None


def _tip(row: LedgerRow, column: int) -> str | None:
    match column:
        case LedgerColumn.TIME:
            return row.created_at
        case LedgerColumn.AMOUNT:
            return all_decimals(row.amount_micro)
        case LedgerColumn.BALANCE:
            return all_decimals(row.balance_micro)
    return None


def _tr(text: str) -> str:
    return QCoreApplication.translate("ledger", text)
