"""How the parts of a bar are filled: each with a colour and a pattern of its own, so that grey tells them apart too."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.theme import Theme

COUNT = 4
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense6Pattern,
    Qt.BrushStyle.DiagCrossPattern,
)


def paint_fill(theme: Theme, painter: QPainter, rect: QRectF, number: int) -> None:
    """A part in the fill of this number, of which there are `COUNT`."""
    colour = theme.colour(f"series{number % COUNT + 1}")
    pattern = _PATTERNS[number % COUNT]
    if pattern is not Qt.BrushStyle.SolidPattern:
        painter.fillRect(rect, theme.colour("surface"))
    painter.setPen(QPen(colour, 1))
    painter.setBrush(QBrush(colour, pattern))
    painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))


class Swatch(QWidget):
    """A square in one of the fills, for a legend."""

    def __init__(self, theme: Theme, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._number = theme, number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        side = self._theme.px(1.08)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        paint_fill(self._theme, QPainter(self), QRectF(self.rect()), self._number)
