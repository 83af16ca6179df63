"""A section of the settings: a title at the left, rows at the right, a line below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from ...theme.theme import Theme
from ...widgets.frames import Line
from ...widgets.labels import Label

_TITLE_EM = 17


class Section(QWidget):
    """`rows` is filled by its user, `beneath` stands under the title."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        gap = theme.gap
        self.icon = icon
        self.title = Label(theme, weight="strong")
        self.note = Label(theme, style="caption", colour="ink3", wrap=True)
        self.note.hide()
        self.rows = QVBoxLayout()
        self.rows.setSpacing(gap(10))
        self.beneath = QVBoxLayout()
        self.beneath.setSpacing(gap(6))
        self.beneath.addWidget(self.title)
        self.beneath.addWidget(self.note)
        left = QWidget()
        left.setFixedWidth(theme.px(_TITLE_EM))
        holder = QVBoxLayout(left)
        holder.setContentsMargins(0, gap(2), gap(12), 0)
        holder.addLayout(self.beneath)
        holder.addStretch(1)
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setContentsMargins(0, gap(12), 0, gap(12))
        row.setSpacing(0)
        row.addWidget(left)
        row.addLayout(self.rows, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line(theme))

    def set_narrow(self, narrow: bool) -> None:
        """Little room: the title stands above its rows."""
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def set_words(self, title: str, note: str = "") -> None:
        self.title.setText(title)
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def add_control(self, label: Label, control: QWidget) -> None:
        """A row with words at the left and what is set by them at the right end."""
        row = QHBoxLayout()
        row.addWidget(label, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(control)
        self.rows.addLayout(row)
        label.setBuddy(control)
