"""A main part and a narrower one beside it; where there is no room for both, two tabs of which one is shown."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..theme.theme import Theme
from .frames import Line
from .labels import plain
from .tabs import Tabs

_QT_WIDEST = 16_777_215  # what Qt means by no limit
_LONGEST_TAB = 24
_MAIN, _SIDE = 0, 1


class Sides(QWidget):
    """`main` takes what room there is, `side` is `width_px` wide and scrolls up and down."""

    def __init__(
        self, theme: Theme, main: QWidget, inside: QWidget, width_px: int, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._main = main
        self._width_px = width_px
        self._narrow = False
        self._has_side = True
        self.side = QScrollArea()
        self.side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.side.setWidgetResizable(True)
        self.side.setFrameShape(QFrame.Shape.NoFrame)
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.side.setWidget(inside)
        self._line = Line(theme, upright=True)
        self.tabs = Tabs(theme)
        self.tabs.chosen.connect(lambda _: self._show())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(main, 1)
        row.addWidget(self._line)
        row.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addLayout(row, 1)
        self._show()

    def set_words(self, main: str, side: str) -> None:
        """The names of the tabs; the side's may be text from anywhere."""
        name = plain(side)
        self.tabs.set_words([main, name if len(name) <= _LONGEST_TAB else f"{name[:_LONGEST_TAB]}…"])

    def set_has_side(self, has_side: bool) -> None:
        """Whether there is anything to be shown beside the main part."""
        self._has_side = has_side
        self._show()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self._show()

    def show_side(self) -> None:
        """Where one of both is shown, it is the side from now on."""
        self.tabs.choose(_SIDE)

    def show_main(self) -> bool:
        """Where one of both is shown, it is the main part from now on; whether it was the other."""
        was_side = self._narrow and self.tabs.current == _SIDE
        self.tabs.choose(_MAIN)
        return was_side

    def _show(self) -> None:
        both, chosen = not self._narrow, self.tabs.current
        self.tabs.setVisible(self._narrow and self._has_side)
        self._main.setVisible(both or not self._has_side or chosen == _MAIN)
        self._line.setVisible(both and self._has_side)
        self.side.setVisible(self._has_side and (both or chosen == _SIDE))
        self.side.setMinimumWidth(0 if self._narrow else self._width_px)
        self.side.setMaximumWidth(_QT_WIDEST if self._narrow else self._width_px)
