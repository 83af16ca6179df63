"""The packages that an owner keeps off their machines, newest first: digest, reason, since when."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt

from core.printable import printable
from core.protocol.owner import PackageBlock

from ..amounts import moment_words, short_digest
from ..widgets.tables import Role
from .rows import Index, RowsModel


class BlockColumn(IntEnum):
    """The columns, from the left."""

    PACKAGE = 0
    SINCE = 1


class BlockedPackagesModel(RowsModel[PackageBlock]):
    """Rows by the blocks' ids."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_block_id, len(BlockColumn), parent)

    def block_of(self, package_digest: str) -> PackageBlock | None:
        """That of a package, if it is kept off."""
        return next((row for row in self.rows if row.package_digest == package_digest), None)

    def put_block(self, block: PackageBlock) -> None:
        """One that was made here."""
        self.put_rows([block, *(row for row in self.rows if row.id != block.id)])

    def remove(self, id: str) -> None:
        self.put_rows([row for row in self.rows if row.id != id])

    def put_all(self, blocks: Sequence[PackageBlock]) -> None:
        """All, as the server told them; each once."""
        self.put_rows(list({block.id: block for block in blocks}.values()))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's name
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return [_tr("Package, and what was wrong"), _tr("Kept off since")][section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        if index.column() == BlockColumn.SINCE:
            words = moment_words(row.created_at, datetime.now())
            return words if role == Qt.ItemDataRole.DisplayRole else "ink2" if role == Role.COLOUR else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"sha256 {short_digest(printable(row.package_digest))}"
            case Role.SECOND:
                return printable(row.reason)
            case Qt.ItemDataRole.ToolTipRole:
                return printable(row.package_digest)
            case Role.MONO:
                return True
        return None


def _block_id(row: PackageBlock) -> str:
    return row.id


def _tr(text: str) -> str:
    return QCoreApplication.translate("blocked_packages", text)
