"""The versions of one dataset as a table, newest first."""

from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.protocol.uploads import ContentStatus, StoredContent

from ..amounts import count_words, moment_words, of_words, size_words
from ..version_facts import VersionFacts
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
    NEW = 3  # the state, where a version isn't ready
    USED_BY = 4
    ACTIONS = 5


_NUMBERS = frozenset({VersionColumn.SIZE})


class VersionsModel(RowsModel[StoredContent]):
    """`CONTENT_ROLE` gives the StoredContent of a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda content: content.id, len(VersionColumn), parent)
        self._facts: dict[str, VersionFacts] = {}

    def put_facts(self, id: str, facts: VersionFacts) -> None:
        """What was asked about one of them."""
        self._facts[id] = facts
        place = self.row_of(id)
        if place is not None:
            self.show_row(place)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in _NUMBERS else None
        words = [_tr("Version"), _tr("Made"), _tr("Size"), _tr("New in it"), _tr("Used by"), ""]
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
                return _text(row, self._facts.get(row.id, VersionFacts()), column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in _NUMBERS else None
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row, column)
            case Role.STATE:
                return _STATES[row.status] if column == VersionColumn.NEW and not _is_ready(row) else None
            case Role.STATE_TEXT:
                return _status_words(row.status) if column == VersionColumn.NEW else None
            case Role.ICON:
                return "ellipsis" if column == VersionColumn.ACTIONS else None
            case Qt.ItemDataRole.AccessibleTextRole:
                return _tr("Actions") if column == VersionColumn.ACTIONS else None
            case Role.STRONG:
                return column == VersionColumn.VERSION
        return None


def _is_ready(row: StoredContent) -> bool:
    return row.status is ContentStatus.READY


def _text(row: StoredContent, facts: VersionFacts, column: int) -> str:
    match column:
        case VersionColumn.VERSION:
            return f"v{row.version}"
        case VersionColumn.MADE:
            return moment_words(row.created_at, datetime.now())
        case VersionColumn.SIZE:
            return "–" if row.size_bytes is None else size_words(row.size_bytes)
        case VersionColumn.NEW if _is_ready(row):
            return _new_words(facts.new_bytes, row.size_bytes)
        case VersionColumn.USED_BY:
            return _jobs_words(facts)
    return ""


def _new_words(new_bytes: int | None, size_bytes: int | None) -> str:
    """`251 MB of 2.1 GB`."""
    if new_bytes is None or size_bytes is None:
        return "–"
    if new_bytes >= size_bytes:
        return _tr("all {0}").format(size_words(size_bytes))
    return of_words(new_bytes, size_bytes)


def _jobs_words(facts: VersionFacts) -> str:
    if facts.jobs is None:
        return "–"
    if facts.more_jobs:
        return _tr("{0} jobs and more").format(count_words(facts.jobs))
    words = {0: _tr("none"), 1: _tr("1 job")}
    return words.get(facts.jobs, _tr("{0} jobs").format(count_words(facts.jobs)))


def _tip(row: StoredContent, column: int) -> str | None:
    match column:
        case VersionColumn.VERSION:
            return f"SHA-256 {row.digest}" if row.digest else None
        case VersionColumn.MADE:
            return row.created_at
        case VersionColumn.NEW:
            return _tr("In chunks that the version before doesn't have")
    return None


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
