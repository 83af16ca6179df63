"""The versions of one dataset as a table, newest first."""

from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.protocol.customer import ContentStatus, StoredContent

from ..amounts import count_words, moment_words, short_digest, size_words
from ..widgets.tables import Role
from .rows import Index, RowsModel

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


class VersionsModel(RowsModel[StoredContent]):
    """`CONTENT_ROLE` gives the StoredContent of a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda content: content.id, len(VersionColumn), parent)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else None
        words = [_tr("Version"), _tr("Made"), _tr("Size"), _tr("Files"), _tr("State"), "SHA-256"]
        return words[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
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
