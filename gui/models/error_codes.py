"""The error codes of a server, as a table: code, HTTP status, what it means."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable

from ..api_reference import ErrorCodeRow
from ..error_words import error_words
from ..widgets.tables import Role
from .rows import Index, RowsModel

translate = QCoreApplication.translate


class ErrorColumn(IntEnum):
    """The table's columns."""

    CODE = 0
    STATUS = 1
    MEANING = 2


class ErrorCodesModel(RowsModel[ErrorCodeRow]):
    """In the server's order; what they mean is said in the language shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda row: row.code, len(ErrorColumn), parent)

    def words(self, row: ErrorCodeRow) -> str:
        """What a code means, harmless to show."""
        return printable(error_words(row))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        column = ErrorColumn(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return {
                ErrorColumn.CODE: row.code,
                ErrorColumn.STATUS: str(row.status),
                ErrorColumn.MEANING: self.words(row),
            }[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column is ErrorColumn.STATUS:
            return int(Qt.AlignmentFlag.AlignRight)
        if role == Role.MONO:
            return column is ErrorColumn.CODE
        if role == Role.ID:
            return row.code
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == ErrorColumn.STATUS:
            return int(Qt.AlignmentFlag.AlignRight)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            ErrorColumn.CODE: translate("error_codes", "Code"),
            ErrorColumn.STATUS: "HTTP",
            ErrorColumn.MEANING: translate("error_codes", "Description"),
        }[ErrorColumn(section)]
