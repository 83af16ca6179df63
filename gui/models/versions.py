"""The versions of one dataset as a table, newest first."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.protocol.customer import ContentStatus, StoredContent

from ..amounts import count_words, moment_words, short_digest, size_words
from ..widgets.tables import Role
from .row_diff import diff_rows

Index = QModelIndex | QPersistentModelIndex
CONTENT_ROLE = Qt.ItemDataRole.UserRole
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_STATES = {
    ContentStatus.READY: "completed",
    ContentStatus.UPLOADING: "paused",
    ContentStatus.REJECTED: "rejected",
}


class VersionColumn(IntEnum):
    """The columns, from the left."""

    VERSION = 0
    MADE = 1
    SIZE = 2
    FILES = 3
    STATE = 4
    DIGEST = 5


_NUMBERS = frozenset({VersionColumn.SIZE, VersionColumn.FILES})


class VersionsModel(QAbstractTableModel):
    """`CONTENT_ROLE` gives the StoredContent of a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[StoredContent] = []

    def put(self, versions: Sequence[StoredContent]) -> None:
        """All versions that are known."""
        diff_rows(
            self._rows,
            versions,
            key=lambda row: row.id,
            remove=self._remove,
            insert=self._insert,
            change=self._change,
        )

    def content_at(self, index: Index) -> StoredContent | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(VersionColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else None
        words = [_tr("Version"), _tr("Made"), _tr("Size"), _tr("Files"), _tr("State"), "SHA-256"]
        return words[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.content_at(index)
        if row is None:
            return None
        column = index.column()
        match role:
            case CONTENT_ROLE.value:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in _NUMBERS else None
            case Qt.ItemDataRole.ToolTipRole:
                return {VersionColumn.MADE: row.created_at, VersionColumn.DIGEST: row.digest}.get(VersionColumn(column))
            case Role.STATE:
                return _STATES[row.status] if column == VersionColumn.STATE else None
            case Role.STATE_TEXT:
                return _status_words(row.status) if column == VersionColumn.STATE else None
            case Role.STRONG:
                return column == VersionColumn.VERSION
        return None

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._rows[first : last + 1]
        self.endRemoveRows()

    def _insert(self, position: int, rows: Sequence[StoredContent]) -> None:
        self.beginInsertRows(QModelIndex(), position, position + len(rows) - 1)
        self._rows[position:position] = rows
        self.endInsertRows()

    def _change(self, row: int, changed: StoredContent) -> None:
        self._rows[row] = changed
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(VersionColumn) - 1))


def _text(row: StoredContent, column: int) -> str:
    match column:
        case VersionColumn.VERSION:
            return f"v{row.version}"
        case VersionColumn.MADE:
            return moment_words(row.created_at, datetime.now())
        case VersionColumn.SIZE:
            return "–" if row.size_bytes is None else size_words(row.size_bytes)
        case VersionColumn.FILES:
            return "–" if row.file_count is None else count_words(row.file_count)
        case VersionColumn.DIGEST:
            return "–" if row.digest is None else short_digest(row.digest)
    return ""


def _status_words(status: ContentStatus) -> str:
    match status:
        case ContentStatus.READY:
            return _tr("Ready")
        case ContentStatus.UPLOADING:
            return _tr("Not finished")
        case ContentStatus.REJECTED:
            return _tr("Rejected")


def _tr(text: str) -> str:
    return QCoreApplication.translate("versions", text)
