"""The log of one unit: plain text, escaped, followed to its end or searched. Lines come from outside."""

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.customer import LogRow
from gui.job_view import LOG_LINES_KEPT
from gui.job_words import clock
from gui.theme.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.fields import Field, Switch
from gui.widgets.frames import Area, Line
from gui.widgets.labels import Label

_LONGEST_LINE = 2_000
_COLOURS = ("ink", "ink3", "danger")  # a block's user state is a place in it


class LogView(QWidget):
    """`show_log` for another unit's, `add` for lines that came."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ending: str | None = None
        self._title = Label(theme, "", weight="strong")
        self._which = Label(theme, "", style="caption", colour="ink3")
        self.follow = Switch(theme)
        self.follow.setChecked(True)
        self.follow.toggled.connect(self._follow_now)
        self._find = Button(theme, "", "search", "quiet", small=True)
        self._find.clicked.connect(self.open_search)
        self._field = Field(theme, icon="search")
        self._field.hide()
        self._field.entered.connect(self._find_next)
        self._field.edit.installEventFilter(self)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setMaximumBlockCount(LOG_LINES_KEPT)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFont(theme.mono("caption"))
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.document().setDocumentMargin(theme.gap(12))
        self.text.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._lay_out()
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.retranslate()

    def _lay_out(self) -> None:
        theme = self._theme
        head = Area(theme, "surface")
        head.setFixedHeight(theme.size("section_header"))
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.gap(16), 0, theme.gap(12), 0)
        row.setSpacing(theme.gap(8))
        row.addWidget(self._title)
        row.addWidget(self._which)
        row.addStretch(1)
        row.addWidget(self.follow)
        row.addWidget(self._find)
        search = QHBoxLayout()
        search.setContentsMargins(theme.gap(12), 0, theme.gap(12), 0)
        search.addWidget(self._field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(search)
        column.addWidget(Line(theme))
        column.addWidget(self.text, 1)

    def show_log(self, rows: Iterable[LogRow], *, which: str, ending: str | None) -> None:
        """Another unit's log from its first line. `ending` is the platform's line that ended a unit for bad."""
        self._ending = ending
        self._which.setText(which)
        self.text.clear()
        self.follow.setChecked(True)
        self.add(rows)

    def say_which(self, which: str, ending: str | None) -> None:
        """The newest attempt is another one."""
        self._ending = ending
        self._which.setText(which)

    def add(self, rows: Iterable[LogRow]) -> None:
        """Lines behind those that are there, in as few steps as they have colours."""
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        first = self.text.document().isEmpty()
        for colour, group in groupby(rows, key=self._colour):
            lines = [_line_words(row) for row in group]
            cursor.insertText(("" if first else "\n") + "\n".join(lines), self._form(colour))
            first = False
            block = self.text.document().lastBlock()
            for _ in lines:
                block.setUserState(_COLOURS.index(colour))
                block = block.previous()
        self._follow_now()

    def _form(self, colour: str) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(self._theme.colour(colour))
        return form

    def _colour(self, row: LogRow) -> str:
        if row.stream != "platform":
            return "ink"
        return "danger" if self._ending is not None and row.text == self._ending else "ink3"

    def _follow_now(self) -> None:
        if self.follow.isChecked():
            bar = self.text.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _scrolled(self, value: int) -> None:
        bar = self.text.verticalScrollBar()
        if self.follow.isChecked() and value < bar.maximum() - bar.pageStep() // 2:
            self.follow.setChecked(False)

    def open_search(self) -> None:
        self._field.show()
        self._field.edit.setFocus()
        self._field.edit.selectAll()

    def _find_next(self) -> None:
        wanted = self._field.text()
        if not wanted:
            return
        self.follow.setChecked(False)
        if not self.text.find(wanted):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            if not self.text.find(wanted):
                self._field.set_error(self.tr("Not in this log"))

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self._field.hide()
            self.text.setFocus()
            return True
        return False

    def retranslate(self) -> None:
        self._title.setText(self.tr("Log"))
        self.follow.setText(self.tr("Follow"))
        self._find.describe(self.tr("Search this log"))
        self._field.set_placeholder(self.tr("Find in this log; Enter for the next"))
        self.text.setAccessibleName(self.tr("Log"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _apply_theme(self) -> None:
        palette = QPalette(self.text.palette())
        palette.setColor(QPalette.ColorRole.Base, self._theme.colour("code"))
        palette.setColor(QPalette.ColorRole.Text, self._theme.colour("ink"))
        self.text.setPalette(palette)
        self._colour_again()

    def _colour_again(self) -> None:
        """The lines that are there, in the colours of the theme shown now."""
        cursor = QTextCursor(self.text.document())
        cursor.beginEditBlock()
        block = self.text.document().begin()
        while block.isValid():
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(self._form(_COLOURS[max(0, block.userState())]))
            block = block.next()
        cursor.endEditBlock()


def _line_words(row: LogRow) -> str:
    text = row.text if len(row.text) <= _LONGEST_LINE else row.text[:_LONGEST_LINE] + " …"
    return f"{clock(row.time)} {printable(text, keep=chr(9))}"
