"""The units of one job: the one model under both the graph and its tree. Steps are branches, a step of one unit is
that unit. Words and times are the views'; nothing here paints."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any

import msgspec
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.client.job_follow import unit_name
from core.printable import printable
from core.protocol.customer import ComputeUnit

from ..job_steps import Step, steps_of
from .row_diff import diff_rows

Index = QModelIndex | QPersistentModelIndex
UNIT_ROLE = Qt.ItemDataRole.UserRole
STEP_ROLE = Qt.ItemDataRole.UserRole + 1


class UnitColumn(IntEnum):
    """The columns of the tree, from the left."""

    NAME = 0
    STATE = 1
    WHERE = 2
    MEASURE = 3


class _Branch(msgspec.Struct):
    """A top row: a step, whose units are its rows where there are several (`many`). Children's indexes point to it."""

    step: Step
    many: bool

    @property
    def key(self) -> tuple[str, bool]:
        return self.step.key, self.many


class UnitsModel(QAbstractItemModel):
    """`UNIT_ROLE` gives the ComputeUnit of a row (None for a step of several), `STEP_ROLE` the Step it belongs to."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._branches: list[_Branch] = []
        self._places: dict[str, tuple[_Branch, int]] = {}

    def put_units(self, units: Sequence[ComputeUnit]) -> None:
        """The job's units now. Rows that stay keep their indexes; changed ones say so."""
        wanted = [_Branch(step, len(step.units) > 1) for step in steps_of(units)]
        diff_rows(
            self._branches,
            wanted,
            key=lambda branch: branch.key,
            remove=self._remove,
            insert=self._insert,
            change=self._change,
        )
        self._places = {
            unit.id: (branch, row) for branch in self._branches for row, unit in enumerate(branch.step.units)
        }

    # What the views read

    def units(self) -> Iterator[ComputeUnit]:
        """All units, step by step."""
        for branch in self._branches:
            yield from branch.step.units

    @property
    def steps(self) -> list[Step]:
        return [branch.step for branch in self._branches]

    def unit_at(self, index: Index) -> ComputeUnit | None:
        if not index.isValid():
            return None
        branch: _Branch | None = index.internalPointer()
        if branch is not None:
            return branch.step.units[index.row()]
        top = self._branches[index.row()]
        return None if top.many else top.step.units[0]

    def step_at(self, index: Index) -> Step | None:
        if not index.isValid():
            return None
        branch: _Branch | None = index.internalPointer()
        return (branch or self._branches[index.row()]).step

    def index_of(self, unit_id: str) -> QModelIndex:
        """Where a unit stands; an invalid index for one that isn't here."""
        place = self._places.get(unit_id)
        if place is None:
            return QModelIndex()
        branch, row = place
        if not branch.many:
            return self.index(self._row_of(branch), 0)
        return self.createIndex(row, 0, branch)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:
        if row < 0 or not 0 <= column < len(UnitColumn) or row >= self.rowCount(parent):
            return QModelIndex()
        if parent.isValid():
            return self.createIndex(row, column, self._branches[parent.row()])
        return self.createIndex(row, column)

    def parent(self, index: Index = QModelIndex()) -> Any:
        branch: _Branch | None = index.internalPointer() if index.isValid() else None
        return QModelIndex() if branch is None else self.createIndex(self._row_of(branch), 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        if not parent.isValid():
            return len(self._branches)
        if parent.column() > 0 or parent.internalPointer() is not None:
            return 0
        branch = self._branches[parent.row()]
        return len(branch.step.units) if branch.many else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802 - Qt's name
        return len(UnitColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        step, unit = self.step_at(index), self.unit_at(index)
        if role == UNIT_ROLE:
            return unit
        if role == STEP_ROLE:
            return step
        if role == Qt.ItemDataRole.DisplayRole and step is not None:
            return self._text(step, unit, index.column())
        return None

    def _text(self, step: Step, unit: ComputeUnit | None, column: int) -> str:
        if unit is None:
            return printable(step.role) if column == UnitColumn.NAME else ""
        match column:
            case UnitColumn.NAME:
                return printable(unit_name(unit))
            case UnitColumn.STATE:
                return unit.state.value
            case UnitColumn.WHERE:
                return printable(unit.node_label or "")
        return f"{unit.progress:.0%}"

    # Diffing

    def _row_of(self, branch: _Branch) -> int:
        return next(row for row, other in enumerate(self._branches) if other is branch)

    def _remove(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._branches[first : last + 1]
        self.endRemoveRows()

    def _insert(self, position: int, branches: Sequence[_Branch]) -> None:
        self.beginInsertRows(QModelIndex(), position, position + len(branches) - 1)
        self._branches[position:position] = branches
        self.endInsertRows()

    def _change(self, row: int, wanted: _Branch) -> None:
        """A step whose units changed. The branch stays the same object, as its children's indexes hold it."""
        branch = self._branches[row]
        top = self.index(row, 0)
        if branch.many:
            units = list(branch.step.units)
            branch.step = msgspec.structs.replace(wanted.step, units=units)
            self._change_children(top, units, wanted.step.units)
        branch.step = wanted.step
        self.dataChanged.emit(top, self.index(row, len(UnitColumn) - 1))

    def _change_children(self, top: QModelIndex, units: list[ComputeUnit], wanted: Sequence[ComputeUnit]) -> None:
        def remove(first: int, last: int) -> None:
            self.beginRemoveRows(top, first, last)
            del units[first : last + 1]
            self.endRemoveRows()

        def insert(position: int, new: Sequence[ComputeUnit]) -> None:
            self.beginInsertRows(top, position, position + len(new) - 1)
            units[position:position] = new
            self.endInsertRows()

        def change(row: int, unit: ComputeUnit) -> None:
            units[row] = unit
            self.dataChanged.emit(self.index(row, 0, top), self.index(row, len(UnitColumn) - 1, top))

        diff_rows(units, wanted, key=lambda unit: unit.id, remove=remove, insert=insert, change=change)
