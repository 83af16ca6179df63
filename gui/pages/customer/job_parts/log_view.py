"""The log of one unit: plain text, escaped, followed to its end or searched. Lines come from outside."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.printable import printable
from core.protocol.customer import LogRow
from gui.job_view import LOG_LINES_KEPT
from gui.job_words import clock
from gui.theme.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.fields import Field, Switch
from gui.widgets.frames import Area, Line
from gui.widgets.labels import Label
from gui.widgets.log_text import LogText

_LONGEST_LINE = 2_000
_COLOURS = ("ink", "ink3", "danger")


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
        self.follow.toggled.connect(self._follow)
        self._find = Button(theme, "", "search", "quiet", small=True)
        self._find.clicked.connect(self.open_search)
        self._field = Field(theme, icon="search")
        self._field.hide()
        self._field.entered.connect(self._find_next)
        self._field.edit.installEventFilter(self)
        self.text = LogText(theme, _COLOURS, LOG_LINES_KEPT)
        self.text.scrolled_back.connect(lambda: self.follow.setChecked(False))
        self._lay_out()
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
        """Lines behind those that are there."""
        self.text.add((_line_words(row), self._colour(row)) for row in rows)

    def _colour(self, row: LogRow) -> str:
        if row.stream != "platform":
            return "ink"
        return "danger" if self._ending is not None and row.text == self._ending else "ink3"

    def _follow(self, on: bool) -> None:
        self.text.follow(on)

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


def _line_words(row: LogRow) -> str:
    text = row.text if len(row.text) <= _LONGEST_LINE else row.text[:_LONGEST_LINE] + " …"
    return f"{clock(row.time)} {printable(text, keep=chr(9))}"
