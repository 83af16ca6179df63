"""Flat areas: a line, an area of one colour, a panel with corners."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QRegion, QResizeEvent
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
        self._corners: _Corners | None = None

    def set_outline(self, colour: str) -> None:
        self._outline = colour
        self.update()

    def keep_corners(self, around: str = "surface") -> None:
        """Tables and strips in it that fill it don't paint over its corners. `around`: the colour it stands on."""
        self._corners = _Corners(self, around)
        self._corners.resize(self.size())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if self._corners is not None:
            self._corners.resize(event.size())
            self._corners.raise_()

    @property
    def theme(self) -> Theme:
        return self._theme

    def outline_path(self) -> QPainterPath:
        path, radius = QPainterPath(), self._theme.radius("panel")
        path.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        return path

    def outline_pen(self) -> QPen:
        return QPen(self._theme.colour(self._outline), 1)

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


class _Corners(QWidget):
    """Lies over a panel and draws its four corners; takes no events."""

    def __init__(self, panel: Panel, around: str) -> None:
        super().__init__(panel)
        self._panel, self._around = panel, around
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        theme = self._panel.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = self._panel.outline_path()
        outside = QPainterPath()
        outside.addRect(QRectF(self.rect()))
        painter.fillPath(outside.subtracted(inside), theme.colour(self._around))
        painter.setPen(self._panel.outline_pen())
        painter.drawPath(inside)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        side, size = self._panel.theme.radius("panel"), event.size()
        right, bottom = size.width() - side, size.height() - side
        corners = QRegion()
        for x in (0, right):
            for y in (0, bottom):
                corners += QRegion(x, y, side, side)
        self.setMask(corners)
