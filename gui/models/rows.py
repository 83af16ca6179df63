"""What models of plain rows have in common: rows are put as a whole and reach views as what left, came and changed."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex

from .row_diff import diff_rows

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Rows told apart by `key`, each drawn in `columns` columns."""

    def __init__(self, key: Callable[[Row], Hashable], columns: int = 1, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._columns = columns
        self._rows: list[Row] = []

    def put_rows(self, rows: Sequence[Row]) -> None:
        """These and no others, in this order. Raises ValueError where two have the same key."""
        diff_rows(self._rows, rows, key=self._key, remove=self._remove, insert=self._insert, change=self._change)

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def row_at(self, index: Index) -> Row | None:
        """None where the index is of no row, or of one that has left."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def row_of(self, key: Hashable) -> int | None:
        """Where the row with this key stands."""
        return next((place for place, row in enumerate(self._rows) if self._key(row) == key), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else self._columns

    def show_row(self, place: int) -> None:
        """Have a row drawn again."""
        self.dataChanged.emit(self.index(place, 0), self.index(place, self._columns - 1))

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._rows[first : last + 1]
        self.endRemoveRows()

    def _insert(self, place: int, rows: Sequence[Row]) -> None:
        self.beginInsertRows(QModelIndex(), place, place + len(rows) - 1)
        self._rows[place:place] = rows
        self.endInsertRows()

    def _change(self, place: int, row: Row) -> None:
        self._rows[place] = row
        self.show_row(place)
