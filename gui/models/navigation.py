"""The rows of the navigation: the pages of one face, and lines between their groups."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.printable import printable

Index = QModelIndex | QPersistentModelIndex
KEY = Qt.ItemDataRole.UserRole
ICON = Qt.ItemDataRole.UserRole + 1


class NavigationModel(QAbstractListModel):
    """The pages of one face; a row without a key is the line between two groups."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str, str]] = []

    def set_rows(self, rows: Sequence[tuple[str, str, str, int]]) -> None:
        """key, words, icon and group of each page. Another face has other rows altogether."""
        wanted: list[tuple[str, str, str]] = []
        last = rows[0][3] if rows else 0
        for key, words, icon, group in rows:
            if group != last:
                wanted.append(("", "", ""))
                last = group
            wanted.append((key, words, icon))
        if [row[0] for row in wanted] == [row[0] for row in self._rows]:
            self._rows = wanted
            if wanted:
                self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))
            return
        if self._rows:
            self.beginRemoveRows(QModelIndex(), 0, len(self._rows) - 1)
            self._rows = []
            self.endRemoveRows()
        if wanted:
            self.beginInsertRows(QModelIndex(), 0, len(wanted) - 1)
            self._rows = wanted
            self.endInsertRows()

    def row_of(self, key: str) -> int | None:
        return next((row for row, one in enumerate(self._rows) if one[0] == key), None)

    def keys(self) -> list[str]:
        return [key for key, _, _ in self._rows if key]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        key, words, icon = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words
        if role == Qt.ItemDataRole.ToolTipRole:
            return printable(words)
        return {KEY: key, ICON: icon}.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or not self._rows[index.row()][0]:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
