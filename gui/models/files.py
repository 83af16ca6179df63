"""The files of one dataset or package as a table that loads a page at a time. Fetching is the page's matter."""

from collections.abc import Sequence
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
from core.protocol.customer import ContentFile, Page

from ..amounts import size_words
from ..widgets.tables import Role

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class FileColumn(IntEnum):
    """The columns, from the left."""

    NAME = 0
    SIZE = 1
    CHUNKS = 2


class FilesModel(QAbstractTableModel):
    """In path order. Files of a stored version never change, so rows only come."""

    more_wanted = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: list[ContentFile] = []
        self._cursor: str | None = None
        self._asked = False

    def put_first_page(self, page: Page[ContentFile]) -> None:
        """The files of another version."""
        self.clear()
        self.put_more(page)

    def put_more(self, page: Page[ContentFile]) -> None:
        """The page that `more_wanted` asked for."""
        self._cursor = page.page.next_cursor if page.page.has_more else None
        self._asked = False
        self._insert(page.data)

    def more_failed(self) -> None:
        """The page could not be had: the next scroll asks again."""
        self._asked = False

    def clear(self) -> None:
        self._cursor, self._asked = None, False
        if self._files:
            self.beginRemoveRows(QModelIndex(), 0, len(self._files) - 1)
            self._files = []
            self.endRemoveRows()

    def files(self) -> Sequence[ContentFile]:
        return self._files

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._files)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(FileColumn)

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
            return None if section == FileColumn.NAME else _RIGHT
        translate = QCoreApplication.translate
        words = [translate("files", "Name"), translate("files", "Size"), translate("files", "Chunks")]
        return words[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._files):
            return None
        file, column = self._files[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (printable(file.path), size_words(file.size_bytes), str(len(file.chunks)))[column]
            case Qt.ItemDataRole.TextAlignmentRole:
                return None if column == FileColumn.NAME else _RIGHT
            case Role.ICON:
                return "file" if column == FileColumn.NAME else None
        return None

    def _insert(self, files: Sequence[ContentFile]) -> None:
        if files:
            first = len(self._files)
            self.beginInsertRows(QModelIndex(), first, first + len(files) - 1)
            self._files += files
            self.endInsertRows()
