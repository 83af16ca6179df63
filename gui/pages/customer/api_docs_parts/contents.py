"""The contents at the left of the API page: its sections, the one that is read marked by a bar."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.models.rows import Index, RowsModel
from gui.theme.theme import Theme


class ContentsModel(RowsModel[tuple[str, str]]):
    """Key and words of each section."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(lambda row: row[0], parent=parent)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index)
        if row is None:
            return None
        named: dict[int, str] = {Qt.ItemDataRole.DisplayRole: row[1], Qt.ItemDataRole.UserRole: row[0]}
        return named.get(role)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(6), self._theme.gap(27))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.fillRect(rect, theme.colour("hover" if under else "surface"))
        if chosen:
            painter.fillRect(rect.x(), rect.y(), theme.gap(2), rect.height(), theme.colour("accent"))
        painter.setFont(theme.font("body", "strong" if chosen else "body"))
        painter.setPen(theme.colour("ink" if chosen else "ink2"))
        room = rect.adjusted(theme.gap(18), 0, -theme.gap(6), 0)
        words = QFontMetrics(painter.font()).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setPen(theme.colour("focus"))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()


class Contents(QListView):
    """`chosen` carries a section's key, by a click or a key; `mark` shows which one is read, without it."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows = ContentsModel(self)
        self._marking = False
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(theme, self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(lambda index: self.chosen.emit(str(index.data(Qt.ItemDataRole.UserRole))))
        self.selectionModel().currentChanged.connect(self._moved)
        theme.changed.connect(self.viewport().update)

    def set_sections(self, rows: Sequence[tuple[str, str]]) -> None:
        self._rows.put_rows(rows)

    def mark(self, key: str) -> None:
        """This section is read now."""
        place = self._rows.row_of(key)
        if place is None or place == self.currentIndex().row():
            return
        self._marking = True
        self.setCurrentIndex(self._rows.index(place, 0))
        self._marking = False

    def current(self) -> str:
        """The key of the section that is marked; empty for none."""
        return str(self.currentIndex().data(Qt.ItemDataRole.UserRole) or "")

    def _moved(self, current: QModelIndex, before: QModelIndex) -> None:
        if not self._marking and current.isValid():
            self.chosen.emit(str(current.data(Qt.ItemDataRole.UserRole)))
