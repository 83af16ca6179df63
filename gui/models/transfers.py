"""All transfers as a list, for the status bar's window and for pages that show one. It follows Transfers by itself."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from core.printable import printable

from ..amounts import left_words, speed_words
from ..transfer_words import amount_of, done_words, state_of, trouble_words
from ..transfers import Transfer, Transfers
from ..widgets.tables import Role

Index = QModelIndex | QPersistentModelIndex
TRANSFER_ROLE = Qt.ItemDataRole.UserRole


class TransfersModel(QAbstractListModel):
    """Oldest first, as in Transfers. `TRANSFER_ROLE` gives the Transfer of a row."""

    def __init__(self, transfers: Transfers) -> None:
        super().__init__(transfers)
        self._transfers = transfers
        self._ids = [transfer.id for transfer in transfers]
        transfers.added.connect(self._added)
        transfers.changed.connect(self._changed)
        transfers.removed.connect(self._removed)

    def transfer_at(self, index: Index) -> Transfer | None:
        valid = index.isValid() and index.row() < len(self._ids)
        return self._transfers.get(self._ids[index.row()]) if valid else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        transfer = self.transfer_at(index)
        if transfer is None:
            return None
        match role:
            case TRANSFER_ROLE.value:
                return transfer
            case Qt.ItemDataRole.DisplayRole:
                return printable(transfer.name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{printable(transfer.name)}, {state_of(transfer).words}, {_facts(transfer)}"
            case Role.SECOND:
                return _facts(transfer)
            case Role.STATE:
                return state_of(transfer).state
            case Role.STATE_TEXT:
                return state_of(transfer).words
            case Role.PROGRESS:
                return transfer.fraction or 0.0
            case Role.PROGRESS_KIND:
                return state_of(transfer).progress_kind
            case Role.ID:
                return transfer.id
        return None

    def _added(self, id: str) -> None:
        row = len(self._ids)
        self.beginInsertRows(QModelIndex(), row, row)
        self._ids.append(id)
        self.endInsertRows()

    def _removed(self, id: str) -> None:
        row = self._ids.index(id)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._ids[row]
        self.endRemoveRows()

    def _changed(self, id: str) -> None:
        index = self.index(self._ids.index(id), 0)
        self.dataChanged.emit(index, index)


def _facts(transfer: Transfer) -> str:
    """`1.39 of 3.4 GB · 11.8 MB/s · 2 min 50 s left`, or what stopped it."""
    trouble = trouble_words(transfer)
    if trouble is not None:
        return trouble.title
    parts = [done_words(transfer) or amount_of(transfer)]
    parts += [speed_words(transfer.bytes_per_second)] if transfer.bytes_per_second else []
    parts += [left_words(transfer.seconds_left)] if transfer.seconds_left is not None else []
    return " · ".join(part for part in parts if part)
