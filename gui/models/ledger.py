"""The customer's ledger as a table that loads a page at a time: what a row is about, what it moved, what was left."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.customer import LedgerRow

from ..amounts import all_decimals, credit_words, moment_words, seconds_words
from ..widgets.tables import Role
from .pages import PagesModel
from .rows import Index

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


class LedgerModel(PagesModel[LedgerRow, LedgerRow]):
    """Newest first. `LEDGER_ROLE` gives the LedgerRow. The ledger only grows, at its top."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_row_id, _row_id, len(LedgerColumn), parent)
        self._kinds: frozenset[str] = frozenset()

    def show_kinds(self, kinds: frozenset[str]) -> None:
        """Only these; all if empty."""
        self._kinds = kinds
        self._show()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in NUMBERS else None
        words = [_tr("Time"), _tr("Kind"), _tr("Job"), _tr("For"), "", _tr("Credits"), _tr("Available after")]
        return words[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.row_at(index), index.column()
        if row is None:
            return None
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

    def _wanted_rows(self) -> Sequence[LedgerRow]:
        return [row for row in self._loaded if not self._kinds or row.kind in self._kinds]


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


def _row_id(row: LedgerRow) -> str:
    return row.id


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
