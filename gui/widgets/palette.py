"""Ctrl+K: find a page or run a command by typing part of its name. No scrim: a frame over the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ..theme.theme import Theme
from .frames import Line, Panel
from .labels import Label, plain
from .tables import Index

_WIDTH_EM = 38
_MOST_ROWS = 9


class Command(NamedTuple):
    """What the palette offers: words, an icon, and what it does."""

    words: str
    icon: str
    do: Callable[[], object]


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.wanted = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(10), self._theme.gap(34))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The part that was typed stands in petrol."""
        theme, rect = self._theme, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, theme.colour("selected" if chosen else "surface"))
        size = theme.size("icon")
        icon = theme.pixmap(str(index.data(Qt.ItemDataRole.UserRole)), "ink3")
        painter.drawPixmap(rect.x() + theme.gap(16), rect.center().y() - size // 2, icon)
        words = str(index.data())
        at = words.casefold().find(self.wanted.casefold()) if self.wanted else -1
        end = at + len(self.wanted)
        parts = [(words, False)] if at < 0 else [(words[:at], False), (words[at:end], True), (words[end:], False)]
        x = float(rect.x() + theme.gap(16) + size + theme.gap(11))
        for text, hit in parts:
            painter.setFont(theme.font("body", "strong" if hit else None))
            painter.setPen(theme.colour("accent" if hit else "ink"))
            painter.drawText(QRectF(x, rect.y(), rect.right() - x, rect.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += QFontMetrics(painter.font()).horizontalAdvance(text)


class Palette(Panel):
    """`commands` is asked anew at each opening."""

    def __init__(self, theme: Theme, window: QWidget, commands: Callable[[], list[Command]]) -> None:
        super().__init__(theme, "surface", "border_strong", parent=window)
        self._window = window
        self._commands_of = commands
        self._commands: list[Command] = []
        self._before: QWidget | None = None
        gap = theme.gap
        self.edit = QLineEdit()
        self.edit.setFrame(False)
        self.edit.setFont(theme.font("subtitle"))
        self.edit.textChanged.connect(self._filter)
        self.edit.installEventFilter(self)
        self._icon = Label(theme)
        self._found = Label(theme, style="caption", colour="ink3")
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self._delegate = _Delegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.clicked.connect(self._run)
        head = QHBoxLayout()
        head.setContentsMargins(gap(16), gap(11), gap(16), gap(11))
        head.setSpacing(gap(10))
        head.addWidget(self._icon)
        head.addWidget(self.edit, 1)
        head.addWidget(self._found)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, gap(6))
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Line(theme))
        column.addSpacing(gap(4))
        column.addWidget(self.list)
        self.hide()

    def open(self) -> None:
        """Over the page, empty, with the keyboard in it."""
        theme, window = self._theme, self._window
        self._before = window.focusWidget()
        self._commands = self._commands_of()
        self.edit.setPlaceholderText(self.tr("Find or run"))
        self.edit.setAccessibleName(self.tr("Find or run"))
        self._icon.setPixmap(theme.pixmap("search", "ink3"))
        self.edit.clear()
        self._filter("")
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Away with it; the keyboard goes back to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def rows(self) -> list[str]:
        """The words offered now."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def _filter(self, text: str) -> None:
        wanted = self._delegate.wanted = text.strip()
        self._model.removeRows(0, self._model.rowCount())
        for command in self._commands:
            if wanted.casefold() in command.words.casefold():
                item = QStandardItem(plain(command.words))
                item.setData(command.icon, Qt.ItemDataRole.UserRole)
                item.setData(command, Qt.ItemDataRole.UserRole + 1)
                self._model.appendRow(item)
        if self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0, 0))
        self._found.setText(self.tr("%n found", "", self._model.rowCount()) if wanted else "")
        self._resize()

    def _resize(self) -> None:
        theme, window = self._theme, self._window
        width = min(theme.px(_WIDTH_EM), window.width() - theme.gap(40))
        rows = max(1, min(_MOST_ROWS, self._model.rowCount()))
        self.list.setFixedHeight(rows * theme.gap(34))
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, theme.gap(64))

    def _run(self) -> None:
        command = self.list.currentIndex().data(Qt.ItemDataRole.UserRole + 1)
        self.close_palette()
        if command is not None:
            command[2]()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
            return False
        if not isinstance(event, QKeyEvent) or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        key = event.key()
        if key not in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._key(Qt.Key(key))
        return True

    def _key(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif self._model.rowCount():
            step = -1 if key == Qt.Key.Key_Up else 1
            row = (self.list.currentIndex().row() + step) % self._model.rowCount()
            self.list.setCurrentIndex(self._model.index(row, 0))
