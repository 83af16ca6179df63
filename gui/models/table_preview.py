"""The first rows of a stored table, with the row's number in front. It is shown once and never changes."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from ..amounts import count_words
from ..file_preview import ColumnType, TablePreview
from ..widgets.tables import Role

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class TablePreviewModel(QAbstractTableModel):
    """Column 0 is the row's number; SECOND of a header is the column's type."""

    def __init__(self, preview: TablePreview, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview = preview

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.preview.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.preview.columns) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal or section > len(self.preview.columns):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.preview.columns[section - 1] if section else ""
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if self._is_number(section) else None
            case Role.SECOND:
                return type_words(self.preview.types[section - 1]) if section else ""
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = index.column()
        cell = self.preview.rows[index.row()][column - 1] if column else count_words(index.row() + 1)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if self._is_number(column) else None
            case Role.CHIP:
                return QCoreApplication.translate("preview", "empty") if not cell else None
        return None

    def _is_number(self, section: int) -> bool:
        return section == 0 or self.preview.types[section - 1] is not ColumnType.TEXT


def type_words(type: ColumnType) -> str:
    """`integer`, in the language shown now."""
    words = {
        ColumnType.INTEGER: QCoreApplication.translate("preview", "integer"),
        ColumnType.DECIMAL: QCoreApplication.translate("preview", "decimal"),
        ColumnType.TEXT: QCoreApplication.translate("preview", "text"),
    }
    return words[type]
