"""The overview of an account at work: a titled panel of rows, each with a name, a line, a state and what it opens."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ....theme.theme import Theme
from ....widgets.buttons import Button
from ....widgets.chips import StateText
from ....widgets.frames import Line, Panel
from ....widgets.labels import ElidedLabel, Label
from ....widgets.progress import ProgressLine


class OverviewRow(NamedTuple):
    """`state` and `words` are a glyph and its word, `fraction` a progress, `button` and `do` what the row offers."""

    name: str
    line: str
    state: str
    words: str
    fraction: float | None = None
    button: str = ""
    do: Callable[[], object] | None = None


class Section(QWidget):
    """`show_rows` replaces what stands in it; without rows it says `nothing`."""

    def __init__(self, theme: Theme, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = Label(theme)
        self._title = Label(theme, "", weight="strong")
        self._nothing = ""
        self._rows: list[OverviewRow] = []
        self.all_button = Button(theme, "", None, "link", small=True)
        head = QHBoxLayout()
        head.setSpacing(theme.gap(8))
        head.addWidget(self._icon)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.all_button)
        self._panel = Panel(theme)
        self._column = QVBoxLayout(self._panel)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(8))
        column.addLayout(head)
        column.addWidget(self._panel)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def set_words(self, title: str, nothing: str, all_words: str = "") -> None:
        self._title.setText(title)
        self._nothing = nothing
        self.all_button.setText(all_words)
        self.all_button.setVisible(bool(all_words))
        self._make_rows()

    def show_rows(self, rows: Sequence[OverviewRow]) -> None:
        self._rows = list(rows)
        self._make_rows()

    def rows(self) -> Sequence[OverviewRow]:
        return self._rows

    def _make_rows(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, row in enumerate(self._rows):
            if number:
                self._column.addWidget(Line(self._theme))
            self._column.addWidget(self._row(row))
        if not self._rows:
            nothing = Label(self._theme, self._nothing, colour="ink3")
            gap = self._theme.gap
            nothing.setContentsMargins(gap(14), gap(10), gap(14), gap(10))
            self._column.addWidget(nothing)

    def _row(self, row: OverviewRow) -> QWidget:
        theme, gap = self._theme, self._theme.gap
        made = QWidget()
        layout = QHBoxLayout(made)
        layout.setContentsMargins(gap(14), gap(8), gap(10), gap(8))
        layout.setSpacing(gap(12))
        words = QVBoxLayout()
        words.setSpacing(gap(2))
        words.addWidget(ElidedLabel(theme, row.name, weight="label"))
        words.addWidget(ElidedLabel(theme, row.line, style="caption", colour="ink3"))
        layout.addLayout(words, 1)
        if row.fraction is not None:
            line = ProgressLine(theme)
            line.set_progress(row.fraction)
            line.setFixedWidth(gap(120))
            layout.addWidget(line, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(StateText(theme, row.state, row.words or None))
        if row.do is not None:
            button = Button(theme, row.button, None, small=True)
            button.clicked.connect(lambda checked=False, do=row.do: do())
            layout.addWidget(button)
        made.setAccessibleName(f"{row.name}, {row.words}, {row.line}")
        return made

    def _apply_theme(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "ink2"))
