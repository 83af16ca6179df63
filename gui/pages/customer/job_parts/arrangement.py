"""Where the job's four panels stand: split in a wide page, tabs in a narrow one. The panels are the page's."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QVBoxLayout, QWidget

from gui.theme.theme import Theme
from gui.widgets.stack import Stack
from gui.widgets.tabs import Tabs

_WIDE_EM = 85  # a window of more than 1,300 px at 13 px an em


class _Handle(QSplitterHandle):
    """A line of 1 px that can be dragged."""

    def __init__(self, orientation: Qt.Orientation, parent: "_Splitter") -> None:
        super().__init__(orientation, parent)
        self._theme = parent.theme

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        QPainter(self).fillRect(self.rect(), self._theme.colour("border"))


class _Splitter(QSplitter):
    def __init__(self, theme: Theme, orientation: Qt.Orientation) -> None:
        self.theme = theme
        super().__init__(orientation)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:  # noqa: N802 - Qt's name
        return _Handle(self.orientation(), self)


class Arrangement(QWidget):
    """Units over (metrics, artifacts), the chosen unit at the right; or a tab for each."""

    def __init__(self, theme: Theme, units: QWidget, unit: QWidget, metrics: QWidget, artifacts: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._panels = (units, unit, metrics, artifacts)
        self._narrow: bool | None = None
        self._dragged = self._flat = False
        self._across = _Splitter(theme, Qt.Orientation.Horizontal)
        self._down = _Splitter(theme, Qt.Orientation.Vertical)
        self._below = _Splitter(theme, Qt.Orientation.Horizontal)
        self._down.addWidget(self._below)
        self._across.addWidget(self._down)
        for splitter in (self._across, self._down, self._below):
            splitter.splitterMoved.connect(self._keep_shares)
        self._tabs = Tabs(theme)
        self._stack = Stack()
        self._tabs.chosen.connect(self._stack.setCurrentIndex)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._across, 1)
        column.addWidget(self._tabs)
        column.addWidget(self._stack, 1)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        units, unit, metrics, artifacts = self._panels
        if narrow:
            for panel in self._panels:
                self._stack.addWidget(panel)
                panel.show()
            self._stack.setCurrentIndex(self._tabs.current)
        else:
            self._down.insertWidget(0, units)
            self._below.addWidget(metrics)
            self._below.addWidget(artifacts)
            self._across.addWidget(unit)
            for panel in self._panels:
                panel.show()
            self._give_shares()
        self._across.setVisible(not narrow)
        self._tabs.setVisible(narrow)
        self._stack.setVisible(narrow)

    def set_flat(self, flat: bool) -> None:
        """A graph of a row or two leaves its height to what stands below."""
        if flat != self._flat:
            self._flat = flat
            if not self._narrow and not self._dragged:
                self._give_shares()

    def _give_shares(self) -> None:
        wide = self.width() > self._theme.px(_WIDE_EM)
        panel = self._theme.px(29 if wide else 24)
        self._across.setSizes([max(100, self.width() - panel), panel])
        self._across.setStretchFactor(0, 1)
        self._across.setStretchFactor(1, 0)
        upper = 400 if self._flat else 590
        self._down.setSizes([upper, 1000 - upper])
        self._down.setStretchFactor(0, upper)
        self._down.setStretchFactor(1, 1000 - upper)
        self._below.setSizes([570, 430])
        self._below.setStretchFactor(0, 4)
        self._below.setStretchFactor(1, 3)

    def set_words(self, units: str, unit: str, metrics: str, artifacts: str) -> None:
        self._tabs.set_words([units, unit, metrics, artifacts])

    def show_unit_panel(self) -> None:
        """Where panels are tabs, bring the chosen unit's forward."""
        if self._narrow:
            self._tabs.choose(1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if not self._narrow and not self._dragged:
            self._give_shares()

    def _keep_shares(self) -> None:
        self._dragged = True
