"""The machine in words, with the owner's big switch beside them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from ....node_mood import Mood, NodeWords
from ....theme.theme import Theme
from ....widgets.frames import Area, Line
from ....widgets.labels import Label
from ....widgets.owner_switch import OwnerSwitch

STATE_GLYPHS = {
    Mood.SHARING: "sharing",
    Mood.BUSY: "running",
    Mood.PAUSED: "paused",
    Mood.PROBLEM: "problem",
    Mood.ABSENT: "cancelled",
}
_GLYPH_EM = 2.5


class StateBand(Area):
    """`switch` tells of clicks; `show_words` says the state."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._glyph_name = "cancelled"
        self._glyph = Label(theme)
        self._title = Label(theme, "", style="heading", wrap=True)
        self._note = Label(theme, "", colour="ink2", wrap=True)
        self.switch = OwnerSwitch(theme)
        words = QVBoxLayout()
        words.setSpacing(theme.gap(2))
        words.addWidget(self._title)
        words.addWidget(self._note)
        left = QHBoxLayout()
        left.setSpacing(theme.gap(18))
        left.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignVCenter)
        left.addLayout(words, 1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(theme.gap(22), theme.gap(13), theme.gap(20), theme.gap(13))
        self._row.setSpacing(theme.gap(16))
        self._row.addLayout(left, 1)
        self._row.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(Line(theme))
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def show_words(self, words: NodeWords) -> None:
        """Another state."""
        self._title.setText(words.title)
        self._note.setText(words.note)
        self._glyph_name = STATE_GLYPHS[words.mood]
        self._apply_theme()

    def set_narrow(self, narrow: bool) -> None:
        """The switch stands below the words where both don't fit beside each other."""
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(direction)

    def title_text(self) -> str:
        return self._title.text()

    def _apply_theme(self) -> None:
        self._glyph.setPixmap(self._theme.state_pixmap(self._glyph_name, _GLYPH_EM))
