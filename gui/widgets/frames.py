"""Flat areas: a line, an area of one colour, a panel with corners."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ..theme.theme import Theme


def fill(painter: QPainter, rect: QRect, colour: QColor) -> None:
    """What `fillRect` does, whose first call costs the start 9 ms: it makes Python's enum of 170 gradients."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRect(rect)


class Line(QWidget):
    """A line of 1 px between two regions."""

    def __init__(self, theme: Theme, *, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        if upright:
            self.setFixedWidth(1)
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        else:
            self.setFixedHeight(1)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        fill(QPainter(self), self.rect(), self._theme.colour("border"))


class Area(QFrame):
    """An area in one of the theme's colours."""

    def __init__(self, theme: Theme, colour: str = "surface", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fill = colour
        theme.changed.connect(self.update)

    def set_fill(self, colour: str) -> None:
        self._fill = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        fill(QPainter(self), self.rect(), self._theme.colour(self._fill))


class Panel(Area):
    """An area with corners and an outline, for what stands by itself. `dashed` for a place that waits for something."""

    def __init__(
        self,
        theme: Theme,
        colour: str = "surface",
        outline: str = "border",
        *,
        dashed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, colour, parent)
        self._outline = outline
        self._dashed = dashed

    def set_outline(self, colour: str) -> None:
        self._outline = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour(self._outline), 1)
        if self._dashed:
            pen.setStyle(Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(self._theme.colour(self._fill))
        radius = self._theme.radius("panel")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
