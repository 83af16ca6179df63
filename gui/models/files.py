"""The files of one dataset or package as a table that loads a page at a time."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.customer import Page
from core.protocol.uploads import ContentFile

from ..amounts import size_words
from ..widgets.tables import Role
from .pages import PagesModel
from .rows import Index

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class FileColumn(IntEnum):
    """The columns, from the left."""

    NAME = 0
    SIZE = 1
    CHUNKS = 2


class FilesModel(PagesModel[ContentFile, ContentFile]):
    """In path order. Files of a stored version never change, so rows only come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_path, _path, len(FileColumn), parent)

    def put_first_page(self, page: Page[ContentFile]) -> None:
        """The files of another version."""
        self.clear()
        super().put_first_page(page)

    def _wanted_rows(self) -> Sequence[ContentFile]:
        return self._loaded

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return None if section == FileColumn.NAME else _RIGHT
        translate = QCoreApplication.translate
        words = [translate("files", "Name"), translate("files", "Size"), translate("files", "Chunks")]
        return words[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        file, column = self.row_at(index), index.column()
        if file is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (printable(file.path), size_words(file.size_bytes), str(len(file.chunks)))[column]
            case Qt.ItemDataRole.TextAlignmentRole:
                return None if column == FileColumn.NAME else _RIGHT
            case Role.ICON:
                return "file" if column == FileColumn.NAME else None
        return None


def _path(file: ContentFile) -> str:
    return file.path
