"""Ctrl+K: find a page, a thing of the server or a command by typing part of its name. A frame over the page, no scrim.

What the server has is asked for by whoever listens to `asked`, and comes by `show_found`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
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
_MOST_ROWS_PX = 380
_TYPED_MS = 250
_DO = Qt.ItemDataRole.UserRole + 1
_NOTE = Qt.ItemDataRole.UserRole + 2
_ICON = Qt.ItemDataRole.UserRole


class Command(NamedTuple):
    """What the palette offers: words, an icon, what it does, and a note behind the words."""

    words: str
    icon: str
    do: Callable[[], object]
    note: str = ""


class Group(NamedTuple):
    """Commands under a heading."""

    heading: str
    commands: Sequence[Command]


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.wanted = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.px(10), self._theme.gap(34 if index.data(_DO) is not None else 28))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The part that was typed stands in petrol, the note behind it; a heading is small."""
        theme, rect, words = self._theme, option.rect, str(index.data())
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, theme.colour("selected" if chosen else "surface"))
        x = float(rect.x() + theme.gap(16))
        if index.data(_DO) is None:
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.colour("ink2"))
            painter.drawText(QRectF(x, rect.y(), rect.width(), rect.height()), Qt.AlignmentFlag.AlignVCenter, words)
            return
        size = theme.size("icon")
        icon = theme.pixmap(str(index.data(_ICON)), "ink3")
        painter.drawPixmap(round(x), rect.center().y() - size // 2, icon)
        at = words.casefold().find(self.wanted.casefold()) if self.wanted else -1
        end = at + len(self.wanted)
        parts = [(words, False)] if at < 0 else [(words[:at], False), (words[at:end], True), (words[end:], False)]
        x += float(size + theme.gap(11))
        for text, hit in parts:
            painter.setFont(theme.font("body", "strong" if hit else None))
            painter.setPen(theme.colour("accent" if hit else "ink"))
            x = _draw(painter, rect, x, text)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("ink2"))
        _draw(painter, rect, x + theme.gap(11), str(index.data(_NOTE)))


def _draw(painter: QPainter, rect: QRect, x: float, text: str) -> float:
    """Write it from `x` as far as there is room; where it ends."""
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, round(rect.right() - x)))
    painter.drawText(QRectF(x, rect.y(), rect.right() - x, rect.height()), Qt.AlignmentFlag.AlignVCenter, shown)
    return x + metrics.horizontalAdvance(shown)


class Palette(Panel):
    """`commands` is asked anew at each opening. `asked` carries what was typed, once it stands still; empty is told at
    once, so that nobody goes on looking."""

    asked = Signal(str)

    def __init__(self, theme: Theme, window: QWidget, commands: Callable[[], list[Command]]) -> None:
        super().__init__(theme, "surface", "border_strong", parent=window)
        self._window = window
        self._commands_of = commands
        self._commands: list[Command] = []
        self._found_groups: Sequence[Group] = ()
        self._line = ""
        self._before: QWidget | None = None
        gap = theme.gap
        self.edit = QLineEdit()
        self.edit.setFrame(False)
        self.edit.setFont(theme.font("subtitle"))
        self.edit.textChanged.connect(self._typed)
        self.edit.installEventFilter(self)
        self._typing = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typing.timeout.connect(self._ask)
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
        self.list.setUniformItemSizes(False)
        self._foot = Label(theme, style="caption", colour="ink2", wrap=True)
        self._foot.setContentsMargins(gap(16), gap(6), gap(16), gap(2))
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
        column.addWidget(self._foot)
        self.hide()

    def open(self) -> None:
        """Over the page, empty, with the keyboard in it."""
        theme, window = self._theme, self._window
        self._before = window.focusWidget()
        self._icon.setPixmap(theme.pixmap("search", "ink3"))
        self.edit.clear()
        self._say_anew()
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self._say_anew()

    def _say_anew(self) -> None:
        """All of it in the language shown, for the words that stand there."""
        self._commands = self._commands_of()
        self.edit.setPlaceholderText(self.tr("Find or run"))
        self.edit.setAccessibleName(self.tr("Find or run"))
        self.list.setAccessibleName(self.tr("Found"))
        self._typed(self.edit.text())

    def close_palette(self) -> None:
        """Away with it; the keyboard goes back to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def rows(self) -> list[str]:
        """The words offered now, headings among them."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def foot(self) -> str:
        """What is said below them."""
        return self._foot.text()

    def show_found(self, groups: Sequence[Group], line: str = "") -> None:
        """What the server has for the words that were typed; `line` says what is missing."""
        self._found_groups, self._line = groups, line
        self._list_rows(chosen=str(self.list.currentIndex().data() or ""))

    def _typed(self, text: str) -> None:
        """Pages and commands at once; the server is asked when the typing rests."""
        self._delegate.wanted = text.strip()
        self._found_groups, self._line = (), ""
        self._typing.stop()
        if self._delegate.wanted:
            self._typing.start()
        else:
            self._ask()
        self._list_rows()

    def _ask(self) -> None:
        self.asked.emit(self._delegate.wanted)

    def _list_rows(self, *, chosen: str = "") -> None:
        """`chosen`: the row that stays chosen while it is there, so that Enter takes no other than was seen."""
        wanted = self._delegate.wanted
        own = [one for one in self._commands if wanted.casefold() in one.words.casefold()]
        groups = [group for group in self._found_groups if group.commands]
        groups += [Group(self.tr("Do") if groups else "", own)] if own else []
        self._model.removeRows(0, self._model.rowCount())
        for group in groups:
            if group.heading:
                heading = QStandardItem(group.heading)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self._model.appendRow(heading)
            for command in group.commands:
                self._model.appendRow(_item(command))
        rows = self._choosable()
        kept = [row for row in rows if self._model.item(row).text() == chosen]
        if rows:
            self.list.setCurrentIndex(self._model.index((kept or rows)[0], 0))
        self._found.setText(self.tr("%n found", "", len(rows)) if wanted else "")
        self._foot.setText(self._line)
        self._foot.setVisible(bool(self._line))
        self._say_chosen()
        self._resize()

    def _choosable(self) -> list[int]:
        return [row for row in range(self._model.rowCount()) if self._model.item(row).data(_DO) is not None]

    def _say_chosen(self) -> None:
        """The keyboard stays in the line: a screen reader hears there which row Enter would take."""
        chosen = self.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
        self.edit.setAccessibleDescription(str(chosen or ""))

    def _resize(self) -> None:
        theme, window = self._theme, self._window
        width = min(theme.px(_WIDTH_EM), window.width() - theme.gap(40))
        rows = sum(self.list.sizeHintForRow(row) for row in range(self._model.rowCount()))
        room = window.height() - theme.gap(200)
        self.list.setFixedHeight(max(theme.gap(34), min(rows, theme.gap(_MOST_ROWS_PX), room)))
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, theme.gap(64))

    def _run(self) -> None:
        command = self.list.currentIndex().data(_DO)
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
        elif rows := self._choosable():
            step = -1 if key == Qt.Key.Key_Up else 1
            at = rows.index(self.list.currentIndex().row()) if self.list.currentIndex().row() in rows else -1
            self.list.setCurrentIndex(self._model.index(rows[(at + step) % len(rows)], 0))
            self._say_chosen()


def _item(command: Command) -> QStandardItem:
    item = QStandardItem(plain(command.words))
    item.setData(command.icon, _ICON)
    item.setData(command, _DO)
    item.setData(plain(command.note), _NOTE)
    item.setData(
        plain(f"{command.words}, {command.note}" if command.note else command.words), Qt.ItemDataRole.AccessibleTextRole
    )
    return item
