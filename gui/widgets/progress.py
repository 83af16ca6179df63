"""A line that shows how far something is."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.theme import Theme

ProgressKind = Literal["running", "retrying", "kept", "failed"]
_COLOURS = {"running": "accent", "retrying": "warn", "kept": "st_completed", "failed": "danger"}


def paint_progress(theme: Theme, painter: QPainter, rect: QRectF, fraction: float, kind: str = "running") -> None:
    """The line in `rect`; for delegates too."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(theme.colour("border"))
    painter.drawRoundedRect(rect, radius, radius)
    done = QRectF(rect)
    done.setWidth(rect.width() * min(1.0, max(0.0, fraction)))
    if done.width() >= 1:
        painter.setBrush(theme.colour(_COLOURS[kind]))
        painter.drawRoundedRect(done, radius, radius)
    painter.restore()


class ProgressLine(QWidget):
    """4 or 6 px high. An unknown share stands as a third in the middle: nothing pulses."""

    def __init__(self, theme: Theme, *, height_px: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._height_px = theme.gap(height_px)
        self._fraction: float | None = 0.0
        self._kind: ProgressKind = "running"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_progress(self, fraction: float | None, kind: ProgressKind = "running") -> None:
        """`fraction` is 0 to 1, None where it isn't known."""
        if (fraction, kind) == (self._fraction, self._kind):
            return
        self._fraction, self._kind = fraction, kind
        self.setAccessibleDescription("" if fraction is None else f"{fraction:.0%}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.gap(120), self._height_px)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._theme.gap(40), self._height_px)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        if self._fraction is not None:
            paint_progress(self._theme, painter, rect, self._fraction, self._kind)
            return
        paint_progress(self._theme, painter, rect, 0.0)
        third = QRectF(rect.width() / 3, 0, rect.width() / 3, rect.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(_COLOURS[self._kind]))
        painter.drawRoundedRect(third, rect.height() / 2, rect.height() / 2)
